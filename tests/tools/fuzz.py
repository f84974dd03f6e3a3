"""`python -m tests.tools.fuzz --count 1000000 --seed 0`: mutated bodies, headers and events against the handler.

Every answer must be one of the contract's, every log line one line of JSON, and nothing that came in may be in an error
or a log line. The run is the same for the same seed; a failure names the case, and `--only` runs it alone.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
from collections import Counter
from contextlib import redirect_stdout
from time import perf_counter

from tests.tools.handling import EVENT_KEYS, EVENT_WORDS, NAMES, SAMPLE, SHAPES, SPELLINGS, call, check, check_log

CANARY = "kanari8317"  # in no answer: whatever is put in, is put in with it
NUMBER_CANARY = "8317.53188317"
TOKENS = [
    *('"', "{", "}", "[", "]", ",", ":", "\\", "\n", "\0", "\x7f", "é", "\ud800", "\ufeff", " ", "-", ".", "e", "0"),
    *("NaN", "Infinity", "-Infinity", "1e999", "9" * 400, "9" * 5000, "1e308", "null", "true", "{}", "[]", "[" * 2000),
    *(
        '"features":',
        '"instances":',
        '"explain":true',
        '"\\ud800"',
        "\\u0000",
        f'"{CANARY}"',
        f'"{CANARY}":',
        NUMBER_CANARY,
    ),
    *(json.dumps(name) for name in [*NAMES[:3], *SPELLINGS[NAMES[0]]]),
]
VALUES = [
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        1e308,
        10**400,
        "",
        CANARY,
        f"/{CANARY}",
        f"Bearer {CANARY}",
        [],
        {},
        [CANARY],
        {CANARY: CANARY},
    ),
    *EVENT_WORDS,
    *(
        {"http": {"method": "POST"}},
        {"elb": {}},
        {"features": SAMPLE},
        json.dumps({"features": SAMPLE}),
        '"',
        "\r\nX: y",
    ),
]
KEYS = [*EVENT_KEYS, "content-type", "Content-Encoding", "If-None-Match", CANARY, "\ud800"]
MEMBERS = [
    *("features", "instances", "explain", CANARY, f"mean {CANARY}", "mean radiuss", "\ud800", *NAMES[:3]),
    *(spelling for name in NAMES[:3] for spelling in SPELLINGS[name]),
]
CONTENTS = [
    *(
        None,
        True,
        False,
        0,
        -9,
        1e308,
        10**400,
        float("nan"),
        float("inf"),
        float(NUMBER_CANARY),
        "1",
        CANARY,
        "\ud800",
    ),
    *(
        [],
        {},
        [[]],
        [{}],
        SAMPLE,
        [SAMPLE],
        [SAMPLE[:-1]],
        [CANARY],
        {CANARY: 1},
        dict(zip(NAMES, SAMPLE, strict=True)),
    ),
]
DOCUMENTS = [
    {"features": SAMPLE},
    {"features": dict(zip(NAMES, SAMPLE, strict=True)), "explain": True},
    {"instances": [SAMPLE, dict(zip(NAMES, SAMPLE, strict=True))]},
    {"instances": [[-9] * len(NAMES)], "explain": True},
    {"features": [CANARY]},
]


def case(seed: int, number: int):
    """The event of one case; a function of the two numbers only."""
    chance = random.Random(f"{seed}/{number}")
    document = chance.choice(DOCUMENTS)
    for _ in range(chance.choice([0, 1, 1, 2])):
        document = _mutated_document(chance, document)
    body = json.dumps(document)
    for _ in range(chance.choice([0, 0, 0, 1, 1, 2, 5])):
        body = _mutated_text(chance, body)
    path = "/predict" if chance.random() < 0.9 else chance.choice(["/health", "/model", "/openapi.json", f"/{CANARY}"])
    if chance.random() < 0.2:
        body = _mutated_bytes(chance, body.encode("utf-8", "surrogatepass"))
    event = chance.choice(SHAPES)(body, method=chance.choice(["POST"] * 9 + ["GET"]), path=path)
    if chance.random() < 0.05:
        event = chance.choice([document, *VALUES])
    for _ in range(chance.choice([0, 0, 1, 3])):
        event = _mutated_value(chance, event)
    return event


def _mutated_document(chance, value):
    """The document with something in it replaced, removed or added; sometimes another one altogether."""
    if not isinstance(value, dict | list) or not value or chance.random() < 0.05:
        return chance.choice(CONTENTS)
    kind = chance.randrange(6)
    place = chance.choice(list(value)) if isinstance(value, dict) else chance.randrange(len(value))
    changed = value.copy()
    if kind == 0:
        del changed[place]
    elif kind > 1:
        changed[place] = _mutated_document(chance, value[place])
    elif isinstance(changed, dict):
        changed[chance.choice(MEMBERS)] = chance.choice(CONTENTS)
    else:
        changed.insert(place, chance.choice(CONTENTS))
    return changed


def _mutated_text(chance, text: str) -> str:
    at = chance.randrange(len(text) + 1)
    kind = chance.randrange(5)
    if kind == 0:
        return text[:at] + chance.choice(TOKENS) + text[at:]
    to = min(len(text), at + chance.choice([1, 1, 2, 8, 64]))
    if kind == 1:
        return text[:at] + text[to:]
    if kind == 2:
        return text[:at] + chance.choice(TOKENS) + text[to:]
    if kind == 3:
        return text[:to] + text[at:]  # a piece twice
    return text[:at]


def _mutated_bytes(chance, data: bytes) -> bytes:
    kind = chance.randrange(4)
    if kind == 0 and data:
        at = chance.randrange(len(data))
        return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
    if kind == 1:
        return data.decode("utf-8", "replace").encode(
            chance.choice(["utf-16", "utf-32", "utf-8-sig", "cp037"]), "replace"
        )
    return chance.randbytes(chance.randrange(40)) if kind == 2 else data


def _mutated_value(chance, value):
    """The value with something in it replaced, removed or added; sometimes something else altogether."""
    if isinstance(value, dict) and value and chance.random() < 0.95:
        changed = dict(value)
        key = chance.choice(list(changed))
        kind = chance.randrange(5)
        if kind == 0:
            del changed[key]
        elif kind == 1:
            changed[chance.choice(KEYS)] = chance.choice(VALUES)
        elif kind == 2 and isinstance(changed[key], str):
            changed[key] = _mutated_text(chance, changed[key])
        else:
            changed[key] = _mutated_value(chance, changed[key])
        return changed
    return chance.choice(VALUES)


def examine(event) -> str:
    """Answer one event and hold the answer and the log line against the contract; returns what the answer was."""
    log = io.StringIO()
    with redirect_stdout(log):
        response = call(event)
    document = check(response)
    lines = log.getvalue()
    assert len(check_log(lines)) == 1, "not one line of log"
    assert CANARY not in f"{response}{lines}", "text that came in was sent back or logged"
    assert NUMBER_CANARY not in lines, "a number that came in was logged"
    if response["statusCode"] != 200:
        assert NUMBER_CANARY not in response["body"], "a number that came in is in an error"
    return document.get("code", "200") if document else str(response["statusCode"])


def run(count: int, seed: int, first: int = 0) -> Counter[str]:
    """How often each kind of answer was given. Raises AssertionError with the case's number at the first bad one."""
    kinds: Counter[str] = Counter()
    for number in range(first, first + count):
        try:
            kinds[examine(case(seed, number))] += 1
        except Exception as error:
            raise AssertionError(f"case {number} of seed {seed}: {error!r}") from error
    return kinds


def main() -> int:
    """Run, and say what was answered; 0 when all was well."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools.fuzz", description="Fuzz the handler.")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="run this case alone and print it")
    arguments = parser.parse_args()
    if arguments.only is not None:
        event = case(arguments.seed, arguments.only)
        print(json.dumps(event, indent=2))
        print(examine(event))
        return 0
    started = perf_counter()
    kinds = run(arguments.count, arguments.seed)
    for kind, times in kinds.most_common():
        print(f"{times:9,}  {kind}")
    print(f"{arguments.count:9,}  answers in {perf_counter() - started:.0f} s, all of them the contract's")
    return 0


if __name__ == "__main__":
    sys.exit(main())
