"""Large bodies of eight kinds that are all refused: what an attacker would send again and again."""

from __future__ import annotations

MEBIBYTE = 1024 * 1024


def _filled(item: str, size: int) -> str:
    """A sample that is a list of one item over and over, about `size` characters long."""
    return '{"features": [' + ",".join([item] * (size // (len(item) + 1))) + "]}"


REFUSED = {
    "ones": lambda size: _filled("1", size),  # more of them than any batch has numbers
    "numbers": lambda size: _filled("1.5", size),  # not more: these are parsed
    "texts": lambda size: _filled('"abcdef"', size),
    "lists in lists": lambda size: _filled("[[[ ]]]", size),
    "deep lists": lambda size: _filled("[" * 900 + "]" * 900, size),
    "objects": lambda size: _filled('{"a": 1}', size),
    "unknown names": lambda size: '{"features": {' + ",".join(f'"{n:06d}":1' for n in range(size // 11)) + "}}",
    "cut off": lambda size: _filled("1.5", size)[:-2],
}
