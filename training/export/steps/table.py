"""The table a model was fitted on, a data frame or an array, by columns: their values as JSON would send them."""

from __future__ import annotations

from typing import Any

import numpy as np

from training.errors import UnsupportedModel


class Table:
    """rows × n. Number columns are 64-bit floats with NaN; `is_numeric` (n) says which they are."""

    def __init__(self, features: Any) -> None:
        """Raises UnsupportedModel unless this is a dense table."""
        self.is_frame = hasattr(features, "iloc")
        if self.is_frame:
            columns = [features.iloc[:, position] for position in range(features.shape[1])]
            self.is_numeric = [
                column.dtype.kind in "iuf" if hasattr(column.dtype, "kind") else False for column in columns
            ]
            floats = {features.columns[c]: np.float64 for c, numeric in enumerate(self.is_numeric) if numeric}
            self.features = features.astype(floats) if floats else features
        else:
            self.features, self.is_numeric = _array(features)
        if len(self.features.shape) != 2 or self.features.shape[0] == 0:
            raise UnsupportedModel("features must be a dense table of rows and columns, with at least one row")
        self.rows, self.width = self.features.shape

    def column(self, position: int) -> np.ndarray:
        """One column's values, as objects for what is no number."""
        if self.is_frame:
            return np.asarray(self.features.iloc[:, position].to_numpy())
        return np.asarray(self.features[:, position])

    def values(self, position: int) -> list[Any]:
        """One column as a caller sends it: floats, texts, booleans, and None where a value is missing."""
        return [as_value(item) for item in self.column(position).tolist()]

    def take(self, rows: Any) -> Any:
        """These rows, as the model takes them."""
        return self.features.iloc[rows].reset_index(drop=True) if self.is_frame else self.features[rows]

    def with_column(self, rows: Any, position: int, values: Any) -> Any:
        """The given rows (a table as `take` gives it) with other values in one column, whose type is kept."""
        if not self.is_frame:
            changed = rows.copy()
            changed[:, position] = values
            return changed
        dtype = self.features.dtypes.iloc[position]
        fresh = type(rows.iloc[:, position])(list(values), index=rows.index, dtype=object)
        if str(dtype) != "category":  # whose cast would make an unknown value a missing one
            try:
                fresh = fresh.astype(dtype)
            except (TypeError, ValueError):
                fresh = fresh.infer_objects()  # a missing value among whole numbers
        changed = rows.copy()
        changed.isetitem(position, fresh)
        return changed


def _array(features: Any) -> tuple[np.ndarray, list[bool]]:
    """Numbers as they are, anything else as objects."""
    try:
        raw = np.asarray(features)
        if raw.dtype.kind in "iufb" or raw.ndim != 2:
            return raw.astype(np.float64), [True] * (raw.shape[1] if raw.ndim == 2 else 0)
    except (TypeError, ValueError) as error:
        raise UnsupportedModel("features must be a dense table") from error
    table = raw.astype(object)
    is_numeric = [all(type(as_value(item)) is float or item is None for item in column) for column in table.T.tolist()]
    return table, is_numeric


def as_value(item: Any) -> Any:
    """A cell as JSON sends it: a float, a text, true or false, or None where it is missing."""
    if item is None or type(item).__name__ in ("NAType", "NaTType") or (isinstance(item, float) and np.isnan(item)):
        return None
    if isinstance(item, (bool, np.bool_)):
        return bool(item)
    if isinstance(item, (int, float, np.integer, np.floating)):
        return float(item)
    if isinstance(item, str):
        return str(item)
    raise UnsupportedModel(
        f"a column holds {type(item).__name__} objects: only numbers, texts, true and false can be sent as JSON"
    )


def is_missing(item: Any) -> bool:
    """Whether a cell is None, NaN or NA."""
    return as_value(item) is None
