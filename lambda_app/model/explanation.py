"""Why a model answers as it does: what each column adds, from the typical row's answer to this one's."""

from __future__ import annotations

from math import fsum

from lambda_app.model.links import CALIBRATED, SHARES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from lambda_app.model.classifier import Classifier

# The link's kind → the scale of an explanation. Where it is no probability, the runner-up's score is taken off.
SCALES = {"softmax": "log_odds", "exponential": "score", "one_vs_rest": "score", SHARES: "probability"}


class Explanation:
    """Baseline + Σ contributions = total, on the scale; n contributions, in column order.

    `towards` and `against` are class indices, or None.
    """

    __slots__ = ("against", "baseline", "contributions", "scale", "total", "towards")

    def __init__(self, scale: str, towards: int | None, against: int | None, parts: tuple[float, list[float]]) -> None:
        self.scale, self.towards, self.against = scale, towards, against
        self.baseline, self.contributions = parts
        self.total = fsum([self.baseline, *self.contributions])


def of_class(model: Classifier, numbers: Sequence[float], label: int) -> Explanation:
    """Why this class, of a model that explains: two classes, class 1 against class 0; more, it against the runner-up.

    Where the scores are shares, the predicted class's (of two: class 1's) probability, against nothing.
    """
    classes, contributions = model.classes, model.scorer.contributions
    if model.kind == CALIBRATED:
        parts = model.calibrated.contributions(model.scorer, numbers, model.columns.reference)
        return Explanation("probability", 1, None, parts)
    scale = SCALES[model.kind]
    if scale == "probability":
        towards = 1 if classes == 2 else label
        return Explanation(scale, towards, None, contributions(numbers, [float(k == towards) for k in range(classes)]))
    if classes == 2:
        return Explanation(scale, 1, 0, contributions(numbers, [1.0]))
    scores = model.scorer.scores(numbers)
    runner_up = max((k for k in range(classes) if k != label), key=scores.__getitem__)
    weights = [0.0] * classes
    weights[label], weights[runner_up] = 1.0, -1.0
    return Explanation(scale, label, runner_up, contributions(numbers, weights))
