"""Histogram gradient boosting, which compares 64-bit values and is read from private fields: the proof refuses what
a release of scikit-learn may change there."""

from __future__ import annotations

from typing import Any

import numpy as np

from training.export.kinds.ensemble import Ensemble, Tree
from training.export.kinds.histogram_categories import CategorySubsets

LOG_LINKS = ("poisson", "gamma")


def histogram_ensemble(estimator: Any) -> Ensemble:
    """A fitted HistGradientBoosting: a baseline, and the shrunken leaves of every stage's trees."""
    predictors = [predictor for stage in estimator._predictors for predictor in stage]
    trees = [_tree(predictor.nodes) for predictor in predictors]
    if has_categories(estimator):
        subsets = CategorySubsets(estimator)
        trees = [subsets.tree(tree, predictor) for tree, predictor in zip(trees, predictors, strict=True)]
    start = [float(value) for value in np.ravel(estimator._baseline_prediction)]
    return Ensemble(trees, start, 1, _link(estimator), rounds=False)


def has_categories(estimator: Any) -> bool:
    """Whether it is a HistGradientBoosting that splits categories itself."""
    own = getattr(estimator, "is_categorical_", None)
    return own is not None and bool(np.any(own))


def own_steps(estimator: Any) -> list[Any]:
    """What such an estimator does to its table before its trees see it: its encoder, then the subsets."""
    return [estimator._preprocessor, CategorySubsets(estimator)] if has_categories(estimator) else []


def _link(estimator: Any) -> dict[str, str]:
    classes = getattr(estimator, "classes_", None)
    if classes is None:
        return {"kind": "exp" if estimator.loss in LOG_LINKS else "identity"}
    return {"kind": "softmax", "decides": "above_zero" if len(classes) == 2 else "largest"}


def _tree(nodes: np.ndarray) -> Tree:
    is_leaf = nodes["is_leaf"].astype(bool)
    feature = np.where(is_leaf, -1, nodes["feature_idx"].astype(np.int64))
    left, right = nodes["left"].astype(np.int64), nodes["right"].astype(np.int64)
    missing = nodes["missing_go_to_left"].astype(bool)
    return Tree(feature, nodes["num_threshold"], left, right, missing, nodes["value"][:, None])
