"""Predictions → the JSON text of their answers. What never changes in an answer is written once a model."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from lambda_app.model.model_parameters import ModelParameters
    from lambda_app.model.predict import Sample
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
        self._target_names = parameters.target_names
        self._feature_names = parameters.feature_names
        self._metadata = json.dumps(model_metadata(parameters, source))
        self._templates: dict[tuple[int, tuple[int, ...]], str] = {}
        self._warnings: dict[tuple[str, str], str] = {}

    def sample(self, label: int, probabilities: Sequence[float], members: tuple[int, ...]) -> str:
        """One prediction, an open object that ends in its empty list of warnings: `single` or `batch` closes it.

        A template instead of json.dumps: it writes each float once and nothing else, a third of the time of a batch.
        """
        try:
            template = self._templates[label, members]
        except KeyError:
            template = self._templates[label, members] = self._template(label, members)
        written = [*map(repr, probabilities)]
        return template % (written[1 if len(written) == 2 else label], *written)

    def _warning(self, warning: Warned) -> str:
        """A warning's JSON, written once for each code and feature: every row of a batch may have many."""
        key = warning["code"], warning["feature"]
        if key not in self._warnings:
            self._warnings[key] = json.dumps(warning)
        return self._warnings[key]

    def _template(self, label: int, members: tuple[int, ...]) -> str:
        """The constant text around `probability` and the K probabilities."""
        names = [json.dumps(name).replace("%", "%%") for name in self._target_names]
        return (
            f'{{"prediction": {label}, "label": {names[label]}, "probability": %s, "probabilities": {{'
            + ", ".join(f"{name}: %s" for name in names)
            + f'}}, "prediction_set": [{", ".join(names[k] for k in members)}], "warnings": {NO_WARNINGS}'
        )

    def warned(self, sample: str, warnings: list[Warned]) -> str:
        """The sample with its warnings."""
        return f"{sample.removesuffix(NO_WARNINGS)}[{', '.join(map(self._warning, warnings))}]"

    def explained(
        self, sample: str, values: Sample, baseline: float, log_odds: float, contributions: Sequence[float]
    ) -> str:
        """The sample with how it came about: contributions by size, which add up from the baseline to the log-odds."""
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
