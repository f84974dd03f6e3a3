"""The metrics by name, and what all lines of one kind of request have in common.

Source: CloudWatch embedded metric format specification.
"""

from __future__ import annotations

import json
from json.encoder import encode_basestring_ascii as quote

from lambda_app.model.store import PACKAGED_FALLBACK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

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
MOST_CLASSES_COUNTED = 20  # CloudWatch takes 100 metrics a line, and each is paid for
PREDICTED_COMMONEST = "PredictedCommonest"  # of the class that is the commonest in training: one metric for any number
# What the model expects of honest samples: deployment/monitoring.yaml holds a day's sums against each other. Counts, not
# shares, so that sums are right while two models share the traffic.
EXPECTED_UNDECIDED = "ExpectedUndecided"
EXPECTED_OUT_OF_RANGE = "ExpectedOutOfRange"
EXPECTED_COMMONEST = "ExpectedCommonest"
EXPECTED_ROWS = "ExpectedRows"  # that the shares were measured on
MOST_ROWS = 500  # that count: honest samples, too, change by a hair's breadth
SHARES = {"undecided": EXPECTED_UNDECIDED, "out_of_range": EXPECTED_OUT_OF_RANGE}  # suspects count as undecided


def by_class(classes: int) -> list[str]:
    """One name a class; none where there are more than are counted."""
    return [f"{PREDICTED_CLASS}{index}" for index in range(classes)] if classes <= MOST_CLASSES_COUNTED else []


def frame(kind: tuple[Any, ...], function_name: str, least: int) -> tuple[str, str, str] | None:
    """The text before a line's request id, before its latency, and at its end; None: below the level to write."""
    route, status, code, version, source, counts, is_cold, is_measured = kind
    is_fallback = source == PACKAGED_FALLBACK
    level = "ERROR" if status >= 500 else "WARNING" if status >= 400 or is_fallback else "INFO"
    if LEVELS[level] < least:
        return None
    events = [REQUESTS]
    events += [COLD_START] if is_cold else []
    events += [BAD_REQUESTS if status < 500 else SERVER_ERRORS] if code else []
    events += [MODEL_UNAVAILABLE] if code == "model_unavailable" else []
    events += [MODEL_FALLBACK] if is_fallback else []
    directives = json.dumps(_directives([*events, LATENCY, *(counts.names if counts else ())]))
    head = f'"CloudWatchMetrics": {directives}}}, ' if is_measured else ""
    return (
        f'{head}"FunctionName": {quote(function_name)}, "level": "{level}", "route": "{route}", '
        f'"status": {status}, "Code": "{code or "none"}", "request_id": ',
        f', "model_version": "{version}", "model_source": "{source}", "{LATENCY}": ',
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
