"""What a cell of a table means: missing, a number, true or false, or text. The one rule for training and comparing.

Standard library only: the deployment's comparison of two models needs nothing installed.
"""

from __future__ import annotations

import re
from math import isfinite, nan

from lambda_app.bulk.rows.cells import BOOLEANS, MISSING

# In the column to predict "none", "NA" and "-" may well be classes.
UNLABELLED = frozenset(["", "nan", "<na>", "#n/a"])

THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:([ ,.'’\u00a0\u202f])\d{3})(?:\1\d{3})*(?:[.,]\d+)?")
AMOUNT = r"[+-]?\d[\d.,'’\u00a0\u202f ]*"
# What people write that is a number to them: its name, the cells it is seen by.
WRITTEN = {
    "percentages": re.compile(rf"{AMOUNT}%"),
    "amounts of money": re.compile(rf"[+-]?(?:[€$£¥₹]|EUR|USD|GBP|CHF)\s?{AMOUNT}|{AMOUNT}(?:[€$£¥₹]|EUR|USD|GBP|CHF)"),
    "numbers with thousands separators": THOUSANDS,
    "dates": re.compile(
        r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ]\d{1,2}:\d{2}.*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(?: .*)?"
    ),
    "times of day": re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?"),
}


def is_missing(cell: str) -> bool:
    """Whether a cell of a feature stands for no value."""
    return cell.strip().lower() in MISSING


def number(cell: str, decimal: str = ".") -> float | None:
    """The finite or infinite number in a cell, NaN for a missing one, None for anything else.

    `decimal` is "." or ",". Python's own extras, underscores between digits and the word nan, are no numbers here.
    """
    text = cell.strip()
    if text.lower() in MISSING:
        return nan
    try:
        value = float(text.replace("−", "-").replace(",", ".") if decimal == "," else text.replace("−", "-"))
    except ValueError:
        return None
    return None if "_" in text else value


def finite(cell: str, decimal: str = ".") -> bool:
    """Whether a cell holds a number that is neither missing nor infinite."""
    value = number(cell, decimal)
    return value is not None and isfinite(value)


def decimal_mark(cells: list[str]) -> str:
    """The decimal mark in numbers that are also cut into thousands, such as "1.234,50 €"."""
    only = set()
    for cell in cells:
        marks = [character for character in cell if character in ".,"]
        if not marks:
            continue
        if len(set(marks)) == 2:
            return marks[-1]
        digits = "".join(character for character in cell.rpartition(marks[0])[2] if character.isdigit())
        if len(marks) == 1 and len(digits) != 3:
            return marks[0]
        only.add(marks[0])
    return "," if only == {"."} else "."


def boolean(cell: str) -> bool | None:
    """True or False as pandas, R and Excel write them; None for anything else."""
    return BOOLEANS.get(cell.strip().lower())


def written_as(cells: list[str]) -> str | None:
    """What kind of written number, date or time most of these cells are; None for plain text."""
    for kind, pattern in WRITTEN.items():
        if sum(pattern.fullmatch(cell.strip()) is not None for cell in cells) >= 0.9 * len(cells):
            return kind
    return None
