"""lambda_app.model.predict: the arithmetic, on models small enough to check by hand, and on the shipped one."""

import json
from math import exp, fsum, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_app.model.artefact.format_checks import InvalidModel
from lambda_app.model.artefact.model_parameters import ModelParameters
from lambda_app.model.linear import LARGEST_CONTRIBUTION
from lambda_app.model.predict import load
from lambda_app.model.store import read_packaged
from tests.small_models import MORE, category, fields, linear, model, number
from tests.tools import golden

NUMBERS = st.floats(min_value=-1e6, max_value=1e6)
SHIPPED = read_packaged()
THREE = {
    "target_names": ["a", "b", "c"],
    "model": linear([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]], [0.0, 0.0, 0.5]),
    "link": MORE,
}
ONE_VS_REST = {"kind": "one_vs_rest", "decides": "largest"}


def classifier(**changes):
    return load(model(**changes))


def test_a_score_is_the_scaled_sample_times_the_coefficients():
    """(5 - 1) / 2 · 3 + (4 - 2) / 4 · 8 + 0.25 = 10.25."""
    columns = [number("width", typical=1.0), number("length", typical=2.0)]
    scaled = classifier(columns=columns, model=linear([[3.0, 8.0]], [0.25], scales=[2.0, 4.0]))
    assert scaled.scores([5.0, 4.0]) == [10.25]


def test_two_probabilities_are_the_logistic_function_of_the_score():
    prediction, probabilities, _ = classifier().predict([0.5, 0.25])

    assert prediction == 1
    assert probabilities == pytest.approx([1 - 1 / (1 + exp(-0.75)), 1 / (1 + exp(-0.75))], abs=1e-15)


@pytest.mark.parametrize(("score", "expected"), [(0.0, 0), (5e-324, 1), (-5e-324, 0)])
def test_class_1_is_predicted_exactly_when_its_log_odds_are_positive(score, expected):
    """As scikit-learn decides; the probability of a tiny score rounds to 0.5 and could not tell."""
    assert classifier().predict([score, 0.0])[0] == expected


@pytest.mark.parametrize(("score", "probabilities"), [(1e300, (0.0, 1.0)), (-1e300, (1.0, 0.0))])
def test_huge_scores_give_certainty_not_an_error(score, probabilities):
    assert classifier().predict([score, 0.0])[1] == probabilities


@given(st.lists(NUMBERS, min_size=30, max_size=30))
def test_probabilities_of_any_sample_are_probabilities(sample):
    _, probabilities, members = SHIPPED.predict(sample)

    assert all(0 <= p <= 1 for p in probabilities)
    assert fsum(probabilities) == pytest.approx(1, abs=1e-15)
    assert members


def test_softmax_of_three_classes():
    prediction, probabilities, members = classifier(**THREE).predict([1.0, 2.0])
    powers = [exp(1.0), exp(2.0), exp(-2.5)]

    assert prediction == 1
    assert probabilities == pytest.approx([power / sum(powers) for power in powers], abs=1e-15)
    assert members == (1,)


def test_softmax_of_huge_scores_does_not_overflow():
    assert classifier(**THREE).predict([1e6, 2.0])[1] == [1.0, 0.0, 0.0]


def test_one_vs_rest_normalizes_each_class_s_own_probability():
    _, probabilities, _ = classifier(**{**THREE, "link": ONE_VS_REST}).predict([1.0, 2.0])
    sigmoids = [1 / (1 + exp(-1.0)), 1 / (1 + exp(-2.0)), 1 / (1 + exp(2.5))]

    assert probabilities == pytest.approx([sigmoid / sum(sigmoids) for sigmoid in sigmoids], abs=1e-15)


def test_one_vs_rest_is_uniform_where_every_probability_vanishes():
    """As scikit-learn's, instead of dividing zero by zero."""
    vanishing = {**THREE, "model": linear([[1.0, 0.0]] * 3, [0.0] * 3), "link": ONE_VS_REST}
    assert classifier(**vanishing).predict([-1e6, 0.0])[1] == [1 / 3, 1 / 3, 1 / 3]


@pytest.mark.parametrize(
    ("score", "members"), [(-5.0, (0,)), (0.0, (0, 1)), (5.0, (1,))], ids=["sure", "undecided", "sure of the other"]
)
def test_a_prediction_set_holds_the_classes_that_reach_their_floor(score, members):
    assert classifier(conformal_thresholds={"0.99": [0.4, 0.4]}).predict([score, 0.0])[2] == members


def test_a_probability_equal_to_its_floor_reaches_it():
    assert classifier(conformal_thresholds={"0.99": [0.5, 0.5]}).predict([0.0, 0.0])[2] == (0, 1)


def test_a_prediction_set_is_never_empty():
    """Where no class reaches its floor nothing can be ruled out: a person should look."""
    assert classifier(conformal_thresholds={"0.99": [0.9, 0.9]}).predict([0.0, 0.0])[2] == (0, 1)


@pytest.mark.parametrize(("floor", "members"), [(0.2, (0, 1)), (0.6, (1,)), (0.9, (0, 1, 2))])
def test_three_classes_have_a_prediction_set_too(floor, members):
    """Their probabilities are 0.23, 0.63 and 0.14."""
    made = classifier(**THREE, conformal_thresholds={"0.99": [floor] * 3})
    assert made.predict([0.0, 1.0])[2] == members


def test_a_model_without_a_level_answers_its_prediction_alone():
    assert classifier().predict([5.0, 0.0])[2] == (1,)
    assert classifier().coverage is None


@pytest.mark.parametrize("level", ["0.99", "0.95", "0.9"])
def test_the_level_is_the_artefact_s(level):
    made = classifier(conformal_thresholds={level: [0.4, 0.4]})
    assert (made.coverage, made.predict([0.0, 0.0])[2]) == (float(level), (0, 1))


@pytest.mark.parametrize(("threshold", "label"), [(None, 0), (0.2, 1), (0.25, 1), (0.250001, 0), (1.0, 0)])
def test_a_decision_threshold_is_reached_by_the_probability_of_class_1(threshold, label):
    """Which is a quarter here. The prediction set does not follow it."""
    made = classifier(decision_threshold=threshold, conformal_thresholds={"0.99": [0.5, 0.5]})
    prediction, probabilities, members = made.predict([-1.0986122886681098, 0.0])
    assert probabilities[1] == 0.25
    assert (prediction, members) == (label, (0,))


@pytest.mark.parametrize(
    ("sample", "coefficients", "expected"),
    [
        ([1.7e308, 1.7e308], [1.0, 1.0], 1),
        ([-1.7e308, -1.7e308], [1.0, 1.0], 0),
        ([1.7e308, 0.0], [10.0, 1.0], 1),
        ([1.7e308, 1.7e308], [10.0, -20.0], 0),
    ],
    ids=["sum", "negative sum", "product", "products of both signs"],
)
def test_numbers_near_the_end_of_a_float_s_range_are_answered(sample, coefficients, expected):
    """Each contribution counts as 1e300 at most, so that sums are finite and an explanation still adds up."""
    steep = classifier(model=linear([coefficients], [-1.0]))
    prediction, probabilities, _ = steep.predict(sample)
    why = steep.explain(sample, prediction)

    assert prediction == expected
    assert fsum(probabilities) == 1
    assert all(abs(contribution) <= LARGEST_CONTRIBUTION for contribution in why.contributions)
    assert steep.scores(sample) == [why.total]
    assert fsum([why.baseline, *why.contributions]) == why.total


def test_with_more_classes_an_overflow_in_one_score_leaves_the_others_right():
    assert classifier(**THREE).scores([1.7e308, 1.7e308])[2] == -2 * LARGEST_CONTRIBUTION


@given(st.lists(NUMBERS, min_size=30, max_size=30))
def test_contributions_add_up_from_the_baseline_to_the_log_odds(sample):
    """Within 1e-9 of the log-odds, relative to the largest contribution."""
    prediction = SHIPPED.predict(sample)[0]
    why = SHIPPED.explain(sample, prediction)
    size = max(1.0, *map(abs, why.contributions))

    assert fsum([why.baseline, *why.contributions]) == pytest.approx(why.total, abs=1e-9)
    assert SHIPPED.scores(sample)[0] == pytest.approx(why.total, abs=1e-9 * size)


def test_the_baseline_is_the_average_patient():
    why = SHIPPED.explain(SHIPPED.columns.typical, 1)
    intercept = SHIPPED.parameters.model["intercepts"][0]
    assert (why.baseline, why.total, why.contributions) == (intercept, intercept, [0.0] * 30)
    assert (why.scale, why.towards, why.against) == ("log_odds", 1, 0)


def test_with_more_classes_the_margin_over_the_runner_up_is_explained():
    """Scores -3, -2 and 5.5: class 2 against class 1, whose intercept is 0.5 less."""
    why = classifier(**THREE).explain([-3.0, -2.0], 2)
    assert (why.scale, why.towards, why.against) == ("log_odds", 2, 1)
    assert (why.baseline, why.total, why.contributions) == (0.5, 7.5, [3.0, 4.0])


def test_the_margin_is_the_logarithm_of_the_ratio_of_both_probabilities():
    made = classifier(**THREE)
    label, probabilities, _ = made.predict([0.25, 1.5])
    why = made.explain([0.25, 1.5], label)
    assert why.total == pytest.approx(log(probabilities[why.towards] / probabilities[why.against]), abs=1e-12)


def test_one_vs_rest_explains_scores_and_shares_a_probability():
    """Neither has a margin in log-odds."""
    rest = classifier(**{**THREE, "link": ONE_VS_REST}).explain([-3.0, -2.0], 2)
    assert (rest.scale, rest.towards, rest.against, rest.total) == ("score", 2, 1, 7.5)
    forest = classifier(**FOREST).explain([1.0, 0.0], 0)
    assert (forest.scale, forest.towards, forest.against) == ("probability", 1, None)
    assert forest.total == pytest.approx(classifier(**FOREST).predict([1.0, 0.0])[1][1])


LEAVES = {"nodes": [0, -1, -2], "thresholds": [0.5], "leaves": [[0.75, 0.25], [0.125, 0.875]], "start": [0.0, 0.0]}
FOREST = {"model": {"kind": "trees", **LEAVES, "divide_by": 1}, "link": {"kind": "shares", "decides": "largest"}}


def test_a_forest_answers_the_shares_themselves():
    assert classifier(**FOREST).predict([0.5, 0.0]) == (0, [0.75, 0.25], (0,))
    assert classifier(**FOREST).predict([0.6, 0.0]) == (1, [0.125, 0.875], (1,))
    assert (classifier(**FOREST).scorer.comparisons, classifier().scorer.comparisons) == (1, 0)


IMPROPER = [
    {"leaves": [[2.0, 0.0], [0.125, 0.875]]},
    {"leaves": [[1.25, -0.25], [0.125, 0.875]]},
    {"leaves": [[-0.5, 1.5], [0.125, 0.875]]},
    {"leaves": [[0.5, 0.25], [0.125, 0.875]]},
    {"start": [0.0, 0.5]},
    {"divide_by": 2},
    {"leaves": [[0.75], [0.125]], "nodes": [-1, -2], "thresholds": [], "divide_by": 2},
]


@pytest.mark.parametrize("changes", IMPROPER)
def test_shares_that_are_no_probabilities_are_refused(changes):
    """Even where the golden rows agree with them, or no golden row comes to the leaf."""
    with pytest.raises(InvalidModel, match="averages of trees' probabilities"):
        classifier(**{**FOREST, "model": {**FOREST["model"], **changes}})


def test_weighted_sums_are_no_shares():
    with pytest.raises(InvalidModel, match="averages of trees' probabilities"):
        classifier(model=linear([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0]), link=FOREST["link"])


def test_parameters_that_changed_since_they_were_judged_are_refused():
    made = model()
    made.examples = [{"label": "benign", "features": {}}]
    with pytest.raises(InvalidModel, match="do not fit together"):
        load(made)


def test_a_category_moves_as_one():
    mixed = {"columns": [category("colour"), number("length", missing=[0.0, 1.0])], "model": linear([[1.0, 0.5, 2.0]])}
    made = classifier(**mixed, rows=[["red", 1.0], ["blue", None]] * 3)
    why = made.explain(made.columns.numbers(["blue", None]), 0)
    assert (why.baseline, why.contributions) == (0.0, [-2.0, 2.0])


def test_a_model_that_disagrees_with_a_golden_row_is_refused():
    """Off by 1e-11 in one probability of one row."""
    made = fields()
    made["golden_rows"][3]["probabilities"][0] += 1e-11

    with pytest.raises(InvalidModel, match="golden rows"):
        load(ModelParameters(**made))


def test_the_readme_s_sample_is_benign_with_a_probability_of_0_926():
    """Row 19 of the data set, scikit-learn's own answer."""
    row = json.loads(golden.event("rest_list")["body"])["features"]
    prediction, probabilities, members = SHIPPED.predict(row)

    assert prediction == 1
    assert probabilities[1] == pytest.approx(0.9261280, abs=1e-7)
    assert members == (0, 1)
