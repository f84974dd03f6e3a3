"""Problems of a file and what cures them: all at once, with the line to paste."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from training.errors import DataError

DIGITS, PERCENT, MONEY = "numbers with thousands separators", "percentages", "amounts of money"
DATES, TIMES, SLIPS, INFINITE, IDENTIFIER = "dates", "times of day", "slips", "infinite", "identifier"
# What pandas makes of such a column `c` of the data frame `d`.
DIGITS_ONLY = (
    "d[{name!r}] = pd.to_numeric(d[{name!r}].str.replace(r'[^0-9{decimal}+-]', '', regex=True){point}, errors='coerce')"
)
RECIPES = {
    DATES: "t = pd.to_datetime(d.pop({name!r})); d[{name!r} + ' year'] = t.dt.year; d[{name!r} + ' month'] = t.dt.month",
    TIMES: "t = pd.to_datetime(d.pop({name!r}), format='mixed'); d[{name!r} + ' hour'] = t.dt.hour + t.dt.minute / 60",
    SLIPS: "d[{name!r}] = pd.to_numeric(d[{name!r}], errors='coerce')",
    INFINITE: "d[{name!r}] = pd.to_numeric(d[{name!r}], errors='coerce').replace([float('inf'), -float('inf')], None)",
}
ADVICE = {
    DIGITS: "leave digits and one decimal mark",
    PERCENT: "leave the number",
    MONEY: "leave the number",
    DATES: "a model needs numbers: year, month, weekday, or days since something that matters",
    TIMES: "a model needs numbers: the hour, say",
}


@dataclass(frozen=True)
class Problem:
    """What is wrong with one column, in a clause, and of which kind it is."""

    column: str
    sentence: str
    kind: str
    decimal: str = "."  # the decimal mark of the written numbers

    @property
    def text(self) -> str:
        """The clause with its cure."""
        if self.kind == IDENTIFIER:
            return f"{self.sentence}: --drop {shlex.quote(self.column)}"
        return f"{self.sentence}: {ADVICE[self.kind]}" if self.kind in ADVICE else self.sentence


def refuse(path: str, problems: Sequence[Problem], separator: str | None) -> NoReturn:
    """Raise DataError with all problems and the line that mends them.

    `separator` is None where pandas would need more than it to read the file: there is no such line then.
    """
    lines = [problem.text for problem in problems]
    if len(lines) == 1:
        text = f"--data {path}: {lines[0]}"
    else:
        text = f"--data {path}: {len(lines)} problems\n" + "\n".join(f"- {line}" for line in lines)
    names = [shlex.quote(problem.column) for problem in problems if problem.kind == IDENTIFIER]
    dropped = f"\nto leave out what identifies rows, add: --drop {' '.join(names)}" if len(lines) > 1 and names else ""
    steps = [step for problem in problems if (step := _step(problem))]
    paste = f"\nto mend the file, paste: {_command(path, steps, separator)}" if steps and separator else ""
    raise DataError(text + dropped + paste)


def _step(problem: Problem) -> str | None:
    if problem.kind in (DIGITS, PERCENT, MONEY):
        point = ".str.replace(',', '.')" if problem.decimal == "," else ""
        return DIGITS_ONLY.format(name=problem.column, decimal=problem.decimal, point=point)
    recipe = RECIPES.get(problem.kind)
    return recipe.format(name=problem.column) if recipe else None


def _command(path: str, steps: Sequence[str], separator: str) -> str:
    """One line of pandas that writes the mended file beside the old one."""
    mended = f"{Path(path).stem}_mended.csv"
    cut = "" if separator == "," else f", sep={separator!r}"
    read = f"d = pd.read_csv({path!r}{cut}, dtype=str, keep_default_na=False)"
    write = f"d.to_csv({mended!r}{cut}, index=False)"
    code = "; ".join(["import pandas as pd", read, *steps, write])
    escaped = re.sub(r'(["$`\\])', r"\\\1", code)  # double quotes: the shells of Windows know no others
    return f'python -c "{escaped}"'
