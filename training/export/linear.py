"""Coefficients and intercepts of a fitted linear classifier, or a refusal that names what would work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV, SGDClassifier
from sklearn.multiclass import OneVsRestClassifier

from lambda_app.model.model_parameters import ONE_VS_REST, SOFTMAX
from training.errors import UnsupportedModel

SUPPORTED = "LogisticRegression, LogisticRegressionCV, SGDClassifier(loss='log_loss') and OneVsRestClassifier of these"
HINTS = {
    "SVC": "use LogisticRegression, after adding features if the boundary is curved",
    "LinearSVC": "it has no probabilities; use LogisticRegression",
    "CalibratedClassifierCV": "it averages several models; use LogisticRegression, which is calibrated as it is",
    "GridSearchCV": "pass its best_estimator_",
    "RandomizedSearchCV": "pass its best_estimator_",
    "RandomForestClassifier": "trees are not linear; use LogisticRegression",
    "HistGradientBoostingClassifier": "trees are not linear; use LogisticRegression",
    "RidgeClassifier": "it has no probabilities; use LogisticRegression",
}


@dataclass(frozen=True)
class Linear:
    """R × n coefficients and R intercepts over the scaled features, and how scores become probabilities."""

    coefficients: np.ndarray
    intercepts: np.ndarray
    probability_method: str


def linear_of(classifier: Any) -> Linear:
    """What a fitted classifier computes. Raises UnsupportedModel."""
    kind = type(classifier)
    if kind in (LogisticRegression, LogisticRegressionCV):
        return _from(classifier, SOFTMAX)
    if kind is SGDClassifier:
        if classifier.loss != "log_loss":
            raise UnsupportedModel(f"SGDClassifier(loss={classifier.loss!r}) can't be exported: use loss='log_loss'")
        return _from(classifier, SOFTMAX if len(classifier.classes_) == 2 else ONE_VS_REST)
    if kind is OneVsRestClassifier:
        return _from_one_vs_rest(classifier)
    hint = HINTS.get(kind.__name__, f"these can: {SUPPORTED}")
    raise UnsupportedModel(f"{kind.__name__} can't be exported: {hint}")


def _from(classifier: Any, method: str) -> Linear:
    coefficients = classifier.coef_
    if not isinstance(coefficients, np.ndarray):  # after sparsify()
        coefficients = coefficients.toarray()
    coefficients = np.asarray(coefficients, dtype=np.float64)
    intercepts = np.broadcast_to(np.asarray(classifier.intercept_, dtype=np.float64), len(coefficients))
    return Linear(coefficients, intercepts, method)


def _from_one_vs_rest(classifier: OneVsRestClassifier) -> Linear:
    if classifier.multilabel_:
        raise UnsupportedModel(
            "OneVsRestClassifier of several labels a row can't be exported: fit it on one label a row"
        )
    for estimator in classifier.estimators_:
        if type(estimator) not in (LogisticRegression, LogisticRegressionCV, SGDClassifier):
            raise UnsupportedModel(
                f"OneVsRestClassifier({type(estimator).__name__}) can't be exported: put LogisticRegression inside, "
                "and any scaler before it: make_pipeline(StandardScaler(), OneVsRestClassifier(LogisticRegression()))"
            )
    parts = [linear_of(estimator) for estimator in classifier.estimators_]
    method = SOFTMAX if len(parts) == 1 else ONE_VS_REST
    return Linear(np.vstack([p.coefficients for p in parts]), np.concatenate([p.intercepts for p in parts]), method)
