"""lambda_app.model.links and calibrated: scores → probabilities, or a number."""

from math import exp, expm1, inf, log
from sys import float_info

import pytest

from lambda_app.model import links
from lambda_app.model.calibrated import Calibrated
from lambda_app.model.format_checks import InvalidModel
from lambda_app.model.predict import ExplanationUnavailable, load
from tests.small_models import linear, model, number

SIGMOID = {"kind": "sigmoid", "a": -2.0, "b": 0.5}
ISOTONIC = {"kind": "isotonic", "x": [-1.0, 0.0, 2.0], "y": [0.1, 0.5, 0.9]}


@pytest.mark.parametrize("score", [-1e308, -800.0, -1.0, 0.0, 1.0, 800.0, 1e308])
def test_a_sigmoid_never_overflows(score):
    assert 0 <= links.sigmoid(score) <= 1
    assert links.sigmoid(0.0) == 0.5


def test_two_classes_by_kind():
    link = {"decides": "above_zero", "kind": "softmax"}
    assert links.classifier_link(link, 2)[0]([log(3)]) == pytest.approx((0.25, 0.75))
    twice = links.classifier_link({"decides": "from_zero", "kind": "exponential"}, 2)[0]
    assert twice([log(3) / 2]) == pytest.approx((0.25, 0.75))
    assert links.classifier_link({"decides": "largest", "kind": "shares"}, 2)[0]([0.3, 0.7]) == [0.3, 0.7]


@pytest.mark.parametrize(
    ("decides", "kind", "scores", "label"),
    [
        ("above_zero", "softmax", [0.0], 0),
        ("above_zero", "softmax", [5e-324], 1),
        ("from_zero", "softmax", [0.0], 1),
        ("from_zero", "softmax", [-5e-324], 0),
        ("from_zero", "exponential", [0.0], 1),
        ("largest", "shares", [0.5, 0.5], 0),
        ("largest", "shares", [0.4, 0.6], 1),
    ],
)
def test_a_tie_is_decided_as_scikit_learn_does(decides, kind, scores, label):
    probabilities, decide = links.classifier_link({"kind": kind, "decides": decides}, 2)
    assert decide(scores, probabilities(scores)) == label


def test_more_classes_decide_by_scores_where_probabilities_have_met():
    for kind in ("softmax", "one_vs_rest"):
        probabilities, decide = links.classifier_link({"kind": kind, "decides": "largest"}, 3)
        assert decide([700.0, 800.0, 1.0], probabilities([700.0, 800.0, 1.0])) == 1
    assert probabilities([-1e308] * 3) == [1 / 3] * 3
    shares, decide = links.classifier_link({"kind": "shares", "decides": "largest"}, 3)
    assert decide([0.2, 0.4, 0.4], shares([0.2, 0.4, 0.4])) == 1


@pytest.mark.parametrize(
    ("link", "classes"),
    [
        ({}, 2),
        ({"kind": "softmax"}, 2),
        ({"kind": "softmax", "decides": "guess"}, 2),
        ({"kind": "softmax", "decides": "above_zero"}, 3),
        ({"kind": "exponential", "decides": "from_zero"}, 3),
        ({"kind": "softmax", "decides": 5}, 2),
        ({"kind": [], "decides": "largest"}, 2),
        ({"kind": "softmax", "decides": "above_zero", "more": 1}, 2),
        ({"kind": "identity", "decides": "largest"}, 2),
    ],
)
def test_a_link_that_does_not_exist_is_refused(link, classes):
    with pytest.raises(InvalidModel):
        links.classifier_link(link, classes)


@pytest.mark.parametrize(
    ("kind", "scale", "value"), [("identity", "target", 2.0), ("exp", "log", exp(2.0)), ("expm1", "log1p", expm1(2.0))]
)
def test_a_regression_s_links(kind, scale, value):
    link, found = links.regressor_link({"kind": kind})
    assert (link(2.0), found) == (value, scale)
    assert link(1e308) <= float_info.max < inf


@pytest.mark.parametrize("link", [{}, {"kind": "softmax"}, {"kind": []}, {"kind": "exp", "decides": "largest"}])
def test_a_regression_s_link_that_does_not_exist_is_refused(link):
    with pytest.raises(InvalidModel):
        links.regressor_link(link)


def calibrated(*members, classes=2):
    return Calibrated(
        {"kind": "calibrated", "decides": "largest", "curves": [list(member) for member in members]}, classes
    )


def test_a_sigmoid_curve_is_platt_s():
    assert calibrated([SIGMOID]).probabilities([1.0])[1] == pytest.approx(1 / (1 + exp(-2.0 * 1.0 + 0.5)))


@pytest.mark.parametrize(
    ("score", "probability"), [(-9.0, 0.1), (-1.0, 0.1), (-0.5, 0.3), (0.0, 0.5), (1.0, 0.7), (2.0, 0.9), (9.0, 0.9)]
)
def test_an_isotonic_curve_is_straight_between_its_points_and_flat_outside(score, probability):
    zero, one = calibrated([ISOTONIC]).probabilities([score])
    assert one == pytest.approx(probability)
    assert zero == 1 - one


def test_members_are_averaged():
    both = calibrated([ISOTONIC], [SIGMOID])
    assert both.scores == 2
    alone = [calibrated([curve]).probabilities([score])[1] for curve, score in ((ISOTONIC, 1.0), (SIGMOID, -1.0))]
    assert both.probabilities([1.0, -1.0])[1] == pytest.approx(sum(alone) / 2)


def test_more_classes_are_brought_to_a_sum_of_one_and_are_uniform_where_all_vanish():
    three = calibrated([ISOTONIC] * 3, classes=3)
    assert three.probabilities([0.0, 0.0, 2.0]) == pytest.approx([0.5 / 1.9, 0.5 / 1.9, 0.9 / 1.9])
    nothing = {"kind": "isotonic", "x": [0.0], "y": [0.0]}
    assert calibrated([nothing] * 3, classes=3).probabilities([1.0, 2.0, 3.0]) == [1 / 3] * 3


def test_two_calibrated_classes_are_explained_in_probability():
    link = {"kind": "calibrated", "decides": "largest", "curves": [[ISOTONIC], [SIGMOID]]}
    made = load(model(model=linear([[1.0, 0.5], [-0.5, 1.0]], [0.0, 0.0]), link=link))
    why = made.explain([1.0, 0.5], 1)
    assert (why.scale, why.towards, why.against) == ("probability", 1, None)
    assert why.total == pytest.approx(made.predict([1.0, 0.5])[1][1], abs=1e-9)
    assert made.explain([0.0, 0.0], 1).contributions == [0.0, 0.0]
    assert made.explains


def test_more_calibrated_classes_are_not_explained():
    link = {"kind": "calibrated", "decides": "largest", "curves": [[ISOTONIC] * 3]}
    three = linear([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]], [0.0] * 3)
    made = load(model(model=three, link=link, target_names=["a", "b", "c"]))
    assert not made.explains
    with pytest.raises(ExplanationUnavailable):
        made.explain([1.0, 1.0], 1)


@pytest.mark.parametrize(
    "link",
    [
        {"curves": [[SIGMOID]], "decides": "above_zero"},
        {"curves": []},
        {"curves": [[]]},
        {"curves": [[SIGMOID, SIGMOID]]},
        {"curves": [SIGMOID]},
        {"curves": 5},
        {"curves": [[{"kind": "sigmoid", "a": "1", "b": 0.0}]]},
        {"curves": [[{"kind": "sigmoid", "a": 1.0}]]},
        {"curves": [[{"kind": "beta", "x": [0.0], "y": [0.0]}]]},
        {"curves": [[{**ISOTONIC, "x": [0.0, 0.0, 1.0]}]]},
        {"curves": [[{**ISOTONIC, "y": [0.0, 0.5, 1.5]}]]},
        {"curves": [[{**ISOTONIC, "y": [0.5]}]]},
        {"curves": [[{"kind": "isotonic", "x": [], "y": []}]]},
        {"curves": [[None]]},
        {"curves": [[SIGMOID]], "more": 1},
    ],
)
def test_odd_curves_are_refused(link):
    with pytest.raises(InvalidModel):
        load(model_with({"kind": "calibrated", "decides": "largest", **link}))


def model_with(link):
    made = model(columns=[number("a"), number("b")])
    made.link = link
    return made
