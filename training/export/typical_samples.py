"""Something sensible to start from: one typical sample a class, or of the low, middle and high third. No real row."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from training.export.steps.prepared import Prepared

FEWEST_ROWS = 5
THIRDS = ("low", "middle", "high")


def examples(prepared: Prepared, names: list[str], groups: np.ndarray, labels: list[str]) -> list[dict[str, Any]]:
    """Medians and commonest categories of each group (rows → its number) with at least five rows."""
    result = []
    for group, label in enumerate(labels):
        rows = np.flatnonzero(groups == group)
        if len(rows) >= FEWEST_ROWS:
            features = {name: _typical(prepared, column, rows) for column, name in enumerate(names)}
            result.append({"label": label, "features": features})
    return result


def thirds(targets: np.ndarray) -> np.ndarray:
    """0, 1 or 2 for each row's third of the targets."""
    return np.searchsorted(np.quantile(targets, [1 / 3, 2 / 3]), targets, side="left")


def _typical(prepared: Prepared, column: int, rows: np.ndarray) -> Any:
    if prepared.kinds[column] == "number":
        values = prepared.table.column(prepared.positions[column]).astype(np.float64)
        own = values[rows][~np.isnan(values[rows])]
        return float(np.median(own if len(own) else values[~np.isnan(values)]))
    every = prepared.table.values(prepared.positions[column])
    own_values = [every[row] for row in rows if every[row] is not None] or [v for v in every if v is not None]
    return Counter((type(value) is bool, value) for value in own_values).most_common(1)[0][0][1]
