"""`python -m tests.tools.peak`: the most memory that one body of up to 5 MiB makes the handler take, by kind of body.

Each is answered in a process of its own: its peak is the highest resident size that Linux saw, less the size before.
The bodies have just as much structure as the largest valid one, or a little more than is allowed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

from lambda_app.body.json_body import MOST_OBJECTS
from tests.tools.handling import NAMES, predict

ROOT = Path(__file__).resolve().parents[2]
BYTES = 5 * 1024 * 1024
STRUCTURE = 10_000 * (len(NAMES) + 3)
ALLOWED_MIB = 80  # for one body, whatever it is; with the runtime's 30 it fits into 128 MB


def _many(item: str, count: int) -> str:
    return '{"features": [' + ",".join([item] * count) + "]}"


def _names(count: int, value: str) -> str:
    return '{"features": {' + ",".join(f'"{n:06d}":{value}' for n in range(count)) + "}}"


def _batch(sample: str) -> str:
    return '{"instances": [' + ",".join([sample] * 10_000) + "]}"


WORST = {
    "the largest batch": lambda: _batch(json.dumps([17.123456789] * len(NAMES))),
    "a batch of unknown names": lambda: (
        '{"instances": ['
        + ",".join("{" + ",".join(f'"{n + k:06d}":1' for k in range(30)) + "}" for n in range(0, 300_000, 30))
        + "]}"
    ),
    "numbers": lambda: _many("1.5", STRUCTURE - 3),
    "texts": lambda: _many('"abcdefgh"', STRUCTURE - 3),
    "lists": lambda: _many("[]", STRUCTURE // 2 - 3),
    "lists in lists": lambda: _many("[[[]]]", STRUCTURE // 4 - 3),
    "deep lists": lambda: _many("[" * 900 + "]" * 900, STRUCTURE // 901 - 1),
    "objects": lambda: _many('{"a":1}', MOST_OBJECTS - 3),
    "unknown names": lambda: _names(STRUCTURE - 3, "1"),
    "unknown names of lists": lambda: _names(STRUCTURE // 2 - 3, "[]"),
    "unknown fields": lambda: "{" + ",".join(f'"{n:06d}":1' for n in range(STRUCTURE - 3)) + "}",
    "an emoji": lambda: '{"features": ["\U0001f600"]}',  # makes each of the other characters four bytes
    "5 MiB of lists": lambda: _many("[]", BYTES // 3 - 10),
    "5 MiB of lists in lists": lambda: _many("[[[]]]", BYTES // 7 - 10),
    "5 MiB of deep lists": lambda: _many("[" * 900 + "]" * 900, BYTES // 1801 - 1),
    "5 MiB of objects": lambda: _many('{"a":1}', BYTES // 8 - 10),
    "5 MiB of ones": lambda: _many("1", BYTES // 2 - 10),
}


def body(name: str) -> str:
    """The worst body of a kind, with white space up to 5 MiB."""
    text = WORST[name]()
    return text + " " * (BYTES - len(text.encode("utf-8")))


def _memory_mib(name: str) -> float:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))


def peak_here_mib(name: str) -> float:
    """What the body takes in this process, which must not have taken more before."""
    text = body(name)
    Path("/proc/self/clear_refs").write_text("5", "ascii")  # the highest size so far is forgotten
    before = _memory_mib("VmRSS")
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        status = predict(text)["statusCode"]
    assert status in (200, 400, 413), status
    return _memory_mib("VmHWM") - before


def peak_mib(name: str) -> float:
    """What the body takes in a process of its own."""
    command = [sys.executable, "-m", "tests.tools.peak", name]
    return float(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def main(arguments: list[str]) -> int:
    """With a name: its figure alone. Without: all; 0 when each is allowed."""
    if arguments:
        print(peak_here_mib(arguments[0]))
        return 0
    peaks = {name: peak_mib(name) for name in WORST}
    for name, peak in peaks.items():
        print(f"{name:26}{peak:6.1f} MiB{'' if peak <= ALLOWED_MIB else '  TOO MUCH'}")
    return 1 if max(peaks.values()) > ALLOWED_MIB else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
