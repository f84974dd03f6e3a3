"""A stream of bytes → the lines that begin in one range of it, in bounded memory.

A line belongs to the range in which its first byte lies. So whoever reads a range skips the line that began before it,
and reads its own last line to the end: for any cuts, the lines of the ranges are the lines of the whole.
"""

from collections.abc import Callable, Iterator

Read = Callable[[int], bytes]
# The offset of the first line's first byte, and lines without their line feed.
Block = tuple[int, list[bytes]]

MAXIMUM_LINE_BYTES = 1024 * 1024
READ_BYTES = 64 * 1024  # some hundred rows: what is read at once is also checked and predicted at once


def blocks(
    read: Read, offset: int = 0, end: int | None = None, *, inside: bool = False, maximum: int = MAXIMUM_LINE_BYTES
) -> Iterator[Block]:
    """The lines that begin at `offset` or behind it and before `end`, as blocks of neighbours.

    `read(n)` gives up to n bytes, from `offset` on; none means the end. `inside`: the stream begins within a line, or
    with the line feed before the first one; that rest is skipped. A line longer than `maximum` may come without its end:
    its length says that it is too long.
    """
    pending = b""
    if inside:
        offset, found = _behind_line_feed(read, offset, end)
        if found is None:
            return
        pending = found
    while end is None or offset < end:
        piece = b"" if b"\n" in pending else read(READ_BYTES)
        data = pending + piece
        last = data.rfind(b"\n")
        if last < 0:
            if len(data) > maximum:
                yield offset, [data[: maximum + 1]]
                offset, found = _behind_line_feed(read, offset + len(data), end)
                if found is None:
                    return
                pending = found
                continue
            if not piece:
                if data:
                    yield offset, [data]
                return
            pending = data
            continue
        if end is not None and offset + last + 1 >= end:
            # The line that holds the range's last byte is the last one of ours.
            last = data.index(b"\n", end - 1 - offset)
        yield offset, data[:last].split(b"\n")
        offset += last + 1
        pending = data[last + 1 :]


def _behind_line_feed(read: Read, offset: int, end: int | None) -> tuple[int, bytes | None]:
    """Skips up to the next line feed: the offset behind it and what was read from there; None where nothing is left."""
    while end is None or offset < end:
        piece = read(READ_BYTES)
        if not piece:
            break
        found = piece.find(b"\n")
        if found >= 0:
            return offset + found + 1, piece[found + 1 :]
        offset += len(piece)
    return offset, None


def first_line(read: Read, maximum: int = MAXIMUM_LINE_BYTES) -> tuple[bytes, int, Read]:
    """A stream's first line without its line feed, the offset behind it, and a `read` that goes on from there.

    Of a line longer than `maximum` only the first bytes come back, `maximum` + 1 of them.
    """
    data = b""
    while b"\n" not in data and len(data) <= maximum:
        piece = read(READ_BYTES)
        if not piece:
            break
        data += piece
    line, feed, rest = data.partition(b"\n")
    return line[: maximum + 1], len(line) + len(feed), continued(rest, read)


def continued(rest: bytes, read: Read) -> Read:
    """A `read` that gives `rest` first."""
    waiting = [rest] if rest else []
    return lambda size: waiting.pop() if waiting else read(size)
