"""Prediction sets: class-conditional conformal floors from averaged out-of-fold probabilities.

A class is in a row's set when its probability reaches the class's floor. Source: Vovk, "Conditional validity of
inductive conformal predictors", 2012. Scores from cross-validation instead of one held-out part waste no row but leave
no finite-sample theorem: hence coverage is measured on held-out folds, and published as "about 99 %".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from training.evaluation.cross_validation import Fold, folds_of, out_of_fold
from training.progress import progress
from training.recipes.fitting import fit

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


def held_out_probabilities(
    estimator: Any, features: np.ndarray, labels: np.ndarray, fold: Fold, folds: int, repeats: int
) -> tuple[np.ndarray, dict[str, list[float]]]:
    """What a model and floors made of the training rows of one fold say of its held-out rows."""
    training, held_out = fold
    own, truth = features[training], labels[training]
    inner_folds = int(min(folds, np.bincount(truth).min()))
    inner = out_of_fold(estimator, own, truth, folds_of(truth, inner_folds, repeats), repeats).mean(axis=0)
    model = fit(estimator, own, truth)
    return model.predict_proba(features[held_out]), {level: floors(inner, truth, level) for level in LEVELS}


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


def held_out_coverage(
    estimator: Any, features: np.ndarray, labels: np.ndarray, folds: int, repeats: int
) -> list[HeldOut]:
    """One judgement a level, from a cross-validation around the whole procedure, floors included.

    It has twice the folds where the smallest class allows: the floors' rank is a whole number, and on nine tenths of
    212 rows it would be 1 instead of 2, which judges other, much wider sets than those that are published.
    """
    outer = int(min(2 * folds, np.bincount(labels).min()))
    pairs = list(folds_of(labels, outer, repeats=1))
    inside = {level: np.zeros((len(labels), len(np.unique(labels))), dtype=bool) for level in LEVELS}
    for fold in progress(pairs, "prediction sets", outer):
        probabilities, fold_floors = held_out_probabilities(estimator, features, labels, fold, folds, repeats)
        for level in LEVELS:
            inside[level][fold[1]] = members(probabilities, fold_floors[level])
    method = f"{outer}-fold cross-validation; floors from {folds}-fold × {repeats} inside each training part"
    return [judge(level, inside[level], labels, method) for level in LEVELS]
