"""Prediction sets: class-conditional conformal floors from averaged out-of-fold probabilities.

A class is in a row's set when its probability reaches the class's floor. Source: Vovk, "Conditional validity of
inductive conformal predictors", 2012. Scores from cross-validation instead of one held-out part waste no row but leave
no finite-sample theorem: hence coverage is measured on held-out folds, and published as "about 99 %".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from training.evaluation.nested import NestedFold
from training.recipes.effort import Effort

LEVELS = ("0.99", "0.95", "0.9")  # the highest that the rows of every class allow is served


@dataclass(frozen=True)
class Spread:
    """A share by several splits of the same rows."""

    mean: float
    lowest: float
    highest: float


@dataclass(frozen=True)
class HeldOut:
    """How sets of one level did on rows that neither the model nor the floors had seen, over some splits of the rows."""

    level: str
    coverage: tuple[Spread, ...]  # by class: share of its rows whose set holds the truth
    decided: Spread  # share of rows whose set is one label; the others need a person's look
    decided_accuracy: Spread | None  # share of the decided that are right; None where a split decided none
    splits: int
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


def spread(shares: Sequence[float]) -> Spread:
    """Of one share a split."""
    return Spread(float(np.mean(shares)), float(min(shares)), float(max(shares)))


def judge(level: str, inside: Sequence[np.ndarray], labels: np.ndarray, method: str) -> HeldOut:
    """Coverage and decisions of the sets of held-out rows; `inside` holds a table (rows × K, booleans) a split."""
    covered = [own[np.arange(len(labels)), labels] for own in inside]
    single = [own.sum(axis=1) == 1 for own in inside]
    right = [held[alone].mean() for held, alone in zip(covered, single, strict=True) if alone.any()]
    return HeldOut(
        level=level,
        coverage=tuple(spread([held[labels == label].mean() for held in covered]) for label in range(labels.max() + 1)),
        decided=spread([alone.mean() for alone in single]),
        decided_accuracy=spread(right) if len(right) == len(inside) else None,
        splits=len(inside),
        n=len(labels),
        method=method,
    )


def held_out_coverage(splits: Iterable[Sequence[NestedFold]], labels: np.ndarray, amount: Effort) -> list[HeldOut]:
    """One judgement a level, from cross-validations around the whole procedure, floors included."""
    counts = np.bincount(labels).tolist()
    inside: dict[str, list[np.ndarray]] = {level: [] for level in LEVELS}
    outer = 0
    for folds in splits:
        outer = len(folds)
        for level, tables in inside.items():
            tables.append(np.zeros((len(labels), len(counts)), dtype=bool))
            for fold in folds:
                tables[-1][fold.held_out] = members(fold.probabilities, fold_floors(fold, counts, level))
    again = f", repeated over {amount.splits} splits" if amount.splits > 1 else ""
    inner = f"{min(amount.folds, amount.nested_folds)}-fold"
    method = f"{outer}-fold cross-validation{again}; floors from {inner} cross-validation inside each training part"
    return [judge(level, tables, labels, method) for level, tables in inside.items()]
