"""One measurement in a process of its own, of the model and the events that a folder holds."""

from __future__ import annotations

import compileall
import json
import shutil
from pathlib import Path

from benchmarks import packages

ROOT = Path(__file__).resolve().parents[2]
EVENT = ROOT / "deployment" / "events" / "rest_list.event.json"


def request(**body: object) -> dict:
    """The event of a request with this body."""
    return {**json.loads(EVENT.read_text(encoding="ascii")), "body": json.dumps(body)}


def write_package(parameters, folder: Path) -> None:
    """Ours as it is deployed, with this model (ModelParameters), compiled as the alternatives are."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "lambda_app", folder / "lambda_app", ignore=ignored, dirs_exist_ok=True)
    parameters.save(folder / "lambda_app" / "model" / "model_parameters.json")
    compileall.compile_dir(folder / "lambda_app", quiet=1)


def write_events(what: str, events: dict[str, dict], folder: Path) -> None:
    """The events of a measurement, by key."""
    (folder / f"{what}.json").write_text(json.dumps(events), encoding="ascii")


def run(module: str, what: str, folder: Path, made: dict[str, Path]) -> dict:
    """One measurement of a handler in its package, but with the folder's lambda_app, which is the one with this model."""
    environment = {"BENCHMARK_MODELS": str(folder), "BENCHMARK_EVENTS": str(folder / f"{what}.json")}
    return json.loads(packages.run(made[module], folder, [module, what], environment))
