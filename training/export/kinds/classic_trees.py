"""Single trees, forests and gradient boosting, whose values scikit-learn casts to 32 bits before it compares them."""

from __future__ import annotations

from typing import Any

import numpy as np

from training.errors import UnsupportedModel
from training.export.kinds.ensemble import Ensemble, Tree

SHARES = {"kind": "shares", "decides": "largest"}
IDENTITY = {"kind": "identity"}


def tree_ensemble(estimator: Any) -> Ensemble:
    """A fitted DecisionTree as an ensemble of one."""
    return _average([estimator], estimator)


def forest_ensemble(estimator: Any) -> Ensemble:
    """A fitted RandomForest or ExtraTrees: the average of its trees."""
    return _average(estimator.estimators_, estimator)


def _average(trees: Any, estimator: Any) -> Ensemble:
    if estimator.n_outputs_ != 1:
        raise UnsupportedModel("trees with several outputs can't be exported: fit one model for each target")
    classes = getattr(estimator, "classes_", None)
    width = 1 if classes is None else len(classes)
    members = [_tree(tree.tree_, tree.tree_.value[:, 0, :]) for tree in trees]
    return Ensemble(members, [0.0] * width, len(members), IDENTITY if classes is None else SHARES, rounds=True)


def boosting_ensemble(estimator: Any) -> Ensemble:
    """A fitted GradientBoosting: a constant, and every stage's trees times the learning rate."""
    if not (estimator.init is None or estimator.init == "zero"):
        raise UnsupportedModel(
            'GradientBoosting with a model as its `init` can\'t be exported: leave `init` out, or set it to "zero"'
        )
    # The initial constant is the same for every row, but its formula depends on the loss: scikit-learn's own is asked
    start = estimator._raw_predict_init(np.zeros((1, estimator.n_features_in_), dtype=np.float32))
    trees = [
        _tree(tree.tree_, estimator.learning_rate * tree.tree_.value[:, 0, :]) for tree in estimator.estimators_.ravel()
    ]
    return Ensemble(trees, [float(value) for value in np.ravel(start)], 1, _boosting_link(estimator), rounds=True)


def _boosting_link(estimator: Any) -> dict[str, str]:
    classes = getattr(estimator, "classes_", None)
    if classes is None:
        return IDENTITY
    kind = "exponential" if estimator.loss == "exponential" else "softmax"
    return {"kind": kind, "decides": "from_zero" if len(classes) == 2 else "largest"}


def _tree(tree: Any, values: np.ndarray) -> Tree:
    missing = np.asarray(tree.missing_go_to_left, dtype=bool)
    feature = np.where(tree.children_left < 0, -1, tree.feature)
    return Tree(feature, tree.threshold, tree.children_left, tree.children_right, missing, values)
