"""What every kind of fitted trees comes to: arrays of splits, a start, a divisor, and a link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

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
    link: dict[str, str]
    rounds: bool


@dataclass(frozen=True)
class Exported:
    """The artefact's `model` and `link`, and for each input column whether its missing values stand on two sides."""

    model: dict[str, Any]
    link: dict[str, str]
    sides: list[bool]


class Prepared(Protocol):
    """The steps in front of a model: n input columns become M matrix columns, each of which has one owner."""

    features: Any  # rows × n, a data frame or an array, as fitted
    kinds: Sequence[str]  # n, "number" or "category"
    owners: Sequence[int]  # M, the input column that a matrix column depends on

    def transform(self, features: Any) -> np.ndarray:
        """The float64 matrix (rows × M) that the model sees."""

    def with_values(self, column: int, values: Any) -> Any:
        """The typical row, repeated, with these values in one column; fit for `transform`."""
