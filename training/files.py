"""Several files, written together or not at all.

No file system renames two files at once, so the run leaves a note first: from then on the new files are the valid ones,
and whoever comes next, this run or any command after a kill, puts them in place (`finish`, beside the artefact's `save`).
In between, and until then, a program that is not ours may see some old and some new ones, each of them whole. A power
cut is survived where the file system keeps the order of renames, as journalling ones do.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from lambda_app.model.artefact.model_parameters import finish
from training.errors import TrainingError


def write_together(files: Mapping[Path, bytes], main: Path) -> None:
    """Write all contents beside their places first, then decide, then rename them into place, in order.

    `main` is the file that commands are given; the note stands beside it. Raises OSError where nothing has changed, and
    TrainingError where it was decided, but a place can't be taken. One run at a time: of two, the last one wins.
    """
    complete(main)  # else this run's note would take the place of one that still counts
    run = os.getpid()
    note = Path(f"{main}.pending.tmp")
    written_note = Path(f"{note}.{run}.tmp")
    temporary = {path: path.with_name(f"{path.name}.{run}.tmp") for path in files}
    made = []
    try:
        for path, content in files.items():
            made += _make_directories(path.parent)
            _write(temporary[path], content)
        places = [os.path.relpath(path, main.parent) for path in files]
        _write(written_note, json.dumps([run, *places]).encode("ascii"))
        _settle({path.parent for path in [main, *files, *made]})
        written_note.replace(note)
    except BaseException:
        for path in [note, written_note, *temporary.values()]:
            path.unlink(missing_ok=True)
        for directory in reversed(made):
            if not any(directory.iterdir()):
                directory.rmdir()
        raise
    try:
        complete(main)
    except KeyboardInterrupt:
        complete(main)  # it is decided, and a matter of milliseconds


def complete(main: str | os.PathLike[str]) -> None:
    """Put in place what a run decided to write with `main`, this one or one that was killed. Raises TrainingError."""
    try:
        finish(os.fspath(main))
    except FileNotFoundError:  # at this moment another command does the same
        complete(main)
    except OSError as error:
        place = error.filename2 or error.filename
        raise TrainingError(
            f"new files are complete, but {place} can't be replaced ({error.strerror}): once it can, the next command "
            "puts them in place"
        ) from error


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _settle(directories: Iterable[Path]) -> None:
    """Let the disk know the names too; Windows has no such call."""
    if os.name == "posix":
        for directory in directories:
            descriptor = os.open(directory, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _make_directories(directory: Path) -> list[Path]:
    """Those that were not there, outermost first."""
    missing = [place for place in (directory, *directory.parents) if not place.exists()][::-1]
    for place in missing:
        place.mkdir()
    return missing
