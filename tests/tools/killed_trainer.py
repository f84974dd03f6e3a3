"""`python -m tests.tools.killed_trainer DATA TARGET FOLDER`: a trainer that is killed before each step of its writing.

It trains once. Where it would write, a copy of the process does (fork), and ends itself with SIGKILL before its first
call that changes or opens a file; the next copy before its second, until one gets through. Prints, in JSON, a line for
each: what lay in the places then, and what after the next command had looked: old, new or mixed. FOLDER/mixed keeps the
first mixed state, FOLDER/right what a run leaves that nobody kills.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path

from lambda_app.model.artefact.model_parameters import finish
from training.commands import run, train_model
from training.files import write_together

EVENTS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"}


def main(data: str, target: str, folder: str) -> int:
    """Train, with the killing in the place of the writing."""

    def write_and_be_killed(files, model):
        for before in (None, b"old"):
            for step in range(1, 1000):
                place = Path(folder, "old" if before else "none", str(step))
                # as for the packaged model: the card in another folder than the model
                new = {place / "docs" / path.relative_to(model.parent): content for path, content in files.items()}
                moved = place / "model" / model.name
                new[moved] = new.pop(place / "docs" / model.name)
                lay(new if before else [moved.parent / "other.json", place / "docs" / "other.md"], b"old")
                survived = killed(step, new, moved)
                then = state(new, before)
                if before and then == "mixed" and not Path(folder, "mixed").exists():
                    shutil.copytree(place, Path(folder, "mixed"))
                finish(str(moved))
                print(json.dumps({"before": bool(before), "then": then, "after": state(new, before)}))
                if survived:
                    break
        place.rename(Path(folder, "right"))

    run.write_together = write_and_be_killed
    arguments = ["--data", data, "--target", target, "--quick", "--output", str(Path(folder, "model.json"))]
    return train_model.main(arguments)


def lay(places, content: bytes) -> None:
    """Write the same content to every place."""
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def killed(step: int, files: dict[Path, bytes], model: Path) -> bool:
    """Write in a copy of this process that is killed before the n-th step; whether it had fewer."""
    copy = os.fork()
    if copy == 0:
        left = step

        def hook(event: str, _: tuple) -> None:
            nonlocal left
            if event in EVENTS:
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        write_together(files, model)
        os._exit(0)
    return os.waitpid(copy, 0)[1] == 0


def state(files: dict[Path, bytes], before: bytes | None) -> str:
    """What lies in the places: all as `before`, all new, or something else."""
    found = {place: place.read_bytes() if place.exists() else None for place in files}
    if found == files:
        return "new"
    return "old" if set(found.values()) == {before} else "mixed"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
