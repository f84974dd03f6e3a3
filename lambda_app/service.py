"""What the API does with one loaded model: predict, describe it, say that it is well."""

from __future__ import annotations

import json
from hashlib import sha256

from lambda_app.answers import Answers
from lambda_app.json_body import STRUCTURE, Bound
from lambda_app.model.training_range import INPUT_SUSPECT, TrainingRange
from lambda_app.problems import AnswerTooLarge
from lambda_app.validation import MAXIMUM_INSTANCES, Validator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambda_app.model.store import LoadedModel

MAXIMUM_ANSWER_CHARACTERS = 6_200_000  # of the 6,291,556 that Lambda sends; the rest is for headers and metadata


class Tally:
    """What a prediction request did, as counts for telemetry."""

    __slots__ = ("by_class", "input_suspect", "out_of_range", "predictions", "undecided")

    def __init__(self, by_class: list[int], undecided: int) -> None:
        self.predictions = sum(by_class)
        self.by_class = by_class
        self.undecided = undecided
        self.out_of_range = 0
        self.input_suspect = 0


class Service:
    """Built once a loaded model, because everything constant in its answers is worked out here."""

    def __init__(self, loaded: LoadedModel) -> None:
        self.loaded = loaded
        self._classifier: Any = loaded.classifier
        parameters = loaded.classifier.parameters
        self.version = parameters.digest
        self._validator = Validator(parameters.feature_names, parameters.feature_spellings, parameters.imputations)
        columns = loaded.classifier.columns
        # Names may hold a comma or a bracket as texts may, "size (a, b)" for one.
        has_text = columns.has_text or any(mark in name for name in columns.positions for mark in STRUCTURE)
        self.bound = Bound(MAXIMUM_INSTANCES, len(columns.names), has_text)
        self._range = TrainingRange(parameters)
        self._classes = range(len(parameters.target_names))
        self._answers = Answers(parameters, loaded.source)
        self._documents: dict[str, tuple[str, str]] = {}

    def predict(self, document: Any) -> tuple[str, Tally]:
        """The answer to a JSON document, and what to count. Raises InvalidContent, BatchTooLarge or AnswerTooLarge."""
        submission = self._validator.check(document)
        samples = submission.samples
        predict, write = self._classifier.predict, self._answers.sample
        predictions = [predict(sample) for sample in samples]
        labels = [label for label, _, _ in predictions]
        texts = [write(*prediction) for prediction in predictions]
        undecided = sum(len(members) != 1 for _, _, members in predictions)
        tally = Tally([labels.count(label) for label in self._classes], undecided)
        written = 0
        for index in self._range.outside(samples):
            sample = samples[index]
            warnings: list[Any] = [*self._range.warnings(sample)]
            tally.out_of_range += bool(warnings)
            if self._range.is_suspect(sample):
                label, probabilities, members = predictions[index]
                texts[index] = write(label, probabilities, tuple(self._classes))
                warnings.append(INPUT_SUSPECT)
                tally.input_suspect += 1
                tally.undecided += len(members) == 1
            if warnings:
                texts[index] = self._answers.warned(texts[index], warnings)
            written += _require_room(texts[index], written)
        if submission.explain:
            written = 0  # counted anew: the texts have grown
            for index, sample in enumerate(samples):
                why = self._classifier.explain(sample, labels[index])
                explanation = why.baseline, why.total, why.contributions
                texts[index] = self._answers.explained(texts[index], sample, *explanation)
                written += _require_room(texts[index], written)
        body = self._answers.batch(texts) if submission.is_batch else self._answers.single(texts[0])
        _require_room(body)
        return body, tally

    def health(self) -> str:
        """The model reproduced its golden rows, or this service would not exist."""
        return json.dumps({"status": "pass", "model": {"version": self.version, "source": self.loaded.source}})

    def model(self) -> tuple[str, str]:
        """GET /model: the document and its ETag."""
        return self._document("model", lambda: describe(self.loaded))

    def openapi(self) -> tuple[str, str]:
        """GET /openapi.json: the document and its ETag."""

        def generate() -> dict[str, Any]:
            from lambda_app.openapi import document  # imported when first asked for: a cold start need not pay

            return document(self)

        return self._document("openapi", generate)

    def _document(self, name: str, generate: Any) -> tuple[str, str]:
        if name not in self._documents:
            text = json.dumps(generate())
            self._documents[name] = text, f'"{sha256(text.encode("ascii")).hexdigest()}"'
        return self._documents[name]


def _require_room(text: str, written: int = 0) -> int:
    """The characters a text takes in a response, quotes escaped. Raises AnswerTooLarge where the response is full."""
    characters = len(text) + text.count('"')
    if written + characters > MAXIMUM_ANSWER_CHARACTERS:
        raise AnswerTooLarge
    return characters


def describe(loaded: LoadedModel) -> dict[str, Any]:
    """What GET /model says: everything a caller should know of a model but its coefficients."""
    parameters = loaded.classifier.parameters
    numbers = [column for column in parameters.columns if column["kind"] == "number"]
    return {
        "name": parameters.name,
        "description": parameters.description,
        "version": parameters.digest,
        "source": loaded.source,
        "trained_at": parameters.trained_at,
        "intended_use": parameters.intended_use,
        "limitations": parameters.limitations,
        "target_names": parameters.target_names,
        "feature_names": parameters.feature_names,
        "feature_spellings": parameters.feature_spellings,
        "training_ranges": {c["name"]: {"minimum": c["minimum"], "maximum": c["maximum"]} for c in numbers},
        "accepts_null": all(column["missing"] is not None for column in parameters.columns),
        "prediction_set_coverage": loaded.classifier.coverage,
        "metrics": parameters.metrics,
        "data_set": parameters.data_set,
        "library_versions": parameters.library_versions,
        "git_commit": parameters.git_commit,
    }
