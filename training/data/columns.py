"""What each column of a table is: numbers, categories, or something that needs a cure first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, isnan, nan
from typing import Any

from training.data.cells import boolean, decimal_mark, finite, is_missing, number, written_as
from training.data.cures import DIGITS, IDENTIFIER, INFINITE, SLIPS, Problem
from training.data.table import Table, quoted

MOSTLY_NUMBERS = 0.8  # a column of which more are numbers, but not all, holds slips of the pen
NEARLY_ALL = 0.95  # of the values different: an identifier
FEW_ROWS = 10  # fewer different values than this identify nobody
MANY = 20  # spellings of one thing shown


@dataclass(frozen=True)
class Column:
    """`values`: floats with NaN for a number column; text, booleans or floats with None for a category column."""

    name: str
    kind: str  # number | category
    values: list[Any]
    decimal: str = "."

    @property
    def distinct(self) -> int:
        """How many different values there are, missing ones aside."""
        return len({value for value in self.values if not missing(value)})


def missing(value: Any) -> bool:
    """Whether a value is None or NaN."""
    return value is None or (isinstance(value, float) and isnan(value))


def read_columns(
    table: Table, names: Sequence[str], categories: Sequence[str] = ()
) -> tuple[list[Column], list[Problem]]:
    """The columns that can be used as they are, and every problem of the others.

    `categories` names columns of numbers that are codes. Missing cells are no problem: a model learns to fill them in.
    """
    decimals = {name: decimal_of(table.column(name), table.separator) for name in names}
    pointed = "," in decimals.values()  # a file with decimal commas: a point then is no decimal point
    columns, problems = [], []
    for name in names:
        if name in categories:
            found = _category(table, name, decimals[name])
        else:
            found = _column(table, name, decimals[name], pointed)
        if isinstance(found, Column):
            columns.append(found)
        else:
            problems.append(found)
    return columns, problems


def decimal_of(cells: list[str], separator: str) -> str:
    """ "," where all numbers of a column are written with decimal commas, else "."."""
    with_comma = [cell for cell in cells if "," in cell]
    if not with_comma or any("." in cell and not is_missing(cell) for cell in cells):
        return "."
    if not all(finite(cell, ",") for cell in with_comma):
        return "."
    thousands = separator == "," and all(len(cell.partition(",")[2]) == 3 for cell in with_comma)
    return "." if thousands else ","


def numbers_of(cells: list[str], decimal: str) -> list[float | None]:
    """Each cell's number, NaN for a missing one, None for no number."""
    try:  # most columns hold nothing but plain numbers
        values = list(map(float, cells))
    except ValueError:
        return [number(cell, decimal) for cell in cells]
    plain = all(map(isfinite, values)) and not any("_" in cell for cell in cells)
    return list(values) if plain else [number(cell, decimal) for cell in cells]


def _column(table: Table, name: str, decimal: str, pointed: bool) -> Column | Problem:
    cells = table.column(name)
    values = numbers_of(cells, decimal)
    others = [row for row, value in enumerate(values) if value is None]
    if not others:
        return _number_column(table, name, decimal, pointed, values)
    filled = [row for row, cell in enumerate(cells) if not is_missing(cell)]
    if all(boolean(cells[row]) is not None for row in filled):
        return Column(name, "category", [boolean(cell) for cell in cells])
    kind = written_as([cells[row] for row in others])
    filled_cells = [cells[row] for row in filled]
    if kind and all(values[row] is not None or written_as([cells[row]]) for row in filled):
        return Problem(name, f"column {name!r} holds {kind} ({table.lines(others)})", kind, decimal_mark(filled_cells))
    if len(filled) - len(others) >= MOSTLY_NUMBERS * len(filled):
        return Problem(
            name,
            f"column {name!r}: not a number in {table.lines(others)}, and {len(filled) - len(others)} numbers elsewhere: "
            f"mend the cell{'s' if len(others) > 1 else ''}, or empty {'them' if len(others) > 1 else 'it'}",
            SLIPS,
        )
    return _category(table, name, decimal)


def _number_column(
    table: Table, name: str, decimal: str, pointed: bool, values: list[float | None]
) -> Column | Problem:
    floats = [nan if value is None else value for value in values]
    infinite = [row for row, value in enumerate(floats) if value in (float("inf"), float("-inf"))]
    if infinite:
        sentence = f"column {name!r}: not a finite number in {table.lines(infinite)}: mend or empty the cell"
        return Problem(name, sentence, INFINITE)
    cells = table.column(name)
    dotted = [row for row, cell in enumerate(cells) if "." in cell and not is_missing(cell)]
    if pointed and decimal == "." and dotted and written_as([cells[row] for row in dotted]) == DIGITS:
        return Problem(name, f"column {name!r} holds {DIGITS} ({table.lines(dotted)})", DIGITS, ",")
    return Column(name, "number", floats, decimal)


def _category(table: Table, name: str, decimal: str) -> Column | Problem:
    cells = table.column(name)
    values: list[Any] = numbers_of(cells, decimal)
    if any(value is None for value in values):
        values = [None if is_missing(cell) else cell for cell in cells]
        filled = [value for value in values if value is not None]
        distinct = len(set(filled))
        if distinct > FEW_ROWS and distinct >= NEARLY_ALL * len(filled):
            return Problem(
                name,
                f"column {name!r} identifies rows: {distinct} different texts in {len(filled)} cells",
                IDENTIFIER,
            )
        return Column(name, "category", values)
    return Column(name, "category", [None if missing(value) else value for value in values])


def spellings_that_differ_in_case(column: Column) -> str | None:
    """A note where one text is written in several ways ("Yes", "yes"): each counts as a category of its own."""
    texts = {value for value in column.values if isinstance(value, str)}
    counts = Counter(text.lower() for text in texts)
    same = sorted(text for text in texts if counts[text.lower()] > 1)[:MANY]
    return f"column {column.name!r}: {quoted(same)} count as different categories" if same else None


def varying(columns: list[Column]) -> tuple[list[Column], list[str]]:
    """The columns with more than one value, and a note on the others, which are left out."""
    kept = [column for column in columns if column.distinct > 1]
    notes = [
        f"column {column.name!r} holds {'one value only' if column.distinct else 'no value'} and is left out"
        for column in columns
        if column not in kept
    ]
    return kept, notes
