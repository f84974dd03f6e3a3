"""Values outside what the model saw in training: warned of, never refused, and never a change to the prediction."""

from __future__ import annotations

from operator import gt, lt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypedDict

    from lambda_app.model.model_parameters import ModelParameters
    from lambda_app.model.predict import Sample

    class Warned(TypedDict):
        """One warning; minimum and maximum are the feature's training range."""

        code: str
        feature: str
        minimum: float
        maximum: float
        detail: str


BLOCK = 500  # samples looked at together, a column at a time
FEW = 20  # samples that are faster looked at one by one
ORDER_MARGIN = 0.5  # of a range's width; no honest held-out row of the shipped data lies further out


class TrainingRange:
    """The training range of every feature."""

    def __init__(self, parameters: ModelParameters) -> None:
        self._names = parameters.feature_names
        self._minima = parameters.minima
        self._maxima = parameters.maxima
        self._made: dict[tuple[str | None, int], Warned] = {}

    def outside(self, samples: Sequence[Sample]) -> list[int]:
        """Which samples have a value outside its feature's range: their indices, in order."""
        found = []
        for start in range(0, len(samples), BLOCK):
            block = samples[start : start + BLOCK]
            if len(block) < FEW or not self._hold(block):
                found += [index for index, sample in enumerate(block, start) if self._is_outside(sample)]
        return found

    def _hold(self, block: Sequence[Sample]) -> bool:
        """Whether every sample is inside: `not any(map(self._is_outside, block))` in half its time for large blocks."""
        columns = zip(zip(*block, strict=True), self._minima, self._maxima, strict=True)
        return all(minimum <= min(column) and max(column) <= maximum for column, minimum, maximum in columns)

    def _is_outside(self, sample: Sample) -> bool:
        return any(map(lt, sample, self._minima)) or any(map(gt, sample, self._maxima))

    def warnings(self, sample: Sample, listed: bool) -> list[Warned]:
        """Warnings for a sample in feature order; `listed`: it came as a list, so its order may be wrong."""
        warnings: list[Warned] = []
        worst, worst_position = ORDER_MARGIN, None
        for position, (value, minimum, maximum) in enumerate(zip(sample, self._minima, self._maxima, strict=True)):
            if minimum <= value <= maximum:
                continue
            warnings.append(self._warning("below" if value < minimum else "above", position))
            excess = max(minimum - value, value - maximum)
            widths = excess / (maximum - minimum) if maximum > minimum else float("inf")
            if widths > worst:
                worst, worst_position = widths, position
        if listed and worst_position is not None:
            warnings.append(self._warning(None, worst_position))
        return warnings

    def _warning(self, side: str | None, position: int) -> Warned:
        """A feature's warning, made once; `side` of its range, None: the order of the list is suspect."""
        try:
            return self._made[side, position]
        except KeyError:
            name = self._names[position]
            detail = "A value lies far outside its feature's range: check the order of the list, or send names."
            if side:
                detail = f"{name} is {side} every value in the training data."
            warning: Warned = {
                "code": f"{side}_training_range" if side else "order_suspect",
                "feature": name,
                "minimum": self._minima[position],
                "maximum": self._maxima[position],
                "detail": detail,
            }
            self._made[side, position] = warning
            return warning
