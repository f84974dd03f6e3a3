"""Every line that the function writes. Never a value that came in.

A request's line is the log and CloudWatch's embedded metrics at once. Source: CloudWatch embedded metric format specification.
"""

from __future__ import annotations

import json
import os
import sys
from json.encoder import encode_basestring_ascii as quote
from time import time

from lambda_app.model.store import PACKAGED_FALLBACK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambda_app.model.artefact.model_parameters import ModelParameters
    from lambda_app.service import Service, Tally

NAMESPACE = "SklearnLambda"
LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40}

# The metrics, by name; PredictedClass0, PredictedClass1 … come on top, one a class.
REQUESTS = "Requests"
LATENCY = "Latency"
COLD_START = "ColdStart"
BAD_REQUESTS = "BadRequests"
SERVER_ERRORS = "ServerErrors"
PREDICTIONS = "Predictions"
UNDECIDED = "Undecided"
OUT_OF_RANGE = "OutOfRange"
INPUT_SUSPECT = "InputSuspect"
MODEL_FALLBACK = "ModelFallback"
MODEL_UNAVAILABLE = "ModelUnavailable"
PREDICTED_CLASS = "PredictedClass"
PREDICTED_COMMONEST = "PredictedCommonest"  # of the class that is the commonest in training: one metric for any number
# What the model expects of honest samples: deployment/monitoring.yaml holds a day's sums against each other. Counts, not
# shares, so that sums are right while two models share the traffic.
EXPECTED_UNDECIDED = "ExpectedUndecided"
EXPECTED_OUT_OF_RANGE = "ExpectedOutOfRange"
EXPECTED_COMMONEST = "ExpectedCommonest"
EXPECTED_ROWS = "ExpectedRows"  # that the shares were measured on
MOST_ROWS = 500  # that count: honest samples, too, change by a hair's breadth
SHARES = {"undecided": EXPECTED_UNDECIDED, "out_of_range": EXPECTED_OUT_OF_RANGE}  # suspects count as undecided
MOST_CLASSES_COUNTED = 20  # CloudWatch takes 100 metrics a line, and each is paid for


class Counts:
    """What is counted of a model's predictions: the metrics' names, and the values of a request."""

    __slots__ = ("_commonest", "_expected", "_is_by_class", "_is_classified", "names", "text")

    def __init__(self, parameters: ModelParameters) -> None:
        """A share that the artefact does not hold is not expected; a regression has neither classes nor undecided."""
        shares = parameters.expected_shares or {}
        by_class = shares.get("by_class") or []
        expected = {name: shares[field] for field, name in SHARES.items() if shares.get(field) is not None}
        if by_class:
            expected[EXPECTED_COMMONEST] = max(by_class)
        if expected:
            expected[EXPECTED_ROWS] = min(MOST_ROWS, parameters.data_set["rows"])
        self._expected = tuple(expected.values())
        self._commonest = by_class.index(max(by_class)) if by_class else None
        classes = range(len(parameters.target_names))
        self._is_classified, self._is_by_class = len(classes) > 0, len(classes) <= MOST_CLASSES_COUNTED
        self.names = [PREDICTIONS, OUT_OF_RANGE, INPUT_SUSPECT, *([UNDECIDED] if classes else [])]
        self.names += [f"{PREDICTED_CLASS}{index}" for index in classes] if self._is_by_class else []
        self.names += [PREDICTED_COMMONEST] if by_class else []
        self.names += expected
        self.text = "".join(f', "{name}": %.6g' for name in self.names)  # of a line, but for the values

    def values(self, tally: Tally) -> list[float]:
        """A value for each name, in their order."""
        values: list[float] = [tally.predictions, tally.out_of_range, tally.input_suspect]
        values += [tally.undecided] if self._is_classified else []
        if self._is_by_class:
            values += tally.by_class
        if self._commonest is not None:
            values.append(tally.by_class[self._commonest])
        return values + [share * tally.predictions for share in self._expected]


class Telemetry:
    """Writes the line of each request that is at or above the level in LOG_LEVEL (INFO)."""

    def __init__(self) -> None:
        self._level = LEVELS.get(os.environ.get("LOG_LEVEL", "").upper(), LEVELS["INFO"])
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
        counts = self._counts_of(service) if service and tally else None
        kind = route, status, code, version, source, counts, self._cold, is_measured
        self._cold = False
        if kind not in self._constants:
            self._constants[kind] = self._constant(kind)
        constants = self._constants[kind]
        if constants is None:
            return
        before, between, after = constants
        start = f'{{"_aws": {{"Timestamp": {time() * 1000:.0f}, {before}' if is_measured else f"{{{before}"
        counted = counts.text % tuple(counts.values(tally)) if counts and tally else ""
        write(f'{start}{quote(request_id)}{between}"{LATENCY}": {seconds * 1000:.3f}{counted}{after}')

    def _counts_of(self, service: Service) -> Counts:
        counts = self._counts.get(service.version)
        if counts is None:
            counts = self._counts[service.version] = Counts(service.loaded.model.parameters)
        return counts

    def _constant(self, kind: tuple[Any, ...]) -> tuple[str, str, str] | None:
        """What all lines of a kind have in common: before the request id, after it, at the end. None: not written."""
        route, status, code, version, source, counts, is_cold, is_measured = kind
        is_fallback = source == PACKAGED_FALLBACK
        level = "ERROR" if status >= 500 else "WARNING" if status >= 400 or is_fallback else "INFO"
        if LEVELS[level] < self._level:
            return None
        events = [REQUESTS]
        events += [COLD_START] if is_cold else []
        events += [BAD_REQUESTS if status < 500 else SERVER_ERRORS] if code else []
        events += [MODEL_UNAVAILABLE] if code == "model_unavailable" else []
        events += [MODEL_FALLBACK] if is_fallback else []
        directives = json.dumps(_directives([*events, LATENCY, *(counts.names if counts else ())]))
        head = f'"CloudWatchMetrics": {directives}}}, ' if is_measured else ""
        return (
            f'{head}"FunctionName": {quote(self._function_name)}, "level": "{level}", "route": "{route}", '
            f'"status": {status}, "Code": "{code or "none"}", "request_id": ',
            f', "model_version": "{version}", "model_source": "{source}", ',
            "".join(f', "{name}": 1' for name in events) + "}",
        )


def _directives(metrics: list[str]) -> list[dict[str, Any]]:
    """What tells CloudWatch which members of the line are metrics."""
    units = [{"Name": name, "Unit": "Milliseconds" if name == LATENCY else "Count"} for name in metrics]
    directives = [{"Namespace": NAMESPACE, "Dimensions": [["FunctionName"]], "Metrics": units}]
    if BAD_REQUESTS in metrics:
        by_code = [{"Name": BAD_REQUESTS, "Unit": "Count"}]
        directives.append({"Namespace": NAMESPACE, "Dimensions": [["FunctionName", "Code"]], "Metrics": by_code})
    return directives


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
