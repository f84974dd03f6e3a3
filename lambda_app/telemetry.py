"""Every line that the function writes. Never a value that came in.

A request's line is the log and CloudWatch's embedded metrics at once.
"""

from __future__ import annotations

import json
import os
import sys
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quote
from time import time

from lambda_app import metrics

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambda_app.model.artefact.model_parameters import ModelParameters
    from lambda_app.service import Service, Tally


class Counts:
    """What is counted of a model's predictions: the metrics' names, and a line's members."""

    __slots__ = ("_expected", "_shown", "_text", "names", "written")

    def __init__(self, parameters: ModelParameters) -> None:
        """A share that the artefact does not hold is not expected; a regression has neither classes nor undecided."""
        shares = parameters.expected_shares or {}
        by_class = shares.get("by_class") or []
        expected = {name: shares[field] for field, name in metrics.SHARES.items() if shares.get(field) is not None}
        if by_class:
            expected[metrics.EXPECTED_COMMONEST] = max(by_class)
        if expected:
            expected[metrics.EXPECTED_ROWS] = min(metrics.MOST_ROWS, parameters.data_set["rows"])
        self._expected = [*expected.values()]
        classes = len(parameters.target_names)
        self.names = [
            metrics.PREDICTIONS,
            metrics.OUT_OF_RANGE,
            metrics.INPUT_SUSPECT,
            *([metrics.UNDECIDED] if classes else []),
        ]
        self.names += metrics.by_class(classes)
        self._shown = [*range(len(self.names))]  # of what `_written` takes
        if by_class:
            self.names.append(metrics.PREDICTED_COMMONEST)
            self._shown.append(4 + by_class.index(max(by_class)))
        self.names += expected
        self._text = "".join(f', "{name}": %.6g' for name in self.names)
        self.written = lru_cache(64)(self._written)  # most requests count the same few things

    def _written(self, *tallied: int) -> str:
        """Of a request's predictions, out of range, suspect, undecided, and each class."""
        values = [tallied[index] for index in self._shown]
        return self._text % (*values, *[share * tallied[0] for share in self._expected])


class Telemetry:
    """Writes the line of each request that is at or above the level in LOG_LEVEL (INFO)."""

    def __init__(self) -> None:
        self._level = metrics.LEVELS.get(os.environ.get("LOG_LEVEL", "").upper(), metrics.LEVELS["INFO"])
        self._function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "local")
        self._constants: dict[tuple[Any, ...], tuple[str, str, str] | None] = {}
        self._counts: dict[str, Counts] = {}  # by the model's version
        self._cold = True

    def record(  # noqa: PLR0913 – what a request was, each of it once
        self,
        route: str,
        status: int,
        code: str | None,
        seconds: float,
        request_id: str,
        service: Service | None,
        tally: Tally | None,
        *,
        is_measured: bool = True,
    ) -> None:
        """One request: its route as we name it, its answer, how long it took, and what was predicted.

        `is_measured`: whether the line counts as metrics; the deployment hook's calls are logged and not counted.
        """
        version, source = (service.version, service.loaded.source) if service else ("none", "none")
        counts, counted = None, ""
        if service and tally:
            if version not in self._counts:
                self._counts[version] = Counts(service.loaded.model.parameters)
            counts = self._counts[version]
            counted = counts.written(
                tally.predictions, tally.out_of_range, tally.input_suspect, tally.undecided, *tally.by_class
            )
        kind = route, status, code, version, source, counts, self._cold, is_measured
        self._cold = False
        if kind not in self._constants:
            self._constants[kind] = metrics.frame(kind, self._function_name, self._level)
        constants = self._constants[kind]
        if constants is None:
            return
        before, between, after = constants
        start = f'{{"_aws": {{"Timestamp": {time() * 1000:.0f}, {before}' if is_measured else f"{{{before}"
        write(f"{start}{quote(request_id)}{between}{seconds * 1000:.3f}{counted}{after}")


def log_failure(error: BaseException, request_id: str) -> None:
    """Where an unexpected error arose, as one line. Its text is left out: it may hold what came in."""
    from traceback import walk_tb  # Lambda's runtime client has it already

    frames = [(frame.f_code, line) for frame, line in walk_tb(error.__traceback__)]
    places = [f"{os.path.basename(code.co_filename)}:{line} {code.co_name}" for code, line in frames]
    report({"level": "ERROR", "request_id": request_id, "error": type(error).__name__, "at": places})


def report(line: dict[str, Any]) -> None:
    """A line of the store or of the hook."""
    write(json.dumps(line))


def write(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
