"""The seam to the service: samples → what the API would answer to each, or what it would refuse each for.

Everything is judged by the API's own validator and predicted by the model that the API's handler calls, so that a row
gets the same answer, bit for bit, whichever way it comes.
"""

from __future__ import annotations

from lambda_app.answers import Answers
from lambda_app.model.training_range import INPUT_SUSPECT, TrainingRange
from lambda_app.problems import InvalidContent
from lambda_app.validation import MAXIMUM_INSTANCES, Validator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from lambda_app.model.store import LoadedModel
    from lambda_app.problems import ContentError


class Scored:
    """The answer to one sample. `text` is the API's JSON object."""

    __slots__ = ("label", "members", "probabilities", "text", "warnings")

    def __init__(
        self, label: int, probabilities: Any, members: tuple[int, ...], text: str, warnings: list[Any]
    ) -> None:
        self.label = label
        self.probabilities = probabilities
        self.members = members
        self.text = text
        self.warnings = warnings


class Scorer:
    """One loaded model, ready for any number of samples."""

    def __init__(self, loaded: LoadedModel) -> None:
        classifier = loaded.classifier
        parameters = classifier.parameters
        self.loaded = loaded
        self.version = parameters.digest
        self.source = loaded.source
        self.labels: list[str] = parameters.target_names
        self.names: list[str] = parameters.feature_names
        self.positions = {name: position for position, name in enumerate(self.names)}
        for name, spellings in parameters.feature_spellings.items():
            self.positions.update(dict.fromkeys(spellings, self.positions[name]))
        # For each column: None for numbers, else its known categories.
        self.categories: list[list[Any] | None] = [None] * len(self.names)
        self._validator = Validator(self.names, parameters.feature_spellings, parameters.imputations)
        self._predict: Any = classifier.predict
        self._range = TrainingRange(parameters)
        self._answers = Answers(parameters, loaded.source)

    def hint(self, name: str) -> str:
        """A sentence that names the closest known name, or nothing."""
        from lambda_app.closest_name import ClosestName

        return ClosestName(self.positions).hint(name)

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
                yield from self._answer(submission)

    def _score_one(self, sample: Any, named: Callable[[Any], Any]) -> Iterator[Scored | list[ContentError]]:
        try:
            submission = self._validator.check({"features": sample})
        except InvalidContent:
            try:
                submission = self._validator.check({"features": named(sample)})
            except InvalidContent as problem:
                yield problem.errors
                return
        yield from self._answer(submission)

    def _answer(self, submission: Any) -> Iterator[Scored]:
        samples, predict, write = submission.samples, self._predict, self._answers.sample
        outside = set(self._range.outside(samples))
        for index, sample in enumerate(samples):
            label, probabilities, members = predict(sample)
            text = write(label, probabilities, members)
            warnings: list[Any] = []
            if index in outside:
                warnings = [*self._range.warnings(sample)]
                if self._range.is_suspect(sample):
                    members = tuple(range(len(self.labels)))
                    text = write(label, probabilities, members)
                    warnings.append(INPUT_SUSPECT)
                text = self._answers.warned(text, warnings) if warnings else text
            yield Scored(label, probabilities, members, text + "}", warnings)
