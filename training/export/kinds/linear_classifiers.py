"""Linear classifiers of scikit-learn: what each computes, one line a kind."""

from __future__ import annotations

from typing import Any

import numpy as np

from training.errors import UnsupportedModel
from training.export.kinds.ensemble import Exported
from training.export.kinds.linear import linear_record
from training.export.kinds.registry import exports
from training.export.steps.prepared import Prepared


def _link(kind: str, classes: int) -> dict[str, Any]:
    if classes == 2:  # one score, whatever the method
        return {"kind": "softmax", "decides": "above_zero"}
    return {"kind": kind, "decides": "largest"}


@exports("LogisticRegression", "LogisticRegressionCV", "LinearDiscriminantAnalysis")
def _softmax(classifier: Any, prepared: Prepared) -> Exported:
    link = _link("softmax", len(classifier.classes_))
    return linear_record(classifier.coef_, classifier.intercept_, link, prepared)


@exports("SGDClassifier")
def _stochastic(classifier: Any, prepared: Prepared) -> Exported:
    if classifier.loss != "log_loss":
        raise UnsupportedModel(f"SGDClassifier(loss={classifier.loss!r}) can't be exported: use loss='log_loss'")
    link = _link("one_vs_rest", len(classifier.classes_))
    return linear_record(classifier.coef_, classifier.intercept_, link, prepared)


@exports("OneVsRestClassifier")
def _one_vs_rest(classifier: Any, prepared: Prepared) -> Exported:
    if classifier.multilabel_:
        raise UnsupportedModel(
            "OneVsRestClassifier of several labels a row can't be exported: fit it on one label a row"
        )
    for estimator in classifier.estimators_:
        if type(estimator).__name__ not in ("LogisticRegression", "LogisticRegressionCV", "SGDClassifier"):
            raise UnsupportedModel(
                f"OneVsRestClassifier({type(estimator).__name__}) can't be exported: put LogisticRegression inside, "
                "and any scaler before it: make_pipeline(StandardScaler(), OneVsRestClassifier(LogisticRegression()))"
            )
        if getattr(estimator, "loss", "log_loss") != "log_loss":
            raise UnsupportedModel(f"SGDClassifier(loss={estimator.loss!r}) can't be exported: use loss='log_loss'")
    coefficients = np.vstack([_dense(estimator.coef_) for estimator in classifier.estimators_])
    intercepts = np.concatenate([np.ravel(estimator.intercept_) for estimator in classifier.estimators_])
    return linear_record(coefficients, intercepts, _link("one_vs_rest", len(classifier.classes_)), prepared)


def _dense(coefficients: Any) -> Any:
    return coefficients if isinstance(coefficients, np.ndarray) else coefficients.toarray()
