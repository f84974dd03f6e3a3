"""Your own data: any CSV with a header row, one column to predict and numbers in all others."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Sequence
from math import isfinite, nan
from pathlib import Path
from typing import Any

import numpy as np

from training.data.dataset import Dataset, default_spellings
from training.errors import TrainingError

MISSING = frozenset(["", "na", "n/a", "nan", "null", "none", "?"])
SHOWN = 12  # column names in an error
INTENDED_USE = "Not stated: whoever trained this model knows what it is for."
LIMITATIONS = (
    "Judged by cross-validation on the rows of one file: how it does on data from elsewhere was never tested.",
)

Row = tuple[int, list[str]]  # its line in the file, its cells


def read_csv(
    path: str,
    target: str,
    drop: Sequence[str] = (),
    positive: str | None = None,
    impute: str | None = None,
) -> Dataset:
    """The data set in a file. Raises TrainingError with a sentence for everything that is wrong with it.

    Two classes: class 1, the class of interest, is `positive` (default: the last label in sorted order). Empty cells
    are refused unless `impute` says what they stand for. Columns with one value only are left out, with a note.
    """
    content = _read(path)
    header, rows = _table(path, content)
    _require_columns(header, target, drop)
    predicted = header.index(target)
    labels, target_names = _labels([(line, row[predicted].strip()) for line, row in rows], target, positive)
    names = [name for name in header if name != target and name not in drop]
    if not names:
        raise TrainingError("no column is left to predict from")
    columns = [(header.index(name), name) for name in names]
    features = np.array([[_number(row[index], name, line) for index, name in columns] for line, row in rows])
    _require_complete(features, names, impute, [line for line, _ in rows])
    varying = [
        column for column in range(len(names)) if len(np.unique(features[~np.isnan(features[:, column]), column])) > 1
    ]
    constant = [name for column, name in enumerate(names) if column not in varying]
    if not varying:
        raise TrainingError("every column holds one value only: there is nothing to predict from")
    kept = tuple(names[column] for column in varying)
    return Dataset(
        name=Path(path).stem,
        description=f"Predicts {target} from {len(kept)} numbers.",
        features=np.ascontiguousarray(features[:, varying]),
        labels=labels,
        feature_names=kept,
        target_names=target_names,
        class_of_interest=1,
        feature_spellings=default_spellings(kept),
        sha256=hashlib.sha256(content).hexdigest(),
        source=Path(path).name,
        citation="",
        intended_use=INTENDED_USE,
        limitations=LIMITATIONS,
        impute=impute,
        notes=tuple(_notes(constant, kept, features[:, varying], drop)),
    )


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise TrainingError(f"--data {path}: {error.strerror}") from error


def _table(path: str, content: bytes) -> tuple[list[str], list[Row]]:
    """Header and rows of equal length; blank lines are skipped, and so is a last column without a name or a value."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TrainingError(f"--data {path}: not UTF-8 text") from error
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        lines = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise TrainingError(f"--data {path}: not a CSV file: {error}") from error
    if len(lines) < 2:
        raise TrainingError(f"--data {path}: no rows; a header row and at least one row of data are needed")
    header, rows = [name.strip() for name in lines[0][1]], lines[1:]
    # the breast-cancer CSV in circulation ends its header, and only that, with a comma
    if header[-1] == "" and all(len(row) < len(header) or not row[-1].strip() for _, row in rows):
        header, rows = header[:-1], [(line, row[: len(header) - 1]) for line, row in rows]
    for line, row in rows:
        if len(row) != len(header):
            raise TrainingError(f"line {line} has {len(row)} cells where the header has {len(header)}")
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise TrainingError(f"the header names {_quoted(repeated)} more than once")
    if "" in header:
        raise TrainingError(f"column {header.index('') + 1} has no name")
    return header, rows


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"{name!r}" for name in names)


def _require_columns(header: list[str], target: str, drop: Sequence[str]) -> None:
    if target in drop:
        raise TrainingError(f"{target!r} can't be both predicted and dropped")
    for option, name in [("--target", target), *(("--drop", name) for name in drop)]:
        if name not in header:
            known = _quoted(header[:SHOWN]) + (f" and {len(header) - SHOWN} more" if len(header) > SHOWN else "")
            raise TrainingError(f"{option}: no column {name!r}; the file has {known} (separated by commas)")


def _number(cell: str, column: str, line: int) -> float:
    text = cell.strip()
    if text.lower() in MISSING:
        return nan
    try:
        value = float(text)
    except ValueError as error:
        raise TrainingError(f"line {line}, column {column!r}: not a number; --drop the column, or encode it") from error
    if not isfinite(value) or "_" in text:
        raise TrainingError(f"line {line}, column {column!r}: not a finite number")
    return value


def _labels(cells: list[tuple[int, str]], target: str, positive: str | None) -> tuple[np.ndarray, tuple[str, ...]]:
    """Class indices and names: sorted as numbers where all are, else as text; `positive` last."""
    for line, label in cells:
        if label.lower() in ("", "nan"):  # not "none" or "NA", which may well be classes
            raise TrainingError(f"line {line}, column {target!r}: no label; delete the row or fill it in")
    labels = [label for _, label in cells]
    names = sorted(set(labels), key=_sort_key(labels))
    if len(names) < 2:
        raise TrainingError(f"column {target!r} holds one class only, {names[0]!r}: two or more are needed")
    if positive is not None:
        if len(names) > 2:
            raise TrainingError(f"--positive goes with two classes; column {target!r} holds {len(names)}")
        if positive not in names:
            raise TrainingError(f"--positive: no label {positive!r} in column {target!r}; it holds {_quoted(names)}")
        names.sort(key=lambda name: name == positive)
    index = {name: number for number, name in enumerate(names)}
    return np.array([index[label] for label in labels]), tuple(names)


def _sort_key(labels: list[str]) -> Callable[[str], Any]:
    try:
        numbers = {label: float(label) for label in labels}
    except ValueError:
        return str
    return numbers.__getitem__


def _require_complete(features: np.ndarray, names: list[str], impute: str | None, lines: list[int]) -> None:
    missing = np.argwhere(np.isnan(features))
    if impute or not len(missing):
        return
    row, column = missing[0]
    raise TrainingError(
        f"empty cells: {len(missing)}, the first in line {lines[row]}, column {names[column]!r}: "
        "--impute median lets them stand for their column's median"
    )


def _notes(constant: list[str], kept: Sequence[str], features: np.ndarray, drop: Sequence[str]) -> list[str]:
    notes = [f"column {name!r} holds one value only and is left out" for name in constant]
    if drop:
        notes.append(f"left out as asked: {_quoted(drop)}")
    for name, column in zip(kept, features.T, strict=True):
        if name.lower() in ("id", "index") and len(np.unique(column)) == len(column):
            notes.append(f"column {name!r} looks like an identifier, not a measurement: --drop {name} leaves it out")
    if np.isnan(features).any():
        notes.append(f"empty cells that stand for their column's median: {int(np.isnan(features).sum())}")
    return notes
