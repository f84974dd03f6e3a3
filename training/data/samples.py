"""Rows of a CSV file as samples for two models at once, by column name. Standard library only."""

from __future__ import annotations

import csv
from math import isfinite

from training.errors import DataError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambda_app.model.model_parameters import ModelParameters

    Pair = tuple[list[Any], list[Any]]  # one sample in old's and in new's feature order


def read_samples(path: str, old: ModelParameters, new: ModelParameters) -> list[Pair]:
    """Every row in both models' feature orders.

    A column may bear any spelling that a model accepts; columns that no model knows are ignored; an empty cell stands
    for the model's imputation. Raises DataError, or OSError where the file cannot be read.
    """
    with open(path, encoding="utf-8-sig", newline="") as file:
        try:
            rows = [(reader.line_num, row) for reader in [csv.reader(file)] for row in reader if row]
        except (csv.Error, UnicodeDecodeError) as error:
            raise DataError(f"{path} is not a CSV file in UTF-8") from error
    if len(rows) < 2:
        raise DataError(f"{path} needs a header and at least one row")
    header = [name.strip() for name in rows[0][1]]
    columns = [_columns(header, model) for model in (old, new)]
    for line, row in rows[1:]:
        if len(row) != len(header):
            raise DataError(f"line {line} has {len(row)} cells, the header has {len(header)}")
    return [(_sample(row, line, columns[0], old), _sample(row, line, columns[1], new)) for line, row in rows[1:]]


def reorder(features: list[Any], source: ModelParameters, target: ModelParameters) -> list[Any]:
    """The features of one model's sample in another's order; both have the same names."""
    by_name = dict(zip(source.feature_names, features, strict=True))
    return [by_name[name] for name in target.feature_names]


def _columns(header: list[str], model: ModelParameters) -> list[int]:
    """The n positions of the model's features in the header."""
    columns = []
    for name in model.feature_names:
        spellings = {name, *model.feature_spellings.get(name, ())}
        found = [position for position, column in enumerate(header) if column in spellings]
        if len(found) != 1:
            raise DataError(f"column {name!r} is {'there more than once' if found else 'missing'}")
        columns += found
    return columns


def _sample(row: list[str], line: int, columns: list[int], model: ModelParameters) -> list[Any]:
    sample = []
    for position, record in zip(columns, model.columns, strict=True):
        cell = row[position].strip()
        try:
            sample.append(_value(cell, record))
        except ValueError as error:
            raise DataError(f"line {line}, column {record['name']!r}: {cell!r} is {error}") from error
    return sample


def _value(cell: str, record: dict[str, Any]) -> Any:
    """A cell as the API would be sent it. Raises ValueError, which says what the cell is not."""
    if not cell and record["missing"] is not None:
        return None
    if record["kind"] == "number":
        try:
            value = float(cell)
        except ValueError:
            value = float("nan")
        if not isfinite(value):
            raise ValueError("not a finite number")
        return value
    by_text = {str(value): value for value, _ in record["categories"]}
    by_text.update({str(value).lower(): value for value, _ in record["categories"] if type(value) is bool})
    by_text.update({format(value, "g"): value for value, _ in record["categories"] if type(value) is float})
    if cell not in by_text and record["unseen"] is None:
        raise ValueError("none of the model's categories")
    return by_text.get(cell, cell)
