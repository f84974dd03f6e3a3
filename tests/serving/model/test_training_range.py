"""lambda_app.model.training_range: warnings for values outside, suspicion of whole samples."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_app.model.training_range import BLOCK, FEW, TrainingRange, reached
from tests.small_models import category, linear, model, number

COLUMNS = [number("width", minimum=0.0, maximum=2.0), number("length", minimum=-1.0, maximum=1.0)]
RANGE = TrainingRange(model(columns=COLUMNS))


def with_columns(count, **changes):
    """A range of columns from -5 to 5."""
    columns = [number(f"c{n}") for n in range(count)]
    rows = [[0.0] * count] * 5
    return TrainingRange(model(columns=columns, model=linear([[1.0] * count]), rows=rows, **changes))


@pytest.mark.parametrize("sample", [[0.0, -1.0], [2.0, 1.0], [1.0, 0.0]])
def test_values_inside_and_at_the_ends_are_not_beyond(sample):
    assert RANGE.outside([sample]) == []
    assert RANGE.beyond(sample) == []
    assert not RANGE.is_suspect(sample)


def test_values_beyond_are_told_with_their_side():
    assert RANGE.beyond([-0.5, 1.5]) == [(0, True), (1, False)]


@pytest.mark.parametrize("count", [1, FEW - 1, FEW, BLOCK, BLOCK + FEW + 1])
def test_those_outside_are_found_wherever_they_are(count):
    samples = [[1.0, 0.0] for _ in range(count)]
    assert RANGE.outside(samples) == []
    for place in {0, count // 2, count - 1}:
        for odd in ([-0.1, 0.0], [1.0, 1.1]):
            assert RANGE.outside([*samples[:place], odd, *samples[place + 1 :]]) == [place]


@pytest.mark.parametrize("count", [1, FEW, BLOCK + 1])
def test_a_pair_upside_down_is_found_wherever_it_is(count):
    pairs = TrainingRange(model(columns=COLUMNS, ordered_pairs=[[1, 0]]))
    samples = [[1.0, 0.0] for _ in range(count)]
    assert pairs.outside(samples) == []
    assert pairs.outside([*samples[1:], [0.5, 0.9]]) == [count - 1]


@pytest.mark.parametrize(("value", "suspect"), [(3.0, False), (3.1, True), (-1.0, False), (-1.1, True)])
def test_a_value_further_out_than_the_bound_is_suspect(value, suspect):
    """Half a range's width: 1."""
    assert RANGE.is_suspect([value, 0.0]) is suspect


def test_a_range_without_width_is_left_at_once():
    constant = TrainingRange(model(columns=[number("width", minimum=1.0, maximum=1.0), COLUMNS[1]]))
    assert not constant.is_suspect([1.0, 0.0])
    assert constant.is_suspect([1.001, 0.0])


@pytest.mark.parametrize("value", [-1.7976931348623157e308, 1.7976931348623157e308])
def test_a_range_as_wide_as_floats_go_is_never_left(value):
    """Its width is beyond a float."""
    wide = number("width", minimum=-1.7976931348623157e308, maximum=1.7e308)
    assert not TrainingRange(model(columns=[wide, COLUMNS[1]])).is_suspect([value, 0.0])
    thin = number("width", minimum=0.0, maximum=5e-324)
    assert TrainingRange(model(columns=[thin, COLUMNS[1]])).is_suspect([value, 0.0])


@pytest.mark.parametrize(("outside", "suspect"), [(3, False), (4, True)])
def test_many_values_outside_are_suspect(outside, suspect):
    assert with_columns(6).is_suspect([5.5] * outside + [0.0] * (6 - outside)) is suspect


@pytest.mark.parametrize(
    ("sample", "suspect"),
    [([0.0, 1.0, 2.0, 3.0], False), ([1.0, 0.0, 2.0, 3.0], False), ([2.0, 0.5, 1.0, 3.0], True)],
    ids=["in order", "one upside down", "two upside down, of which one is implied"],
)
def test_pairs_upside_down_are_counted_with_those_that_follow(sample, suspect):
    chain = with_columns(4, ordered_pairs=[[0, 1], [1, 2], [2, 3]])
    assert chain.is_suspect(sample) is suspect


@given(
    st.lists(st.sampled_from([*combinations(range(7), 2)]), min_size=1, unique=True),
    st.lists(st.integers(-3, 3).map(float), min_size=7, max_size=7),
    st.integers(1, 9),
)
def test_as_many_pairs_are_upside_down_as_a_count_of_all_finds(pairs, sample, bound):
    """Although only those are counted that follow over a stored pair that is upside down."""
    suspicion = {"far": 100.0, "out_of_range": 8, "broken_pairs": bound}
    counted = with_columns(7, ordered_pairs=[*map(list, pairs)], suspicion=suspicion)
    everything = [(low, high) for low, above in reached(pairs).items() for high in above]
    assert counted.is_suspect(sample) == (sum(sample[low] > sample[high] for low, high in everything) >= bound)


def test_the_bounds_are_the_artefact_s():
    patient = with_columns(6, suspicion={"far": 100.0, "out_of_range": 7, "broken_pairs": 9})
    assert not patient.is_suspect([50.0] * 6)


def test_all_pairs_follow_from_the_stored_ones():
    assert reached([(0, 1), (1, 2), (3, 1)]) == {0: {1, 2}, 1: {2}, 3: {1, 2}}


def test_pairs_in_a_circle_end():
    assert reached([(0, 1), (1, 0)]) == {0: {0, 1}, 1: {0, 1}}


def test_categories_have_no_range():
    mixed = TrainingRange(model(columns=[category("colour"), COLUMNS[1]], rows=[["red", 0.0]] * 5))
    assert mixed.outside([[0.0, 0.0], [0.0, 2.0]]) == [1]
    assert mixed.beyond([0.0, 2.0]) == [(1, False)]
