"""`python -m tests.tools.another_model`: trains wine in place, in a copy of the project, and runs the serving tests there.

Whoever puts a model of their own behind this API must have a green test suite, and no document or golden pair changed.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.tools.project_copy import copy_project

TRAIN = ["-m", "lambda_app.model.train_model", "--quick", "--target", "class", "--data"]
TEST = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2", "tests/packaged_model", "tests/contract"]
# Those that measure time measure this machine, not the model.
SERVING = ["tests/test_architecture.py", "tests/serving", "--ignore", "tests/serving/times"]
OWN_FILES = {"lambda_app/model/model_parameters.json", "docs/own_model_card.md"}


def main() -> int:
    """Copy, train, look at what changed, test; returns the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "project")
        copy_project(copy)
        table = Path(folder, "wine.csv")
        _write_wine(table)
        before = _contents(copy)
        subprocess.run([sys.executable, *TRAIN, str(table)], cwd=copy, check=True, stdout=subprocess.DEVNULL)
        changed = {name for name, content in _contents(copy).items() if before.get(name) != content}
        unexpected = {name for name in changed if name not in OWN_FILES and "own_model_card_images/" not in name}
        if unexpected or not changed >= OWN_FILES:
            print(f"training in place must write {sorted(OWN_FILES)} and their pictures only, not {sorted(unexpected)}")
            return 1
        return subprocess.run([sys.executable, *TEST, *SERVING], cwd=copy, check=False).returncode


def _contents(copy: Path) -> dict[str, bytes]:
    """Every file of the copy, caches aside."""
    files = (path for path in copy.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(copy).as_posix(): path.read_bytes() for path in files}


def _write_wine(path: Path) -> None:
    from sklearn.datasets import load_wine  # noqa: PLC0415 – only this command needs it

    bunch = load_wine()
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow([*bunch.feature_names, "class"])
        for values, target in zip(bunch.data.tolist(), bunch.target, strict=True):
            rows.writerow([*values, bunch.target_names[target]])


if __name__ == "__main__":
    sys.exit(main())
