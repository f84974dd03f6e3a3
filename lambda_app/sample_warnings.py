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

    Warned = dict[
        str, Any
    ]  # code, feature, detail; minimum and maximum of the feature's range where that is the matter

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
        return [*warnings, self._suspect] if self._range.is_suspect(row, beyond) else warnings

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
