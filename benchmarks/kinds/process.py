"""One measurement in a process of its own, of the model and the events that a folder holds."""

from __future__ import annotations

import compileall
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EVENT = ROOT / "deployment" / "events" / "rest_list.event.json"


def request(**body: object) -> dict:
    """The event of a request with this body."""
    return {**json.loads(EVENT.read_text(encoding="ascii")), "body": json.dumps(body)}


def write_package(parameters, folder: Path) -> None:
    """Ours as it is deployed, with this model (ModelParameters), compiled as Python and pip compile the alternatives."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "lambda_app", folder / "lambda_app", ignore=ignored, dirs_exist_ok=True)
    parameters.save(folder / "lambda_app" / "model" / "model_parameters.json")
    compileall.compile_dir(folder / "lambda_app", quiet=1)


def write_events(what: str, events: dict[str, dict], folder: Path) -> None:
    """The events of a measurement, by key."""
    (folder / f"{what}.json").write_text(json.dumps(events), encoding="ascii")


def run(module: str, what: str, folder: Path) -> dict:
    """One measurement of a handler, started in the folder, whose lambda_app is the one with this model."""
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
