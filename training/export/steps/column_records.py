"""The artefact's records of columns: see lambda_app/model/columns.py for their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lambda_app.model.columns import SIDES
from training.errors import UnsupportedModel
from training.export.kinds.ensemble import Exported
from training.export.steps.prepared import Category, Prepared
from training.export.steps.preprocessing import GIVEN, MISSING


def column_records(
    prepared: Prepared, exported: Exported, names: list[str], spellings: Mapping[str, list[str]]
) -> list[dict[str, Any]]:
    """One record a column of the API."""
    records = []
    for column, kind in enumerate(prepared.kinds):
        head = {"name": names[column], "kind": kind, "spellings": list(spellings.get(names[column], []))}
        rest = _number(prepared, exported, column) if kind == "number" else _category(prepared, exported, column)
        records.append({**head, **rest})
    return records


def _number(prepared: Prepared, exported: Exported, column: int) -> dict[str, Any]:
    position = prepared.positions[column]
    values = prepared.table.column(position).astype(np.float64)
    own = prepared.own_outputs(column)
    fills = [output.fill for output in own if output.kind == GIVEN]
    if None in fills and prepared.has_several_fills(column):
        raise UnsupportedModel("a column is imputed in one place and not in another: use it once")
    if not fills:
        raise UnsupportedModel(
            "of a column only whether its value is missing is left: keep the value too, or give that as a column of its own"
        )
    fill = fills[0]
    present = values[~np.isnan(values)]
    if not len(present):
        raise UnsupportedModel("a column has no value at all in the table: drop it")
    typical = float(np.median(present)) if exported.typical is None else float(exported.typical[column])
    missing: Any = None
    if exported.sides[column]:
        missing = SIDES
    elif fill is not None:
        is_told = prepared.has_several_fills(column) or any(output.kind == MISSING for output in own)
        missing = [float(fill), 1.0] if is_told else [float(fill)]
    # a filled-in value is inside the range by right: the model saw it in training
    seen = present if fill is None or len(present) == len(values) else [*present, fill]
    return {"minimum": float(np.min(seen)), "maximum": float(np.max(seen)), "typical": typical, "missing": missing}


def _category(prepared: Prepared, exported: Exported, column: int) -> dict[str, Any]:
    category = prepared.categories[column]
    own = np.flatnonzero(np.asarray(prepared.owners) == column)

    def kept(numbers: list[float] | None) -> list[float] | None:
        if numbers is None or exported.weights is None:
            return numbers
        return [float(value) for value in exported.weights[:, own] @ np.asarray(numbers, dtype=np.float64)]

    return {
        "categories": [[value, kept(numbers)] for value, numbers in _pairs(category)],
        "unseen": kept(category.unseen),
        "missing": kept(category.missing),
        "typical": category.values[prepared.typical_category(column)],
    }


def _pairs(category: Category) -> list[tuple[Any, list[float]]]:
    return list(zip(category.values, category.numbers, strict=True))
