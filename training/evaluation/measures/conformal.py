"""Prediction sets: class-conditional conformal floors from averaged out-of-fold probabilities.

A class is in a row's set when its probability reaches the class's floor. Source: Vovk, "Conditional validity of
inductive conformal predictors", 2012. Scores from cross-validation instead of one held-out part waste no row but leave
no finite-sample theorem: hence coverage is measured on held-out folds, and published as "about 99 %".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.evaluation.nested import NestedFold
from training.recipes.effort import Effort

LEVELS = ("0.99", "0.95", "0.9")  # the highest that the rows of every class allow is served


@dataclass(frozen=True)
class HeldOut:
    """How sets of one level did on rows that neither the model nor the floors had seen."""

    level: str
    coverage: tuple[float, ...]  # by class: share of its rows whose set holds the truth
    decided: float  # share of rows whose set is one label; the others need a person's look
    decided_accuracy: float | None  # share of the decided that are right; None where none was decided
    n: int
    method: str


def rank_of(rows: int, level: float) -> int:
    """⌊(1 - level)(n + 1)⌋: which of n sorted probabilities is the floor; 0 where n is too small for the level."""
    return int(np.floor(round((1 - level) * (rows + 1), 9)))


def served_level(class_counts: Sequence[int]) -> str | None:
    """The highest level that every class has the rows for: 99, 19 or 9; None with fewer.

    At a higher one the smallest class would be in every set, and no answer would be decided.
    """
    fewest = min(class_counts)
    return next((level for level in LEVELS if rank_of(fewest, float(level)) > 0), None)


def level_text(level: str | None) -> str:
    """ "99 %"; of no level, that."""
    return f"{float(level) * 100:g} %" if level else "no level"


def why_not_higher(names: Sequence[str], class_counts: Sequence[int]) -> str:
    """A sentence where the highest level is not the one that is served; else nothing."""
    served, fewest = served_level(class_counts), min(class_counts)
    if served == LEVELS[0]:
        return ""
    missed = LEVELS[LEVELS.index(served) - 1 if served else -1]
    needed = round(1 / (1 - float(missed))) - 1
    name = " ".join(names[list(class_counts).index(fewest)].split())
    then = f"{level_text(served)} is served" if served else "each answer is its label alone, without a set"
    return f"{level_text(missed)} needs {needed} rows in every class, and {name} has {fewest}: {then}."


def floor_of(probabilities: np.ndarray, level: float, least: int = 0) -> float:
    """The `rank_of`-th smallest of true-class probabilities, the `least`-th at least; 0 where that is none."""
    rank = max(least, rank_of(len(probabilities), level))
    return float(np.sort(probabilities)[rank - 1]) if rank > 0 else 0.0


def floors(probabilities: np.ndarray, labels: np.ndarray, level: str) -> list[float]:
    """The K floors at a level ("0.99"). A class with too few rows for it gets 0, and so is in every set."""
    classes = range(probabilities.shape[-1])
    return [floor_of(probabilities[labels == label, label], float(level)) for label in classes]


def fold_floors(fold: NestedFold, class_counts: Sequence[int], level: str) -> list[float]:
    """The K floors that a fold's training rows give.

    They are a few rows fewer than all. Where all are just enough for the level, those get the smallest probability as
    their floor, as all do, and not none.
    """
    return [
        floor_of(fold.inner[fold.truth == label, label], float(level), least=min(1, rank_of(count, float(level))))
        for label, count in enumerate(class_counts)
    ]


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
    counts = np.bincount(labels).tolist()
    inside = {level: np.zeros((len(labels), len(counts)), dtype=bool) for level in LEVELS}
    for fold in nested:
        for level in LEVELS:
            inside[level][fold.held_out] = members(fold.probabilities, fold_floors(fold, counts, level))
    folds = min(amount.folds, amount.nested_folds)
    method = (
        f"{len(nested)}-fold cross-validation; floors from {folds}-fold × {amount.nested_repeats} inside each "
        "training part"
    )
    return [judge(level, inside[level], labels, method) for level in LEVELS]
