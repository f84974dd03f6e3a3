"""Sandboxes of the function as deployed: the package, unzipped, in AWS's runtime emulator with AWS's runtime client."""

from __future__ import annotations

import json
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from zipfile import ZipFile

from deployment.package import package
from deployment.runtime_emulator import RuntimeEmulator, install_emulator
from tests.tools.own_model import serving_copy

HANDLER = "lambda_app.lambda_function.lambda_handler"
NEWER_MARSHALLING = {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.13"}  # the client then writes non-ASCII text as it is
STARTS = 3  # a free port may be taken by another before the emulator has it


def unpack(folder: Path) -> Path:
    """The function's package with the tests' model, built and unzipped as Lambda does."""
    archive = folder / "package.zip"
    package(serving_copy(folder / "source"), archive)
    unzipped = folder / "task"
    with ZipFile(archive) as opened:
        opened.extractall(unzipped)
    return unzipped


class Sandbox:
    """One emulator and its runtime process. One request at a time: more wait."""

    def __init__(self, folder: Path, emulator: Path, environment: dict[str, str], python: str) -> None:
        self._turn = threading.Lock()
        for start in range(STARTS):
            try:
                self._running = RuntimeEmulator(folder, HANDLER, environment, python=python, emulator=str(emulator))
                break
            except (RuntimeError, TimeoutError):
                if start == STARTS - 1:
                    raise
        self.close = self._running.close

    def invoke(self, event) -> dict:
        """The function's response to an event (JSON text, or what becomes it)."""
        text = event if isinstance(event, bytes) else json.dumps(event).encode("ascii")
        with self._turn:
            answer = self._running.invoke(text)
        return json.loads(answer)

    def runtime_process(self) -> int | None:
        """The process id of the runtime client, a child of the emulator; None while there is none."""
        emulator = self._running._process.pid
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text("utf-8").rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended meanwhile
            if int(fields[1]) == emulator and fields[0] != "Z":
                return int(stat.parent.name)
        return None

    def log(self) -> str:
        """What the function wrote so far."""
        return self._running.log()


@contextmanager
def sandboxes(count: int, environment: dict[str, str], python: str = sys.executable) -> Iterator[list[Sandbox]]:
    """That many sandboxes of the package as it is now; `python` needs awslambdaric."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        unzipped = unpack(Path(folder))
        emulator = install_emulator(Path(folder))
        yield [stack.enter_context(closing(Sandbox(unzipped, emulator, environment, python))) for _ in range(count)]
