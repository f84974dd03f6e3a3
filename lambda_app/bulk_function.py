"""The bulk function: three steps of one state machine. What goes in and out is small; rows are in S3 only.

{"step": "plan", "settings": {…}}             → the run
{"step": "score", "run": {…}, "part": {…}}    → {"part": number}
{"step": "finish", "run": {…}}                → the run's counts
"""

import os
from time import monotonic, time
from typing import Any

from lambda_app import metrics
from lambda_app.bulk.errors import BulkError, TryAgain
from lambda_app.bulk.machine.finish import finish
from lambda_app.bulk.machine.objects import client
from lambda_app.bulk.machine.plan import plan
from lambda_app.bulk.machine.run import Run, Stores
from lambda_app.bulk.machine.score_object import score_object
from lambda_app.bulk.score_part import Counts
from lambda_app.bulk.scoring import Scorer
from lambda_app.model.store import ModelStore, NoModel
from lambda_app.telemetry import log_failure, report

DIMENSION = "BulkFunctionName"  # not the API's: a back-fill of odd old rows must ring none of its alarms


class Steps:
    """The function's state between invocations: the model and the two places in S3."""

    def __init__(self) -> None:
        self._store = ModelStore(os.environ.get("MODEL_URI", ""), report=report)
        self._stores = Stores(client(), os.environ)
        self._scorer: Scorer | None = None

    def carry_out(self, event: dict[str, Any]) -> Any:
        """One step. Raises BulkError or TryAgain."""
        step = event["step"]
        if step == "plan":
            return plan(event["settings"], self._current(), self._stores).as_dict()
        run = Run(**event["run"])
        if step == "finish":
            return finish(run, self._stores)
        started = monotonic()
        counts = score_object(run, event["part"], self._current(), self._stores)
        if counts:
            _write_line(counts, event["part"]["part"], run, monotonic() - started)
        return {"part": event["part"]["part"]}

    def _current(self) -> Scorer:
        try:
            loaded = self._store.current()
        except NoModel as error:
            raise BulkError("No model could be loaded: the package is damaged.") from error
        if self._scorer is None or self._scorer.loaded is not loaded:
            self._scorer = Scorer(loaded)
        return self._scorer


def _write_line(counts: Counts, part: int, run: Run, seconds: float) -> None:
    """Rows, rejects, seconds and drift of one part, no value and no key: log and embedded metrics at once."""
    counted: dict[str, float] = {
        "Rows": counts.rows,
        "Rejects": counts.rejects,
        metrics.UNDECIDED: counts.undecided,
        metrics.OUT_OF_RANGE: counts.out_of_range,
        metrics.INPUT_SUSPECT: counts.input_suspect,
        **dict(zip(metrics.by_class(len(counts.by_class)), counts.by_class, strict=False)),  # no names, no counts
    }
    definitions = [{"Name": name, "Unit": "Count"} for name in counted] + [{"Name": "Seconds", "Unit": "Seconds"}]
    line = {
        "_aws": {
            "Timestamp": int(time() * 1000),
            "CloudWatchMetrics": [
                {"Namespace": metrics.NAMESPACE, "Dimensions": [[DIMENSION]], "Metrics": definitions}
            ],
        },
        DIMENSION: os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "local"),
        "level": "INFO",
        "run": run.id,
        "part": part,
        "model_version": run.model_version,
        **counted,
        "Seconds": round(seconds, 3),
    }
    report(line)


class Unexpected(Exception):
    """A fault of this code. Its place is in the log; its text is nowhere, as it may hold a value."""


_STEPS: list[Steps] = []


def handler(event: dict[str, Any], context: Any) -> Any:
    """Lambda's entry point. Raises BulkError with a sentence, TryAgain, or Unexpected; the state machine shows which."""
    try:
        if not _STEPS:
            _STEPS.append(Steps())
        return _STEPS[0].carry_out(event)
    except (BulkError, TryAgain) as error:
        raise error.with_traceback(None) from None
    except Exception as error:  # noqa: BLE001 – its text may hold a value, and Step Functions would keep it
        log_failure(error, str(getattr(context, "aws_request_id", "none")))
        raise Unexpected(f"{type(error).__name__}: see the function's log") from None
