"""When, with what and from what a model was trained."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess  # nosec B404
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import scipy
import sklearn

from training.errors import TrainingError


def trained_at() -> str:
    """Now in UTC, or the moment in SOURCE_DATE_EPOCH: the same data then gives the same bytes."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC).isoformat(timespec="seconds")
    try:
        return datetime.fromtimestamp(int(epoch), UTC).isoformat()
    except (ValueError, OverflowError, OSError) as error:
        raise TrainingError("SOURCE_DATE_EPOCH must be whole seconds since 1970") from error


def git_commit() -> str | None:
    """The commit of the code that trains; None where there is none or it was changed, or under SOURCE_DATE_EPOCH.

    That variable asks for the same bytes from the same data and versions, and no file can name the commit it is in.
    """
    if os.environ.get("SOURCE_DATE_EPOCH"):
        return None
    root = Path(__file__).resolve().parents[2]
    try:
        changes = _git(root, "status", "--porcelain", "--", "training", "lambda_app", ":!*.json")
        return None if changes else _git(root, "rev-parse", "HEAD")
    except (OSError, subprocess.CalledProcessError):  # no git, or no repository
        return None


def _git(root: Path, *words: str) -> str:
    command = ["git", "-C", str(root), *words]
    # fixed words, no shell, and the git that the user would call
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # nosec B603


def library_versions() -> dict[str, str]:
    """Versions of what decides the numbers."""
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
    }


def table_sha256(features: np.ndarray, names: Sequence[str]) -> str:
    """A fingerprint of a table that came from no file: its class names and its 64-bit floats, row by row."""
    digest = hashlib.sha256("\n".join(names).encode())
    digest.update(np.ascontiguousarray(features, dtype="<f8").tobytes())
    return digest.hexdigest()
