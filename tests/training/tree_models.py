"""Steps in front of trees, and the numbers that serving makes of a row, for tests of the trees alone."""

from types import SimpleNamespace

import numpy as np
from sklearn.pipeline import make_pipeline

from lambda_app.model.trees import Trees
from training.export.trees import Places, export_trees


class Prepared:
    """Fitted steps that keep each number column in its place; `owners` and `kinds` where they do not."""

    def __init__(self, steps, features, kinds=None, owners=None):
        self.pipeline = make_pipeline(*steps) if steps else None
        self.features = features
        width = features.shape[1]
        self.kinds = kinds or ["number"] * width
        self.owners = list(range(width)) if owners is None else owners

    def transform(self, features):
        matrix = features if self.pipeline is None else self.pipeline.transform(features)
        return np.asarray(matrix, dtype=np.float64)

    def with_values(self, column, values):
        rows = np.repeat(np.asarray(self.features[:1], dtype=np.float64), len(values), axis=0)
        rows[:, column] = values
        return rows


def served(estimator, prepared):
    """What was exported, and the trees as they are served."""
    exported = export_trees(estimator, prepared)
    columns = Places(prepared, exported.sides).columns
    reference = numbers_of(exported, prepared, prepared.features[:1])[0]
    return exported, Trees(
        exported.model, SimpleNamespace(reference=reference, columns_of_numbers=columns, width=len(columns))
    )


def numbers_of(exported, prepared, features):
    """The numbers (rows × m) of tables of numbers without imputers: the values, then the second sides."""
    raw = np.asarray(features, dtype=np.float64)
    sides = raw[:, exported.sides]
    first = np.where(np.isnan(raw) & np.array(exported.sides), -np.inf, raw)
    return np.hstack([first, np.where(np.isnan(sides), np.inf, sides)]).tolist()
