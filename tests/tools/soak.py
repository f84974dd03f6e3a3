"""`python -m tests.tools.soak`: the memory that a million warm calls keep, and the time of hostile bodies by size.

Half of the calls are bad ones. Memory is the resident size after a warm-up of 100,000 calls and after all of them.
The time of a body is the best of several tries, beside `json.loads` of the same body on the same machine.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from time import process_time

from tests.tools import fuzz
from tests.tools.handling import NAMES, SAMPLE, call, predict, rest
from tests.tools.refused import MEBIBYTE, REFUSED

GROWTH_KIB = 64  # per million calls
SECONDS = 0.060  # for a body of 1 MB
PARSER = 2.5  # where json.loads alone takes more than 24 ms, as on a busy machine: times json.loads
MEGABYTE = 1_000_000
WARM_UP = 100_000
CASES = 1_000


@contextmanager
def silence() -> Iterator[None]:
    """Without the log lines."""
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        yield


def mixture() -> list:
    """Good events and bad ones in turn."""
    good = [
        rest(json.dumps({"features": SAMPLE})),
        rest(json.dumps({"features": dict(zip(NAMES, SAMPLE, strict=True)), "explain": True})),
        rest(json.dumps({"instances": [SAMPLE] * 3})),
        rest(json.dumps({"features": [-9] * len(NAMES)})),
        rest(None, method="GET", path="/health"),
        rest(None, method="GET", path="/model"),
    ]
    with silence():
        bad = [
            event for event in (fuzz.case(2, number) for number in range(4 * CASES)) if call(event)["statusCode"] >= 400
        ]
    return [event for number, event in enumerate(bad[:CASES]) for event in (good[number % len(good)], event)]


def calls(events: list, count: int) -> None:
    for number in range(count):
        call(events[number % len(events)])


def resident_kib() -> int:
    """This process's memory now (Linux)."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def growth_kib(count: int, warm_up: int = WARM_UP) -> tuple[int, int]:
    """Resident memory after the warm-up, and how much it grew in `count` calls."""
    events = mixture()
    with silence():
        calls(events, warm_up)
        before = resident_kib()
        calls(events, count)  # and nobody collects garbage: a function in Lambda has nobody for it either
        return before, resident_kib() - before


def traced_growth_bytes(count: int, call_all=calls) -> int:
    """What Python allocated and kept in `count` calls: exact, and several times slower.

    With large refused bodies among them; resident memory would move by more than is looked for with each of those, so
    tests/runtime/memory.py looks for what they leave there.
    """
    events = mixture() + [rest(build(MEBIBYTE)) for build in REFUSED.values()]
    with silence():
        tracemalloc.start()
        call_all(events, count)  # until all that Python keeps for reuse, a hundred objects of a kind, is traced
        before, _ = tracemalloc.get_traced_memory()
        call_all(events, count)
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return after - before


def _features(opening: str, item: str, closing: str, size: int) -> str:
    return f'{{"features": {opening}' + ",".join([item] * (size // (len(item) + 1))) + closing + "}"


HOSTILE = {
    "zeros": lambda size: _features("[", "0", "]", size),
    "floats": lambda size: _features("[", "0.1234567890123456789", "]", size),
    "numbers halfway between two floats": lambda size: _features(
        "[", "1.00000000000000011102230246251565404236316680908203125", "]", size
    ),
    "empty lists": lambda size: _features("[", "[]", "]", size),
    "empty objects": lambda size: _features("[", "{}", "]", size),
    "objects in lists": lambda size: _features("[", "[{}]", "]", size),
    "objects with a key twice": lambda size: _features("[", '{"":0,"":0}', "]", size),
    "a key many times": lambda size: _features("{", '"":0', "}", size),
    "many keys twice": lambda size: '{"features": {' + ",".join(f'"{n}":0,"{n}":0' for n in range(size // 19)) + "}}",
    "many keys": lambda size: '{"features": {' + ",".join(f'"{n}":0' for n in range(size // 10)) + "}}",
    "many fields": lambda size: "{" + ",".join(f'"{n}":0' for n in range(size // 10)) + "}",
    "100 unknown long names": lambda size: (
        '{"features": {' + ",".join(f'"{n:0{size // 100}}":0' for n in range(100)) + "}}"
    ),
    "100 names nearly known": lambda size: (
        '{"features": {' + ",".join(f'"{name} {n}":0' for n in range(4) for name in NAMES) + "}}"
    ),
    "an integer": lambda size: f'{{"features": [{"9" * size}]}}',
    "a float": lambda size: f'{{"features": [0.{"9" * size}]}}',
    "a string": lambda size: f'{{"features": "{"é" * (size // 2)}"}}',
    "escapes": lambda size: f'{{"features": "{chr(92) * 2 * (size // 2)}"}}',
    "white space": lambda size: " " * size + "[]",
    "lines": lambda size: "\n" * size + "x",
    "opening brackets": lambda size: "[" * size,
    "opening objects": lambda size: '{"a":' * (size // 5),
    "nested lists": lambda size: _features("[", "[" * 900 + "]" * 900, "]", size),
    "a wrong batch": lambda size: '{"instances": [' + ",".join(["[]"] * (size // 3)) + "]}",
    "rows of 1e308": lambda size: (
        '{"instances": [' + ",".join(["[" + ",".join(["1e308"] * 30) + "]"] * (size // 182)) + "]}"
    ),
    "rows of -9": lambda size: (
        '{"instances": [' + ",".join(["[" + ",".join(["-9"] * 30) + "]"] * min(size // 92, 10_000)) + "]}"
    ),
    "bytes": lambda size: b"\xff" * size,
    "base64": lambda size: _features("[", "0", "]", size).encode("ascii"),
}


def _best(work, tries: int) -> float:
    best = float("inf")
    for _ in range(tries):
        started = process_time()
        work()
        best = min(best, process_time() - started)
    return best


def _parse(body) -> None:
    with suppress(ValueError, RecursionError):
        json.loads(body)


def seconds(body, tries: int = 3) -> tuple[float, float]:
    """The handler's time and json.loads' time for a body."""
    with silence():
        return _best(lambda: predict(body), tries), _best(lambda: _parse(body), tries)


def limit(name: str, size: int, parsing: float) -> float:
    """The longest a hostile body of a size may take, if json.loads takes this long.

    Rows far outside the training range are valid, and their answer is up to 6 MB: twice the time, whatever the size.
    """
    if name.startswith("rows of"):
        size, parsing = MEGABYTE, 2 * _best(lambda: _parse("[0" + ",0" * (MEGABYTE // 2) + "]"), 3)
    return max(SECONDS * size / MEGABYTE, PARSER * parsing)


def too_slow(size: int, tries: tuple[int, ...] = (3, 5, 10)) -> list[str]:
    """The hostile bodies that take longer than twice their size's limit, however often they are tried.

    A machine may be busy for a while; a handler that is slow stays slow.
    """
    return [
        name
        for name, build in HOSTILE.items()
        if all(taken > limit(name, 2 * size, parsing) for taken, parsing in (seconds(build(size), n) for n in tries))
    ]


def main() -> int:
    """Run both; 0 when every figure is kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools.soak", description="Watch memory and time.")
    parser.add_argument("--count", type=int, default=1_000_000)
    count = parser.parse_args().count
    failures = 0
    print(f"{'milliseconds for':36} 250 kB  500 kB    1 MB  json.loads")
    for name, build in HOSTILE.items():
        small, _ = seconds(build(MEGABYTE // 4))
        middle, _ = seconds(build(MEGABYTE // 2))
        large, parsing = seconds(build(MEGABYTE), tries=5)
        kept = large <= limit(name, MEGABYTE, parsing) and large <= max(10 * small, SECONDS, PARSER * parsing)
        failures += not kept
        figures = f"{small * 1e3:7.1f} {middle * 1e3:7.1f} {large * 1e3:7.1f} {parsing * 1e3:11.1f}"
        print(f"{name:36}{figures}{'' if kept else '  TOO SLOW'}", flush=True)
    before, growth = growth_kib(count)
    allowed = GROWTH_KIB * count / 1_000_000
    print(
        f"memory: {before:,} KiB after the warm-up, {growth:+,} KiB after {count:,} more calls (allowed: {allowed:.0f})"
    )
    failures += growth > allowed
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
