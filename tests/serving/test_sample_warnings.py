"""lambda_app.sample_warnings: what a sample is warned of, in the order of its columns, then as a whole."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_app.model.columns import Columns
from lambda_app.model.training_range import TrainingRange
from lambda_app.sample_warnings import SampleWarnings, Suspicion, is_suspect, reached
from tests.small_models import category, linear, model, number

COLUMNS = [number("width", minimum=0.0, maximum=2.0), number("length", minimum=-1.0, maximum=1.0)]


def warnings_of(columns, **changes):
    return SampleWarnings(Columns(columns), TrainingRange(model(columns=columns, **changes)))


def suspicion(columns, **changes):
    return Suspicion(TrainingRange(model(columns=columns, **changes)))


def of(warnings, *values):
    """The warnings of a sample of numbers: what was sent is what is compared."""
    return warnings.of(values, values)


def test_a_warning_says_which_feature_on_which_side_and_the_range():
    assert of(warnings_of(COLUMNS), -0.5, 1.5) == [
        {
            "code": "below_training_range",
            "feature": "width",
            "minimum": 0.0,
            "maximum": 2.0,
            "detail": "width is below every value in the training data.",
        },
        {
            "code": "above_training_range",
            "feature": "length",
            "minimum": -1.0,
            "maximum": 1.0,
            "detail": "length is above every value in the training data.",
        },
    ]


def test_a_feature_s_two_sides_are_told_apart_each_time():
    warnings = warnings_of(COLUMNS)
    codes = [[warning["code"] for warning in of(warnings, value, 0.0)] for value in (2.5, -0.5, 2.5, -0.5)]
    assert codes == [["above_training_range"], ["below_training_range"]] * 2


def test_a_suspect_sample_is_warned_of_last_and_as_a_whole():
    warned = of(warnings_of(COLUMNS), 99.0, 0.0)
    assert [(warning["code"], warning["feature"]) for warning in warned] == [
        ("above_training_range", "width"),
        ("input_suspect", None),
    ]
    assert is_suspect(warned)
    assert not is_suspect(warned[:1])
    assert not is_suspect([])


def test_a_category_that_training_never_held_stands_in_column_order():
    columns = [category("colour", unseen=[0.0]), COLUMNS[1]]
    warnings = warnings_of(columns, rows=[["red", 0.0]] * 5, model=linear())
    values, row = ["green", 1.2], [0.0, 1.2]
    assert [(warning["code"], warning["feature"]) for warning in warnings.of(values, row)] == [
        ("unseen_category", "colour"),
        ("above_training_range", "length"),
    ]


def with_columns(count, **changes):
    """The suspicion of columns from -5 to 5."""
    columns = [number(f"c{n}") for n in range(count)]
    rows = [[0.0] * count] * 5
    return suspicion(columns, model=linear([[1.0] * count]), rows=rows, **changes)


@pytest.mark.parametrize(("value", "suspect"), [(3.0, False), (3.1, True), (-1.0, False), (-1.1, True)])
def test_a_value_further_out_than_the_bound_is_suspect(value, suspect):
    """Half a range's width: 1."""
    assert suspicion(COLUMNS).holds([value, 0.0]) is suspect


def test_a_range_without_width_is_left_at_once():
    constant = suspicion([number("width", minimum=1.0, maximum=1.0), COLUMNS[1]])
    assert not constant.holds([1.0, 0.0])
    assert constant.holds([1.001, 0.0])


@pytest.mark.parametrize("value", [-1.7976931348623157e308, 1.7976931348623157e308])
def test_a_range_as_wide_as_floats_go_is_never_left(value):
    """Its width is beyond a float."""
    wide = number("width", minimum=-1.7976931348623157e308, maximum=1.7e308)
    assert not suspicion([wide, COLUMNS[1]]).holds([value, 0.0])
    thin = number("width", minimum=0.0, maximum=5e-324)
    assert suspicion([thin, COLUMNS[1]]).holds([value, 0.0])


@pytest.mark.parametrize(("outside", "suspect"), [(3, False), (4, True)])
def test_many_values_outside_are_suspect(outside, suspect):
    assert with_columns(6).holds([5.5] * outside + [0.0] * (6 - outside)) is suspect


@pytest.mark.parametrize(
    ("sample", "suspect"),
    [([0.0, 1.0, 2.0, 3.0], False), ([1.0, 0.0, 2.0, 3.0], False), ([2.0, 0.5, 1.0, 3.0], True)],
    ids=["in order", "one upside down", "two upside down, of which one is implied"],
)
def test_pairs_upside_down_are_counted_with_those_that_follow(sample, suspect):
    chain = with_columns(4, ordered_pairs=[[0, 1], [1, 2], [2, 3]])
    assert chain.holds(sample) is suspect


@given(
    st.lists(st.sampled_from([*combinations(range(7), 2)]), min_size=1, unique=True),
    st.lists(st.integers(-3, 3).map(float), min_size=7, max_size=7),
    st.integers(1, 9),
)
def test_as_many_pairs_are_upside_down_as_a_count_of_all_finds(pairs, sample, bound):
    """Although only those are counted that follow over a stored pair that is upside down."""
    bounds = {"far": 100.0, "out_of_range": 8, "broken_pairs": bound}
    counted = with_columns(7, ordered_pairs=[*map(list, pairs)], suspicion=bounds)
    everything = [(low, high) for low, above in reached(pairs).items() for high in above]
    assert counted.holds(sample) == (sum(sample[low] > sample[high] for low, high in everything) >= bound)


def test_the_bounds_are_the_artefact_s():
    patient = with_columns(6, suspicion={"far": 100.0, "out_of_range": 7, "broken_pairs": 9})
    assert not patient.holds([50.0] * 6)


def test_all_pairs_follow_from_the_stored_ones():
    assert reached([(0, 1), (1, 2), (3, 1)]) == {0: {1, 2}, 1: {2}, 3: {1, 2}}


def test_pairs_in_a_circle_end():
    assert reached([(0, 1), (1, 0)]) == {0: {0, 1}, 1: {0, 1}}
