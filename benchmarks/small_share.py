"""The handler with Lambda's smallest share, 128 MB and 0.0723 of a processor, where control groups are allowed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
PERIOD_US = 100_000
QUOTA_US = 7_230  # 128 MB of the 1,769 MB at which Lambda gives one processor
MEMORY_BYTES = 128 * 1024 * 1024


def measure(root: Path, environment: dict[str, str]) -> dict:
    """What `paced` measures of a handler that does nothing and of ours, or `{"impossible": why}`."""
    try:
        return {name: _measure(name, root, environment) for name in ("empty", "ours")}
    except OSError as error:
        return {"impossible": f"control groups cannot be made or set here ({error.strerror})"}


def _measure(name: str, root: Path, environment: dict[str, str]) -> dict:
    made: list[Path] = []
    try:
        for folder, limits in _limits().items():
            folder.mkdir()
            made.append(folder)
            for limit, value in limits.items():
                (folder / limit).write_text(value, encoding="ascii")
        joins = "".join(f"echo $$ > {folder}/cgroup.procs && " for folder in made)
        command = f'{joins}exec "{sys.executable}" -m benchmarks.measure {name} paced'
        arguments = ["/bin/sh", "-c", command]
        process = subprocess.run(arguments, cwd=root, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(process.stdout)
    finally:
        for folder in made:
            folder.rmdir()


def _limits() -> dict[Path, dict[str, str]]:
    """The groups to make and what to write into them, for version 2 of control groups or version 1."""
    name = f"small_share_{os.getpid()}"
    if (GROUPS / "cgroup.controllers").exists():
        return {GROUPS / name: {"cpu.max": f"{QUOTA_US} {PERIOD_US}", "memory.max": str(MEMORY_BYTES)}}
    return {
        GROUPS / "cpu" / name: {"cpu.cfs_period_us": str(PERIOD_US), "cpu.cfs_quota_us": str(QUOTA_US)},
        GROUPS / "memory" / name: {"memory.limit_in_bytes": str(MEMORY_BYTES)},
    }
