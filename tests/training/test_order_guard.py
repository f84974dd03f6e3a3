"""A list in the wrong order is noticed, an honest one is not, on every row of the data set."""

import pytest
from sklearn.model_selection import StratifiedKFold

from lambda_app.model.store import read_packaged
from lambda_app.model.training_range import TrainingRange

GUARD = TrainingRange(read_packaged().parameters)


def suspects(guard, rows):
    return [any(warning["code"] == "order_suspect" for warning in guard.warnings(row, listed=True)) for row in rows]


@pytest.mark.parametrize("shift", range(1, 30))
def test_every_rotation_of_every_row_is_suspect(example, shift):
    assert all(suspects(GUARD, [row[shift:] + row[:shift] for row in example.features.tolist()]))


def test_the_reversal_of_every_row_is_suspect(example):
    assert all(suspects(GUARD, [row[::-1] for row in example.features.tolist()]))


def test_no_row_of_the_training_data_is_suspect(example):
    assert not any(suspects(GUARD, example.features.tolist()))


def test_at_most_one_in_a_thousand_held_out_rows_is_suspect(example):
    """Ranges from nine tenths of the rows, judged on the last tenth, ten times over."""
    flagged = []
    folds = StratifiedKFold(n_splits=10, shuffle=True, random_state=0)
    for train, test in folds.split(example.features, example.labels):
        seen = read_packaged().parameters
        seen.minima = example.features[train].min(axis=0).tolist()
        seen.maxima = example.features[train].max(axis=0).tolist()
        flagged += suspects(TrainingRange(seen), example.features[test].tolist())

    assert len(flagged) == len(example.features)
    assert sum(flagged) <= len(flagged) / 1000
