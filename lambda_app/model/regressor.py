"""A regression model: numbers → score → the predicted number and its interval.

Its link: {"kind": "identity" | "exp" | "expm1"}
"""

from __future__ import annotations

from math import exp, expm1
from sys import float_info

from lambda_app.model.artefact.format_checks import require

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from lambda_app.model.artefact.model_parameters import ModelParameters
    from lambda_app.model.columns import Columns
    from lambda_app.model.explanation import Explanation
    from lambda_app.model.predict import Scorer

    Regressed = tuple[float, tuple[float, float] | None]  # the predicted number, and the ends of its interval


class Regressor:
    """Made by `predict.load` only, which proves it."""

    explains = True
    score_count = 1

    def __init__(self, parameters: ModelParameters, columns: Columns, scorer: Scorer) -> None:
        """Raises InvalidModel where the link is none."""
        self.parameters, self.columns, self.scorer = parameters, columns, scorer
        self._link, self._scale = regressor_link(parameters.link)
        interval = parameters.interval
        self.coverage = interval["coverage"] if interval else None
        self._half_width = interval["half_width"] if interval else None

    def predict(self, numbers: Sequence[float]) -> Regressed:
        """The predicted number and its interval, which is None without an evaluation."""
        (score,) = self.scorer.scores(numbers)
        half_width = self._half_width
        if half_width is None:
            return self._link(score), None
        low, high = max(score - half_width, -float_info.max), min(score + half_width, float_info.max)
        return self._link(score), (self._link(low), self._link(high))

    def explain(self, numbers: Sequence[float], _: Any = None) -> Explanation:
        """Why this number, in its own unit, or on the scale of its logarithm where the link is one."""
        from lambda_app.model.explanation import Explanation

        return Explanation(self._scale, None, None, self.scorer.contributions(numbers, [1.0]))


def _exp(score: float) -> float:
    try:
        return exp(score)
    except OverflowError:
        return float_info.max  # JSON has no infinity


def _expm1(score: float) -> float:
    try:
        return expm1(score)
    except OverflowError:
        return float_info.max


# kind → (score → prediction, the scale of an explanation)
REGRESSORS: dict[str, tuple[Callable[[float], float], str]] = {
    "identity": (float, "target"),
    "exp": (_exp, "log"),
    "expm1": (_expm1, "log1p"),
}


def regressor_link(link: dict[str, Any]) -> tuple[Callable[[float], float], str]:
    """Score → prediction, and the explanation's scale. Raises InvalidModel for what does not exist."""
    require(set(link) == {"kind"} and type(link["kind"]) is str, "a regression's link must hold its kind")
    require(link["kind"] in REGRESSORS, "the link must be one that this code knows")
    return REGRESSORS[link["kind"]]
