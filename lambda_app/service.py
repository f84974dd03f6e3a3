"""One loaded model: check → predict → warn → explain → write, in one pass over the samples."""

from __future__ import annotations

import json

from lambda_app.answers import NO_WARNINGS, Answers
from lambda_app.body.json_body import STRUCTURE, Bound
from lambda_app.body.limits import MAXIMUM_ANSWER_CHARACTERS, Limits
from lambda_app.body.validation import Validator
from lambda_app.model.artefact.model_parameters import sha256
from lambda_app.model.training_range import TrainingRange
from lambda_app.problems import AnswerTooLarge
from lambda_app.sample_warnings import SampleWarnings, is_suspect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from lambda_app.body.validation import Submission
    from lambda_app.model.store import LoadedModel


class Tally:
    """What a prediction request did, as counts for telemetry. `by_class` is empty for a regression."""

    __slots__ = ("by_class", "input_suspect", "out_of_range", "predictions", "undecided")

    def __init__(self, predictions: int, classes: int) -> None:
        self.predictions = predictions
        self.by_class = [0] * classes
        self.undecided = 0
        self.out_of_range = 0
        self.input_suspect = 0


class Service:
    """Built once a loaded model, because everything constant in its answers is worked out here."""

    def __init__(self, loaded: LoadedModel) -> None:
        self.loaded = loaded
        self.model: Any = loaded.model
        parameters = loaded.model.parameters
        self.version = parameters.digest
        self.limits = Limits(loaded.model)
        self._columns = columns = loaded.model.columns
        self.validator = Validator(columns, self.limits)
        # Names may hold a comma or a bracket as texts may, "size (a, b)" for one.
        has_text = columns.has_text or any(mark in name for name in columns.positions for mark in STRUCTURE)
        self.bound = Bound(self.limits.samples, len(columns.names), has_text)
        self._range = TrainingRange(parameters)
        self._warnings = SampleWarnings(columns, self._range)
        self._every_label = tuple(range(len(parameters.target_names)))
        self._answers = Answers(parameters, loaded.source)
        self._documents: dict[str, tuple[str, str]] = {}

    def predict(self, document: Any) -> tuple[str, Tally]:
        """The answer to a JSON document, and what to count. Raises InvalidContent, BatchTooLarge or AnswerTooLarge."""
        submission = self.validator.check(document)
        tally = Tally(len(submission.values), len(self._every_label))
        texts, room = [], MAXIMUM_ANSWER_CHARACTERS
        for _, _, text in self.answers(submission, tally):
            room -= len(text)
            if room < 0:
                raise AnswerTooLarge
            texts.append(text)
        answer = self._answers.batch(texts) if submission.is_batch else self._answers.single(texts[0])
        # It is sent inside another text, where a quote takes two characters.
        if 2 * len(answer) > MAXIMUM_ANSWER_CHARACTERS < len(answer) + answer.count('"'):
            raise AnswerTooLarge
        return answer, tally

    def answers(self, submission: Submission, tally: Tally) -> Iterator[tuple[Any, Sequence[Any], str]]:
        """Of each sample the prediction (see predict.py), its warnings, and its answer's members; counts them."""
        predict, write, by_class = self.model.predict, self._answers.sample, tally.by_class
        rows = submission.numbers if self._columns.is_plain else [*map(self._columns.plain, submission.values)]
        odd = set(self._range.outside(rows))
        if self._columns.has_text:
            odd.update(index for index, values in enumerate(submission.values) if self._columns.unseen(values))
        for index, numbers in enumerate(submission.numbers):
            prediction: Any = predict(numbers)
            warnings: Sequence[Any] = NO_WARNINGS
            if index in odd:
                warnings = self._warnings.of(submission.values[index], rows[index])
                tally.out_of_range += any("minimum" in warning for warning in warnings)
                if is_suspect(warnings):
                    tally.input_suspect += 1
                    if by_class:  # nothing can be ruled out
                        prediction = (*prediction[:2], self._every_label)
            if by_class:
                by_class[prediction[0]] += 1
                tally.undecided += len(prediction[2]) != 1
            text = write(prediction, warnings)
            if submission.explain:
                why = self.model.explain(numbers, prediction[0])
                text += self._answers.explanation(why, submission.values[index])
            yield prediction, warnings, text

    def document(self, name: str, generate: Callable[[], str]) -> tuple[str, str]:
        """A text that is the same as long as this model is served, generated once, and its ETag."""
        if name not in self._documents:
            text = generate()
            self._documents[name] = text, f'"{sha256(text.encode("ascii")).hexdigest()}"'
        return self._documents[name]

    def health(self) -> str:
        """The model reproduced its golden rows, or this service would not exist."""
        return json.dumps({"status": "pass", "model": {"version": self.version, "source": self.loaded.source}})
