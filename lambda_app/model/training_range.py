"""What training never saw: values outside its ranges, and pairs upside down that were ordered in every training row.

Neither is refused; sample_warnings.py says what becomes of them.
"""

from __future__ import annotations

from operator import gt, itemgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from lambda_app.model.artefact.model_parameters import ModelParameters

BLOCK = 500  # samples looked at together, a column at a time
FEW = 20  # samples that are faster looked at one by one
NO_RANGE = float("-inf"), float("inf")  # of a category


class TrainingRange:
    """The training range of every number column, and the pairs that were ordered. Samples are `Columns.plain` rows."""

    def __init__(self, parameters: ModelParameters) -> None:
        self.parameters, records = parameters, parameters.columns
        ranges = [(r["minimum"], r["maximum"]) if r["kind"] == "number" else NO_RANGE for r in records]
        self.minima = [minimum for minimum, _ in ranges]
        self.maxima = [maximum for _, maximum in ranges]
        # Inside their ranges, only columns whose ranges overlap can be upside down.
        self._looked_at = [
            (low, high) for low, high in parameters.ordered_pairs if self.maxima[low] > self.minima[high]
        ]
        # One look at a sample for all pairs: itemgetter is written in C, and of two columns or more it makes a tuple.
        self._lows: Callable[[Sequence[float]], Any] = itemgetter(0, 0, *[low for low, _ in self._looked_at])
        self._highs: Callable[[Sequence[float]], Any] = itemgetter(0, 0, *[high for _, high in self._looked_at])

    def outside(self, samples: Sequence[Sequence[float]]) -> list[int]:
        """Which samples have a value outside its range or an ordered pair upside down: their indices, in order."""
        found = []
        if len(samples) < FEW:
            return [index for index, sample in enumerate(samples) if self._is_odd(sample)]
        for start in range(0, len(samples), BLOCK):
            block = samples[start : start + BLOCK]
            if not self._hold(block):
                found += [index for index, sample in enumerate(block, start) if self._is_odd(sample)]
        return found

    def _hold(self, block: Sequence[Sequence[float]]) -> bool:
        """Whether every sample is as in training: `not any(map(self._is_odd, block))` in half its time."""
        columns = [*zip(*block, strict=True)]
        ranges = zip(columns, self.minima, self.maxima, strict=True)
        if not all(minimum <= min(column) and max(column) <= maximum for column, minimum, maximum in ranges):
            return False
        return not any(any(map(gt, columns[low], columns[high])) for low, high in self._looked_at)

    def _is_odd(self, sample: Sequence[float]) -> bool:
        low, high = self._lows(sample), self._highs(sample)
        return any(map(gt, [*self.minima, *sample, *low], [*sample, *self.maxima, *high]))

    def beyond(self, sample: Sequence[float]) -> list[tuple[int, bool]]:
        """The position of each value outside its range, and whether it is below it."""
        ranges = zip(range(len(sample)), sample, self.minima, self.maxima, strict=True)
        return [
            (position, value < minimum)
            for position, value, minimum, maximum in ranges
            if not minimum <= value <= maximum
        ]
