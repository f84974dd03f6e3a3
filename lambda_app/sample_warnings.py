"""The warnings of a sample, once: each code with what it says. OpenAPI, docs/api.md's table and the tests read the table.

A warning says that an answer may be worth less than it looks. It never changes the prediction.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from lambda_app.model.columns import Columns
    from lambda_app.model.training_range import TrainingRange

    # Code, feature, detail; minimum and maximum of the feature's range where that is the matter.
    Warned = dict[str, Any]

BELOW, ABOVE, UNSEEN, SUSPECT = "below_training_range", "above_training_range", "unseen_category", "input_suspect"
WARNINGS = {
    BELOW: "a value is below all that training saw of its feature; `minimum` and `maximum` are that range",
    ABOVE: "a value is above all that training saw of its feature; `minimum` and `maximum` are that range",
    UNSEEN: "training never saw this category; it is answered as the fitted pipeline answers it",
    SUSPECT: "the whole sample looks wrong: values far outside, many of them, or pairs upside down that were ordered "
    "in every training row. Its order, its units or a transformation may be wrong. `feature` is null, and the "
    "prediction set holds every label, because its promise does not hold for such a sample",
}
SUSPECT_SENTENCE = (
    "The sample is unlike any in the training data: its order, its units or a transformation may be wrong. "
    "Send names, in the training data's units."
)


class SampleWarnings:
    """Makes the warnings of one loaded model, each one once."""

    def __init__(self, columns: Columns, training_range: TrainingRange) -> None:
        self._columns, self._range = columns, training_range
        self._suspicion = Suspicion(training_range)
        self._made: dict[tuple[int, bool | str], Warned] = {}
        self._suspect: Warned = {"code": SUSPECT, "feature": None, "detail": SUSPECT_SENTENCE}

    def of(self, values: Sequence[Any], row: Sequence[float]) -> list[Warned]:
        """The warnings of one sample: its values in column order, then the sample as a whole.

        `values` are what the caller sent, `row` what is compared with ranges (`Columns.plain`).
        """
        beyond, unseen = self._range.beyond(row), self._columns.unseen(values)
        warned: Sequence[tuple[int, bool | str]] = beyond
        if unseen:
            warned = sorted([*beyond, *((position, UNSEEN) for position in unseen)])
        warnings = [self._made.get(key) or self._warning(*key) for key in warned]
        return [*warnings, self._suspect] if self._suspicion.holds(row, beyond) else warnings

    def _warning(self, position: int, kind: bool | str) -> Warned:
        """`kind`: UNSEEN, or whether the value is below its range."""
        record = self._columns.records[position]
        name = record["name"]
        if kind == UNSEEN:
            warning = {"code": UNSEEN, "feature": name, "detail": f"{name} is a category that training never held."}
        else:
            warning = {
                "code": BELOW if kind else ABOVE,
                "feature": name,
                "minimum": record["minimum"],
                "maximum": record["maximum"],
                "detail": f"{name} is {'below' if kind else 'above'} every value in the training data.",
            }
        self._made[position, kind] = warning
        return warning


def is_suspect(warnings: Sequence[Warned]) -> bool:
    """Whether one of them says that the whole sample looks wrong."""
    return bool(warnings) and warnings[-1]["code"] == SUSPECT


class Suspicion:
    """Whether a sample as a whole looks wrong, whatever its names or order say.

    It does when a value lies far outside its range, when many are outside, or when pairs are upside down that were
    ordered in every training row (a mean above its own maximum). From when on, the artefact says: the export chose the
    bounds so that few held-out rows of the training are suspect.
    """

    def __init__(self, training_range: TrainingRange) -> None:
        self._range, self._bounds = training_range, training_range.parameters.suspicion
        self._pairs = [(low, high) for low, high in training_range.parameters.ordered_pairs]
        self._above: dict[int, set[int]] = {}  # worked out for the first sample that needs it, with _below

    def holds(self, sample: Sequence[float], beyond: list[tuple[int, bool]] | None = None) -> bool:
        """Of a `Columns.plain` row; `beyond`, as the training range tells it, if known."""
        outside = self._range.beyond(sample) if beyond is None else beyond
        if len(outside) >= self._bounds["out_of_range"]:
            return True
        minima, maxima = self._range.minima, self._range.maxima
        if any(widths_outside(sample[i], minima[i], maxima[i]) > self._bounds["far"] for i, _ in outside):
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
