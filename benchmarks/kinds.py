"""Each kind of model, measured like the shipped one, and how far the alternatives' answers are from scikit-learn's.

`python -m benchmarks.kinds` prints it as JSON. A row is wrong where the probability is off by more than the rounding
of a 32-bit float can explain: it went down another branch.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks import kind_models

ROOT = Path(__file__).resolve().parent.parent
EVENT = ROOT / "deployment" / "events" / "rest_list.event.json"
ROUNDS = {"cold": 3, "memory": 1, "warm": 1}
BATCH, ROWS_A_REQUEST = 100, 100
ROUNDING = 1e-5
FOREST_SIZES = (3, 10, 30, 100)


def measure() -> dict:
    """By kind: its nodes, and of each handler µs, ms, MB and wrong rows; and the forest by its number of trees."""
    found: dict = {"kinds": {kind: _kind(kind) for kind in kind_models.TITLES}}
    found["sizes"] = [_size(trees) for trees in FOREST_SIZES]
    return found


def _kind(kind: str) -> dict:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        nodes = kind_models.write(kind, folder)
        _write_events(folder, kind_models.asked(kind))
        modules = kind_models.handlers(kind, folder)
        measured: dict = {name: {what: [] for what in ROUNDS} for name in modules}
        for what, rounds in ROUNDS.items():
            for _ in range(rounds):
                for name, module in modules.items():
                    measured[name][what].append(_run(module, what, folder))
        answers = {name: _run(module, "rows", folder) for name, module in modules.items()}
    expected = answers["sklearn_joblib"]
    return {
        "nodes": nodes,
        "handlers": {name: {**_summary(runs), **_wrong(answers[name], expected)} for name, runs in measured.items()},
    }


def _summary(runs: dict) -> dict[str, float]:
    return {
        "us": median(run["single"]["us"] for run in runs["warm"]),
        "batch_us": median(run[str(BATCH)]["us"] for run in runs["warm"]),
        "cold_ms": median(run["milliseconds"] for run in runs["cold"]),
        "memory_mb": median(run["megabytes"] for run in runs["memory"]),
    }


def _wrong(found: list[float], expected: list[float]) -> dict[str, float]:
    """How many probabilities are wrong, by how much at most, and how many labels with them."""
    off = [abs(p - q) for p, q in zip(found, expected, strict=True)]
    return {
        "wrong": sum(difference > ROUNDING for difference in off),
        "wrong_labels": sum((p > 0.5) != (q > 0.5) for p, q in zip(found, expected, strict=True)),
        "most": max(off),
        "equal": sum(difference == 0 for difference in off),
    }


def _size(trees: int) -> dict:
    """A forest of so many trees: nodes, and µs of one sample and of a sample in a batch, ours and ONNX Runtime's."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        nodes = kind_models.write("forest", folder, trees)
        _write_events(folder, kind_models.asked("forest"))
        runs = {name: [_run(name, "warm", folder) for _ in range(2)] for name in ("ours", "onnx_runtime")}
    warm = {
        name: {key: min(run[key]["us"] for run in both) for key in ("single", str(BATCH))}
        for name, both in runs.items()
    }
    return {"trees": trees, "nodes": nodes, "us": warm}


def _write_events(folder: Path, rows: list[list]) -> None:
    event = json.loads(EVENT.read_text(encoding="ascii"))

    def request(**body: object) -> dict:
        return {**event, "body": json.dumps(body)}

    starts = range(0, len(rows), ROWS_A_REQUEST)
    events = {
        "cold": {"single": request(features=rows[0])},
        "warm": {"single": request(features=rows[0]), str(BATCH): request(instances=rows[:BATCH])},
        "rows": {str(start): request(instances=rows[start : start + ROWS_A_REQUEST]) for start in starts},
    }
    for name, content in {**events, "memory": events["cold"]}.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="ascii")


def _run(module: str, what: str, folder: Path) -> dict:
    """One measurement in a process of its own; started in the folder, whose lambda_app is the one with this model."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "BENCHMARK_MODELS": str(folder),
        "BENCHMARK_EVENTS": str(folder / f"{what}.json"),
        "AWS_LAMBDA_FUNCTION_NAME": "benchmark",
    }
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.measure", module, what]
    process = subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(process.stdout)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
