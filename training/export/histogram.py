"""Histogram gradient boosting, which compares 64-bit values and is read from private fields: the proof refuses what
a release of scikit-learn may change there."""

from __future__ import annotations

from typing import Any

import numpy as np

from training.errors import UnsupportedModel
from training.export.ensemble import Ensemble, Tree

LOG_LINKS = ("poisson", "gamma")


def histogram_ensemble(estimator: Any) -> Ensemble:
    """A fitted HistGradientBoosting: a baseline, and the shrunken leaves of every stage's trees."""
    if estimator.is_categorical_ is not None and any(estimator.is_categorical_):
        raise UnsupportedModel(
            "HistGradientBoosting's own categories can't be exported yet: encode them in front of it, with a "
            "OneHotEncoder or an OrdinalEncoder, and set categorical_features=None"
        )
    trees = [_tree(predictor.nodes) for stage in estimator._predictors for predictor in stage]
    start = [float(value) for value in np.ravel(estimator._baseline_prediction)]
    return Ensemble(trees, start, 1, _link(estimator), rounds=False)


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
