"""What training never saw: values outside its ranges, and samples that look as if something went wrong on the way.

Neither is refused. A sample is suspect, whatever its names or order say, when a value lies far outside its range, when
many are outside, or when pairs are upside down that were ordered in every training row (a mean above its own maximum).
From when on, the artefact says: the export chose the bounds so that few held-out rows of the training are suspect.
"""

from __future__ import annotations

from operator import gt, itemgetter, lt

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
        records = parameters.columns
        ranges = [(r["minimum"], r["maximum"]) if r["kind"] == "number" else NO_RANGE for r in records]
        self._minima = [minimum for minimum, _ in ranges]
        self._maxima = [maximum for _, maximum in ranges]
        self._bounds = parameters.suspicion
        self._above: dict[int, set[int]] = {}  # worked out for the first sample that needs it, with _below
        self._pairs = [(low, high) for low, high in parameters.ordered_pairs]
        # Inside their ranges, only columns whose ranges overlap can be upside down.
        self._looked_at = [(low, high) for low, high in self._pairs if self._maxima[low] > self._minima[high]]
        # One look at a sample for all pairs: itemgetter is written in C, and doubled it always makes a tuple.
        lows, highs = zip(*self._looked_at, strict=True) if self._looked_at else ((), ())
        self._lows: Callable[[Sequence[float]], Any] = itemgetter(*lows, *lows[:1]) if lows else _nothing
        self._highs: Callable[[Sequence[float]], Any] = itemgetter(*highs, *highs[:1]) if highs else _nothing

    def outside(self, samples: Sequence[Sequence[float]]) -> list[int]:
        """Which samples have a value outside its range or an ordered pair upside down: their indices, in order."""
        found = []
        for start in range(0, len(samples), BLOCK):
            block = samples[start : start + BLOCK]
            if len(block) < FEW or not self._hold(block):
                found += [index for index, sample in enumerate(block, start) if self._is_odd(sample)]
        return found

    def _hold(self, block: Sequence[Sequence[float]]) -> bool:
        """Whether every sample is as in training: `not any(map(self._is_odd, block))` in half its time."""
        columns = [*zip(*block, strict=True)]
        ranges = zip(columns, self._minima, self._maxima, strict=True)
        if not all(minimum <= min(column) and max(column) <= maximum for column, minimum, maximum in ranges):
            return False
        return not any(any(map(gt, columns[low], columns[high])) for low, high in self._looked_at)

    def _is_odd(self, sample: Sequence[float]) -> bool:
        if any(map(lt, sample, self._minima)) or any(map(gt, sample, self._maxima)):
            return True
        return any(map(gt, self._lows(sample), self._highs(sample)))

    def beyond(self, sample: Sequence[float]) -> list[tuple[int, bool]]:
        """The position of each value outside its range, and whether it is below it."""
        ranges = zip(range(len(sample)), sample, self._minima, self._maxima, strict=True)
        return [
            (position, value < minimum)
            for position, value, minimum, maximum in ranges
            if not minimum <= value <= maximum
        ]

    def is_suspect(self, sample: Sequence[float], beyond: list[tuple[int, bool]] | None = None) -> bool:
        """Whether the sample looks as if its order, its units or a transformation were wrong; `beyond` if known."""
        outside = self.beyond(sample) if beyond is None else beyond
        if len(outside) >= self._bounds["out_of_range"]:
            return True
        if any(widths_outside(sample[i], self._minima[i], self._maxima[i]) > self._bounds["far"] for i, _ in outside):
            return True
        return self._broken_pairs(sample, self._bounds["broken_pairs"]) >= self._bounds["broken_pairs"]

    def _broken_pairs(self, sample: Sequence[float], enough: float) -> int:
        """How many pairs are upside down, counted until there are enough. Each follows over a stored one that is."""
        broken = {(low, high) for low, high in self._pairs if sample[low] > sample[high]}
        if not broken or len(broken) >= enough:
            return len(broken)
        if not self._above:
            self._above, self._below = reached(self._pairs), reached([(high, low) for low, high in self._pairs])
        for low, high in [*broken]:
            highs = [high, *self._above.get(high, ())]
            least = min([sample[k] for k in highs])
            for i in (low, *self._below.get(low, ())):
                if sample[i] > least and len(broken) < enough:
                    broken.update((i, k) for k in highs if sample[i] > sample[k])
        return len(broken)


def _nothing(_: Any) -> tuple[()]:
    return ()


def widths_outside(value: float, minimum: float, maximum: float) -> float:
    """How far outside its range a value lies, in widths of the range; infinite where the range has none."""
    excess = max(minimum - value, value - maximum)
    return excess / (maximum - minimum) if maximum > minimum else float("inf")


def reached(pairs: list[tuple[int, int]]) -> dict[int, set[int]]:
    """What follows from these: i ≤ j and j ≤ k give i ≤ k. For each i its j and k (Warshall, 1962)."""
    above: dict[int, set[int]] = {}
    for low, high in pairs:
        above.setdefault(low, set()).add(high)
    for middle, higher in above.items():
        for found in above.values():
            if middle in found:
                found.update(higher)
    return above
