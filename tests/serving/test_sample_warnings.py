"""lambda_app.sample_warnings: what a sample is warned of, in the order of its columns, then as a whole."""

from lambda_app.model.columns import Columns
from lambda_app.model.training_range import TrainingRange
from lambda_app.sample_warnings import SampleWarnings, is_suspect
from tests.small_models import category, linear, model, number

COLUMNS = [number("width", minimum=0.0, maximum=2.0), number("length", minimum=-1.0, maximum=1.0)]


def warnings_of(columns, **changes):
    return SampleWarnings(Columns(columns), TrainingRange(model(columns=columns, **changes)))


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
