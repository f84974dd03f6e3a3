"""One line a part: the log and CloudWatch's embedded metrics at once, under a dimension of the bulk function's own.

The API's alarms look at its own dimension, so a back-fill of odd old rows rings none of them.
"""

import os
from time import time

from lambda_app.bulk.machine.run import Run
from lambda_app.bulk.score_part import Counts
from lambda_app.telemetry import NAMESPACE, report

DIMENSION = "BulkFunctionName"


def write_part_line(counts: Counts, part: int, run: Run, seconds: float) -> None:
    """Rows, rejects, seconds and drift of one part; no value and no key."""
    metrics: dict[str, float] = {
        "Rows": counts.rows,
        "Rejects": counts.rejects,
        "Undecided": counts.undecided,
        "OutOfRange": counts.out_of_range,
        "InputSuspect": counts.input_suspect,
        **{f"PredictedClass{index}": number for index, number in enumerate(counts.by_class)},
    }
    definitions = [{"Name": name, "Unit": "Count"} for name in metrics] + [{"Name": "Seconds", "Unit": "Seconds"}]
    line = {
        "_aws": {
            "Timestamp": int(time() * 1000),
            "CloudWatchMetrics": [{"Namespace": NAMESPACE, "Dimensions": [[DIMENSION]], "Metrics": definitions}],
        },
        DIMENSION: os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "local"),
        "level": "INFO",
        "run": run.id,
        "part": part,
        "model_version": run.model_version,
        **metrics,
        "Seconds": round(seconds, 3),
    }
    report(line)
