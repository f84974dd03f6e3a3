"""`python -m tests.runtime.memory`: 1,000 refused bodies of 1 MiB in the real runtime; what they leave in its memory.

Nobody looks for garbage but Python itself. The function has the template's environment, and its memory, too, where this
machine lets us make a control group; else the process's resident size is all that is watched.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from benchmarks.as_deployed import runtime_python
from tests.deployment.sam import read
from tests.runtime.sandboxes import NEWER_MARSHALLING, Sandbox, sandboxes
from tests.tools.handling import rest
from tests.tools.refused import MEBIBYTE, REFUSED

TEMPLATE = read()
DEFAULT_MIB: int = TEMPLATE["Parameters"]["MemorySize"]["Default"]
VARIABLES: dict[str, Any] = TEMPLATE["Resources"]["PredictFunction"]["Properties"]["Environment"]["Variables"]
ENVIRONMENT = {**NEWER_MARSHALLING, **{name: value for name, value in VARIABLES.items() if isinstance(value, str)}}
RUNTIME: str = TEMPLATE["Globals"]["Function"]["Runtime"]

# What the process may ever hold more than after the very first body, which is refused before it is parsed. Nothing leaks:
# it holds 7.0 to 7.5 MiB more from some forty bodies on. Two allocators keep them ready for the next body:
# - Python's, five arenas of 1 MiB, nearly empty. In each lives something that was made while a body was in memory: in two
#   what Python keeps for reuse, 2,000 pairs (an object's members) and 100 floats above all; in one the hints' table of names.
# - The C library's, 2 MiB. Without the template's MALLOC_ variables it is 11, which is what this test would fail of: each
#   large block that is freed raises the size from which on blocks are given back, here to the 5 MiB of a dictionary.
GROWTH_KIB = 8 * 1024
OTHER_PYTHONS = 2  # times that, for Pythons that are not the runtime's: 3.11 keeps up to twelve arenas, 3.12 seven
GROUPS = Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")  # versions 1 and 2
LIMITS = ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.max", "memory.swap.max")


@contextmanager
def control_group(process: int, mebibytes: int = DEFAULT_MIB) -> Iterator[bool]:
    """The process under this limit; False where this machine lets nobody, or not us, limit one."""
    group = next((parent for parent in GROUPS if any((parent / limit).exists() for limit in LIMITS)), GROUPS[-1])
    group /= f"sklearn_lambda_{os.getpid()}"
    held = False
    with suppress(OSError):
        group.mkdir()
        for limit in LIMITS:
            if (group / limit).exists():
                (group / limit).write_text(str(0 if "swap" in limit else mebibytes * MEBIBYTE), "ascii")
        (group / "cgroup.procs").write_text(str(process), "ascii")
        held = True
    try:
        yield held
    finally:
        with suppress(OSError):
            group.rmdir()


def memory_kib(process: int, name: str = "VmRSS") -> int:
    """A process's memory: VmRSS now, VmHWM at its highest (Linux)."""
    lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def started(sandbox: Sandbox) -> int:
    """The runtime's process id, once it has answered something."""
    sandbox.invoke(rest("{}"))
    process = sandbox.runtime_process()
    assert process, "no runtime process"
    return process


def refuse(sandbox: Sandbox, kinds: Iterable[str], rounds: int, size: int = MEBIBYTE) -> list[int]:
    """Send a refused body of each of these kinds, that often. The memory in KiB after each."""
    process = started(sandbox)
    events = [rest(REFUSED[kind](size)) for kind in kinds]
    sizes = []
    for event in events * rounds:
        response = sandbox.invoke(event)
        assert 400 <= response.get("statusCode", 599) < 500, response
        sizes.append(memory_kib(process))
    assert sandbox.runtime_process() == process, "the runtime was killed"
    return sizes


def allowed_kib(python: str) -> int:
    """How far the memory may rise above that after the first body."""
    code = "import sys; print('python%d.%d' % sys.version_info[:2])"
    version = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    return GROWTH_KIB * (1 if version == RUNTIME else OTHER_PYTHONS)


def main() -> int:
    """0 when the figures are kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.runtime.memory", description="What refused bodies leave.")
    parser.add_argument("--rounds", type=int, default=125, help="of eight bodies each (default 125)")
    rounds, kinds, python = parser.parse_args().rounds, list(REFUSED), runtime_python()
    with sandboxes(1 + len(kinds), ENVIRONMENT, python) as (mixed, *others):
        with control_group(started(mixed)) as held:
            sizes = refuse(mixed, kinds, rounds)
            mixed.close()
        alone = {kind: refuse(other, [kind], rounds) for kind, other in zip(kinds, others, strict=True)}
    place = f"in a control group of {DEFAULT_MIB} MiB" if held else "without a control group"
    print(f"{len(sizes):,} bodies of 1 MiB {place}, in KiB:")
    each = max(max(sizes[kind :: len(kinds)]) - sizes[kind] for kind in range(len(kinds)))
    print(
        f"  {sizes[0]:,} after the first body, {max(sizes) - sizes[0]:+,} at most, {sizes[-1] - sizes[0]:+,} at the end"
    )
    print(f"  {each:+,} at most after the first of the same kind")
    round_one = sizes[len(kinds) - 1]
    print(
        f"  {round_one:,} after one of each kind, {max(sizes) - round_one:+,} at most, {sizes[-1] - round_one:+,} at the end"
    )
    for kind, own in alone.items():
        print(
            f"  {rounds} {kind}: {own[0]:,} after the first, {max(own) - own[0]:+,} at most, {own[-1] - own[0]:+,} at the end"
        )
    growth = max(max(own) - own[0] for own in (sizes, *alone.values()))
    return 1 if growth > allowed_kib(python) else 0


if __name__ == "__main__":
    sys.exit(main())
