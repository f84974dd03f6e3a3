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

_encode = json.JSONEncoder(check_circular=False).encode


class Telemetry:
    """Writes the line of each request that is at or above the level in LOG_LEVEL (INFO)."""

    def __init__(self) -> None:
        self._level = LEVELS.get(os.environ.get("LOG_LEVEL", "").upper(), LEVELS["INFO"])
        self._function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "local")
        self._metrics: dict[tuple[str, ...], str] = {}
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
        line = {
            "level": level,
            "FunctionName": self._function_name,
            "route": route,
            "status": status,
            "Code": code or "none",
            "request_id": request_id,
            "model_version": service.version if service else "none",
            "model_source": service.loaded.source if service else "none",
            **metrics,
        }
        head = f'{{"_aws": {{"Timestamp": {int(time() * 1000)}, "CloudWatchMetrics": {self._directives(tuple(metrics))}}}, '
        _write(head + _encode(line)[1:])

    def _directives(self, names: tuple[str, ...]) -> str:
        """What CloudWatch shall read from a line with these metrics; one text for each combination seen."""
        if names not in self._metrics:
            units = [{"Name": name, "Unit": "Milliseconds" if name == LATENCY else "Count"} for name in names]
            directives = [{"Namespace": NAMESPACE, "Dimensions": [["FunctionName"]], "Metrics": units}]
            if BAD_REQUESTS in names:
                by_code = [{"Name": BAD_REQUESTS, "Unit": "Count"}]
                dimensions = [["FunctionName", "Code"]]
                directives.append({"Namespace": NAMESPACE, "Dimensions": dimensions, "Metrics": by_code})
            self._metrics[names] = json.dumps(directives)
        return self._metrics[names]


def log_failure(error: BaseException, request_id: str) -> None:
    """Where an unexpected error arose, as one line. Its text is left out: it may hold what came in."""
    line = {"level": "ERROR", "request_id": request_id, "error": type(error).__name__, "at": _places(error.__traceback__)}
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
