"""lambda_app.model.linear: weighted sums, what each column adds to them, and the ends of a float's range."""

from math import inf, isfinite, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_app.model.artefact.format_checks import InvalidModel
from lambda_app.model.columns import Columns
from lambda_app.model.linear import LARGEST_CONTRIBUTION, Linear
from tests.small_models import category, linear, number

PAIR = Columns([number("width", typical=1.0), number("length", typical=2.0)])
MIXED = Columns([category("colour"), number("length", missing=[4.0, 1.0])])
LARGEST = 1.7976931348623157e308
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
WEIGHTS = st.floats(min_value=-1e300, max_value=1e300)


def test_scales_and_typical_values_are_folded_in():
    """(5 - 1) / 2 · 3 + (4 - 2) / 4 · 8 + 0.25; the typical row's score is the intercept."""
    made = Linear(linear([[3.0, 8.0]], [0.25], [2.0, 4.0]), PAIR)
    assert made.scores([5.0, 4.0]) == [10.25]
    assert made.scores(PAIR.reference) == [0.25]
    assert made.comparisons == 0
    assert not made.gives_shares()


def test_every_row_has_its_score():
    made = Linear(linear([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]], [0.0, 0.5, 1.0]), PAIR)
    assert made.scores([3.0, 7.0]) == [2.0, 5.5, -6.0]


def test_contributions_lead_from_the_baseline_to_the_weighted_scores():
    """Score 1 less score 2."""
    made = Linear(linear([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]], [0.0, 0.5, 1.0]), PAIR)
    assert made.contributions([3.0, 7.0], [0.0, 1.0, -1.0]) == (-0.5, [2.0, 10.0])
    assert made.contributions([3.0, 7.0], [0.0, 0.0, 1.0]) == (1.0, [-2.0, -5.0])


def test_the_numbers_of_a_column_are_its_one_contribution():
    """A missing length is 4 above its typical 0, and told so: 4 · 0.5 + 3."""
    made = Linear(linear([[1.0, 0.5, 3.0]]), MIXED)
    assert made.contributions(MIXED.numbers(["blue", None]), [1.0]) == (0.0, [-2.0, 5.0])


RECORDS = [
    ({"more": 1}, "must have the fields"),
    ({"coefficients": []}, "must be rows"),
    ({"coefficients": {}}, "must be rows"),
    ({"coefficients": [[1.0]]}, "must hold 2 numbers"),
    ({"coefficients": [[1.0, 1]]}, "must hold 2 numbers"),
    ({"coefficients": [[1.0, nan]]}, "must hold 2 numbers"),
    ({"coefficients": [1.0, 1.0]}, "must hold 2 numbers"),
    ({"intercepts": [0.0, 0.0]}, "intercepts must hold 1"),
    ({"intercepts": ["0"]}, "intercepts must hold 1"),
    ({"scales": [1.0]}, "scales must hold 2"),
    ({"scales": [1.0, inf]}, "scales must hold 2"),
    ({"scales": [1.0, 0.0]}, "greater than zero"),
    ({"scales": [1.0, -1.0]}, "greater than zero"),
    ({"scales": [1.0, 5e-324]}, "numbers up to 1e"),
    ({"coefficients": [[1.0, 1e308]]}, "numbers up to 1e"),
    ({"intercepts": [-1e308]}, "numbers up to 1e"),
]


@pytest.mark.parametrize(("changes", "sentence"), RECORDS)
def test_an_odd_record_is_refused(changes, sentence):
    with pytest.raises(InvalidModel, match=sentence):
        Linear({**linear(), **changes}, PAIR)


@pytest.mark.parametrize("typical", [LARGEST, -LARGEST])
def test_weights_whose_offset_is_beyond_a_float_are_refused(typical):
    """Two products overflow to the same infinity, to both (whose sum is nothing), or in their sum."""
    columns = Columns([number("a", typical=typical), number("b", typical=typical)])
    for coefficients in ([9.0, 9.0], [9.0, -9.0], [1.0, 1.0]):
        with pytest.raises(InvalidModel, match="numbers up to 1e"):
            Linear(linear([coefficients]), columns)


@given(
    rows=st.lists(st.tuples(WEIGHTS, WEIGHTS), min_size=1, max_size=3),
    intercept=WEIGHTS,
    numbers=st.lists(FLOATS, min_size=2, max_size=2),
)
def test_every_number_has_finite_scores_and_a_finite_explanation(rows, intercept, numbers):
    made = Linear(linear(rows, [intercept] * len(rows)), Columns([number("a"), number("b")]))
    assert all(map(isfinite, made.scores(numbers)))
    for weights in ([1.0, *[0.0] * (len(rows) - 1)], [*[0.0] * (len(rows) - 1), 1.0], [1.0, -1.0, 0.0][: len(rows)]):
        baseline, parts = made.contributions(numbers, weights)
        assert isfinite(baseline)
        assert all(abs(part) <= LARGEST_CONTRIBUTION for part in parts)


def test_several_scores_are_bounded_where_a_product_overflows():
    """Of both signs, their sum would be no number at all."""
    made = Linear(linear([[10.0, -10.0], [10.0, 0.0], [1.0, 0.0]], [0.0] * 3), Columns([number("a"), number("b")]))
    assert made.scores([LARGEST, LARGEST]) == [0.0, LARGEST_CONTRIBUTION, LARGEST_CONTRIBUTION]
    assert made.scores([LARGEST, 0.0]) == [LARGEST_CONTRIBUTION] * 3
    assert made.scores([3.0, 1.0]) == [20.0, 30.0, 3.0]
