"""A cell means to bulk scoring what it means to the trainer."""

from __future__ import annotations

from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_app.bulk.rows.cells import BOOLEANS, MISSING, category_reader, number
from training.data import cells as trainer


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1", 1.0),
        (" 1.5 ", 1.5),
        ("+2e3", 2000.0),
        (".5", 0.5),
        ("-0", 0.0),
        ("inf", float("inf")),
        ("1e999", float("inf")),
    ],
)
def test_a_number(cell, value):
    assert number(cell) == value
    assert type(number(cell)) is float


@pytest.mark.parametrize("cell", ["", " ", "NA", "n/a", "NaN", "null", "None", "?", "-", "#N/A"])
def test_a_missing_value(cell):
    assert number(cell) is None


@pytest.mark.parametrize("cell", ["1_000", "١٢", "0x10", "1,5", "twelve", "1 2", "−1", "1e"])
def test_anything_else_stays_text_for_the_validator_to_judge(cell):
    assert number(cell) == cell


@given(st.text(max_size=12))
def test_no_cell_is_not_a_number(cell):
    value = number(cell)
    assert not isinstance(value, float) or not isnan(value)


CATEGORIES = [
    (["red", "NA"], {"red": "red", " red ": "red", "NA": "NA", "na": None, "": None, "1.0": "1.0", "blue": "blue"}),
    ([1.0, 2.0], {"1": 1.0, "2.0": 2.0, "3": 3.0, "": None, "red": "red", "true": "true"}),
    ([True, False], {"True": True, "false": False, "": None, "1": "1", "yes": "yes"}),
]


@pytest.mark.parametrize(("known", "cells"), CATEGORIES)
def test_a_category(known, cells):
    read = category_reader(known)
    assert [(value, type(value)) for value in map(read, cells)] == [(v, type(v)) for v in cells.values()]


def test_missing_values_and_booleans_are_the_trainers():
    assert (MISSING, BOOLEANS) == (trainer.MISSING, trainer.BOOLEANS)


@given(st.text(alphabet="0123456789.eE+-, _naNAinf?", max_size=8))
def test_where_a_cell_is_a_number_it_is_the_trainers(cell):
    value = number(cell)
    if isinstance(value, float):
        assert value == trainer.number(cell)
    elif value is None:
        assert isnan(trainer.number(cell))
    else:
        assert trainer.number(cell) is None
