"""Your own data: any CSV with a header row and one column to predict, from numbers, text, or both."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from training.data.columns import Column, read_columns, spellings_that_differ_in_case, varying
from training.data.cures import refuse
from training.data.dataset import Dataset, default_spellings
from training.data.table import SEPARATORS, Table, quoted, read_table
from training.data.targets import Target, read_target
from training.errors import DataError

SHOWN = 12  # column names in an error
INTENDED_USE = "Not stated: whoever trained this model knows what it is for."
LIMITATIONS = (
    "Judged by cross-validation on the rows of one file: how it does on data from elsewhere was never tested.",
)


def read_csv(
    path: str,
    target: str,
    drop: Sequence[str] = (),
    positive: str | None = None,
    *,
    task: str | None = None,
    categories: Sequence[str] = (),
) -> Dataset:
    """The data set in a file. Raises DataError with everything that is wrong with it, and what cures it.

    Two classes: class 1, the class of interest, is `positive` (default: the last label in sorted order). `task` is
    "classification" or "regression" (default: as the target looks); `categories` names columns of numbers that are
    codes, not quantities. Columns with one value only are left out, with a note.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise DataError(f"--data {path}: {error.strerror}") from error
    table = read_table(content, path)
    _require_columns(table.header, target, drop, categories)
    names = [name for name in table.header if name != target and name not in drop]
    if not names:
        raise DataError("no column is left to predict from")
    columns, problems = read_columns(table, names, categories)
    predicted, others = read_target(table, target, task, positive)
    plain = set(table.said) <= set(SEPARATORS.values())
    if predicted is None or problems or others:
        refuse(path, [*others, *problems], table.separator if plain else None)
    kept, notes = varying(columns)
    if not kept:
        raise DataError("every column holds one value only: there is nothing to predict from")
    return _dataset(path, content, target, predicted, kept, [*_notes(table, predicted, drop, kept), *notes])


def _dataset(
    path: str, content: bytes, target: str, predicted: Target, columns: list[Column], notes: list[str]
) -> Dataset:
    kept = tuple(column.name for column in columns)
    kinds = {column.kind for column in columns}
    from_what = (
        "numbers" if kinds == {"number"} else "categories" if kinds == {"category"} else "numbers and categories"
    )
    return Dataset(
        name=Path(path).name.partition(".")[0],
        description=f"Predicts {target} from {len(kept)} {from_what}.",
        features=_features(columns),
        targets=predicted.values,
        feature_names=kept,
        target_names=predicted.names,
        class_of_interest=1,
        feature_spellings=default_spellings(kept),
        sha256=hashlib.sha256(content).hexdigest(),
        source=Path(path).name,
        citation="",
        intended_use=INTENDED_USE,
        limitations=LIMITATIONS,
        notes=tuple(notes),
        task=predicted.task,
        target_name=target,
    )


def _features(columns: list[Column]) -> Any:
    """An array where all columns are numbers, else a data frame."""
    if all(column.kind == "number" for column in columns):
        return np.ascontiguousarray(np.array([column.values for column in columns]).T)
    dtypes = {"number": np.float64, "category": object}
    return pd.DataFrame({column.name: pd.Series(column.values, dtype=dtypes[column.kind]) for column in columns})


def _require_columns(header: list[str], target: str, drop: Sequence[str], categories: Sequence[str]) -> None:
    if target in drop:
        raise DataError(f"{target!r} can't be both predicted and dropped")
    wanted = [
        ("--target", target),
        *(("--drop", name) for name in drop),
        *(("--category", name) for name in categories),
    ]
    for option, name in wanted:
        if name not in header:
            known = quoted(header[:SHOWN]) + (f" and {len(header) - SHOWN} more" if len(header) > SHOWN else "")
            raise DataError(f"{option}: no column {name!r}; the file has {known}")


def _notes(table: Table, target: Target, drop: Sequence[str], columns: list[Column]) -> list[str]:
    said = list(table.said)
    with_comma = [column.name for column in columns if column.decimal == ","]
    if with_comma:
        said.append(f"decimal commas in {quoted(with_comma[:SHOWN])}")
    notes = [f"read with {', '.join(said)}"] if said else []
    notes += [target.note] if target.note else []
    notes += [f"left out as asked: {quoted(list(drop))}"] if drop else []
    notes += [note for column in columns if (note := spellings_that_differ_in_case(column))]
    return notes
