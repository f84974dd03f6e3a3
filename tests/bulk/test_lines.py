"""For any bytes and any cuts, the lines of the ranges are the lines of the whole; memory stays bounded."""

from __future__ import annotations

import io
import tracemalloc
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from lambda_app.bulk.rows import lines

MAXIMUM = 12
TEXTS = st.lists(st.sampled_from([b"\n", b"\r\n", b"a", b'"', b",", b"0.5", "é".encode(), b"x" * 20])).map(b"".join)


def trickle(data, sizes):
    """A stream that gives as little as it likes, as a network does."""
    stream, sizes = io.BytesIO(data), iter(sizes)
    return lambda size: stream.read(min(size, next(sizes, size)))


def ranges(size, cuts):
    edges = sorted({0, size, *(cut % (size + 1) for cut in cuts)})
    return list(pairwise(edges))


def read_range(data, start, end, sizes=(), window=None):
    first = max(start - 1, 0)
    stream = data[first : None if window is None else end + window]
    found = lines.blocks(trickle(stream, sizes), first, end, inside=start > 0, maximum=MAXIMUM)
    return [
        (offset + sum(len(line) + 1 for line in block[:index]), line[: MAXIMUM + 1])
        for offset, block in found
        for index, line in enumerate(block)
    ]


def whole(data):
    """(offset, line) by the plainest means; a line feed at the very end begins no other line."""
    found, offset = [], 0
    for line in data.split(b"\n"):
        found.append((offset, line[: MAXIMUM + 1]))
        offset += len(line) + 1
    return found[:-1] if found[-1][1] == b"" else found


@given(TEXTS, st.lists(st.integers(0, 10_000)), st.lists(st.integers(1, 9)))
@example(b"a\n\nb", [1, 2, 3], [])
@example(b"x" * 40 + b"\nb\n", [5, 20, 41], [1] * 50)
def test_the_lines_of_the_ranges_are_the_lines_of_the_whole(data, cuts, sizes):
    found = [line for start, end in ranges(len(data), cuts) for line in read_range(data, start, end, sizes)]
    assert found == whole(data)


@given(TEXTS, st.lists(st.integers(0, 10_000)))
def test_a_line_s_length_behind_the_range_is_enough_to_read(data, cuts):
    """What a part asks S3 for: its range, and a longest line more."""
    found = [
        line for start, end in ranges(len(data), cuts) for line in read_range(data, start, end, window=MAXIMUM + 1)
    ]
    assert found == whole(data)


@given(TEXTS, st.lists(st.integers(1, 9)))
def test_the_first_line_and_the_rest_are_the_whole(data, sizes):
    line, behind, read = lines.first_line(trickle(data, sizes), MAXIMUM)
    assert line == data.partition(b"\n")[0][: MAXIMUM + 1]
    if len(line) <= MAXIMUM:
        assert behind == len(line) + (b"\n" in data)
        rest = b"".join(iter(lambda: read(7), b""))
        assert data[behind:] == rest


def test_a_line_of_64_mib_is_never_held_whole():
    pieces = iter([b"x" * lines.READ_BYTES] * 1024 + [b"x\nnext"])
    tracemalloc.start()
    found = [(offset, len(line)) for offset, block in lines.blocks(lambda _: next(pieces, b"")) for line in block]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    [(start, length), behind] = found
    assert (start, behind) == (0, (64 * 1024 * 1024 + 2, 4))
    assert length > lines.MAXIMUM_LINE_BYTES
    assert peak < 4 * lines.MAXIMUM_LINE_BYTES


def test_a_last_line_that_is_too_long_ends_the_file():
    stream = io.BytesIO(b"a\n" + b"x" * 40)
    found = [(offset, [line[:13] for line in block]) for offset, block in lines.blocks(stream.read, maximum=MAXIMUM)]
    assert found == [(0, [b"a"]), (2, [b"x" * 13])]
