"""From fitted trees to the artefact's record: see lambda_app/model/trees.py for its fields."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from training.errors import UnsupportedModel
from training.export.kinds.classic_trees import boosting_ensemble, forest_ensemble, tree_ensemble
from training.export.kinds.ensemble import LARGEST, Ensemble, Exported, Tree
from training.export.kinds.histogram import has_categories, histogram_ensemble
from training.export.kinds.registry import exports
from training.export.kinds.thresholds import folded_threshold, rounded_threshold
from training.export.steps.prepared import Prepared

LARGEST_NODES, LARGEST_BYTES = 50_000, 2_000_000
HINT = "try max_depth=8, max_leaf_nodes=31, fewer trees, or HistGradientBoosting"
FEWER = "use CalibratedClassifierCV(..., ensemble=False), which holds one model"
READERS: tuple[tuple[tuple[str, ...], Callable[[Any], Ensemble]], ...] = (
    (("DecisionTree", "ExtraTree"), tree_ensemble),
    (("RandomForest", "ExtraTrees"), forest_ensemble),
    (("GradientBoosting",), boosting_ensemble),
    (("HistGradientBoosting",), histogram_ensemble),
)
KINDS = {f"{name}{suffix}": read for names, read in READERS for name in names for suffix in ("Classifier", "Regressor")}


@exports(*KINDS)
def export_trees(estimator: Any, prepared: Prepared) -> Exported:
    """The record of a fitted estimator of KINDS. Raises UnsupportedModel, naming what would work."""
    return export_ensemble(KINDS[type(estimator).__name__](estimator), estimator, prepared)


def export_ensemble(ensemble: Ensemble, estimator: Any, prepared: Prepared) -> Exported:
    """The record of trees that were read already; `estimator` says whether missing values get an answer."""
    count = sum(len(tree.feature) for tree in ensemble.trees)
    hint = f"{FEWER}, or {HINT}" if len(ensemble.link.get("curves", ())) > 1 else HINT
    if count > LARGEST_NODES:
        raise UnsupportedModel(f"the model has {count:,} nodes, more than {LARGEST_NODES:,}: {hint}")
    imputed = [prepared.has_several_fills(column) for column in range(len(prepared.kinds))]
    sides = [
        kind == "number" and (imputed[column] or _takes_missing(estimator, prepared, column))
        for column, kind in enumerate(prepared.kinds)
    ]
    for column in np.flatnonzero(imputed).tolist():
        ensemble = _with_sides(ensemble, prepared, column)
    places = Places(prepared, sides)
    model = _record(ensemble, places, _folded(ensemble, prepared, places))
    size = len(json.dumps(model))
    if size > LARGEST_BYTES:
        raise UnsupportedModel(f"the model takes {size:,} bytes, more than {LARGEST_BYTES:,}: {hint}")
    return Exported(model, ensemble.link, sides)


def _takes_missing(estimator: Any, prepared: Prepared, column: int) -> bool:
    """Whether NaN reaches the estimator from this column, and gets an answer there."""
    try:
        matrix = prepared.transform(prepared.with_values(column, [np.nan]))
        if not np.isnan(matrix).any():
            return False
        if not has_categories(estimator):  # else its trees see other columns than it takes, and it takes any NaN
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that a matrix has no column names, if it was fitted on a data frame
                estimator.predict(matrix)
    except ValueError:
        return False
    return True


def _with_sides(ensemble: Ensemble, prepared: Prepared, column: int) -> Ensemble:
    """Of several fills each split knows its own: a missing value goes where that of its imputer does."""
    filled = prepared.transform(prepared.with_values(column, [np.nan]))[0]
    own = np.flatnonzero(np.asarray(prepared.owners) == column)
    if ensemble.rounds:
        filled = filled.astype(np.float32).astype(np.float64)
    trees = []
    for tree in ensemble.trees:
        here = np.isin(tree.feature, own)
        left = np.where(here, filled[tree.feature] <= tree.threshold, tree.missing_left)
        trees.append(replace(tree, missing_left=left))
    return replace(ensemble, trees=trees)


class Places:
    """Which number of a row a matrix column is: the columns' numbers in their order, then the second sides.

    A number column stands first as it is given; a matrix column that does not change with it tells that it was missing.
    """

    def __init__(self, prepared: Prepared, sides: list[bool]) -> None:
        self.first = np.zeros(len(prepared.owners), dtype=np.int64)  # M
        self.second = np.zeros(len(prepared.owners), dtype=np.int64)  # M, the same where there is one side only
        self.as_given = np.zeros(len(prepared.owners), dtype=bool)  # M, whether the number is the caller's own
        self.columns: list[int] = []  # of each number, its input column
        owners = np.asarray(prepared.owners)
        for column, kind in enumerate(prepared.kinds):
            own = np.flatnonzero(owners == column)
            if kind == "number":
                self.as_given[own] = _varies(prepared, column)[own]
                self.first[own[self.as_given[own]]] = len(self.columns)
                self.columns.append(column)
                own = own[~self.as_given[own]]
            self.first[own] = len(self.columns) + np.arange(len(own))
            self.columns += [column] * len(own)
        self.second[:] = self.first
        for column in np.flatnonzero(sides).tolist():
            self.second[(owners == column) & self.as_given] = len(self.columns)
            self.columns.append(column)


def _varies(prepared: Prepared, column: int) -> np.ndarray:
    with np.errstate(all="ignore"):
        low, high = prepared.transform(prepared.with_values(column, [-1e30, 1e30]))
    return np.asarray(low != high)


def _folded(ensemble: Ensemble, prepared: Prepared, places: Places) -> list[np.ndarray]:
    """Of each tree its thresholds in the units of the numbers, one search for each matrix column."""
    features = np.concatenate([tree.feature for tree in ensemble.trees])
    thresholds = np.concatenate([tree.threshold for tree in ensemble.trees]).astype(np.float64)
    for feature in np.unique(features[features >= 0]):
        here = features == feature
        distinct, inverse = np.unique(thresholds[here], return_inverse=True)
        if places.as_given[feature]:
            owner = prepared.owners[feature]

            def column(values: np.ndarray, owner: int = owner, feature: int = feature) -> np.ndarray:
                return prepared.transform(prepared.with_values(owner, values))[:, feature]

            distinct = folded_threshold(column, distinct, rounds=ensemble.rounds)
        elif ensemble.rounds:
            distinct = rounded_threshold(distinct)
        thresholds[here] = np.clip(distinct, -LARGEST, LARGEST)[inverse]
    return np.split(thresholds, np.cumsum([len(tree.feature) for tree in ensemble.trees])[:-1])


def _record(ensemble: Ensemble, places: Places, folded: list[np.ndarray]) -> dict[str, Any]:
    nodes: list[int] = []
    thresholds: list[float] = []
    leaves: dict[tuple[float, ...], int] = {}
    for tree, own in zip(ensemble.trees, folded, strict=True):
        _append(tree, own.tolist(), places, (nodes, thresholds, leaves))
    return {
        "kind": "trees",
        "nodes": nodes,
        "thresholds": thresholds,
        "leaves": [list(leaf) for leaf in leaves],
        "start": list(ensemble.start),
        "divide_by": ensemble.divide_by,
    }


def _append(
    tree: Tree, own: list[float], places: Places, record: tuple[list[int], list[float], dict[tuple[float, ...], int]]
) -> None:
    """One tree in preorder, at the end of nodes, thresholds and leaves."""
    nodes, thresholds, leaves = record
    features, values = tree.feature.tolist(), tree.values.tolist()
    numbers = np.where(tree.missing_left, places.first[tree.feature], places.second[tree.feature]).tolist()
    left, right = tree.left.tolist(), tree.right.tolist()
    waiting = [0]
    while waiting:
        node = waiting.pop()
        if features[node] < 0:
            nodes.append(-1 - leaves.setdefault(tuple(values[node]), len(leaves)))
        else:
            nodes.append(numbers[node])
            thresholds.append(own[node])
            waiting += [right[node], left[node]]


def threshold_rows(exported: Exported, prepared: Prepared, *, limit: int = 3000, seed: int = 0) -> Any:
    """Rows (at most `limit`) for the proof, as `prepared.features` holds them: mixes of given rows and thresholds.

    Each number column takes, in every other row, a value that is on a threshold or one bit to either side of it: each
    such value once before any twice. Seeded, so that an export is the same every time.
    """
    generator = np.random.default_rng(seed)
    values = _beside_thresholds(exported.model, prepared, Places(prepared, exported.sides).columns)
    count = max(1, min(limit, 2 * max((len(own) for own in values.values()), default=0)))  # text alone has no threshold
    rows = generator.integers(0, prepared.table.rows, count)
    result = prepared.table.take(rows)
    for column, own in values.items():
        position = prepared.positions[column]
        taken = generator.permutation(count)[: count // 2]
        replaced = prepared.table.column(position)[rows].astype(np.float64)
        replaced[taken] = np.resize(generator.permutation(own), len(taken))
        result = prepared.table.with_column(result, position, replaced)
    return result


def _beside_thresholds(record: dict[str, Any], prepared: Prepared, columns: list[int]) -> dict[int, np.ndarray]:
    """By number column, the values on and one bit beside its thresholds that every kind of tree takes."""
    splits = np.array([node for node in record["nodes"] if node >= 0], dtype=np.int64)
    thresholds = np.array(record["thresholds"], dtype=np.float64)
    owners = np.array(columns, dtype=np.int64)[splits]
    result = {}
    for column in np.unique(owners).tolist():
        if prepared.kinds[column] == "number":
            on = np.unique(thresholds[owners == column])
            on = on[np.abs(on) < LARGEST]  # of a split between given and missing values
            values = np.concatenate([np.nextafter(on, -np.inf), on, np.nextafter(on, np.inf)])
            values = values[np.abs(values) < np.finfo(np.float32).max]
            if len(values):
                result[column] = values
    return result
