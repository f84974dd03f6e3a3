"""From a file to a header and rows of cells: separator, comments and unnamed columns found out, and said.

Standard library only, as `cells`.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field

from training.data.cells import finite
from training.data.encoding import text_of
from training.errors import DataError

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
COMMENTS = ("#", "%", "//", "--")
LOOKED_AT = 500  # rows that the separator is judged by
SHOWN = 5  # lines named in one problem

Row = tuple[int, list[str]]  # its line in the file, its cells


@dataclass
class Table:
    """`header` and the cells of each row, equally many; `said` tells how the file was read."""

    header: list[str]
    rows: list[Row]
    separator: str
    said: list[str] = field(default_factory=list)

    def column(self, name: str) -> list[str]:
        """The cells under one name, stripped."""
        index = self.header.index(name)
        return [cells[index].strip() for _, cells in self.rows]

    def lines(self, numbers: list[int]) -> str:
        """The lines of some rows in words: "line 4", "lines 4, 7, 9 and 12 more"."""
        named = ", ".join(f"{self.rows[number][0]}" for number in numbers[:SHOWN])
        more = f" and {len(numbers) - SHOWN} more" if len(numbers) > SHOWN else ""
        return f"line{'s' if len(numbers) > 1 else ''} {named}{more}"

    def drop(self, index: int) -> None:
        """Leave out a column."""
        del self.header[index]
        for _, cells in self.rows:
            del cells[index]


def read_table(content: bytes, path: str) -> Table:
    """The table in a file's bytes. Raises DataError with every line that does not fit.

    Blank lines are skipped, and so are comments and titles above the header, a last column without a name or a value,
    and the row numbers that pandas writes in a first column without a name.
    """
    text, said = text_of(content, path)
    first, _, rest = text.partition("\n")
    given = first.strip().strip('"')
    asked = given[4:] if given.lower().startswith("sep=") and given[4:] in (*SEPARATORS, "") else None
    separator = (asked or None) if asked is not None else None
    skipped = 1 if asked is not None else 0
    if skipped:
        text = rest
    separator = separator or _separator(text, path)
    lines = _parsed(text, separator, path, skipped)
    lines, above = _below_comments(lines)
    if len(lines) < 2:
        raise DataError(f"--data {path}: no rows; a header row and at least one row of data are needed")
    if separator != ",":
        said.append(SEPARATORS[separator])
    if above:
        said.append(f"{above} line{'s' if above > 1 else ''} above the header skipped")
    table = Table([name.strip() for name in lines[0][1]], lines[1:], separator, said)
    _drop_last_comma(table)
    _require_even(table, path)
    _drop_row_numbers(table)
    _require_names(table, path)
    return table


def _parsed(text: str, separator: str, path: str, skipped: int) -> list[Row]:
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        return [(reader.line_num + skipped, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise DataError(f"--data {path}: not a CSV file: {error}") from error


def _separator(text: str, path: str) -> str:
    """The one that cuts most rows into as many cells as the header; of equals, the one that leaves more numbers."""
    best, separator = (0.0, 0.0, 0.0), ","
    for candidate in SEPARATORS:
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=candidate, strict=True)
            rows = [row for row, _ in zip(filter(any, reader), range(LOOKED_AT), strict=False)]
        except csv.Error:
            continue
        (cells, share), *_ = Counter(map(len, rows)).most_common(1) or [(1, 0)]
        if cells < 2:
            continue
        table = [row for row in rows if len(row) == cells]
        numbers = [any(finite(cell, decimal) for decimal in ".,") for row in table[1:] for cell in row]
        score = (share / len(rows), sum(numbers) / max(1, len(numbers)), float(cells))
        if score > best:
            best, separator = score, candidate
    return separator


def _below_comments(lines: list[Row]) -> tuple[list[Row], int]:
    """The rows from the header on, and how many lines of comment or title stood above it."""
    if not lines:
        return lines, 0
    width, _ = Counter(len(row) for _, row in lines).most_common(1)[0]
    above = 0
    while above < len(lines) - 1 and _is_comment(lines[above][1], width):
        above += 1
    return lines[above:], above


def _is_comment(row: list[str], width: int) -> bool:
    if len(row) == width and all(cell.strip() for cell in row):
        return False  # `#id,name` may well be a header
    filled = sum(bool(cell.strip()) for cell in row)
    return row[0].lstrip().startswith(COMMENTS) or (width > 1 and filled == 1)


def _drop_last_comma(table: Table) -> None:
    """The breast-cancer CSV in circulation ends its header, and only that, with a comma; others end every row so."""
    width = len(table.header)
    if width > 1 and not table.header[-1] and all(len(row) < width or not row[-1].strip() for _, row in table.rows):
        table.header = table.header[:-1]
        table.rows = [(line, row[: width - 1]) for line, row in table.rows]


def _require_even(table: Table, path: str) -> None:
    width = len(table.header)
    uneven = [number for number, (_, row) in enumerate(table.rows) if len(row) != width]
    if not uneven:
        return
    counts = ", ".join(f"{count}" for count in sorted({len(table.rows[number][1]) for number in uneven}))
    have = "have" if len(uneven) > 1 else "has"
    raise DataError(
        f"--data {path}: {table.lines(uneven)} {have} {counts} cells where the header has {width}; "
        f"a cell that holds one of {SEPARATORS[table.separator]!r} needs quotation marks around it"
    )


def _drop_row_numbers(table: Table) -> None:
    """`df.to_csv()` writes the index as a first column without a name, which pandas reads as "Unnamed: 0"."""
    if len(table.header) < 2 or table.header[0] not in ("", "Unnamed: 0"):
        return
    cells = [row[0].strip() for _, row in table.rows]
    if any(cells == [f"{number}" for number in range(start, start + len(cells))] for start in (0, 1)):
        table.drop(0)
        table.said.append("row numbers in the first column left out")


def _require_names(table: Table, path: str) -> None:
    repeated = sorted({name for name in table.header if table.header.count(name) > 1 and name})
    nameless = [number + 1 for number, name in enumerate(table.header) if not name]
    problems = []
    if repeated:
        problems.append(f"the header names {quoted(repeated)} more than once")
    if nameless:
        numbers = ", ".join(map(str, nameless))
        problems.append(
            f"column{'s' if len(nameless) > 1 else ''} {numbers} {'have' if len(nameless) > 1 else 'has'} no name"
        )
    if problems:
        raise DataError(f"--data {path}: {'; '.join(problems)}: mend the first row, which must name every column once")


def quoted(names: list[str]) -> str:
    """Names in quotation marks, separated by commas."""
    return ", ".join(f"{name!r}" for name in names)
