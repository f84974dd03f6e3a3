"""Each kind of model, measured like the shipped one, and how far the alternatives' answers are from scikit-learn's.

A row is wrong where the probability is off by more than the rounding of a 32-bit float can explain: it went down
another branch.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from benchmarks.kinds import models
from benchmarks.kinds.process import request, run, write_events

ROUNDS = {"cold": 3, "memory": 1, "warm": 1}
BATCHES = (10, 100, 1_000)
ROWS_A_REQUEST = 100
ROUNDING = 1e-5


def measure(made: dict[str, Path]) -> dict:
    """By kind: its nodes, and of each handler, in its package, µs, ms, MB and wrong rows."""
    return {kind: _kind(kind, made) for kind in models.TITLES}


def _kind(kind: str, made: dict[str, Path]) -> dict:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        nodes = models.write(kind, folder)
        _write_events(folder, models.asked(kind))
        modules = models.handlers(kind, folder)
        measured: dict = {name: {what: [] for what in ROUNDS} for name in modules}
        for what, rounds in ROUNDS.items():
            for _ in range(rounds):
                for name, module in modules.items():
                    measured[name][what].append(run(module, what, folder, made))
        answers = {name: run(module, "rows", folder, made) for name, module in modules.items()}
    expected = answers["sklearn_joblib"]
    return {
        "nodes": nodes,
        "handlers": {name: {**_summary(runs), **_wrong(answers[name], expected)} for name, runs in measured.items()},
    }


def _summary(runs: dict) -> dict:
    return {
        "us": median(one["single"]["us"] for one in runs["warm"]),
        "batch_us": {str(rows): median(one[str(rows)]["us"] for one in runs["warm"]) for rows in BATCHES},
        "cold_ms": median(one["milliseconds"] for one in runs["cold"]),
        "memory_mb": median(one["megabytes"] for one in runs["memory"]),
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


def _write_events(folder: Path, rows: list[list]) -> None:
    single = {"single": request(features=rows[0])}
    starts = range(0, len(rows), ROWS_A_REQUEST)
    write_events("cold", single, folder)
    write_events("memory", single, folder)
    write_events("warm", {**single, **{str(n): request(instances=rows[:n]) for n in BATCHES}}, folder)
    answered = {str(start): request(instances=rows[start : start + ROWS_A_REQUEST]) for start in starts}
    write_events("rows", answered, folder)
