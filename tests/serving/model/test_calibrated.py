"""lambda_app.model.calibrated: curves of scores, their average, and what they say of a column."""

from math import exp, nextafter

import pytest

from lambda_app.model.artefact.format_checks import InvalidModel
from lambda_app.model.calibrated import Calibrated
from lambda_app.model.predict import load
from tests.small_models import linear, model

SIGMOID = {"kind": "sigmoid", "a": -2.0, "b": 0.5}
ISOTONIC = {"kind": "isotonic", "x": [-1.0, 0.0, 2.0], "y": [0.1, 0.5, 0.9]}


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


def test_rounding_leads_to_no_probability_beyond_1():
    """The line from (-3, 0.44) to 1 ends one bit above it, one bit before its end."""
    end = -0.7999999999999998
    steep = calibrated([{"kind": "isotonic", "x": [-3.0, end], "y": [0.44, 1.0]}])
    assert 0.56 / (end + 3.0) * (nextafter(end, -9.0) + 3.0) + 0.44 > 1
    assert steep.probabilities([nextafter(end, -9.0)]) == [0.0, 1.0]


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


ODD = [
    ({"curves": [[SIGMOID]], "decides": "above_zero"}, "largest probability"),
    ({"curves": []}, "a list a member"),
    ({"curves": 5}, "a list a member"),
    ({"curves": [SIGMOID]}, "a list a member"),
    ({"curves": [[]]}, "1 curve"),
    ({"curves": [[SIGMOID, SIGMOID]]}, "1 curve"),
    ({"curves": [[SIGMOID]], "more": 1}, "kind, decides and curves"),
    ({"curves": [[None]]}, "sigmoid or isotonic"),
    ({"curves": [[{"kind": "beta", "x": [0.0], "y": [0.0]}]]}, "sigmoid or isotonic"),
    ({"curves": [[{"kind": "sigmoid", "a": 1.0}]]}, "must hold a and b"),
    ({"curves": [[{"kind": "sigmoid", "a": "1", "b": 0.0}]]}, "finite numbers"),
    ({"curves": [[{**ISOTONIC, "y": [0.5]}]]}, "x and y must be numbers"),
    ({"curves": [[{"kind": "isotonic", "x": [], "y": []}]]}, "x and y must be numbers"),
    ({"curves": [[{**ISOTONIC, "x": [0.0, 0.0, 1.0]}]]}, "x must rise"),
    ({"curves": [[{**ISOTONIC, "y": [0.0, 0.5, 1.5]}]]}, "must be probabilities"),
    ({"curves": [[{**ISOTONIC, "y": [0.0, 0.9, 0.5]}]]}, "y must not fall"),
    ({"curves": [[{**ISOTONIC, "x": [0.0, 5e-324, 1.0]}]]}, "slopes must be finite"),
    ({"curves": [[{**ISOTONIC, "x": [-1.7e308, 0.0, 1.7e308]}]]}, "slopes must be finite"),
]


@pytest.mark.parametrize(("link", "sentence"), ODD)
def test_odd_curves_are_refused(link, sentence):
    with pytest.raises(InvalidModel, match=sentence):
        Calibrated({"kind": "calibrated", "decides": "largest", **link}, 2)


def test_an_odd_curve_is_refused_where_the_model_is_loaded():
    made = model()
    made.link = {"kind": "calibrated", "decides": "largest", "curves": []}
    with pytest.raises(InvalidModel, match="a list a member"):
        load(made)
