"""What a model's file says of honest samples, so that alarms have something to compare with: measured out of fold.

Ranges, ordered pairs and the bounds of suspicion are learnt from each fold's training rows, as the export learns them
from all, and tried on the rows held out; so are the prediction sets and the labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from types import SimpleNamespace
from typing import Any

import numpy as np

from lambda_app.model.training_range import TrainingRange
from lambda_app.sample_warnings import Suspicion
from training.data.dataset import Dataset
from training.evaluation.cross_validation import Fold
from training.evaluation.measures import conformal
from training.evaluation.nested import NestedFold
from training.export.training_limits import ordered_pairs, suspicion

MOST_WORK = 2e8  # rows × columns², over all folds; of a wide table fewer folds tell about suspicion, one at least


def shares_of_classes(
    dataset: Dataset, nested: Sequence[NestedFold], judged_sets: Sequence[conformal.HeldOut], level: str | None
) -> dict[str, Any]:
    """A classification's field of the artefact. A suspect sample counts as undecided, as its set holds every label.

    How many the sets leave undecided is the mean over all splits, which differ by percents; the rest is of the first one.
    """
    every = np.arange(len(dataset.targets))
    outside, suspect, judged = unlike_training(dataset, [(np.setdiff1d(every, f.held_out), f.held_out) for f in nested])
    undecided, label = np.zeros(len(every), dtype=bool), np.zeros(len(every), dtype=np.int64)
    for fold in nested:
        label[fold.held_out] = fold.probabilities.argmax(axis=1)
        if level is not None:
            floors = conformal.fold_floors(fold, dataset.class_counts, level)
            undecided[fold.held_out] = conformal.members(fold.probabilities, floors).sum(axis=1) != 1
    left = 1 - next((found.decided.mean for found in judged_sets if found.level == level), 1.0)
    return {
        "undecided": float(left + (suspect & ~undecided)[judged].mean()),
        "out_of_range": float(outside.mean()),
        "input_suspect": float(suspect[judged].mean()),
        "by_class": [float((label == k).mean()) for k in range(dataset.classes)],
    }


def shares_of_numbers(dataset: Dataset, folds: Sequence[Fold]) -> dict[str, Any]:
    """A regression's field of the artefact: nothing is undecided, and there are no classes."""
    outside, suspect, judged = unlike_training(dataset, folds)
    return {
        "undecided": None,
        "out_of_range": float(outside.mean()),
        "input_suspect": float(suspect[judged].mean()),
        "by_class": [],
    }


def unlike_training(dataset: Dataset, folds: Sequence[Fold]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each row, judged by its fold's training rows: is a number out of range, is it suspect, was the latter tried?"""
    values = dataset.numbers
    outside, suspect, judged = (np.zeros(len(values), dtype=bool) for _ in range(3))
    if not values.shape[1]:
        return outside, suspect, ~judged
    affordable = max(1, int(MOST_WORK // max(1, len(values) * values.shape[1] ** 2)))
    for number, (training, held_out) in enumerate(folds):
        seen, new = values[training], values[held_out]
        lowest, highest = np.fmin.reduce(seen), np.fmax.reduce(seen)
        outside[held_out] = ((new < lowest) | (new > highest)).any(axis=1)  # what is missing is neither
        if number < affordable:
            suspected = guard(seen)
            suspect[held_out] = [suspected.holds(row) for row in _filled(new, seen).tolist()]
            judged[held_out] = True
    return outside, suspect, judged


def guard(seen: np.ndarray) -> Suspicion:
    """What the API would say of a sample if it knew these rows (rows × columns)."""
    ranges = zip(np.fmin.reduce(seen).tolist(), np.fmax.reduce(seen).tolist(), strict=True)
    columns = [
        {"kind": "category" if isnan(lowest) else "number", "minimum": lowest, "maximum": highest}  # NaN: nothing seen
        for lowest, highest in ranges
    ]
    learnt: Any = SimpleNamespace(columns=columns, ordered_pairs=ordered_pairs(seen), suspicion=suspicion(seen))
    return Suspicion(TrainingRange(learnt))


def _filled(new: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """A value inside the range stands in for one that is missing, as in the API."""
    medians = [float(np.median(own)) if len(own := column[~np.isnan(column)]) else 0.0 for column in seen.T]
    return np.where(np.isnan(new), medians, new)
