"""The handlers with Lambda's smallest share, 128 MB and 0.0723 of a processor, where control groups are allowed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

from benchmarks.runtime import HANDLERS, ROOT, invoke, start
from deployment.runtime_emulator import install_emulator

GROUPS = Path("/sys/fs/cgroup")
PERIOD_US = 100_000
QUOTA_US = 7_230  # 128 MB of the 1,769 MB at which Lambda gives one processor
MEMORY_BYTES = 128 * 1024 * 1024
REQUESTS, PAUSE_SECONDS = 300, 0.05


def measure(environment: dict[str, str], event: Path) -> dict:
    """Of a handler that does nothing and of ours, what `paced` measures and what the emulator reports.

    `{"impossible": why}` where control groups cannot be made.
    """
    try:
        return {name: {**_paced(name, environment), **_reported(name, event.read_bytes())} for name in HANDLERS}
    except OSError as error:
        return {"impossible": f"control groups cannot be made or set here ({error.strerror})"}


def _paced(name: str, environment: dict[str, str]) -> dict:
    """The handler alone."""
    with _group() as join:
        arguments = ["/bin/sh", "-c", f'{join}exec "{sys.executable}" -m benchmarks.measure {name} paced']
        process = subprocess.run(arguments, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(process.stdout)


def _reported(name: str, event: bytes) -> dict:
    """Milliseconds of a request as the runtime emulator reports and bills them; only the runtime is in the group."""
    with tempfile.TemporaryDirectory() as folder, _group() as join:
        python = Path(folder) / "python"
        python.write_text(f'#!/bin/sh\n{join}exec "{sys.executable}" "$@"\n', encoding="ascii")
        python.chmod(0o755)
        with closing(start(str(install_emulator(Path(folder))), HANDLERS[name], python=str(python))) as runtime:
            for _ in range(REQUESTS):
                invoke(runtime, event)
                time.sleep(PAUSE_SECONDS)
            reports = re.findall(r"\tDuration: ([0-9.]+) ms\tBilled Duration: ([0-9.]+) ms", runtime.log())
    warm = reports[1:]  # the first report holds the init phase
    if len(warm) != REQUESTS - 1:
        raise SystemExit("the emulator's log does not report each request")
    durations, billed = zip(*warm, strict=True)
    return {"reported_ms": median(map(float, durations)), "billed_ms": median(map(float, billed))}


@contextmanager
def _group() -> Iterator[str]:
    """A control group with the limits, for a while. Gives what a shell must say to join it."""
    made: list[Path] = []
    try:
        for folder, limits in _limits().items():
            folder.mkdir()
            made.append(folder)
            for limit, value in limits.items():
                (folder / limit).write_text(value, encoding="ascii")
        yield "".join(f"echo $$ > {folder}/cgroup.procs && " for folder in made)
    finally:
        for folder in made:
            _remove(folder)


def _remove(folder: Path) -> None:
    """A killed process leaves its group a moment later."""
    until = time.monotonic() + 5
    while True:
        try:
            folder.rmdir()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _limits() -> dict[Path, dict[str, str]]:
    """The groups to make and what to write into them, for version 2 of control groups or version 1."""
    name = f"small_share_{os.getpid()}"
    if (GROUPS / "cgroup.controllers").exists():
        return {GROUPS / name: {"cpu.max": f"{QUOTA_US} {PERIOD_US}", "memory.max": str(MEMORY_BYTES)}}
    return {
        GROUPS / "cpu" / name: {"cpu.cfs_period_us": str(PERIOD_US), "cpu.cfs_quota_us": str(QUOTA_US)},
        GROUPS / "memory" / name: {"memory.limit_in_bytes": str(MEMORY_BYTES)},
    }
