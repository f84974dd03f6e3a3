"""`python -m tests.tools.nasty_bodies --by time --seconds 60 --seed 0`: look for the body that costs most.

A recipe is a frame and pieces with how often each comes; its body is up to 5 MiB long. The search keeps the worst few
recipes, changes one of them a little, and keeps the child where it is worse. What it found worst is kept in
tests/serving/times/test_nasty_bodies.py. Time is the handler's share of what is allowed, 4 × `json.loads` of the body + 20 ms;
integers are read as floats there, too: else it stops at the first of more than 4,300 digits, and the rest would be free.
Memory is the peak that Python's allocator saw, in bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tracemalloc
from contextlib import redirect_stdout, suppress
from pathlib import Path
from time import perf_counter, process_time

from lambda_app.body.json_body import MAXIMUM_BODY_BYTES
from lambda_app.body.limits import Limits
from tests.tools.handling import MODEL, NAMES, PARAMETERS, SAMPLE, SPELLINGS, call, check, deep, rest

FACTOR, MILLISECONDS = 4, 20
KNOWN = 1.6  # on a busy machine; alone the worst that are known take 1.35, see the kept ones
KEPT = 12
FAR = [value * 1e6 if type(value) is float else value for value in SAMPLE]
OTHER = [
    round(random.Random(n).uniform(column["minimum"], column["maximum"]), 3) if column["kind"] == "number" else value
    for n, (column, value) in enumerate(zip(PARAMETERS.columns, SAMPLE, strict=True))
]
LIMITS, SCORER = Limits(MODEL), MODEL.scorer
# What the arithmetic of the largest batch may take on top, where that is bounded by the comparisons in trees.
COMPARING = LIMITS.samples * SCORER.comparisons * 32e-9
NAMED = dict(zip(NAMES, SAMPLE, strict=True))
ALMOST = {f"{name}s": value for name, value in NAMED.items()}
FRAMES = {
    "nothing around": ("", ",", ""),
    "a sample's list": ('{"features": [', ",", "]}"),
    "a sample's object": ('{"features": {', ",", "}}"),
    "a batch": ('{"instances": [', ",", "]}"),
    "a batch to explain": ('{"explain": true, "instances": [', ",", "]}"),
    "a batch of one list": ('{"instances": [[', ",", "]]}"),
    "a batch of one object": ('{"instances": [{', ",", "}]}"),
    "a batch of objects": ('{"instances": [{', "},{", "}]}"),
    "the document": ("{", ",", "}"),
    "a text": ('{"features": "', "", '"}'),
    "an explained text": ('{"features": [1], "explain": "', "", '"}'),
    "deep lists": ('{"features": ', "[", ""),
    "white space": ('{"features": [', " ", "]}"),
    "cut off": ('{"instances": [', ",", ""),
}
PIECES = {
    **{text: text for text in ("1", "1.5", "-0.0", "1e5", "1e999", "NaN", "Infinity", "null", "true", '""', "x", " ")},
    **{text: text for text in ("[]", "{}", "[[]]", '{"a":1}', '{"a":1,"a":1}', '"a":1', '"":[]', "[1,2]", "é", "😀")},
    "an escape": "\\u0041",
    "a surrogate": '"\\ud800"',
    "a name that repeats": f'"{NAMES[0]}":1',
    "two spellings": f'"{NAMES[0]}":1,{json.dumps([*SPELLINGS.get(NAMES[0], ()), NAMES[0]][0])}:1',
    "300 digits": "9" * 300,
    "5,000 digits": "9" * 5_000,
    "50,000 decimals": "0." + "3" * 50_000,
    "20 decimals": "0.12345678901234567890",
    "a long text": '"' + "a" * 10_000 + '"',
    "a long text of escapes": '"' + "\\n" * 5_000 + '"',
    "a long name": '"' + NAMES[0] * 500 + '":1',
    "60 characters of a name": '"' + (NAMES[0] * 9)[:60] + '":1',
    "deep": deep(400, "[", "", "]"),
    "too deep": "[" * 3_000,
    "objects in objects": deep(300, '{"a":', "0", "}"),
    "a text of structure": '"' + "[" * 10_000 + '"',
    "texts of structure": ",".join(['"["', '"[{,"', '"\\\\["']),
    "a sample": json.dumps(SAMPLE),
    "a named sample": json.dumps(NAMED),
    "a sample far out": json.dumps(FAR),
    "a named sample far out": json.dumps(dict(zip(NAMES, FAR, strict=True))),
    "a sample of other numbers": json.dumps(OTHER),
    "a sample of zeros": json.dumps([0.0] * len(SAMPLE)),
    "a sample of nulls": json.dumps([None] * len(SAMPLE)),
    "a short sample": json.dumps(SAMPLE[:-1]),
    "a long sample": json.dumps(SAMPLE * 2),
    "almost the names": json.dumps(ALMOST),
    "almost the names, as members": json.dumps(ALMOST)[1:-1],
    "the names, as members": json.dumps(NAMED)[1:-1],
    "unknown names": ",".join(f'"{n:05d} mean":1' for n in range(200)),
    "unknown names that look known": ",".join(f'"mean {n:03d} radius":1' for n in range(200)),
    "a sample of one digit": json.dumps([1] * len(SAMPLE)),
}

Recipe = tuple[str, tuple[tuple[str, int], ...]]


def body(recipe: Recipe) -> str:
    """The recipe's body. Pieces that no longer fit into 5 MiB are left out; those before have been repeated in full."""
    frame, parts = recipe
    head, separator, tail = FRAMES[frame]
    room = MAXIMUM_BODY_BYTES - len(head) - len(tail)
    pieces = []
    for name, times in parts:
        size = len((PIECES[name] + separator).encode())
        fitting = min(times, room // size)
        pieces += [PIECES[name]] * fitting
        room -= fitting * size
    return head + separator.join(pieces) + tail


def seconds(text: str) -> tuple[float, float]:
    """Processor time of the handler and of `json.loads`, the better of two each: noise only adds."""
    handled, loaded = [], []
    for _ in range(2):
        started = process_time()
        check(call(rest(text))) if not handled else call(rest(text))
        handled.append(process_time() - started)
        started = process_time()
        with suppress(ValueError, RecursionError):
            json.loads(text, parse_int=float)
        loaded.append(process_time() - started)
    return min(handled), min(loaded)


def time_share(recipe: Recipe) -> float:
    """How much of the allowed time the handler takes; above 1 is too much."""
    handled, loaded = seconds(body(recipe))
    return handled / (FACTOR * loaded + MILLISECONDS / 1000 + COMPARING)


def peak_bytes(recipe: Recipe) -> float:
    """The most memory that answering takes at once, the event not counted."""
    event = rest(body(recipe))
    tracemalloc.start()
    try:
        call(event)
        return float(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


def changed(chance: random.Random, recipe: Recipe) -> Recipe:
    """The recipe with another frame, a piece more, less or replaced, or another number of them."""
    frame, parts = recipe
    kind = chance.randrange(6)
    at = chance.randrange(len(parts))
    name, times = parts[at]
    if kind == 0:
        return chance.choice([*FRAMES]), parts
    if kind == 1 and len(parts) < 4:
        return frame, (*parts[:at], _part(chance), *parts[at:])
    if kind == 2 and len(parts) > 1:
        return frame, (*parts[:at], *parts[at + 1 :])
    if kind == 3:
        return frame, (*parts[:at], (chance.choice([*PIECES]), times), *parts[at + 1 :])
    times = max(1, int(times * chance.choice([0.1, 0.5, 0.9, 1.1, 2, 10])))
    return frame, (*parts[:at], (name, min(times, MAXIMUM_BODY_BYTES)), *parts[at + 1 :])


def _part(chance: random.Random) -> tuple[str, int]:
    return chance.choice([*PIECES]), chance.choice([1, 10, 100, 1_000, 9_999, 10_000, 100_000, MAXIMUM_BODY_BYTES])


def climb(score, budget: float, seed: int) -> list[tuple[float, Recipe]]:
    """The worst recipes found within so many seconds, worst first."""
    chance = random.Random(seed)
    worst: dict[Recipe, float] = {}
    end = perf_counter() + budget
    while perf_counter() < end:
        is_fresh = len(worst) < KEPT or chance.random() < 0.3
        recipe = (chance.choice([*FRAMES]), (_part(chance),)) if is_fresh else changed(chance, chance.choice([*worst]))
        if recipe not in worst:
            worst[recipe] = score(recipe)
        if len(worst) > KEPT:
            del worst[min(worst, key=worst.__getitem__)]
    # Once more each: what was only a busy moment of the machine falls back.
    return sorted(((min(found, score(recipe)), recipe) for recipe, found in worst.items()), reverse=True)


def main() -> int:
    """Search and print what was worst; 1 where it is worse than what is known."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools.nasty_bodies", description="Find the dearest body.")
    parser.add_argument("--by", choices=("time", "memory"), default="time")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    score = time_share if arguments.by == "time" else peak_bytes
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        found = climb(score, arguments.seconds, arguments.seed)
    for value, recipe in found:
        print(f"{value:6.2f} × what is allowed" if arguments.by == "time" else f"{value / 2**20:6.1f} MiB", recipe)
    return int(arguments.by == "time" and found[0][0] > KNOWN)


if __name__ == "__main__":
    sys.exit(main())
