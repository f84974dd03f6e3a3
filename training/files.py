"""Several files, written together or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def write_together(files: Mapping[Path, bytes]) -> None:
    """Write all contents beside their places first, then rename them into place, in order. Raises OSError.

    Until the first rename nothing has changed; a rename does not fail for want of room or of a directory.
    """
    temporary = {path: path.with_name(f"{path.name}.{os.getpid()}.tmp") for path in files}
    made = []
    try:
        for path, content in files.items():
            made += _make_directories(path.parent)
            with temporary[path].open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for path in files:
            temporary[path].replace(path)
    except BaseException:
        for path in temporary.values():
            path.unlink(missing_ok=True)
        for directory in reversed(made):
            if not any(directory.iterdir()):
                directory.rmdir()
        raise


def _make_directories(directory: Path) -> list[Path]:
    """Those that were not there, outermost first."""
    missing = [place for place in (directory, *directory.parents) if not place.exists()][::-1]
    for place in missing:
        place.mkdir()
    return missing
