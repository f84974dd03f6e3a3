"""Linear models: scores as weighted sums, and what each column adds to them.

    {"kind": "linear", "coefficients": [R × m] per scaled unit, "intercepts": [R], the scores of the typical row,
     "scales": [m] > 0}

score = intercept + Σ coefficient · (number - reference) / scale, where the reference is the typical row's numbers.
"""

from __future__ import annotations

from itertools import chain
from math import fsum, hypot, inf, isfinite
from operator import mul, sub

from lambda_app.model.artefact.format_checks import are_numbers, require

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from lambda_app.model.columns import Columns

# Of a score; larger ones count as this much, so that every sum is finite. No weight and no intercept may be larger.
LARGEST_CONTRIBUTION = 1e300


class Linear:
    """A linear model ready to add up: its scales are folded into its weights."""

    comparisons = 0  # of a row: nothing that could make a batch slow

    def __init__(self, record: dict[str, Any], columns: Columns) -> None:
        """Raises InvalidModel where the record is odd or its weights are beyond a float."""
        _check(record, columns.width)
        self._intercepts: list[float] = record["intercepts"]
        self._reference = columns.reference
        self._owners, self._count = columns.columns_of_numbers, len(columns.names)
        self._is_one_each = self._owners == [*range(self._count)]
        # Each row's raw-space weights, and its score where every number is zero: the scaler folded in once.
        pairs = zip(record["coefficients"], self._intercepts, strict=True)
        self._rows = [self._fold(row, intercept, record["scales"]) for row, intercept in pairs]
        numbers = chain(self._intercepts, *([*weights, offset] for weights, offset in self._rows))
        bounded = all(abs(number) <= LARGEST_CONTRIBUTION for number in numbers)
        require(bounded, f"the weights of a linear model must be numbers up to {LARGEST_CONTRIBUTION:g}")
        self.scores: Callable[[Sequence[float]], list[float]]
        self.scores = self._all if len(self._rows) > 1 else self._one(*self._rows[0])

    def gives_shares(self) -> bool:
        """Weighted sums are no probabilities."""
        return False

    def _fold(self, coefficients: list[float], intercept: float, scales: list[float]) -> tuple[list[float], float]:
        weights = [c / s for c, s in zip(coefficients, scales, strict=True)]
        try:
            offset = fsum([intercept, *(-w * x for w, x in zip(weights, self._reference, strict=True))])
        except (OverflowError, ValueError):
            offset = inf  # refused
        return weights, offset

    def _one(self, weights: list[float], offset: float) -> Callable[[Sequence[float]], list[float]]:
        """`scores` of a single row; local names take a third off the time around its one sum."""

        def scores(numbers: Sequence[float]) -> list[float]:
            try:
                # fsum is exact and therefore the same on every Python; the built-in sum changed in 3.12
                score = fsum(map(mul, weights, numbers)) + offset
            except (OverflowError, ValueError):
                score = inf
            return [score] if isfinite(score) else self._bounded(numbers)

        return scores

    def _all(self, numbers: Sequence[float]) -> list[float]:
        try:
            scores = [fsum(map(mul, weights, numbers)) + offset for weights, offset in self._rows]
        except (OverflowError, ValueError):
            return self._bounded(numbers)
        return scores if all(map(isfinite, scores)) else self._bounded(numbers)

    def _bounded(self, numbers: Sequence[float]) -> list[float]:
        """Scores of numbers near the end of a float's range."""
        pairs = zip(self._intercepts, self._rows, strict=True)
        return [fsum([intercept, *self._parts(weights, numbers)]) for intercept, (weights, _) in pairs]

    def _parts(self, weights: Sequence[float], numbers: Sequence[float]) -> list[float]:
        parts = [*map(mul, weights, map(sub, numbers, self._reference))]
        if hypot(*parts) <= LARGEST_CONTRIBUTION:  # no part is larger, infinite or not a number
            return parts
        return [max(-LARGEST_CONTRIBUTION, min(LARGEST_CONTRIBUTION, part)) for part in parts]

    def contributions(self, numbers: Sequence[float], weights: Sequence[float]) -> tuple[float, list[float]]:
        """Baseline and one contribution a column of the sum weight · score; `weights` holds R floats."""
        baseline = fsum(map(mul, weights, self._intercepts))
        pairs = zip(weights, self._rows, strict=True)
        combined = [row if weight == 1 else [weight * w for w in row] for weight, (row, _) in pairs if weight]
        total = combined[0] if len(combined) == 1 else [*map(fsum, zip(*combined, strict=True))]
        parts = self._parts(total, numbers)
        if self._is_one_each:
            return baseline, parts
        by_column: list[list[float]] = [[] for _ in range(self._count)]
        for owner, part in zip(self._owners, parts, strict=True):
            by_column[owner].append(part)
        return baseline, [*map(fsum, by_column)]


def _check(record: dict[str, Any], width: int) -> None:
    fields = {"kind", "coefficients", "intercepts", "scales"}
    require(set(record) == fields, f"a linear model must have the fields {', '.join(sorted(fields))}")
    coefficients, scales = record["coefficients"], record["scales"]
    require(type(coefficients) is list and len(coefficients) > 0, "coefficients must be rows")
    require(all(are_numbers(row, width) for row in coefficients), f"each row of coefficients must hold {width} numbers")
    require(are_numbers(record["intercepts"], len(coefficients)), f"intercepts must hold {len(coefficients)} numbers")
    require(are_numbers(scales, width), f"scales must hold {width} numbers")
    require(all(scale > 0 for scale in scales), "scales must be greater than zero")
