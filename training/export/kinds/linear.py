"""Every linear model in one form: the artefact's record of scores = intercept + Σ coefficient · (number - typical) / scale."""

from __future__ import annotations

from typing import Any

import numpy as np

from training.errors import UnsupportedModel
from training.export.kinds.ensemble import Exported
from training.export.steps.prepared import Prepared
from training.export.steps.preprocessing import GIVEN, MISSING


def linear_record(coefficients: Any, intercepts: Any, link: dict[str, Any], prepared: Prepared) -> Exported:
    """`coefficients` (R × M) and `intercepts` (R) over the matrix, as fitted. Raises UnsupportedModel."""
    if not isinstance(coefficients, np.ndarray):  # after sparsify()
        coefficients = coefficients.toarray() if hasattr(coefficients, "toarray") else np.asarray(coefficients)
    coefficients = np.atleast_2d(np.asarray(coefficients, dtype=np.float64))
    intercepts = np.array(np.broadcast_to(np.asarray(intercepts, dtype=np.float64), len(coefficients)))
    if coefficients.shape[1] != len(prepared.outputs):
        raise UnsupportedModel(f"features must be rows × {coefficients.shape[1]}, as the model was fitted on")
    _require_straight(prepared)
    _require_filled(prepared)
    typical = [_mean(prepared, column) if kind == "number" else np.nan for column, kind in enumerate(prepared.kinds)]
    row = _Row(coefficients, intercepts)
    for column, kind in enumerate(prepared.kinds):
        if kind == "number":
            _add_number(row, prepared, column, typical[column])
        else:
            _add_category(row, prepared, column)
    for number in np.flatnonzero(np.asarray(prepared.owners) < 0):  # the same for every row
        constant = prepared.transform(prepared.table.take([0]))[0, number]
        row.intercepts = row.intercepts + coefficients[:, number] * constant
    model = {
        "kind": "linear",
        "coefficients": np.array(row.columns).T.tolist(),
        "intercepts": row.intercepts.tolist(),
        "scales": row.scales,
    }
    return Exported(model, link, [False] * len(prepared.kinds), coefficients, typical)


class _Row:
    """The record in the making: one column of coefficients and one scale a number."""

    def __init__(self, coefficients: np.ndarray, intercepts: np.ndarray) -> None:
        self.coefficients, self.intercepts = coefficients, intercepts
        self.columns: list[np.ndarray] = []
        self.scales: list[float] = []

    def add(self, coefficients: np.ndarray, scale: float) -> None:
        self.columns.append(coefficients)
        self.scales.append(float(scale))


def _add_number(row: _Row, prepared: Prepared, column: int, typical: float) -> None:
    """A column that stands in the matrix once keeps its coefficient and scale as they were fitted."""
    own = np.flatnonzero(np.asarray(prepared.owners) == column)
    given = [number for number in own if prepared.outputs[number].kind == GIVEN]
    for number in own:  # what the typical row adds; nothing where the scaler has centred on it
        output = prepared.outputs[number]
        value = typical if output.kind == GIVEN else 0.0
        row.intercepts = row.intercepts + row.coefficients[:, number] * ((value - output.centre) / output.scale)
    if len(given) == 1:
        row.add(row.coefficients[:, given[0]], prepared.outputs[given[0]].scale)
    else:
        row.add(
            sum((row.coefficients[:, n] / prepared.outputs[n].scale for n in given), np.zeros(len(row.intercepts))), 1.0
        )
    if prepared.has_several_fills(column) or any(prepared.outputs[number].kind == MISSING for number in own):
        added = np.zeros(len(row.intercepts))
        for number in own:  # what was filled in by another imputer than the first is added as a difference
            output = prepared.outputs[number]
            step = 1.0 if output.kind == MISSING else (output.fill or 0.0) - (prepared.outputs[given[0]].fill or 0.0)
            added = added + row.coefficients[:, number] / output.scale * step
        row.add(added, 1.0)


def _add_category(row: _Row, prepared: Prepared, column: int) -> None:
    """Its numbers are what it adds to each score, so that each has the coefficient 1 in its own row."""
    own = np.flatnonzero(np.asarray(prepared.owners) == column)
    category = prepared.categories[column]
    typical = category.numbers[prepared.typical_category(column)]
    row.intercepts = row.intercepts + row.coefficients[:, own] @ np.asarray(typical)
    for score in range(len(row.intercepts)):
        row.add(np.eye(len(row.intercepts))[score], 1.0)


def _mean(prepared: Prepared, column: int) -> float:
    """The training average, missing values filled in: an explanation starts at the average training row.

    Where a scaler has centred on it already (StandardScaler), its own number is taken, to the last bit.
    """
    given = [output for output in prepared.own_outputs(column) if output.kind == GIVEN]
    values = prepared.table.column(prepared.positions[column]).astype(np.float64)
    if given and given[0].fill is not None:
        values = np.where(np.isnan(values), given[0].fill, values)
    mean = float(np.mean(values))
    centre = float(given[0].centre) if given else mean
    return centre if np.isclose(mean, centre, rtol=1e-12, atol=0) else mean


def _require_straight(prepared: Prepared) -> None:
    for output in prepared.outputs:
        if output.clipped:
            raise UnsupportedModel(f"{output.clipped}(clip=True) is no straight line: use clip=False")


def _require_filled(prepared: Prepared) -> None:
    if not np.isfinite(prepared.transform(prepared.features)).all():
        raise UnsupportedModel("features hold NaN or infinity: put a SimpleImputer first, or drop those rows")
