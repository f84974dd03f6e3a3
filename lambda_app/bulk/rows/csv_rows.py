"""A CSV file's header and lines → samples in column order. A record is a line; its cells are judged by their names."""

import csv
import re
from collections.abc import Callable, Sequence
from math import isfinite
from operator import itemgetter
from typing import Any

from lambda_app.bulk.errors import RunRefused
from lambda_app.bulk.rows.cells import category_reader, number
from lambda_app.bulk.rows.samples import fault
from lambda_app.bulk.scoring import Scorer
from lambda_app.problems import InvalidContent

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SHOWN_NAMES = 10
# Cells without quotes, or quoted from their first to their last character (RFC 4180).
WHOLE_CELLS = re.compile(r'(?:"(?:[^"]|"")*"|[^",\r]*)(?:,(?:"(?:[^"]|"")*"|[^",\r]*))*')


class CsvRows:
    """The lines of one file, whose header is known."""

    def __init__(self, header: bytes, scorer: Scorer, keep: Sequence[str]) -> None:
        """`header`: the first line. Raises RunRefused where it does not name each column of the model just once."""
        names = _names(header)
        self._width = len(names)
        positions = _positions(names, scorer, keep)
        # Each name of the header that is a feature, in the model's order.
        self._features = [names[at] for at in positions]
        self._pick = _picker(positions)
        self._keep = _picker([names.index(name) for name in keep])
        self._readers: list[Callable[[str], Any]] = [
            number if known is None else category_reader(known) for known in scorer.categories
        ]
        self._plain = all(known is None for known in scorer.categories)

    def row(self, line: bytes) -> tuple[list[Any], Sequence[str]]:
        """A sample and what is kept of the row. Raises Problem."""
        cells = self._cells(line)
        picked = self._pick(cells)
        return self._floats(picked) or self._read_cells(picked), self._keep(cells)

    def _cells(self, line: bytes) -> list[str]:
        """A line's cells. Raises InvalidContent where it is no row."""
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InvalidContent([fault("invalid_encoding", "The line is not valid UTF-8 text.")]) from error
        if text.endswith("\r"):
            text = text[:-1]
        cells = text.split(",") if '"' not in text and "\r" not in text else _quoted(text)
        if len(cells) == self._width:
            return cells
        if not cells:
            detail = "A quoted cell is not closed, or does not end where its quotes do. A row is one line."
            raise InvalidContent([fault("malformed_line", detail)])
        detail = f"The line holds {len(cells)} cells; the header has {self._width}."
        raise InvalidContent([fault("wrong_length", detail)])

    def _floats(self, cells: Sequence[str]) -> list[Any] | None:
        """The fast path: nothing but plain finite numbers. `float` alone is too kind: see cells.number."""
        if not self._plain:
            return None
        try:
            values = [*map(float, cells)]
        except ValueError:
            return None
        joined = "".join(cells)
        return values if isfinite(sum(values)) and joined.isascii() and "_" not in joined else None

    def _read_cells(self, cells: Sequence[str]) -> list[Any]:
        return [read(cell) for read, cell in zip(self._readers, cells, strict=True)]

    def named(self, values: list[Any]) -> dict[str, Any]:
        """A sample as an object with the header's names, so that its faults are named by them."""
        return dict(zip(self._features, values, strict=True))


def _quoted(text: str) -> list[str]:
    """The cells of a line with quotes; none where the quotes do not add up. One line: no quote reaches another row.

    csv.reader would take `1"` for a cell, which is the second half of a cell with a line break.
    """
    return next(csv.reader([text])) if WHOLE_CELLS.fullmatch(text) else []


def _picker(positions: list[int]) -> Callable[[list[str]], Sequence[str]]:
    """Takes the cells at these positions; itemgetter gives no tuple for fewer than two."""
    if len(positions) > 1:
        return itemgetter(*positions)
    return lambda cells: [cells[at] for at in positions]


def _names(header: bytes) -> list[str]:
    try:
        text = header.removeprefix(BYTE_ORDER_MARK).decode("utf-8").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise RunRefused("The header is not valid UTF-8 text. Save the file as CSV in UTF-8.") from error
    if "\r" in text:
        raise RunRefused("The lines end in carriage returns alone. Save the file with line feeds.")
    if not text.strip():
        raise RunRefused("The file has no header: its first line must name the columns.")
    names = [name.strip() for name in (_quoted(text) if '"' in text else text.split(","))]
    if not names:
        raise RunRefused("The header has a quoted name that is not closed.")
    if len(names) == 1 and (";" in text or "\t" in text):
        raise RunRefused("The header's names must be separated by commas, not by semicolons or tabs.")
    return names


def _positions(names: list[str], scorer: Scorer, keep: Sequence[str]) -> list[int]:
    """Where each column of the model stands. Raises RunRefused with everything that is wrong with the header."""
    found: dict[int, int] = {}
    problems = [
        f'The column to keep "{name}" must be in the header once; it is there {names.count(name)} times.'
        for name in keep
        if names.count(name) != 1
    ]
    for at, name in enumerate(names):
        if name in keep:
            continue
        position = scorer.positions.get(name)
        if position is None:
            hint = scorer.hint(name)
            problems.append(f"Column {at + 1} of the header is not known.{hint} Keep it, or take it out of the file.")
        elif position in found:
            problems.append(f'The column "{scorer.names[position]}" is in the header twice.')
        else:
            found[position] = at
    missing = [name for position, name in enumerate(scorer.names) if position not in found]
    if missing:
        shown = ", ".join(f'"{name}"' for name in missing[:SHOWN_NAMES])
        more = f" and {len(missing) - SHOWN_NAMES} more" if len(missing) > SHOWN_NAMES else ""
        problems.append(f"The header lacks {shown}{more}.")
    if problems:
        more = f" (and {len(problems) - SHOWN_NAMES} more problems)" if len(problems) > SHOWN_NAMES else ""
        raise RunRefused(" ".join(problems[:SHOWN_NAMES]) + more)
    return [found[position] for position in range(len(scorer.names))]
