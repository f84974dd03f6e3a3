"""One JSON line a request: the log and CloudWatch's embedded metrics at once. Never a value that came in.

Source: CloudWatch embedded metric format specification.
"""

from __future__ import annotations

import json
import os
import sys
from time import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

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
ORDER_SUSPECT = "OrderSuspect"
MODEL_FALLBACK = "ModelFallback"
MODEL_UNAVAILABLE = "ModelUnavailable"
PREDICTED_CLASS = "PredictedClass"


class Telemetry:
    """Writes the line of each request that is at or above the level in LOG_LEVEL (INFO)."""

    def __init__(self) -> None:
        self._level = LEVELS.get(os.environ.get("LOG_LEVEL", "").upper(), LEVELS["INFO"])
        self._function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "local")
        self._templates: dict[tuple[str, ...], str] = {}
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
        level = "INFO" if status < 400 else "WARNING" if status < 500 else "ERROR"
        cold, self._cold = self._cold, False
        if LEVELS[level] < self._level:
            return
        metrics: dict[str, float] = {REQUESTS: 1, LATENCY: round(seconds * 1000, 3)}
        if tally:
            metrics[PREDICTIONS] = sum(tally.by_class)
            metrics[UNDECIDED] = tally.undecided
            metrics[OUT_OF_RANGE] = tally.out_of_range
            metrics[ORDER_SUSPECT] = tally.order_suspect
            for index, count in enumerate(tally.by_class):
                metrics[f"{PREDICTED_CLASS}{index}"] = count
        if cold:
            metrics[COLD_START] = 1
        if code:
            metrics[BAD_REQUESTS if status < 500 else SERVER_ERRORS] = 1
        if code == "model_unavailable":
            metrics[MODEL_UNAVAILABLE] = 1
        if service and service.loaded.source == "packaged-fallback":
            metrics[MODEL_FALLBACK] = 1
        names = tuple(metrics)
        if names not in self._templates:
            self._templates[names] = self._template(names)
        version, source = (service.version, service.loaded.source) if service else ("none", "none")
        words = (level, route, status, code or "none", json.dumps(request_id), version, source)
        _write(self._templates[names] % (int(time() * 1000), *words, *metrics.values()))

    def _template(self, names: tuple[str, ...]) -> str:
        """The constant text of a line with these metrics; each combination is written once."""
        units = [{"Name": name, "Unit": "Milliseconds" if name == LATENCY else "Count"} for name in names]
        directives = [{"Namespace": NAMESPACE, "Dimensions": [["FunctionName"]], "Metrics": units}]
        if BAD_REQUESTS in names:
            by_code = [{"Name": BAD_REQUESTS, "Unit": "Count"}]
            directives.append({"Namespace": NAMESPACE, "Dimensions": [["FunctionName", "Code"]], "Metrics": by_code})
        name = json.dumps(self._function_name)
        constant = f'"CloudWatchMetrics": {json.dumps(directives)}}}, "FunctionName": {name}, '
        return (
            '{"_aws": {"Timestamp": %d, '
            + constant.replace("%", "%%")
            + '"level": "%s", "route": "%s", "status": %d, "Code": "%s", "request_id": %s, '
            + '"model_version": "%s", "model_source": "%s", '
            + ", ".join(f'"{name}": %s' for name in names)
            + "}"
        )


def log_failure(error: BaseException, request_id: str) -> None:
    """Where an unexpected error arose, as one line. Its text is left out: it may hold what came in."""
    what = {"error": type(error).__name__, "at": _places(error.__traceback__)}
    _write(json.dumps({"level": "ERROR", "request_id": request_id, **what}))


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
