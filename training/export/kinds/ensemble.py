"""What every kind of fitted trees comes to: arrays of splits, a start, a divisor, and a link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

LARGEST = np.finfo(np.float64).max


@dataclass(frozen=True)
class Tree:
    """One tree of N nodes as scikit-learn numbers them; node 0 is its root. `feature` is negative for leaves."""

    feature: np.ndarray  # N, column of the matrix
    threshold: np.ndarray  # N, value <= threshold goes left
    left: np.ndarray  # N
    right: np.ndarray  # N
    missing_left: np.ndarray  # N, whether NaN goes left
    values: np.ndarray  # N × R, or N × 1 for boosting: what a leaf adds


@dataclass(frozen=True)
class Ensemble:
    """Trees in the order of scikit-learn's sum. `rounds`: values are cast to 32 bits before they are compared."""

    trees: Sequence[Tree]
    start: Sequence[float]  # R
    divide_by: int
    link: dict[str, Any]
    rounds: bool


@dataclass(frozen=True)
class Exported:
    """What a fitted estimator computes: the artefact's `model` and `link`, and what its columns become.

    `sides` (n): whether a column's missing values stand on two sides. `weights` (R × M): what a category's matrix
    columns are multiplied by before they are kept, of linear models; trees keep them as they are.
    """

    model: dict[str, Any]
    link: dict[str, Any]
    sides: list[bool]
    weights: np.ndarray | None = None
    typical: list[float] | None = None  # n, of number columns; None: their medians
