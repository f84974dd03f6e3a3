"""A forest by its number of nodes, up to the most that can be exported: what loading, one sample and batches cost."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from benchmarks.kinds import models
from benchmarks.kinds.process import request, run, write_events

# Trees and leaves of each: a tree of L leaves has 2 L - 1 nodes.
SIZES = ((4, 13), (20, 25), (100, 50), (250, 100))
BATCHES = (10, 100, 1_000)
ROUNDS = {"load": 5, "warm": 3}
HANDLERS = ("ours", "onnx_runtime")


def measure(made: dict[str, Path]) -> list[dict]:
    """By size: trees, nodes, bytes, ms of loading (`load_ms`) and of that the proof's (`proof_ms`), and µs a sample.

    `us` holds by handler the µs of a single sample (`single`) and of a sample in batches, by their number of rows.
    """
    return [_size(trees, leaves, made) for trees, leaves in SIZES]


def _size(trees: int, leaves: int, made: dict[str, Path]) -> dict:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        nodes = models.write("forest", folder, trees, leaves)
        rows = models.asked("forest")
        batches = {str(n): request(instances=rows[:n]) for n in BATCHES}
        write_events("warm", {"single": request(features=rows[0]), **batches}, folder)
        write_events("load", {}, folder)
        loads = [run("ours", "load", folder, made) for _ in range(ROUNDS["load"])]
        warm: dict = {name: [] for name in HANDLERS}
        for _ in range(ROUNDS["warm"]):
            for name in HANDLERS:
                warm[name].append(run(name, "warm", folder, made))
        size = (folder / "lambda_app" / "model" / "model_parameters.json").stat().st_size
    us = {name: {key: median(one[key]["us"] for one in runs) for key in runs[0]} for name, runs in warm.items()}
    milliseconds = {key: median(load[key] for load in loads) for key in ("load_ms", "proof_ms")}
    return {"trees": trees, "nodes": nodes, "bytes": size, **milliseconds, "us": us}
