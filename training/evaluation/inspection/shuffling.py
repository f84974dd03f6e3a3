"""What trees need each column for: by how much the loss on held-out rows rises when the column is shuffled."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import numpy as np
from sklearn.inspection import permutation_importance

from training.data.dataset import Dataset, take
from training.evaluation.cross_validation import folds_of
from training.evaluation.regression import regression_folds
from training.recipes.effort import Effort
from training.recipes.fitting import THREADS, fit
from training.recipes.pipelines import Recipe

SHUFFLES, MOST_SHUFFLES = 5, 300  # of a column in a fold; of all columns together, where there are many


@dataclass(frozen=True)
class Shuffled:
    """A column, the mean rise of the loss over some folds, and in how many of them it rose."""

    column: str
    rise: float
    rose: int
    folds: int


def shuffled(dataset: Dataset, recipe: Recipe, amount: Effort) -> list[Shuffled]:
    """Columns from the most needed on; none for a linear model, whose coefficients say more. Raises TrainingError.

    The loss is the log loss, or the mean absolute error.
    """
    if recipe.kind.is_linear:
        return []
    pairs = regression_folds(dataset, amount) if dataset.is_regression else folds_of(dataset.labels, amount.folds, 1)
    scoring = "neg_mean_absolute_error" if dataset.is_regression else "neg_log_loss"
    repeats = max(1, min(SHUFFLES, MOST_SHUFFLES // len(dataset.feature_names)))
    rises = []
    for training, held_out in islice(pairs, min(amount.folds, amount.learning_folds)):
        fitted = fit(recipe.pipeline, take(dataset.features, training), dataset.targets[training])
        with THREADS.limit(limits=1):
            found = permutation_importance(
                fitted,
                take(dataset.features, held_out),
                dataset.targets[held_out],
                scoring=scoring,
                n_repeats=repeats,
                random_state=0,
            )
        rises.append(found.importances_mean)
    means, rose = np.mean(rises, axis=0), (np.array(rises) > 0).sum(axis=0)
    return [
        Shuffled(dataset.feature_names[column], float(means[column]), int(rose[column]), len(rises))
        for column in np.argsort(-means, kind="stable")
    ]
