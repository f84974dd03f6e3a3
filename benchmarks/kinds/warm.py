"""One warm sample of each kind of model, for two classes, for more, for numbers."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from benchmarks.kinds import matrix
from benchmarks.kinds.process import request, run, write_events, write_package

ROUNDS = {"warm": 3}


def measure(made: dict[str, Path]) -> dict[str, dict[str, dict[str, float]]]:
    """By kind and task: µs of one sample, and how many times the floor's µs that is; medians of rounds in turns."""
    with tempfile.TemporaryDirectory() as temporary:
        folders = {}
        for number, (kind, task) in enumerate(matrix.cells()):
            folder = folders[kind, task] = Path(temporary, str(number))
            folder.mkdir()
            _, features, parameters = matrix.exported(kind, task)
            write_package(parameters, folder)
            write_events("warm", {"single": request(features=matrix.rows_of(features)[0])}, folder)
        runs: dict = {cell: [] for cell in folders}
        for _ in range(ROUNDS["warm"]):
            for cell, folder in folders.items():
                runs[cell].append(run("ours", "warm", folder, made)["single"])
    found: dict = {}
    for (kind, task), measured in runs.items():
        found.setdefault(kind, {})[task] = {key: median(one[key] for one in measured) for key in ("us", "ratio")}
    return found
