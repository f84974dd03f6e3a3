"""HistGradientBoosting's own categories: each subset that a node sends left becomes one number, 0 for left and 1 for right.

A category is then a row of such numbers, a node compares one of them with a half, and a value that training never held,
or a missing one, goes where the node sends it. What is served is a table and `<=`, as for any other column.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from training.export.kinds.ensemble import Tree
from training.export.steps.preprocessing import Output, encoded, handles

HALF = 0.5


class CategorySubsets:
    """A step behind the estimator's own encoder: its matrix, with a column of 0 and 1 for each subset of a category.

    The other columns stand in their order; the subsets of a column stand in its place.
    """

    def __init__(self, estimator: Any) -> None:
        self._is_category = np.asarray(estimator._is_categorical_remapped, dtype=bool)
        subsets: dict[int, dict[tuple[bytes, bool], None]] = {int(f): {} for f in np.flatnonzero(self._is_category)}
        for predictor in _predictors(estimator):
            for node in predictor.nodes:
                if node["is_categorical"] and not node["is_leaf"]:
                    subsets[int(node["feature_idx"])][_subset(predictor, node)] = None
        self.subsets = {feature: list(own) for feature, own in subsets.items()}
        self.counts = [len(self.subsets[f]) if c else 1 for f, c in enumerate(self._is_category)]
        self._starts = np.concatenate([[0], np.cumsum(self.counts)])

    def transform(self, matrix: Any) -> np.ndarray:
        """The encoder's matrix (rows × M) with the subsets in the place of categories."""
        values = np.asarray(matrix, dtype=np.float64)
        parts = [
            self._sides(values[:, feature], self.subsets[feature]) if is_category else values[:, [feature]]
            for feature, is_category in enumerate(self._is_category)
        ]
        return np.hstack(parts)

    def _sides(self, codes: np.ndarray, subsets: list[tuple[bytes, bool]]) -> np.ndarray:
        missing = np.isnan(codes)
        places = np.where(missing, 0, codes).astype(np.int64)
        sides = np.empty((len(codes), len(subsets)))
        for number, (bits, missing_left) in enumerate(subsets):
            left = np.unpackbits(np.frombuffer(bits, dtype=np.uint8), bitorder="little")[places] == 1
            sides[:, number] = np.where(np.where(missing, missing_left, left), 0.0, 1.0)
        return sides

    def tree(self, tree: Tree, predictor: Any) -> Tree:
        """The tree with its nodes looking at this step's columns."""
        feature, threshold = tree.feature.copy(), np.asarray(tree.threshold, dtype=np.float64).copy()
        for position, node in enumerate(predictor.nodes):
            if node["is_leaf"]:
                continue
            original = int(node["feature_idx"])
            feature[position] = self._starts[original]
            if node["is_categorical"]:
                feature[position] += self.subsets[original].index(_subset(predictor, node))
                threshold[position] = HALF
        return replace(tree, feature=feature, threshold=threshold)


@handles("CategorySubsets")
def _subsets(step: CategorySubsets, outputs: list[Output]) -> list[Output]:
    result = []
    for output, count, is_category in zip(outputs, step.counts, step._is_category, strict=True):
        result += [encoded(output)] * count if is_category else [output]
    return result


def _predictors(estimator: Any) -> list[Any]:
    return [predictor for stage in estimator._predictors for predictor in stage]


def _subset(predictor: Any, node: Any) -> tuple[bytes, bool]:
    bits = np.asarray(predictor.raw_left_cat_bitsets[node["bitset_idx"]], dtype="<u4").tobytes()
    return bits, bool(node["missing_go_to_left"])
