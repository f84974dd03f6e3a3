"""Out-of-fold scores, mostly probabilities: every row judged by models that never saw it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from sklearn.model_selection import RepeatedStratifiedKFold

from training.data.dataset import Dataset, take
from training.errors import TrainingError
from training.recipes.fitting import fit

SMALLEST_CLASS = 3  # one held out, one held out of the rest, one to learn from
Fold = tuple[np.ndarray, np.ndarray]


def folds_of(labels: np.ndarray, folds: int, repeats: int, seed: int = 0) -> Iterator[Fold]:
    """Training and held-out row indices: `folds` pairs a repeat, stratified by class."""
    splitter = RepeatedStratifiedKFold(n_splits=folds, n_repeats=repeats, random_state=seed)
    yield from splitter.split(np.zeros(len(labels)), labels)


def out_of_fold(estimator: Any, features: Any, labels: np.ndarray, pairs: Iterator[Fold], repeats: int) -> np.ndarray:
    """Probabilities, repeats × rows × K, each from a model fitted without the row. Raises TrainingError."""

    def judge(training: np.ndarray, held_out: np.ndarray) -> np.ndarray:
        model = fit(estimator, take(features, training), labels[training])
        return np.asarray(model.predict_proba(take(features, held_out)))

    return over_folds(judge, len(labels), len(np.unique(labels)), pairs, repeats)


def over_folds(
    judge: Callable[[np.ndarray, np.ndarray], np.ndarray], rows: int, width: int, pairs: Iterator[Fold], repeats: int
) -> np.ndarray:
    """Scores, repeats × rows × width: `judge` learns from the first indices and scores the second (held-out × width).

    Raises TrainingError where a score is no finite number.
    """
    scores = np.full((repeats, rows, width), np.nan)
    filled = np.zeros(rows, dtype=np.int64)  # which repeat each row is in: folds come repeat by repeat
    for training, held_out in pairs:
        scores[filled[held_out], held_out] = judge(training, held_out)
        filled[held_out] += 1
    if not np.isfinite(scores).all():
        raise TrainingError("the cross-validation gave answers that are no numbers, so nothing was written")
    return scores


def require_rows(dataset: Dataset, folds: int) -> None:
    """Raises TrainingError where a class has fewer rows than there are folds, or than nested folds need."""
    for name, count in zip(dataset.target_names, dataset.class_counts, strict=True):
        if count < SMALLEST_CLASS:
            raise TrainingError(
                f"class {name!r} has too few rows, {count}: {SMALLEST_CLASS} are the least that can be judged"
            )
        if count < folds:
            raise TrainingError(
                f"class {name!r} has too few rows, {count}, for {folds} folds: "
                f"add rows, merge or drop the class, or ask for fewer with --folds"
            )
