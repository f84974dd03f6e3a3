"""lambda_app.model.columns: what becomes of a row of values."""

from math import inf, nan

import pytest

from lambda_app.model.artefact.format_checks import InvalidModel
from lambda_app.model.columns import Columns
from tests.small_models import category, number

FLAGS = category("flag", categories=[[True, [1.0]], [False, [0.0]]], typical=True)
SIZES = category("size", categories=[[1.0, [1.0, 0.0]], [2.0, [0.0, 1.0]]], unseen=[0.5, 0.5], typical=1.0)


@pytest.mark.parametrize(
    ("missing", "numbers", "without"),
    [
        (None, [3.0], None),
        ([7.0], [3.0], [7.0]),
        ([7.0, 1.0], [3.0, 0.0], [7.0, 1.0]),
        ("sides", [3.0, 3.0], [-inf, inf]),
    ],
    ids=["refused", "filled in", "filled in and told", "on two sides"],
)
def test_a_number_column(missing, numbers, without):
    columns = Columns([number("a", missing=missing)])
    assert columns.numbers([3.0]) == numbers
    assert columns.numbers([None]) == without
    assert columns.accepts_null == [missing is not None]
    assert columns.width == len(numbers)
    assert columns.columns_of_numbers == [0] * len(numbers)


@pytest.mark.parametrize("value", ["3", True, nan, inf, -inf, [], {}, 3])
def test_what_is_no_finite_float_is_not_acceptable_as_a_number(value):
    """JSON's numbers arrive as floats; an int is none that came from a body."""
    assert Columns([number("a", missing=[0.0])]).numbers([value]) is None


@pytest.mark.parametrize(
    ("value", "numbers"),
    [("red", [1.0]), ("blue", [-1.0]), ("green", None), ("", None), (None, None), (1.0, None), ([], None), ({}, None)],
)
def test_a_category_column_that_refuses_the_rest(value, numbers):
    columns = Columns([category("colour")])
    assert columns.numbers([value]) == numbers


def test_unseen_and_missing_categories_where_they_are_answered():
    columns = Columns([category("colour", unseen=[0.25], missing=[0.75])])
    assert columns.numbers(["green"]) == columns.numbers([4.0]) == columns.numbers([True]) == [0.25]
    assert columns.numbers([None]) == [0.75]
    assert columns.unseen(["green"]) == [0]
    assert columns.unseen(["red"]) == columns.unseen([None]) == []


def test_true_is_not_one_and_one_is_not_its_text():
    assert Columns([FLAGS]).numbers([True]) == [1.0]
    assert Columns([FLAGS]).numbers([1.0]) is None
    assert Columns([SIZES]).numbers([1.0]) == [1.0, 0.0]
    assert Columns([SIZES]).numbers([True]) == Columns([SIZES]).numbers(["1"]) == [0.5, 0.5]


def test_second_places_stand_behind_all_other_numbers():
    columns = Columns(
        [number("a", missing="sides"), SIZES, number("b", missing="sides"), number("c", missing=[1.0, 1.0])]
    )
    assert columns.numbers([3.0, 2.0, None, 4.0]) == [3.0, 0.0, 1.0, -inf, 4.0, 0.0, 3.0, inf]
    assert columns.columns_of_numbers == [0, 1, 1, 2, 3, 3, 0, 2]
    assert columns.reference == [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_a_row_of_another_length_is_no_row():
    with pytest.raises(ValueError, match="zip"):
        Columns([number("a")]).numbers([1.0, 2.0])


def test_only_a_row_of_numbers_is_its_own_numbers():
    assert Columns([number("a"), number("b", missing=[1.0])]).is_plain
    for other in (SIZES, number("b", missing=[1.0, 1.0]), number("b", missing="sides")):
        assert not Columns([number("a"), other]).is_plain


def test_what_is_compared_with_ranges():
    """The typical value where one is missing, and nothing for a category."""
    plain = Columns([number("a", missing=[9.0], typical=2.0), number("b")])
    assert plain.plain([1.0, 2.0]) == [1.0, 2.0]
    assert plain.plain([None, 2.0]) == [2.0, 2.0]
    assert Columns([SIZES, number("b")]).plain([1.0, 2.0]) == [0.0, 2.0]
    assert plain.unseen([1.0, 2.0]) == []


def test_every_spelling_has_its_position():
    columns = Columns([number("a", spellings=["A", "alpha"]), SIZES])
    assert columns.positions == {"a": 0, "A": 0, "alpha": 0, "size": 1}


def test_a_typical_value_that_is_not_acceptable_is_refused():
    with pytest.raises(InvalidModel, match="typical"):
        Columns([number("a", typical="x")])
