"""How the logistic regression's C is chosen. The rule stands here, so that whoever chooses again chooses by the same.

The lowest log loss in cross-validation; and of those that are within `EQUAL` of the lowest, which is far less than other
rows would change it, the one whose calibration slope is nearest 1. A slope that doesn't exist is the farthest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import clone

from training.data.dataset import Dataset
from training.evaluation.cross_validation import folds_of, out_of_fold
from training.evaluation.measures import metrics
from training.evaluation.measures.calibration import intercept_and_slope
from training.recipes.pipelines import recipe_for

GRID = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
EQUAL = 0.001  # of log loss


class Tried(NamedTuple):
    """What one C reaches."""

    log_loss: float
    slope: float | None


def chosen(tried: Mapping[float, Tried]) -> float:
    """The C that the rule takes."""
    lowest = min(found.log_loss for found in tried.values())
    equal = {c: found.slope for c, found in tried.items() if found.log_loss <= lowest + EQUAL}
    return min(equal, key=lambda c: np.inf if equal[c] is None else abs(float(equal[c] or 0.0) - 1))


def try_all(dataset: Dataset, features: Any, labels: np.ndarray, folds: int, repeats: int) -> dict[float, Tried]:
    """Every C of the grid, judged on the same folds of these rows. Raises TrainingError."""
    tried = {}
    for c in GRID:
        pairs = folds_of(labels, folds, repeats)
        probabilities = out_of_fold(recipe_with(dataset, c), features, labels, pairs, repeats)
        line = intercept_and_slope(probabilities, labels)
        loss = float(metrics.log_losses(probabilities, labels).mean())
        tried[c] = Tried(loss, None if line is None else float(line[1]))
    return tried


def recipe_with(dataset: Dataset, inverse_regularisation: float) -> Any:
    """The linear recipe with another C."""
    pipeline = recipe_for(dataset).pipeline
    return clone(pipeline).set_params(logisticregression__C=inverse_regularisation)
