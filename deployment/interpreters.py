"""List the Python interpreters of this machine that can run the serving code, one `version path` a line.

Looks at the one that runs this, for python3.11, python3.12 … on PATH, and in pyenv's folder. Each minor version is
listed once.
"""

from __future__ import annotations

import os
import shutil
import subprocess  # nosec B404
import sys
from collections.abc import Iterator
from pathlib import Path

OLDEST, NEWEST = 11, 19
VERSION = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"


def candidates() -> Iterator[str]:
    """Every path that may be an interpreter, best first."""
    yield sys.executable
    for minor in range(OLDEST, NEWEST + 1):
        if found := shutil.which(f"python3.{minor}"):
            yield found
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from map(str, sorted(pyenv.glob("versions/3.*/bin/python")))


def version(python: str) -> str | None:
    """The interpreter's `3.x`, or None if it does not start (as a pyenv shim of an inactive version) or has no venv."""
    # fixed words and no shell, for an interpreter that this machine's PATH names
    result = subprocess.run([python, "-c", VERSION], capture_output=True, text=True, check=False)  # nosec B603
    return result.stdout.strip() if result.returncode == 0 else None


def interpreters() -> dict[str, str]:
    """Path by minor version, from 3.11 on."""
    found: dict[str, str] = {}
    for python in candidates():
        name = version(python)
        if name and int(name.split(".")[1]) >= OLDEST:
            found.setdefault(name, python)
    return found


if __name__ == "__main__":
    for minor_version, path in sorted(interpreters().items()):
        print(minor_version, path)
