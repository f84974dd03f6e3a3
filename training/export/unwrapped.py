"""What is inside the things that scikit-learn puts around an estimator: searches, pipelines, thresholds, targets."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from training.errors import UnsupportedModel

SEARCHES = ("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV")
THRESHOLDS = ("FixedThresholdClassifier", "TunedThresholdClassifierCV")
PROJECTIONS = ("PCA", "IncrementalPCA", "TruncatedSVD")


@dataclass
class Unwrapped:
    """The fitted steps in front, the estimator itself, and what was around it."""

    estimator: Any
    steps: list[Any] = field(default_factory=list)
    threshold_classifier: Any = None
    link: str | None = None  # of a transformed target: exp | expm1


def unwrap(fitted: Any) -> Unwrapped:
    """Raises UnsupportedModel where what is around the estimator can't be exported."""
    result = Unwrapped(fitted)
    while True:
        estimator, name = result.estimator, type(result.estimator).__name__
        if name in SEARCHES:
            result.estimator = estimator.best_estimator_
        elif name == "Pipeline":
            result.steps += [step for _, step in estimator.steps[:-1]]
            result.estimator = estimator.steps[-1][1]
        elif name in THRESHOLDS and not result.steps:
            result.threshold_classifier, result.estimator = estimator, estimator.estimator_
        elif name == "TransformedTargetRegressor" and result.link is None:
            result.link, result.estimator = _target_link(estimator), estimator.regressor_
        else:
            break
    while result.steps and type(result.steps[-1]).__name__ in PROJECTIONS:
        result.estimator = _projected(result.steps.pop(), result.estimator)
    return result


def _target_link(regressor: Any) -> str:
    pairs = {(np.log, np.exp): "exp", (np.log1p, np.expm1): "expm1"}
    link = pairs.get((regressor.func, regressor.inverse_func))
    if link is None or regressor.transformer is not None:
        raise UnsupportedModel(
            "TransformedTargetRegressor can be exported with func=np.log, inverse_func=np.exp or func=np.log1p, "
            "inverse_func=np.expm1, and nothing else"
        )
    return link


def _projected(projection: Any, estimator: Any) -> Any:
    """The linear model that does by itself what it does behind a projection: both are weighted sums."""
    if not isinstance(getattr(estimator, "coef_", None), np.ndarray):
        raise UnsupportedModel(
            f"{type(projection).__name__} can't be exported in front of {type(estimator).__name__}: it works right in "
            "front of a linear model; trees do as well without it"
        )
    components = projection.components_
    if getattr(projection, "whiten", False):
        components = components / np.sqrt(np.maximum(projection.explained_variance_, np.finfo(float).tiny))[:, None]
    result = copy.copy(estimator)
    result.coef_ = np.atleast_2d(estimator.coef_) @ components
    result.intercept_ = estimator.intercept_ - result.coef_ @ getattr(
        projection, "mean_", np.zeros(components.shape[1])
    )
    return result
