"""The tests' own model: who trains another one in place changes nothing that the tests of the code look at.

tests/models/breast_cancer.json is the shipped model as it was when `python -m tests.tools.renew` last ran. Golden pairs,
documents and most tests are of it. Whatever model is packaged has its own tests: tests/packaged_model/.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from lambda_app.model import store

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "tests" / "models" / "breast_cancer.json"
PACKAGED = ROOT / "lambda_app" / "model" / "model_parameters.json"


def install() -> None:
    """Put it in the packaged model's place, in this process, before any other module asks where that is."""
    store.PACKAGED_PATH = str(OWN)


def serving_copy(folder: Path) -> Path:
    """A copy of lambda_app in `folder` that holds the tests' model, for processes of their own."""
    copy = folder / "lambda_app"
    shutil.copytree(ROOT / "lambda_app", copy, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(OWN, copy / "model" / PACKAGED.name)
    return copy
