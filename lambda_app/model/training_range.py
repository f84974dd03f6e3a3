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
        for position, value in enumerate(sample):
            minimum, maximum = self._minima[position], self._maxima[position]
            if minimum <= value <= maximum:
                continue
            side = "below" if value < minimum else "above"
            detail = f"{self._names[position]} is {side} every value in the training data."
            warnings.append(self._warning(f"{side}_training_range", position, detail))
            excess = max(minimum - value, value - maximum)
            widths = excess / (maximum - minimum) if maximum > minimum else float("inf")
            if widths > worst:
                worst, worst_position = widths, position
        if listed and worst_position is not None:
            detail = "A value lies far outside its feature's range: check the order of the list, or send names."
            warnings.append(self._warning("order_suspect", worst_position, detail))
        return warnings

    def _warning(self, code: str, position: int, detail: str) -> Warned:
        return {
            "code": code,
            "feature": self._names[position],
            "minimum": self._minima[position],
            "maximum": self._maxima[position],
            "detail": detail,
        }
