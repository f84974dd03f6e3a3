"""The column to predict: classes or a number, and which of the two it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np

from training.data.cells import UNLABELLED, number, written_as
from training.data.columns import decimal_of, numbers_of
from training.data.cures import ADVICE, SLIPS, Problem
from training.data.dataset import CLASSIFICATION, REGRESSION
from training.data.table import Table, quoted
from training.errors import DataError

FEW_VALUES = 20  # different numbers that may well be classes
MANY_VALUES = 50  # and so many are none, however often each occurs
ROWS_A_VALUE = 20  # as classes have them
SHOWN = 12


@dataclass(frozen=True)
class Target:
    """`values`: class indices into `names`, or numbers and no names. `note` says how the column was taken, if in doubt."""

    task: str
    values: np.ndarray
    names: tuple[str, ...] = ()
    note: str | None = None


def read_target(table: Table, name: str, task: str | None, positive: str | None) -> tuple[Target | None, list[Problem]]:
    """Classes or numbers, as `task` says, else as the column looks; or the problems of the column.

    Raises DataError where the options don't fit the column.
    """
    cells = table.column(name)
    empty = [row for row, cell in enumerate(cells) if cell.lower() in UNLABELLED]
    decimal = decimal_of(cells, table.separator)
    filled = [cell for cell in cells if cell.lower() not in UNLABELLED]
    numbers = numbers_of(filled, decimal)
    written = written_as([cell for cell, value in zip(filled, numbers, strict=True) if value is None] or [""])
    problems = []
    if empty:
        sentence = f"column {name!r}: no label in {table.lines(empty)}; delete the row or fill it in"
        problems.append(Problem(name, sentence, "unlabelled"))
    many = len(set(filled)) > FEW_VALUES
    if written in ADVICE and (many or task == REGRESSION):
        problems.append(Problem(name, f"column {name!r}, to be predicted, holds {written}", written))
        return None, problems
    chosen = task or (REGRESSION if _many_numbers(filled, decimal) else CLASSIFICATION)
    if problems:
        return None, problems
    if chosen == REGRESSION:
        if positive is not None:
            raise DataError(f"--positive goes with two classes; column {name!r} is predicted as a number")
        return _numbers(table, name, decimal, said=task is None)
    return Target(CLASSIFICATION, *_classes(cells, name, positive), note=_whole_numbers(cells, name, task)), []


def _many_numbers(cells: list[str], decimal: str) -> bool:
    values = [number(cell, decimal) for cell in cells]
    if not values or any(value is None or not np.isfinite(value) for value in values):
        return False
    floats = [value for value in values if value is not None]
    distinct = len(set(floats))
    if distinct <= FEW_VALUES:
        return distinct > FEW_VALUES // 2 and distinct > len(floats) / 2
    fractional = any(not value.is_integer() for value in floats)
    return fractional or distinct > MANY_VALUES or len(floats) < ROWS_A_VALUE * distinct


def _numbers(table: Table, name: str, decimal: str, *, said: bool) -> tuple[Target | None, list[Problem]]:
    values = [number(cell, decimal) for cell in table.column(name)]
    wrong = [row for row, value in enumerate(values) if value is None or isnan(value) or not np.isfinite(value)]
    if wrong:
        return None, [Problem(name, f"column {name!r}, to be predicted: not a number in {table.lines(wrong)}", SLIPS)]
    targets = np.array(values, dtype=np.float64)
    distinct = len(np.unique(targets))
    if distinct < 2:
        raise DataError(f"column {name!r} holds one number only: there is nothing to predict")
    note = f"column {name!r} holds {distinct} different numbers: this is a regression (else say --task classification)"
    return Target(REGRESSION, targets, note=note if said else None), []


def _whole_numbers(cells: list[str], name: str, task: str | None) -> str | None:
    """A note where classes could have been meant as a quantity."""
    values = [number(cell) for cell in cells]
    distinct = len(set(cells))
    if task or distinct < 4 or any(value is None for value in values):
        return None
    return f"column {name!r} holds {distinct} different numbers, taken as classes (else say --task regression)"


def _classes(cells: list[str], name: str, positive: str | None) -> tuple[np.ndarray, tuple[str, ...]]:
    """Class indices and names: sorted as numbers where all are, else as text; `positive` last."""
    names = sorted(set(cells), key=_sort_key(cells))
    if len(names) < 2:
        raise DataError(f"column {name!r} holds one class only, {names[0]!r}: two or more are needed")
    if len(names) > FEW_VALUES and len(names) > len(cells) / 2:
        raise DataError(
            f"column {name!r} holds {len(names)} different texts in {len(cells)} rows: these are no classes to tell apart"
        )
    if positive is not None:
        if len(names) > 2:
            raise DataError(f"--positive goes with two classes; column {name!r} holds {len(names)}")
        if positive not in names:
            raise DataError(f"--positive: no label {positive!r} in column {name!r}; it holds {quoted(names[:SHOWN])}")
        names.sort(key=lambda label: label == positive)
    index = {label: position for position, label in enumerate(names)}
    return np.array([index[cell] for cell in cells]), tuple(names)


def _sort_key(labels: list[str]) -> Callable[[str], Any]:
    try:
        values = {label: float(label) for label in labels}
    except ValueError:
        return str
    return values.__getitem__
