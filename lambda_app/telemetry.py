"""One JSON line a request: the log and CloudWatch's embedded metrics at once. Never a value that came in.

Source: CloudWatch embedded metric format specification.
"""

from __future__ import annotations

import json
import os
import sys
from json.encoder import encode_basestring_ascii as quote
from time import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

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
ORDER_SUSPECT = "InputSuspect"
MODEL_FALLBACK = "ModelFallback"
MODEL_UNAVAILABLE = "ModelUnavailable"
PREDICTED_CLASS = "PredictedClass"


class Telemetry:
    """Writes the line of each request that is at or above the level in LOG_LEVEL (INFO)."""

    def __init__(self) -> None:
        self._level = LEVELS.get(os.environ.get("LOG_LEVEL", "").upper(), LEVELS["INFO"])
        self._function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "local")
        self._templates: dict[tuple[Any, ...], str] = {}
        self._cold = True

    def record(
        self,
        route: str,
        status: int,
        code: str | None,
        seconds: float,
        request_id: str,
        service: Service | None,
        tally: Tally | None,
    ) -> None:
        """One request: its route as we name it, its answer, how long it took, and what was predicted."""
        version, source = (service.version, service.loaded.source) if service else ("none", "none")
        classes = len(tally.by_class) if tally else 0
        kind = route, status, code, version, source, classes, self._cold
        self._cold = False
        template = self._templates.get(kind)
        if template is None:
            template = self._templates[kind] = self._template(*kind)
        if not template:
            return
        counts = (tally.predictions, tally.undecided, tally.out_of_range, tally.input_suspect) if tally else ()
        by_class = tally.by_class if tally else ()
        _write(template % (time() * 1000, quote(request_id), seconds * 1000, *counts, *by_class))

    def _template(
        self, route: str, status: int, code: str | None, version: str, source: str, classes: int, cold: bool
    ) -> str:
        """The constant text of all lines of one kind, written once; empty below the level in LOG_LEVEL."""
        is_fallback = source == "packaged-fallback"
        level = "ERROR" if status >= 500 else "WARNING" if status >= 400 or is_fallback else "INFO"
        if LEVELS[level] < self._level:
            return ""
        metrics = {REQUESTS: "1", LATENCY: "%.3f"}
        if classes:
            by_class = [f"{PREDICTED_CLASS}{index}" for index in range(classes)]
            metrics |= dict.fromkeys([PREDICTIONS, UNDECIDED, OUT_OF_RANGE, ORDER_SUSPECT, *by_class], "%d")
        if cold:
            metrics[COLD_START] = "1"
        if code:
            metrics[BAD_REQUESTS if status < 500 else SERVER_ERRORS] = "1"
        if code == "model_unavailable":
            metrics[MODEL_UNAVAILABLE] = "1"
        if is_fallback:
            metrics[MODEL_FALLBACK] = "1"
        directives, function_name = json.dumps(_directives(metrics)), quote(self._function_name)
        constant = f'"CloudWatchMetrics": {directives}}}, "FunctionName": {function_name}, "level": "{level}"'
        constant = constant.replace("%", "%%")
        return (
            f'{{"_aws": {{"Timestamp": %d, {constant}, "route": "{route}", "status": {status}, '
            f'"Code": "{code or "none"}", "request_id": %s, "model_version": "{version}", "model_source": "{source}", '
            + ", ".join(f'"{name}": {value}' for name, value in metrics.items())
            + "}"
        )


def _directives(metrics: dict[str, str]) -> list[dict[str, Any]]:
    """What tells CloudWatch which members of the line are metrics."""
    units = [{"Name": name, "Unit": "Milliseconds" if name == LATENCY else "Count"} for name in metrics]
    directives = [{"Namespace": NAMESPACE, "Dimensions": [["FunctionName"]], "Metrics": units}]
    if BAD_REQUESTS in metrics:
        by_code = [{"Name": BAD_REQUESTS, "Unit": "Count"}]
        directives.append({"Namespace": NAMESPACE, "Dimensions": [["FunctionName", "Code"]], "Metrics": by_code})
    return directives


def log_failure(error: BaseException, request_id: str) -> None:
    """Where an unexpected error arose, as one line. Its text is left out: it may hold what came in."""
    line = {
        "level": "ERROR",
        "request_id": request_id,
        "error": type(error).__name__,
        "at": _places(error.__traceback__),
    }
    _write(json.dumps(line))


def _places(traceback: TracebackType | None) -> list[str]:
    places = []
    while traceback:
        code = traceback.tb_frame.f_code
        places.append(f"{os.path.basename(code.co_filename)}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return places


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
