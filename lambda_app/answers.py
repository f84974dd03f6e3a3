"""Predictions → the JSON text of their answers. What never changes in an answer is written once a model."""

from __future__ import annotations

import json
from operator import add

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from lambda_app.model.model_parameters import ModelParameters
    from lambda_app.model.training_range import Warned

NO_WARNINGS = "[]"


def model_metadata(parameters: ModelParameters, source: str) -> dict[str, str]:
    """What every answer says of its model. Strings all of them, as the API's first users expect."""
    metrics = parameters.metrics
    return {
        "accuracy": format(metrics["accuracy"]["value"], ".4f") if "accuracy" in metrics else "not evaluated",
        "roc_auc": format(metrics["roc_auc"]["value"], ".4f") if "roc_auc" in metrics else "not evaluated",
        "trained_at": parameters.trained_at,
        "target_names": ", ".join(parameters.target_names),
        "version": parameters.digest,
        "source": source,
    }


class Answers:
    """Writes the answers of one loaded model."""

    def __init__(self, parameters: ModelParameters, source: str) -> None:
        self._feature_names = parameters.feature_names
        self._metadata = json.dumps(model_metadata(parameters, source))
        # Constant text: before the probability, before each class's, after the last one.
        self._labels = labels = [*map(json.dumps, parameters.target_names)]
        self._heads = [f'{{"prediction": {k}, "label": {label}, "probability": ' for k, label in enumerate(labels)]
        self._keys = [f", {label}: " for label in labels]
        self._keys[0] = f', "probabilities": {{{labels[0]}: '
        sets: list[tuple[int, ...]] = [(0, 1), (0,), (1,)]
        self._tails = {members: self._tail(members) for members in sets}
        self._warnings: dict[tuple[str, str], str] = {}

    def sample(self, label: int, probabilities: Sequence[float], members: tuple[int, ...]) -> str:
        """One prediction, an open object that ends in its empty list of warnings: `single` or `batch` closes it.

        Not json.dumps: here each float is written once.
        """
        if len(probabilities) == 2:  # `probability` is class 1's, whatever is predicted
            zero, one = map(repr, probabilities)
            return f"{self._heads[label]}{one}{self._keys[0]}{zero}{self._keys[1]}{one}{self._tails[members]}"
        written = [*map(repr, probabilities)]
        return f"{self._heads[label]}{written[label]}{''.join(map(add, self._keys, written))}{self._tail(members)}"

    def _tail(self, members: tuple[int, ...]) -> str:
        names = ", ".join([self._labels[k] for k in members])
        return f'}}, "prediction_set": [{names}], "warnings": {NO_WARNINGS}'

    def _warning(self, warning: Warned | dict[str, Any]) -> str:
        """A warning's JSON, written once for each code and feature: every row of a batch may have many."""
        key = warning["code"], warning["feature"]
        if key not in self._warnings:
            self._warnings[key] = json.dumps(warning)
        return self._warnings[key]

    def warned(self, sample: str, warnings: list[Any]) -> str:
        """The sample with its warnings."""
        return f"{sample.removesuffix(NO_WARNINGS)}[{', '.join(map(self._warning, warnings))}]"

    def explained(
        self, sample: str, values: Sequence[Any], baseline: float, log_odds: float, contributions: Sequence[float]
    ) -> str:
        """The sample with its contributions by size, which add up from the baseline to the log-odds."""
        rows = sorted(zip(self._feature_names, values, contributions, strict=True), key=lambda row: -abs(row[2]))
        named = [{"feature": name, "value": value, "contribution": part} for name, value, part in rows]
        explanation = {"baseline": baseline, "log_odds": log_odds, "contributions": named}
        return f'{sample}, "explanation": {json.dumps(explanation)}'

    def single(self, sample: str) -> str:
        """The answer to one sample."""
        return f'{sample}, "model_metadata": {self._metadata}}}'

    def batch(self, samples: list[str]) -> str:
        """The answer to a batch."""
        return f'{{"predictions": [{"}, ".join(samples)}}}], "model_metadata": {self._metadata}}}'
