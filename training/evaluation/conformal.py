"""Prediction sets: class-conditional conformal floors from averaged out-of-fold probabilities.

A class is in a row's set when its probability reaches the class's floor. Source: Vovk, "Conditional validity of
inductive conformal predictors", 2012. Scores from cross-validation instead of one held-out part waste no row but leave
no finite-sample theorem: hence coverage is measured on held-out folds, and published as "about 99 %".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.evaluation.nested import NestedFold
from training.recipes.effort import Effort

LEVELS = ("0.99", "0.95")
SERVED = LEVELS[0]  # of the prediction sets that the API answers with


@dataclass(frozen=True)
class HeldOut:
    """How sets of one level did on rows that neither the model nor the floors had seen."""

    level: str
    coverage: tuple[float, ...]  # by class: share of its rows whose set holds the truth
    decided: float  # share of rows whose set is one label; the others need a person's look
    decided_accuracy: float | None  # share of the decided that are right; None where none was decided
    n: int
    method: str


def floor_of(probabilities: np.ndarray, level: float) -> float:
    """The ⌊(1 - level)(n + 1)⌋-th smallest of n true-class probabilities; 0 where n is too small for the level."""
    rank = int(np.floor(round((1 - level) * (len(probabilities) + 1), 9)))
    return float(np.sort(probabilities)[rank - 1]) if rank > 0 else 0.0


def floors(probabilities: np.ndarray, labels: np.ndarray, level: str) -> list[float]:
    """The K floors at a level ("0.99"). A class with too few rows for it gets 0, and so is in every set."""
    classes = range(probabilities.shape[-1])
    return [floor_of(probabilities[labels == label, label], float(level)) for label in classes]


def members(probabilities: np.ndarray, class_floors: list[float]) -> np.ndarray:
    """Which labels are in each row's set (rows × K, booleans); where none qualifies, all are."""
    inside = probabilities >= np.asarray(class_floors)
    return inside | ~inside.any(axis=1, keepdims=True)


def judge(level: str, inside: np.ndarray, labels: np.ndarray, method: str) -> HeldOut:
    """Coverage and decisions of the sets `inside` (rows × K) of held-out rows."""
    covered = inside[np.arange(len(labels)), labels]
    single = inside.sum(axis=1) == 1
    return HeldOut(
        level=level,
        coverage=tuple(float(covered[labels == label].mean()) for label in range(inside.shape[1])),
        decided=float(single.mean()),
        decided_accuracy=float(covered[single].mean()) if single.any() else None,
        n=len(labels),
        method=method,
    )


def held_out_coverage(nested: list[NestedFold], labels: np.ndarray, amount: Effort) -> list[HeldOut]:
    """One judgement a level, from a cross-validation around the whole procedure, floors included."""
    inside = {level: np.zeros((len(labels), len(np.unique(labels))), dtype=bool) for level in LEVELS}
    for fold in nested:
        for level in LEVELS:
            inside[level][fold.held_out] = members(fold.probabilities, floors(fold.inner, fold.truth, level))
    folds = min(amount.folds, amount.nested_folds)
    method = (
        f"{len(nested)}-fold cross-validation; floors from {folds}-fold × {amount.nested_repeats} inside each "
        "training part"
    )
    return [judge(level, inside[level], labels, method) for level in LEVELS]
