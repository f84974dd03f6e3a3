"""Samples whose order, units or scale went wrong are noticed, honest ones that training never saw are not."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

from tests.tools.suspicion_table import CHANGES, DATA, OF_THE_SHIPPED, held_out_shares, table
from tests.tools.tables import DOCUMENT, replaced
from training.evaluation.measures.expected_shares import guard
from training.export.training_limits import ordered_pairs, suspicion


@pytest.mark.parametrize("name", DATA)
def test_about_one_honest_row_in_a_hundred_is_suspect_at_most(name):
    """1 % as it is published, and what chance adds to it in so few rows (two standard deviations)."""
    rows = DATA[name]()
    share = held_out_shares(rows, {"honest": lambda values: values})["honest"]
    assert share <= 0.01 + 2 * np.sqrt(0.01 * 0.99 / len(rows))


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("÷ 10", 0.95), ("mean for worst", 0.95), ("logarithms", 0.95), ("÷ 2.54", 0.5), ("× 10", 0.99),
        ("reversed", 0.99), ("rotated by one", 0.99), ("alphabetical", 0.99),
    ],
)  # fmt: skip
def test_what_goes_wrong_with_the_shipped_data_is_noticed(name, least):
    alphabet = np.argsort(load_breast_cancer().feature_names)
    change = {**CHANGES, **OF_THE_SHIPPED, "alphabetical": lambda values: values[:, alphabet]}[name]
    assert held_out_shares(load_breast_cancer().data, {name: change})[name] >= least


def test_the_document_s_table_is_what_is_measured():
    text = DOCUMENT.read_text("utf-8")
    assert text == replaced(text, table()), "python -m tests.tools.suspicion_table writes it"


def test_every_rotation_of_every_row_is_suspect():
    rows = load_breast_cancer().data
    suspected = guard(rows)
    for shift in range(1, 30):
        assert all(map(suspected.holds, np.roll(rows, shift, axis=1).tolist())), shift


def test_only_pairs_that_explain_the_others_are_kept():
    """A chain of five: four pairs say it all."""
    rows = np.arange(20.0)[:, None] + np.arange(5.0)
    assert ordered_pairs(rows) == [[0, 1], [1, 2], [2, 3], [3, 4]]


def test_equal_columns_and_missing_values_make_no_circle():
    rows = np.array([[1.0, 1.0, np.nan], [2.0, 2.0, 3.0], [np.nan, 5.0, 6.0]])
    assert ordered_pairs(rows) == [[0, 2], [1, 2]]


def test_few_rows_take_the_plain_bounds():
    assert suspicion(np.ones((19, 3))) == {"far": 0.5, "out_of_range": 4, "broken_pairs": 2}
