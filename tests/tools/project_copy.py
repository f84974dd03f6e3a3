"""A copy of the project as it would be cloned: what git knows, and what it would if it were asked."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.tools.own_model import ROOT


def copy_project(copy: Path) -> None:
    """Copy every file that git does not ignore into the new folder `copy`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():  # it may have been deleted, and git not been told
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
