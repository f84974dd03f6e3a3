"""Each handler in a package of its own, with what it needs and nothing else: scikit-learn, for one, imports pandas if it can.

First as `sam build` packs it, without bytecode, where nobody may write any: SAM's builder unpacks wheels, which hold none,
and leaves out what lies in a function's own folder. Then with bytecode, as pip leaves it in a container and `make build` in
our package.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.measure import ONE_THREAD
from benchmarks.sizes import DISTRIBUTIONS, installed

ROOT = Path(__file__).resolve().parent.parent
RUNTIME_CLIENT = "awslambdaric"  # Lambda has it: its import is not timed


def make(folder: Path, handlers: list[str]) -> dict[str, Path]:
    """The handlers' packages, without bytecode."""
    made = {}
    for handler in handlers:
        made[handler] = package = folder / handler
        for name in ("benchmarks", "lambda_app"):
            shutil.copytree(ROOT / name, package / name, ignore=shutil.ignore_patterns("__pycache__"))
        for place, path in installed([*DISTRIBUTIONS.get(handler, []), RUNTIME_CLIENT]).items():
            (package / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, package / place)
    return made


def run(package: Path, where: Path, arguments: list[str], environment: dict[str, str]) -> str:
    """What `benchmarks.measure` prints with a package and nothing else to import, started in the folder `where`."""
    # -S: not what is installed here; -B: no bytecode that was not there before.
    command = [sys.executable, "-S", "-B", "-W", "ignore", "-m", "benchmarks.measure", *arguments]
    own = {
        **os.environ,
        **ONE_THREAD,
        **environment,
        "PYTHONPATH": str(package),
        "AWS_LAMBDA_FUNCTION_NAME": "benchmark",
    }
    return subprocess.run(command, cwd=where, env=own, check=True, stdout=subprocess.PIPE, text=True).stdout
