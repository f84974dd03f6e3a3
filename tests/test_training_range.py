"""lambda_app.model.training_range: who is warned, and of what."""

import pytest

from lambda_app.model.training_range import TrainingRange
from tests.training.small_models import model

RANGE = TrainingRange(model(minima=[0.0, -1.0], maxima=[2.0, 1.0]))


def codes(sample, listed=False):
    return [(warning["code"], warning["feature"]) for warning in RANGE.warnings(sample, listed)]


@pytest.mark.parametrize("sample", [[1.0, 0.0], [0.0, -1.0], [2.0, 1.0]], ids=["inside", "smallest", "largest"])
def test_training_values_are_not_warned_of(sample):
    assert RANGE.warnings(sample, listed=True) == []


def test_a_warning_says_what_was_seen_in_training():
    assert RANGE.warnings([-0.5, 0.0], listed=False) == [
        {
            "code": "below_training_range",
            "feature": "width",
            "minimum": 0.0,
            "maximum": 2.0,
            "detail": "width is below every value in the training data.",
        }
    ]


def test_every_value_outside_is_warned_of_in_feature_order():
    assert codes([-0.5, 1.5]) == [("below_training_range", "width"), ("above_training_range", "length")]


@pytest.mark.parametrize("sample", [[3.0, 0.0], [-1.0, 0.0]])
def test_half_a_range_s_width_outside_is_not_suspect_yet(sample):
    assert len(codes(sample, listed=True)) == 1


@pytest.mark.parametrize("sample", [[3.01, 0.0], [-1.01, 0.0]])
def test_a_list_with_a_value_further_out_is_suspected_of_its_order(sample):
    assert codes(sample, listed=True)[1:] == [("order_suspect", "width")]


def test_one_suspicion_a_sample_names_the_worst_feature():
    assert codes([5.0, 50.0], listed=True)[2:] == [("order_suspect", "length")]


def test_named_values_have_no_order_to_suspect():
    assert codes([1e9, 1e9]) == [("above_training_range", "width"), ("above_training_range", "length")]


def test_a_feature_that_never_varied_in_training_is_suspect_at_any_other_value():
    constant = TrainingRange(model(minima=[1.0, -1.0], maxima=[1.0, 1.0]))
    assert constant.warnings([1.001, 0.0], listed=True)[-1]["code"] == "order_suspect"
