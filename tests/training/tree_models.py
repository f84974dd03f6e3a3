"""Steps in front of trees, and the numbers that serving makes of a row, for tests of the trees alone."""

import numpy as np
from sklearn.pipeline import make_pipeline

from lambda_app.model.columns import Columns
from lambda_app.model.trees import Trees
from training.export.kinds.trees import export_trees
from training.export.steps.column_records import column_records
from training.export.steps.prepared import prepare


def prepared_of(steps, features):
    """Fitted steps taken apart, as the export does it."""
    return prepare(list(make_pipeline(*steps)) if steps else [], features)


def served(estimator, prepared):
    """What was exported, and the trees as they are served."""
    exported = export_trees(estimator, prepared)
    columns = columns_of(exported, prepared)
    return exported, Trees(exported.model, columns)


def columns_of(exported, prepared):
    names = [f"column {number}" for number in range(len(prepared.kinds))]
    return Columns(column_records(prepared, exported, names, {}))


def numbers_of(exported, prepared, features):
    """The numbers (rows × m) of tables of numbers, as serving makes them."""
    columns = columns_of(exported, prepared)
    values = np.asarray(features, dtype=np.float64).tolist()
    rows = [[None if value != value else value for value in row] for row in values]  # noqa: PLR0124 – NaN
    return [columns.numbers(row) for row in rows]
