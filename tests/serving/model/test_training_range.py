"""lambda_app.model.training_range: values outside, and pairs upside down."""

import pytest

from lambda_app.model.training_range import BLOCK, FEW, TrainingRange
from tests.small_models import category, model, number

COLUMNS = [number("width", minimum=0.0, maximum=2.0), number("length", minimum=-1.0, maximum=1.0)]
RANGE = TrainingRange(model(columns=COLUMNS))


@pytest.mark.parametrize("sample", [[0.0, -1.0], [2.0, 1.0], [1.0, 0.0]])
def test_values_inside_and_at_the_ends_are_not_beyond(sample):
    assert RANGE.outside([sample]) == []
    assert RANGE.beyond(sample) == []


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


def test_categories_have_no_range():
    mixed = TrainingRange(model(columns=[category("colour"), COLUMNS[1]], rows=[["red", 0.0]] * 5))
    assert mixed.outside([[0.0, 0.0], [0.0, 2.0]]) == [1]
    assert mixed.beyond([0.0, 2.0]) == [(1, False)]
