"""The seam to the service: samples → what the API would answer to each, or what it would refuse each for.

Everything is judged by the API's own validator and predicted by the model that the API's handler calls, so that a row
gets the same answer, bit for bit, whichever way it comes.
"""

from __future__ import annotations

from lambda_app.answers import Answers
from lambda_app.closest_name import ClosestName
from lambda_app.model.store import PACKAGED_PATH, LoadedModel, read_packaged
from lambda_app.model.training_range import INPUT_SUSPECT, TrainingRange
from lambda_app.problems import InvalidContent
from lambda_app.validation import MAXIMUM_INSTANCES, Validator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from lambda_app.problems import ContentError


class Scored:
    """The answer to one sample. `text` is the API's JSON object; `suspect` says whether its input is."""

    __slots__ = ("label", "members", "probabilities", "suspect", "text", "warnings")

    def __init__(self, label: int, probabilities: Any, members: tuple[int, ...], text: str) -> None:
        self.label = label
        self.probabilities = probabilities
        self.members = members
        self.text = text
        self.warnings: list[Any] = []
        self.suspect = False


class Scorer:
    """One loaded model, ready for any number of samples."""

    def __init__(self, loaded: LoadedModel) -> None:
        model: Any = loaded.classifier
        parameters, columns = model.parameters, model.columns
        self.loaded = loaded
        self.version = parameters.digest
        self.source = loaded.source
        self.labels: list[str] = parameters.target_names
        self.names: list[str] = columns.names
        self.positions: dict[str, int] = columns.positions
        # For each column: None for numbers, else its known categories.
        self.categories: list[list[Any] | None] = [
            None if record["kind"] == "number" else [value for value, _ in record["categories"]]
            for record in columns.records
        ]
        self._validator = Validator(parameters.feature_names, parameters.feature_spellings, parameters.imputations)
        self._predict = model.predict
        self._range = TrainingRange(parameters)
        self._answers = Answers(parameters, loaded.source)
        self._everything = tuple(range(len(self.labels)))
        self._closest = ClosestName(self.positions)

    @classmethod
    def packaged(cls, path: str = PACKAGED_PATH) -> Scorer:
        """The model in the package, or another file. Raises OSError, UnicodeError or InvalidModel."""
        return cls(LoadedModel(read_packaged(path), "packaged"))

    def hint(self, name: str) -> str:
        """A sentence that names the closest known name, or nothing."""
        return self._closest.hint(name)

    def score(self, samples: list[Any], named: Callable[[Any], Any]) -> Iterator[Scored | list[ContentError]]:
        """For each sample its answer, or every problem with it. `named` gives the form whose problems are to be told."""
        for first in range(0, len(samples), MAXIMUM_INSTANCES):
            chunk = samples[first : first + MAXIMUM_INSTANCES]
            try:
                submission = self._validator.check({"instances": chunk})
            except InvalidContent:
                for sample in chunk:
                    yield from self._score_one(sample, named)
            else:
                yield from self._answer(submission.samples)

    def _score_one(self, sample: Any, named: Callable[[Any], Any]) -> Iterator[Scored | list[ContentError]]:
        try:
            samples = self._validator.check({"features": sample}).samples
        except InvalidContent:
            try:
                samples = self._validator.check({"features": named(sample)}).samples
            except InvalidContent as problem:
                yield problem.errors
                return
        yield from self._answer(samples)

    def _answer(self, samples: list[Any]) -> Iterator[Scored]:
        predict, write = self._predict, self._answers.sample
        outside = set(self._range.outside(samples))
        for index, sample in enumerate(samples):
            label, probabilities, members = predict(sample)
            if index not in outside:
                yield Scored(label, probabilities, members, write(label, probabilities, members) + "}")
                continue
            suspect = self._range.is_suspect(sample)
            members = self._everything if suspect else members
            scored = Scored(label, probabilities, members, write(label, probabilities, members))
            scored.suspect = suspect
            scored.warnings = [*self._range.warnings(sample), *([INPUT_SUSPECT] if suspect else [])]
            if scored.warnings:
                scored.text = self._answers.warned(scored.text, scored.warnings)
            scored.text += "}"
            yield scored
