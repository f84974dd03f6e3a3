"""`make bench`: measure, and write docs/performance.md, its plot, and the tables of the README, of bulk.md and of the kinds.

The last stands in docs/your_own_model.md. None of them is edited by hand.
"""

from __future__ import annotations

import compileall
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks import as_deployed, models, packages, runtime, sizes, small_share, stages
from benchmarks.kinds import alternatives, nodes, warm
from benchmarks.measure import BATCHES
from benchmarks.page import own_model, plot, report

ROOT = Path(__file__).resolve().parent.parent
EVENT = ROOT / "deployment" / "events" / "rest_list.event.json"
HANDLERS = [
    "ours",
    "m2cgen_code",
    "numpy_dot",
    "onnx_runtime",
    "powertools_pydantic",
    "sklearn_joblib",
    "fastapi_mangum",
    "floor",
]
ROUNDS = {"uncompiled": 3, "cold": 5, "memory": 3, "warm": 3}
BULK_ROWS = 100_000
START, END = "<!-- make bench writes from here -->", "<!-- to here -->"
TOLERANCE = 1e-9  # between the alternatives' probabilities: the same model, other orders of summing


def main(rounds: int | None = None) -> None:
    """Measure in fresh processes, one handler after the other in every round, and write what came out.

    `rounds`: at most so many of each.
    """
    for table in (ROUNDS, alternatives.ROUNDS, nodes.ROUNDS, warm.ROUNDS):
        table.update({what: min(count, rounds or count) for what, count in table.items()})
    for name in ("lambda_app", "benchmarks"):
        compileall.compile_dir(ROOT / name, quiet=1)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        made = packages.make(folder / "packages", [*HANDLERS, "sklearn_table", "onnx_table"])
        results: dict = {"rounds": ROUNDS, **_measure(folder, made)}
        results["small_share"] = small_share.measure(_environment(folder, "single.json"), EVENT)
        results["sizes"] = {name: sizes.size(name, folder) for name in HANDLERS}
        results["kinds"] = {
            "kinds": alternatives.measure(made),
            "nodes": nodes.measure(made),
            "warm": warm.measure(made),
        }
    results["stages"] = stages.measure()
    results["as_deployed"] = as_deployed.measure(as_deployed.runtime_python())
    results["runtime"] = runtime.measure(EVENT)
    results["bulk"] = _bulk()
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / "benchmarks.json").write_text(json.dumps(results, indent=1), encoding="ascii")
    plot.write(results, ROOT / "docs" / "images" / "performance.png")
    (ROOT / "docs" / "performance.md").write_text(report.page(results), encoding="utf-8")
    _write_into(ROOT / "README.md", report.summary(results))
    _write_into(ROOT / "docs" / "bulk.md", results["bulk"])
    own_model.main()


def _bulk() -> str:
    """Its table, from a process of its own: a process's largest memory starts at that of its parent, who fitted models."""
    command = [sys.executable, "-m", "benchmarks.bulk", "--rows", str(BULK_ROWS)]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.rstrip()


def _write_into(document: Path, table: str) -> None:
    """Put the table between its two marks."""
    before, rest = document.read_text(encoding="utf-8").split(START, 1)
    after = rest.split(END, 1)[1]
    document.write_text(f"{before}{START}\n{table}\n{END}{after}", encoding="utf-8")


def _measure(folder: Path, made: dict[str, Path]) -> dict:
    """Compiles the models that are code, and the packages, once all is measured that has no bytecode."""
    models.write(folder)
    _write_events(folder)
    found: dict = {name: {what: [] for what in ROUNDS} for name in HANDLERS}
    for what, rounds in ROUNDS.items():
        if what == "cold":
            compileall.compile_dir(folder, quiet=2, workers=os.cpu_count() or 1)
        for number in range(rounds):
            for name in HANDLERS:
                print(f"{what} {number + 1}/{rounds} {name}", file=sys.stderr)
                environment = _environment(folder, "all.json" if what == "warm" else "single.json")
                arguments = [name, "cold" if what == "uncompiled" else what]
                found[name][what].append(json.loads(packages.run(made[name], made[name], arguments, environment)))
    _check_probabilities(found)
    return {"handlers": {name: _summary(found[name]) for name in HANDLERS}}


def _write_events(folder: Path) -> None:
    """The events of the measurements, and our own answer, which is the floor's."""
    event = json.loads(EVENT.read_text(encoding="ascii"))
    single = {"single": {**event, "body": json.dumps({"features": json.loads(event["body"])["features"]})}}
    rows = models.samples(max(BATCHES))
    batches = {str(n): {**event, "body": json.dumps({"instances": rows[:n]})} for n in BATCHES}
    (folder / "single.json").write_text(json.dumps(single), encoding="ascii")
    (folder / "all.json").write_text(json.dumps(single | batches), encoding="ascii")
    answer = json.loads(EVENT.with_name("rest_list.response.json").read_text(encoding="ascii"))["body"]
    (folder / "answer.json").write_text(json.dumps(answer), encoding="ascii")


def _environment(folder: Path, events: str) -> dict[str, str]:
    return {
        **os.environ,
        "BENCHMARK_MODELS": str(folder),
        "BENCHMARK_EVENTS": str(folder / events),
        "BENCHMARK_ANSWER": str(folder / "answer.json"),
        "AWS_LAMBDA_FUNCTION_NAME": "benchmark",
    }


def _check_probabilities(found: dict) -> None:
    """Stop unless everybody predicts what we predict, for the single sample and the last one of every batch."""
    expected = found["ours"]["warm"][0]
    for name in HANDLERS:
        if name == "floor":
            continue  # it predicts nothing
        for key, value in found[name]["warm"][0].items():
            if abs(value["probability"] - expected[key]["probability"]) > TOLERANCE:
                raise SystemExit(f"{name} answers {value['probability']} for {key}: not the same model")


def _summary(measured: dict) -> dict:
    """Medians over the rounds, and the lowest and the highest."""
    warm = measured["warm"]
    return {
        "cold_ms": _spread([run["milliseconds"] for run in measured["cold"]]),
        "uncompiled_ms": _spread([run["milliseconds"] for run in measured["uncompiled"]]),
        "memory_mb": _spread([run["megabytes"] for run in measured["memory"]]),
        "warm": {
            key: {what: _spread([run[key][what] for run in warm]) for what in ("us", "floor_us", "ratio")}
            for key in warm[0]
        },
    }


def _spread(values: list[float]) -> list[float]:
    """Median, lowest, highest."""
    return [median(values), min(values), max(values)]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
