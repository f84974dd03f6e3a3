"""The seam to the service: samples → what the API would answer to each, or what it would refuse each for.

Everything is judged by the API's own validator and predicted by the model that the API's handler calls, so that a row
gets the same answer, bit for bit, whichever way it comes.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self

from lambda_app.body.hints import ClosestName
from lambda_app.body.validation import Submission
from lambda_app.model.store import PACKAGED, LoadedModel, read_packaged
from lambda_app.problems import ContentError, InvalidContent
from lambda_app.service import Service, Tally


class Scored:
    """The answer to one sample: the prediction (see predict.py), the API's JSON object, and its warnings."""

    __slots__ = ("prediction", "text", "warnings")

    def __init__(self, prediction: Any, warnings: Sequence[Any], text: str) -> None:
        self.prediction = prediction
        self.warnings = warnings
        self.text = text


class Scorer:
    """One loaded model, ready for any number of samples. `labels` is empty for a regression."""

    def __init__(self, loaded: LoadedModel) -> None:
        parameters, columns = loaded.model.parameters, loaded.model.columns
        self.loaded = loaded
        self._service = Service(loaded)
        self.version = parameters.digest
        self.source = loaded.source
        self.limits = self._service.limits
        self.labels: list[str] = parameters.target_names
        self.names: list[str] = columns.names
        self.positions: dict[str, int] = columns.positions
        # For each column: None for numbers, else its known categories.
        self.categories: list[list[Any] | None] = [
            None if is_number else columns.categories(position) for position, is_number in enumerate(columns.is_number)
        ]
        self._closest = ClosestName(self.positions)

    @classmethod
    def packaged(cls, path: str | None = None) -> Self:
        """The model in the package, or another file. Raises OSError, UnicodeError or InvalidModel."""
        return cls(LoadedModel(read_packaged(path), PACKAGED))

    def hint(self, name: str) -> str:
        """A sentence that names the closest known name, or nothing."""
        return self._closest.hint(name)

    def score(
        self, samples: list[Any], named: Callable[[Any], Any], tally: Tally
    ) -> Iterator[Scored | list[ContentError]]:
        """For each sample its answer, or every problem with it. `named` gives the form whose problems are to be told.

        `tally` counts classes and warnings; predictions are counted by the block.
        """
        for first in range(0, len(samples), self.limits.samples):
            chunk = samples[first : first + self.limits.samples]
            try:
                submission = self._service.validator.check({"instances": chunk})
            except InvalidContent:
                for sample in chunk:
                    yield from self._score_one(sample, named, tally)
            else:
                yield from self._answer(submission, tally)

    def _score_one(
        self, sample: Any, named: Callable[[Any], Any], tally: Tally
    ) -> Iterator[Scored | list[ContentError]]:
        try:
            submission = self._service.validator.check({"features": sample})
        except InvalidContent:
            try:
                submission = self._service.validator.check({"features": named(sample)})
            except InvalidContent as problem:
                yield problem.errors
                return
        yield from self._answer(submission, tally)

    def _answer(self, submission: Submission, tally: Tally) -> Iterator[Scored]:
        for prediction, warnings, text in self._service.answers(submission, tally):
            yield Scored(prediction, warnings, f"{{{text}}}")
