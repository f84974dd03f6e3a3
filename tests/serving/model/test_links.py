"""lambda_app.model.links: scores → probabilities, or a number."""

from math import exp, expm1, inf, log
from sys import float_info

import pytest

from lambda_app.model import links
from lambda_app.model.artefact.format_checks import InvalidModel
from lambda_app.model.regressor import regressor_link


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
    link, found = regressor_link({"kind": kind})
    assert (link(2.0), found) == (value, scale)
    assert link(1e308) <= float_info.max < inf


@pytest.mark.parametrize("link", [{}, {"kind": "softmax"}, {"kind": []}, {"kind": "exp", "decides": "largest"}])
def test_a_regression_s_link_that_does_not_exist_is_refused(link):
    with pytest.raises(InvalidModel):
        regressor_link(link)
