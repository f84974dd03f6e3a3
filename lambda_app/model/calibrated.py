"""Calibrated classifiers: each member's scores through curves learnt on held-out rows, then the members' average.

    {"kind": "calibrated", "decides": "largest", "curves": [one list a member, of one curve for two classes, else K]}
    a curve: {"kind": "sigmoid", "a": a, "b": b}: 1 / (1 + e^(a · score + b))
             {"kind": "isotonic", "x": [rising], "y": [rising]}: straight lines between points, flat outside

The scores are the members', one behind the other. Source: scikit-learn's CalibratedClassifierCV; Platt (1999), Zadrozny
and Elkan (2002).
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from math import isfinite

from lambda_app.model.artefact.format_checks import are_numbers, is_number, require
from lambda_app.model.links import LARGEST, is_largest, sigmoid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from lambda_app.model.predict import Scorer

    Curve = Callable[[float], float]


class Calibrated:
    """The curves of a record, ready to use; `scores` is how many they need."""

    def __init__(self, link: dict[str, Any], classes: int) -> None:
        """Raises InvalidModel where the record is odd."""
        require(set(link) == {"kind", "decides", "curves"}, "a calibrated link must hold kind, decides and curves")
        require(link["decides"] == LARGEST, "a calibrated link decides by the largest probability")
        curves = link["curves"]
        members = type(curves) is list and len(curves) > 0 and all(type(member) is list for member in curves)
        require(members, "curves must hold a list a member")
        self._each = 1 if classes == 2 else classes
        require(all(len(member) == self._each for member in curves), f"each member must have {self._each} curve(s)")
        self._members = [[_curve(curve) for curve in member] for member in curves]
        self.scores = self._each * len(self._members)
        self.decide = is_largest

    def probabilities(self, scores: Sequence[float]) -> Sequence[float]:
        """K probabilities: the average of the members'."""
        totals = [0.0] * (self._each if self._each > 1 else 2)
        for number, member in enumerate(self._members):
            own = scores[number * self._each : (number + 1) * self._each]
            for label, probability in enumerate(self._of_member(member, own)):
                totals[label] += probability
        return [total / len(self._members) for total in totals]

    def _of_member(self, member: list[Curve], scores: Sequence[float]) -> list[float]:
        values = [curve(score) for curve, score in zip(member, scores, strict=True)]
        if len(values) == 1:
            return [1 - values[0], values[0]]
        total = sum(values)
        return [value / total for value in values] if total > 0 else [1 / len(values)] * len(values)

    def contributions(
        self, model: Scorer, numbers: Sequence[float], reference: Sequence[float]
    ) -> tuple[float, list[float]]:
        """Two classes: baseline and contributions to class 1's probability.

        Each member's contributions to its score, times the slope of its curve from the typical row to this one.
        """
        count = len(self._members)
        scores, typical = model.scores(numbers), model.scores(reference)
        baseline, totals = 0.0, None
        for member, (curve,) in enumerate(self._members):
            start = curve(typical[member])
            baseline += start / count
            change = scores[member] - typical[member]
            slope = (curve(scores[member]) - start) / change / count if change else 0.0
            weights = [float(number == member) for number in range(count)]
            parts = [slope * part for part in model.contributions(numbers, weights)[1]]
            totals = parts if totals is None else [total + part for total, part in zip(totals, parts, strict=True)]
        return baseline, totals or []


def _curve(record: Any) -> Curve:
    kind = record.get("kind") if type(record) is dict else None
    if kind == "sigmoid":
        require(set(record) == {"kind", "a", "b"}, "a sigmoid must hold a and b")
        require(is_number(record["a"]) and is_number(record["b"]), "a sigmoid's a and b must be finite numbers")
        return _sigmoid(record["a"], record["b"])
    require(
        kind == "isotonic" and set(record) == {"kind", "x", "y"}, "a curve must be a sigmoid or isotonic, with x and y"
    )
    x, y = record["x"], record["y"]
    require(are_numbers(x) and are_numbers(y, len(x)) and len(x) > 0, "an isotonic curve's x and y must be numbers")
    require(all(low < high for low, high in pairwise(x)), "an isotonic curve's x must rise")
    require(all(0 <= value <= 1 for value in y), "an isotonic curve's y must be probabilities")
    require(all(low <= high for low, high in pairwise(y)), "an isotonic curve's y must not fall")
    slopes = [(y[i] - y[i - 1]) / (x[i] - x[i - 1]) for i in range(1, len(x))]
    require(all(map(isfinite, slopes)) and isfinite(x[-1] - x[0]), "an isotonic curve's slopes must be finite")
    return _isotonic(x, y)


def _sigmoid(a: float, b: float) -> Curve:
    return lambda score: sigmoid(-(a * score + b))


def _isotonic(x: list[float], y: list[float]) -> Curve:
    def curve(score: float) -> float:
        place = bisect_right(x, score)
        if place == 0:
            return y[0]
        if place == len(x):
            return y[-1]
        slope = (y[place] - y[place - 1]) / (x[place] - x[place - 1])
        return min(1.0, slope * (score - x[place - 1]) + y[place - 1])  # rounding may lead one bit beyond

    return curve
