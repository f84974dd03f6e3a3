"""Which columns belong together by their names: `mean radius`, `radius error` and `worst radius` share a stem."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

WORD = re.compile(r"[^\W_]+")


def stems(names: Sequence[str]) -> list[str]:
    """The stem of each name, which is the name itself where it shares none.

    Of a name's first and last word, the one that more names begin or end with says which variant it is, and the rest is
    the stem; if no other name has that rest, the other way round (`lag_1`, `lag_2`). A stem of more than half of all
    columns tells nothing apart, and is none.
    """
    words = [WORD.findall(name.lower()) for name in names]
    ends = Counter(end for own in words for end in {*own[:1], *own[-1:]})
    first, second = ([_rest(own, ends, way) for own in words] for way in (0, 1))
    alone = [" ".join(own) for own in words]  # `radius` itself is of the stem `radius`
    for rests in (first, second):
        shared = Counter(rest for rest in [*rests, *alone] if rest)
        rests[:] = ["" if not 2 <= shared[rest] <= len(names) / 2 else rest for rest in rests]
    known = {*first, *second} - {""}
    found = [a or b or (c if c in known else "") for a, b, c in zip(first, second, alone, strict=True)]
    sizes = Counter(found)
    return [stem if sizes[stem] > 1 and stem else name for stem, name in zip(found, names, strict=True)]


def _rest(words: list[str], ends: Counter[str], way: int) -> str:
    """The name without its more (way 0) or less (way 1) common end; empty where both are as common."""
    if len(words) < 2 or ends[words[0]] == ends[words[-1]]:
        return ""
    drops_first = (ends[words[0]] > ends[words[-1]]) == (way == 0)
    return " ".join(words[1:] if drops_first else words[:-1])
