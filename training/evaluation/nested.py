"""The whole procedure inside a cross-validation: what is chosen from scores is judged on rows that had no part in it."""

from __future__ import annotations

from dataclasses import dataclass
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
    inner: np.ndarray  # training rows × K: out-of-fold probabilities, averaged over the repeats
    truth: np.ndarray  # classes of the training rows


def nested_folds(model: Any, features: Any, labels: np.ndarray, amount: Effort) -> list[NestedFold]:
    """Twice as many outer folds as inner ones where the smallest class allows. Raises TrainingError.

    The rank behind a threshold is a whole number, and on nine tenths of 212 rows it would be 1 instead of 2, which
    judges other, much wider sets than those that are published.
    """
    smallest = int(np.bincount(labels).min())
    outer = min(2 * amount.folds, amount.outer_folds, smallest)
    return [
        _nested_fold(model, features, labels, fold, amount)
        for fold in progress(list(folds_of(labels, outer, repeats=1)), PREDICTION_SETS, outer)
    ]


def _nested_fold(
    model: Any, features: Any, labels: np.ndarray, fold: tuple[np.ndarray, np.ndarray], amount: Effort
) -> NestedFold:
    training, held_out = fold
    own, truth = take(features, training), labels[training]
    folds = int(min(amount.folds, amount.nested_folds, np.bincount(truth).min()))
    pairs = folds_of(truth, folds, amount.nested_repeats)
    inner = out_of_fold(model, own, truth, pairs, amount.nested_repeats).mean(axis=0)
    fitted = fit(model, own, truth)
    return NestedFold(held_out, np.asarray(fitted.predict_proba(take(features, held_out))), inner, truth)
