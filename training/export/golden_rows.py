"""The rows that every load of the artefact must reproduce."""

from __future__ import annotations

from typing import Any

import numpy as np

from training.export.steps.prepared import UNSEEN_TEXT, Prepared

NEAREST = 2
MINIMUM = 5
CANDIDATES = 300


def golden_rows(probabilities: np.ndarray) -> list[int]:
    """Which rows (at least five where there are) tell most: near and far from the boundary. `probabilities` is rows × K.

    They are the two nearest to it, two middling ones, and the surest of each class.
    """
    ranked = np.sort(probabilities, axis=1)
    by_margin = np.argsort(ranked[:, -1] - ranked[:, -2], kind="stable")
    surest = [int(np.argmax(probabilities[:, label])) for label in range(probabilities.shape[1])]
    middling = by_margin[[len(by_margin) // 4, len(by_margin) // 2]]
    chosen = list(dict.fromkeys([*by_margin[:NEAREST].tolist(), *middling.tolist(), *surest, *by_margin.tolist()]))
    return chosen[: max(MINIMUM, NEAREST + len(middling) + len(set(surest)))]


def golden_predictions(predictions: np.ndarray) -> list[int]:
    """Which rows of a regression: the smallest, the largest, and what lies evenly between. `predictions` is rows."""
    order = np.argsort(predictions, kind="stable")
    evenly = np.linspace(0, len(order) - 1, MINIMUM).astype(int)
    return list(dict.fromkeys([*order[evenly].tolist(), *order.tolist()]))[:MINIMUM]


def mixed_rows(prepared: Prepared, count: int = CANDIDATES, seed: int = 0) -> Any:
    """Rows that take each column from another row, so that no row of the table, which may be a person's, is shown."""
    generator = np.random.default_rng(seed)
    table = prepared.table
    rows = table.take(generator.integers(0, table.rows, count))
    for position in range(table.width):
        rows = table.with_column(rows, position, table.column(position)[generator.integers(0, table.rows, count)])
    return rows


def special_rows(prepared: Prepared, accepts_null: list[bool]) -> list[Any]:
    """Tables of one row each: a missing value and an unseen category in the first column that takes them."""
    result = []
    for column, kind in enumerate(prepared.kinds):
        category = prepared.categories.get(column)
        if kind == "category" and category and category.unseen is not None and isinstance(category.values[0], str):
            result.append(prepared.with_values(column, [UNSEEN_TEXT]))
            break
    for column, accepts in enumerate(accepts_null):
        if accepts and prepared.kinds[column] == "number":
            result.append(prepared.with_values(column, [np.nan]))
            break
    return result
