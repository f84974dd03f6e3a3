"""`python -m tests.runtime.memory`: 1,000 refused bodies of 1 MiB in the real runtime; what they leave in its memory.

Nobody looks for garbage but Python itself. In a control group of 128 MB, as the template's function has it, where this
machine lets us make one; else by the process's resident size alone.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.runtime.sandboxes import NEWER_MARSHALLING, Sandbox, sandboxes
from tests.tools.handling import rest
from tests.tools.refused import MEBIBYTE, REFUSED

GROWTH_KIB = 8 * 1024
# Rounds, until the allocators have found their size. From the very first refused body on, which is not even parsed, the
# process grows by some 20 MiB over forty bodies, and by 3 more over the next 960. About half goes where glibc is told not
# to raise its threshold for what it gives back (MALLOC_TRIM_THRESHOLD_); the rest comes in Python's arenas of 1 MiB.
WARM_UP = 5
DEFAULT_MIB = 128  # the template's MemorySize
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


def refuse(sandbox: Sandbox, rounds: int, size: int = MEBIBYTE) -> tuple[int, int, int]:
    """Send every kind of refused body that often. KiB: the memory after the very first one, the most in the rounds of
    warm-up, and how much more than that at the end.
    """
    process = started(sandbox)
    events = [rest(build(size)) for build in REFUSED.values()]
    first = warm = last = 0
    for number in range(rounds):
        for event in events:
            response = sandbox.invoke(event)
            assert 400 <= response.get("statusCode", 599) < 500, response
            last = memory_kib(process)
            first = first or last
            warm = warm if number >= WARM_UP else max(warm, last)
    assert sandbox.runtime_process() == process, "the runtime was killed"
    return first, warm, last - warm


def main() -> int:
    """0 when the figures are kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.runtime.memory", description="What refused bodies leave.")
    parser.add_argument("--rounds", type=int, default=125, help="of eight bodies each (default 125)")
    rounds = parser.parse_args().rounds
    with sandboxes(1, NEWER_MARSHALLING) as (sandbox,), control_group(started(sandbox)) as held:
        first, warm, growth = refuse(sandbox, rounds)
        sandbox.close()
    place = f"in a control group of {DEFAULT_MIB} MiB" if held else "without a control group"
    print(
        f"{rounds * len(REFUSED):,} bodies {place}: {first:,} KiB after the first, "
        f"{warm:,} after the warm-up, {growth:+,} at the end"
    )
    return 1 if growth > GROWTH_KIB else 0


if __name__ == "__main__":
    sys.exit(main())
