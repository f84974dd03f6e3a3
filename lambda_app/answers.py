"""Predictions → the JSON text of their answers. What never changes in an answer is written once a model.

A sample's answer is written as the members of an object, without its braces: `single` and `batch` put them around.
"""

from __future__ import annotations

import json
from operator import add

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from lambda_app.model.artefact.model_parameters import ModelParameters
    from lambda_app.model.explanation import Explanation

NO_WARNINGS: tuple[Any, ...] = ()
NOT_EVALUATED = "not evaluated"
BETWEEN = "}, {"


def model_metadata(parameters: ModelParameters, source: str) -> dict[str, str]:
    """What every answer says of its model. Strings all of them, as the API's first users expect."""
    figures = ("accuracy", "roc_auc") if parameters.target_names else ("r2", "mean_absolute_error")
    metrics = parameters.metrics
    shown = {name: format(metrics[name]["value"], ".4f") if name in metrics else NOT_EVALUATED for name in figures}
    target = {"target_names": ", ".join(parameters.target_names)} if parameters.target_names else {}
    return {
        **shown,
        "trained_at": parameters.trained_at,
        **(target or {"target_name": parameters.target_name}),
        "version": parameters.digest,
        "source": source,
    }


class Answers:
    """Writes the answers of one loaded model: `sample` is `classified` or `regressed`, whichever it predicts."""

    def __init__(self, parameters: ModelParameters, source: str) -> None:
        self._features = [f'{{"feature": {json.dumps(name)}, "value": ' for name in parameters.feature_names]
        # 14 digits are written in less than half the time of 17.
        self._contributions = " ".join(["%.14g"] * len(self._features))
        self._metadata = json.dumps(model_metadata(parameters, source))
        # Constant text: before the probability, before each class's, after the last one.
        self._labels = labels = [*map(json.dumps, parameters.target_names)]
        self._heads = [f'"prediction": {k}, "label": {label}, "probability": ' for k, label in enumerate(labels)]
        self._keys = [f", {label}: " for label in labels]
        if labels:
            self._keys[0] = f', "probabilities": {{{labels[0]}: '
        sets: list[tuple[int, ...]] = [(0, 1), (0,), (1,)]
        self._tails = {members: self._tail(members) for members in sets if labels}
        self._warnings: dict[tuple[str, str | None], str] = {}
        self.sample = self._classified if labels else self._regressed

    def _classified(self, prediction: Any, warnings: Sequence[Any] = NO_WARNINGS) -> str:
        """Not json.dumps: here each float is written once."""
        label, probabilities, members = prediction
        if len(probabilities) == 2:  # `probability` is class 1's, whatever is predicted
            zero, one = map(repr, probabilities)
            text = f"{self._heads[label]}{one}{self._keys[0]}{zero}{self._keys[1]}{one}{self._tails[members]}"
        else:
            written = [*map(repr, probabilities)]
            text = f"{self._heads[label]}{written[label]}{''.join(map(add, self._keys, written))}{self._tail(members)}"
        return f"{text}{self._listed(warnings) if warnings else '[]'}"

    def _tail(self, members: tuple[int, ...]) -> str:
        names = ", ".join([self._labels[k] for k in members])
        return f'}}, "prediction_set": [{names}], "warnings": '

    def _regressed(self, prediction: Any, warnings: Sequence[Any] = NO_WARNINGS) -> str:
        value, interval = prediction
        ends = "null" if interval is None else f"[{interval[0]!r}, {interval[1]!r}]"
        return f'"prediction": {value!r}, "interval": {ends}, "warnings": {self._listed(warnings)}'

    def _listed(self, warnings: Sequence[Any]) -> str:
        """The warnings' JSON, each written once for its code and feature: every row of a batch may have many."""
        keys = [(warning["code"], warning["feature"]) for warning in warnings]
        if not all(map(self._warnings.__contains__, keys)):
            self._warnings |= {key: json.dumps(warning) for key, warning in zip(keys, warnings, strict=True)}
        return f"[{', '.join(map(self._warnings.__getitem__, keys))}]"

    def explanation(self, why: Explanation, values: Sequence[Any]) -> str:
        """The member `explanation`: contributions by size, which add up from the baseline to the total."""
        parts = why.contributions
        try:  # not json.dumps: a batch has 30,000 of these
            written = [*map(float.__repr__, values)]
        except TypeError:  # a text, or null
            written = [*map(json.dumps, values)]
        shown = (self._contributions % tuple(parts)).split(" ")
        order = sorted(range(len(parts)), key=[*map(abs, parts)].__getitem__, reverse=True)
        rows = ", ".join([f'{self._features[i]}{written[i]}, "contribution": {shown[i]}}}' for i in order])
        sides = ""
        if why.towards is not None:
            against = "null" if why.against is None else self._labels[why.against]
            sides = f'"towards": {self._labels[why.towards]}, "against": {against}, '
        return (
            f', "explanation": {{"scale": "{why.scale}", {sides}"baseline": {why.baseline!r}, '
            f'"{why.scale}": {why.total!r}, "contributions": [{rows}]}}'
        )

    def single(self, sample: str) -> str:
        """The answer to one sample."""
        return f'{{{sample}, "model_metadata": {self._metadata}}}'

    def batch(self, samples: list[str]) -> str:
        """The answer to a batch."""
        texts = [*samples]
        texts[0] = f'{{"predictions": [{{{texts[0]}'
        texts[-1] += f'}}], "model_metadata": {self._metadata}}}'
        return BETWEEN.join(texts)  # the one copy of what may be 6 MB
