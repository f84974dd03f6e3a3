"""Would more rows help? The loss on held-out rows, by how many rows were learnt from."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from sklearn.exceptions import ConvergenceWarning, FitFailedWarning
from sklearn.model_selection import learning_curve

from training.data.dataset import Dataset
from training.evaluation.cross_validation import Fold, folds_of
from training.evaluation.regression import regression_folds
from training.recipes.effort import LEARNING_SIZES, Effort
from training.recipes.fitting import THREADS
from training.recipes.pipelines import Recipe

FEWEST_ROWS = 10  # to learn from; and two of each class
FEWEST_SIZES = 3  # fewer make no curve


@dataclass(frozen=True)
class LearningCurve:
    """Mean losses over some folds, by size: of held-out rows, and of the very rows that were learnt from."""

    measure: str  # "log loss" or "mean absolute error"
    rows: tuple[int, ...]
    held_out: tuple[float, ...]
    learnt: tuple[float, ...]
    folds: int


def learn(dataset: Dataset, recipe: Recipe, amount: Effort) -> LearningCurve | None:
    """On the evaluation's first folds, the last size being all that they learn from; None where there is no curve.

    The rows of a smaller size are part of those of a larger one. Every class is in each of them, as often as in all.
    """
    folds = [(_spread(dataset, training), held_out) for training, held_out in _first_folds(dataset, amount)]
    full, fewest = min(len(training) for training, _ in folds), max(FEWEST_ROWS, 2 * dataset.classes)
    sizes = sorted({size for share in LEARNING_SIZES if (size := round(share * full)) >= fewest})
    if len(sizes) < FEWEST_SIZES:
        return None
    measure, scoring = (
        ("mean absolute error", "neg_mean_absolute_error") if dataset.is_regression else ("log loss", "neg_log_loss")
    )
    with THREADS.limit(limits=1), warnings.catch_warnings():
        # what can not be fitted has no score: the size is left out
        warnings.simplefilter("error", ConvergenceWarning)
        warnings.simplefilter("error", RuntimeWarning)
        warnings.simplefilter("ignore", FitFailedWarning)
        warnings.simplefilter("ignore", UserWarning)  # a category that the few rows lack
        try:
            _, learnt, held_out, *_ = learning_curve(
                recipe.pipeline,
                dataset.features,
                dataset.targets,
                train_sizes=sizes,
                cv=folds,
                scoring=scoring,
                error_score=np.nan,
            )
        except (ValueError, RuntimeWarning, ConvergenceWarning):  # none of the sizes could be fitted
            return None
    known = np.flatnonzero(np.isfinite(held_out).all(axis=1) & np.isfinite(learnt).all(axis=1))
    if len(known) < FEWEST_SIZES:
        return None
    means = [tuple((-scores[known].mean(axis=1)).tolist()) for scores in (held_out, learnt)]
    return LearningCurve(measure, tuple(sizes[place] for place in known), means[0], means[1], len(folds))


def _first_folds(dataset: Dataset, amount: Effort) -> Iterator[Fold]:
    pairs = (
        regression_folds(dataset, amount)
        if dataset.is_regression
        else folds_of(dataset.labels, amount.folds, repeats=1)
    )
    yield from islice(pairs, min(amount.folds, amount.learning_folds))


def _spread(dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """The rows in a random order whose every beginning holds each class as often as the whole does."""
    mixed = np.random.default_rng(0).permutation(rows)
    if dataset.is_regression:
        return mixed
    place = np.empty(len(mixed))
    for label in range(dataset.classes):
        own = np.flatnonzero(dataset.labels[mixed] == label)
        place[own] = np.arange(len(own)) / len(own)
    return mixed[np.argsort(place, kind="stable")]
