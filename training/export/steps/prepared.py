"""The steps in front of a fitted model, taken apart by input column: what is followed, what is probed.

Of a category column every value is put into the typical row, one by one, with one that training never held and a
missing one; the fitted steps are run, and what changes in the matrix is that column's. So no encoder is known by its
formula, and what it does with unseen and missing values is what it does.
"""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from training.errors import UnsupportedModel
from training.export.steps.preprocessing import ENCODED, GIVEN, Output, follow
from training.export.steps.table import Table, as_value

UNSEEN_TEXT = "a value that training never held"
LARGEST_CATEGORIES = 10_000


@dataclass(frozen=True)
class Category:
    """What the fitted steps make of a column's values: rows of the matrix columns that it owns (M_c floats each)."""

    values: list[Any]  # as JSON sends them
    numbers: list[list[float]]  # one row a value
    unseen: list[float] | None  # None: refused
    missing: list[float] | None  # None: refused


@dataclass
class Prepared:
    """A table and the fitted steps that turn it into a model's matrix."""

    steps: list[Any]
    table: Table
    outputs: list[Output]  # M
    positions: list[int]  # n: of each column of the API, its place in the table; dropped columns have none
    kinds: list[str]  # n
    owners: list[int] = field(default_factory=list)  # M, a column of the API; -1: the same number for every row
    categories: dict[int, Category] = field(default_factory=dict)  # by column of the API

    @property
    def features(self) -> Any:
        """rows × (all input columns), as the model takes them."""
        return self.table.features

    def transform(self, features: Any) -> np.ndarray:
        """The matrix (rows × M, 64-bit floats) that the model sees."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of unknown categories, which are what is asked about
            for step in self.steps:
                if step is not None and step != "passthrough":
                    features = step.transform(features)
        dense = features.toarray() if hasattr(features, "toarray") else features
        return np.asarray(dense, dtype=np.float64)

    @cached_property
    def typical_rows(self) -> Any:
        """One row, as the model takes it: medians, and the commonest category of each column."""
        row = self.table.take([0])
        for position, kind in zip(self.positions, self.kinds, strict=True):
            row = self.table.with_column(row, position, [_typical(self.table, position, kind)])
        return row

    def with_values(self, column: int, values: Any) -> Any:
        """The typical row, repeated, with these values in one column of the API."""
        repeated = self._repeated(len(values))
        return self.table.with_column(repeated, self.positions[column], values)

    def typical_category(self, column: int) -> int:
        """Which of a category column's values is the commonest."""
        typical = as_value(_typical(self.table, self.positions[column], "category"))
        values = self.categories[column].values
        return next(n for n, value in enumerate(values) if (type(value), value) == (type(typical), typical))

    def own_outputs(self, column: int) -> list[Output]:
        """What a number column alone makes in the matrix."""
        return [output for output in self.outputs if output.columns == (self.positions[column],)]

    def has_several_fills(self, column: int) -> bool:
        """Whether a number column is imputed in two ways: several models with steps of their own are averaged."""
        return len({output.fill for output in self.own_outputs(column) if output.kind == GIVEN}) > 1

    def _repeated(self, count: int) -> Any:
        if self.table.is_frame:
            return self.typical_rows.iloc[[0] * count].reset_index(drop=True)
        return np.repeat(self.typical_rows, count, axis=0)


def prepare(steps: list[Any], features: Any) -> Prepared:
    """Take fitted steps apart. Raises UnsupportedModel where a number depends on two columns, or a step is unknown."""
    table = Table(features)
    outputs = [Output((position,), GIVEN) for position in range(table.width)]
    for step in steps:
        outputs = follow(step, outputs)
    given = {c for output in outputs if output.kind == GIVEN for c in output.columns}
    encoded = {c for output in outputs if output.kind == ENCODED for c in output.columns}
    positions = sorted({column for output in outputs for column in output.columns})
    if not positions:
        raise UnsupportedModel("the steps in front of the model leave it no column")
    kinds = []
    for position in positions:
        is_number = table.is_numeric[position] and position not in encoded
        if position in encoded and position in given:
            raise UnsupportedModel("a column is used twice, as a number and as categories: use each column once")
        kinds.append("number" if is_number else "category")
    prepared = Prepared(steps, table, outputs, positions, kinds)
    _assign_owners(prepared)
    return prepared


def _assign_owners(prepared: Prepared) -> None:
    owners = [-1] * len(prepared.outputs)
    for column, position in enumerate(prepared.positions):
        if prepared.kinds[column] == "number":
            for number, output in enumerate(prepared.outputs):
                if output.columns == (position,):
                    owners[number] = column
    for column, kind in enumerate(prepared.kinds):
        if kind == "category":
            values = _probed_values(prepared.table, prepared.positions[column])
            matrix = prepared.transform(prepared.with_values(column, values))
            unseen = _try(prepared, column, _unseen(values))
            missing = _try(prepared, column, _markers(prepared.table, prepared.positions[column]))
            if missing is None and None in prepared.table.values(prepared.positions[column]):
                raise UnsupportedModel(
                    "a missing category stays missing behind its encoder: set encoded_missing_value=-1, put a "
                    "SimpleImputer in front, or use HistGradientBoosting's own categorical_features"
                )
            rows = np.vstack([matrix, *(row for row in (unseen, missing) if row is not None)])
            own = _changing(rows, prepared.outputs, prepared.positions[column])
            for number in own:
                if owners[number] >= 0:
                    raise UnsupportedModel(
                        "a number that the model sees depends on two columns: encode each column by itself"
                    )
                owners[number] = column
            prepared.categories[column] = Category(
                [as_value(value) for value in values],
                matrix[:, own].tolist(),
                None if unseen is None else unseen[own].tolist(),
                None if missing is None else missing[own].tolist(),
            )
    prepared.owners = owners


def _changing(rows: np.ndarray, outputs: list[Output], position: int) -> list[int]:
    """The matrix columns that change with a column's value, or that nothing but this column can change."""
    changed = ((rows != rows[0]) & ~(np.isnan(rows) & np.isnan(rows[0]))).any(axis=0)
    return [number for number, output in enumerate(outputs) if changed[number] or output.columns == (position,)]


def _probed_values(table: Table, position: int) -> list[Any]:
    """The distinct values of a column, in order; as the column holds them, without missing ones."""
    distinct: dict[tuple[bool, Any], Any] = {}
    for item in table.column(position).tolist():
        value = as_value(item)
        if value is not None:
            distinct.setdefault((type(value) is bool, value), item)
    if not distinct:
        raise UnsupportedModel("a category column has no value at all in the table: drop it")
    if len(distinct) > LARGEST_CATEGORIES:
        raise UnsupportedModel(
            f"a category column holds {len(distinct):,} values, more than {LARGEST_CATEGORIES:,}: is it an identifier?"
        )
    return [distinct[key] for key in sorted(distinct, key=lambda key: (str(type(key[1])), key[1]))]


def _unseen(values: list[Any]) -> list[Any]:
    """A value that is none of these, or nothing where there can't be one."""
    if all(isinstance(value, (bool, np.bool_)) for value in values):
        return [] if len(values) > 1 else [not values[0]]
    if all(isinstance(value, str) for value in values):
        return [UNSEEN_TEXT]
    numbers = [float(value) for value in values if not isinstance(value, (str, bool, np.bool_))]
    return [max(numbers) + 1] if numbers else [UNSEEN_TEXT]


def _markers(table: Table, position: int) -> list[Any]:
    """What a missing cell is in this column. Raises UnsupportedModel where there are two kinds, which encoders tell."""
    markers = {}
    for item in table.column(position).tolist():
        if as_value(item) is None:
            markers[type(item).__name__] = item
    if len(markers) > 1:
        raise UnsupportedModel(
            "a column's missing values are None in some rows and NaN in others, which encoders take for two "
            "categories: use one of them"
        )
    if markers:
        return [*markers.values()]
    if table.is_frame and table.features.dtypes.iloc[position].kind == "b":
        return []  # a column of true and false has no room for it
    return [np.nan if table.is_numeric[position] or table.is_frame else None]


def _try(prepared: Prepared, column: int, values: list[Any]) -> np.ndarray | None:
    """The matrix row of a value, None where there is none or the fitted steps refuse it."""
    try:
        rows = prepared.transform(prepared.with_values(column, values)) if values else None
    except (ValueError, TypeError):
        return None
    if rows is None or np.isnan(rows).any():
        return None
    row: np.ndarray = rows[0]
    return row


def _typical(table: Table, position: int, kind: str) -> Any:
    """The median of a number column, the commonest value of another."""
    items = table.column(position).tolist()
    present = [item for item in items if as_value(item) is not None]
    if not present:
        return items[0]
    if kind == "number":
        return float(np.median(np.asarray(present, dtype=np.float64)))
    return Counter((type(item).__name__, item) for item in present).most_common(1)[0][0][1]
