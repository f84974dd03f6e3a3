"""Rows of a CSV file as samples for two models at once, by column name. Standard library only."""

from __future__ import annotations

from math import isfinite

from training.data.cells import boolean, is_missing, number
from training.data.columns import decimal_of
from training.data.table import read_table
from training.errors import DataError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambda_app.model.artefact.model_parameters import ModelParameters

    Pair = tuple[list[Any], list[Any]]  # one sample in old's and in new's feature order


def read_samples(path: str, old: ModelParameters, new: ModelParameters) -> list[Pair]:
    """Every row in both models' feature orders.

    A column may bear any spelling that a model accepts; columns that no model knows are ignored; a missing cell stands
    for the model's imputation. Raises DataError, or OSError where the file cannot be read.
    """
    with open(path, "rb") as file:
        table = read_table(file.read(), path)
    columns = [_columns(table.header, model) for model in (old, new)]
    decimals = [decimal_of(table.column(name), table.separator) for name in table.header]
    return [
        (_sample(row, line, columns[0], old, decimals), _sample(row, line, columns[1], new, decimals))
        for line, row in table.rows
    ]


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


def _sample(row: list[str], line: int, columns: list[int], model: ModelParameters, decimals: list[str]) -> list[Any]:
    sample = []
    for position, record in zip(columns, model.columns, strict=True):
        try:
            sample.append(_value(row[position].strip(), decimals[position], record))
        except ValueError as error:
            raise DataError(f"line {line}, column {record['name']!r}: {error}") from error
    return sample


def _value(cell: str, decimal: str, record: dict[str, Any]) -> Any:
    """A cell as the API would be sent it. Raises ValueError, which says what the cell is not."""
    if is_missing(cell) and record["missing"] is not None:
        return None
    value = number(cell, decimal)
    if record["kind"] == "number":
        if value is None or not isfinite(value):
            raise ValueError("not a finite number")
        return value
    known = [category for category, _ in record["categories"]]
    if value is not None and value in [category for category in known if type(category) is float]:
        return value
    if boolean(cell) in [category for category in known if type(category) is bool]:
        return boolean(cell)
    if cell not in known and record["unseen"] is None:
        raise ValueError("none of the model's categories")
    return cell
