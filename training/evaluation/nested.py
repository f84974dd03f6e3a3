"""The whole procedure inside a cross-validation: what is chosen from scores is judged on rows that had no part in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from training.data.dataset import take
from training.evaluation.cross_validation import folds_of, out_of_fold
from training.progress import PREDICTION_SETS, progress
from training.recipes.effort import Effort
from training.recipes.fitting import fit


@dataclass(frozen=True)
class NestedFold:
    """One outer fold: what a model made of its training rows says of the held-out ones, and what a choice may use."""

    held_out: np.ndarray  # row indices
    probabilities: np.ndarray  # held-out rows × K
    inner: np.ndarray  # training rows × K: out-of-fold probabilities
    truth: np.ndarray  # classes of the training rows


def nested_splits(model: Any, features: Any, labels: np.ndarray, amount: Effort) -> Iterator[list[NestedFold]]:
    """The folds of one cross-validation after the other, each of another split of the rows. Raises TrainingError.

    They have twice as many outer folds as inner ones where the smallest class allows.

    The rank behind a threshold is a whole number, and on nine tenths of 212 rows it would be 1 instead of 2, which
    judges other, much wider sets than those that are published.
    """
    smallest = int(np.bincount(labels).min())
    outer = min(2 * amount.folds, amount.outer_folds, smallest)
    pairs = progress(folds_of(labels, outer, amount.splits), PREDICTION_SETS, outer * amount.splits)
    judged = (_nested_fold(model, features, labels, fold, amount) for fold in pairs)
    while folds := list(islice(judged, outer)):
        yield folds


def _nested_fold(
    model: Any, features: Any, labels: np.ndarray, fold: tuple[np.ndarray, np.ndarray], amount: Effort
) -> NestedFold:
    training, held_out = fold
    own, truth = take(features, training), labels[training]
    folds = int(min(amount.folds, amount.nested_folds, np.bincount(truth).min()))
    inner = out_of_fold(model, own, truth, folds_of(truth, folds, repeats=1), repeats=1)[0]
    fitted = fit(model, own, truth)
    return NestedFold(held_out, np.asarray(fitted.predict_proba(take(features, held_out))), inner, truth)
