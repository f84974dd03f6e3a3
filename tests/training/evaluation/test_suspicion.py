"""Samples whose order, units or scale went wrong are noticed, honest ones that training never saw are not."""

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine

from lambda_app.model.training_range import TrainingRange
from training.export.training_limits import ordered_pairs, suspicion

FOLDS = 10


def guard_of(rows):
    """The range and suspicion that an export learns from these rows."""
    columns = [
        {"name": f"column {n}", "kind": "number", "minimum": float(low), "maximum": float(high)}
        for n, (low, high) in enumerate(zip(rows.min(axis=0), rows.max(axis=0), strict=True))
    ]
    return TrainingRange(SimpleNamespace(columns=columns, ordered_pairs=ordered_pairs(rows), suspicion=suspicion(rows)))


def held_out_share(rows, change=lambda values: values):
    """The share of rows that are suspect after `change`, each judged by what was learnt from the other folds."""
    order, suspect = np.random.default_rng(1).permutation(len(rows)), 0
    for held_out in np.array_split(order, FOLDS):
        guard = guard_of(rows[np.setdiff1d(order, held_out)])
        suspect += sum(guard.is_suspect(row) for row in change(rows[held_out]).tolist())
    return suspect / len(rows)


def lognormal(columns=8, rows=400):
    return np.random.default_rng(0).lognormal(0, 1, size=(rows, columns))


DATA = {
    "breast_cancer": lambda: load_breast_cancer().data,
    "wine": lambda: load_wine().data,
    "iris": lambda: load_iris().data,
    "digits": lambda: load_digits().data,
    "diabetes": lambda: load_diabetes(scaled=False).data,
    "lognormal": lognormal,
}


@pytest.mark.parametrize("name", DATA)
def test_about_one_honest_row_in_a_hundred_is_suspect_at_most(name):
    """1 % as it is published, and what chance adds to it in so few rows (two standard deviations)."""
    rows = DATA[name]()
    share = held_out_share(rows)
    assert share <= 0.01 + 2 * np.sqrt(0.01 * 0.99 / len(rows))


def swapped(values):
    """The shipped data's means for its worst values, and the other way round."""
    return np.hstack([values[:, 20:], values[:, 10:20], values[:, :10]])


CHANGES = {
    "a tenth": (lambda values: values / 10, 0.95),
    "mean for worst": (swapped, 0.95),
    "logarithms": (lambda values: np.log(np.maximum(values, 1e-4)), 0.95),
    "inches": (lambda values: values / 2.54, 0.5),
    "ten times": (lambda values: values * 10, 0.99),
    "reversed": (lambda values: values[:, ::-1], 0.99),
    "rotated by one": (lambda values: np.roll(values, 1, axis=1), 0.99),
    "alphabetical": (lambda values: values[:, np.argsort(load_breast_cancer().feature_names)], 0.99),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_goes_wrong_with_the_shipped_data_is_noticed(name):
    change, least = CHANGES[name]
    assert held_out_share(load_breast_cancer().data, change) >= least


def test_every_rotation_of_every_row_is_suspect():
    rows = load_breast_cancer().data
    guard = guard_of(rows)
    for shift in range(1, 30):
        assert all(map(guard.is_suspect, np.roll(rows, shift, axis=1).tolist())), shift


def test_only_pairs_that_explain_the_others_are_kept():
    """A chain of five: four pairs say it all."""
    rows = np.arange(20.0)[:, None] + np.arange(5.0)
    assert ordered_pairs(rows) == [[0, 1], [1, 2], [2, 3], [3, 4]]


def test_equal_columns_and_missing_values_make_no_circle():
    rows = np.array([[1.0, 1.0, np.nan], [2.0, 2.0, 3.0], [np.nan, 5.0, 6.0]])
    assert ordered_pairs(rows) == [[0, 2], [1, 2]]


def test_few_rows_take_the_plain_bounds():
    assert suspicion(np.ones((19, 3))) == {"far": 0.5, "out_of_range": 4, "broken_pairs": 2}
