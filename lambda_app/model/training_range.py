"""Values outside what the model saw in training: warned of, never refused, and never a change to the prediction."""

from __future__ import annotations

from operator import gt, lt

TYPE_CHECKING = False
if TYPE_CHECKING:
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


ORDER_MARGIN = 0.5  # of a range's width; no honest held-out row of the shipped data lies further out


class TrainingRange:
    """The training range of every feature."""

    def __init__(self, parameters: ModelParameters) -> None:
        self._names = parameters.feature_names
        self._minima = parameters.minima
        self._maxima = parameters.maxima

    def warnings(self, sample: Sample, listed: bool) -> list[Warned]:
        """Warnings for a sample in feature order; `listed`: it came as a list, so its order may be wrong."""
        if not any(map(lt, sample, self._minima)) and not any(map(gt, sample, self._maxima)):
            return []
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
