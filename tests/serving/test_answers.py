"""lambda_app.answers: the text of an answer is exactly what json.dumps would write."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_app.answers import Answers, model_metadata
from lambda_app.model.explanation import Explanation
from tests.small_models import MORE, REGRESSION, linear, model

WARNING = {"code": "above_training_range", "feature": "width", "minimum": 0.0, "maximum": 1.0, "detail": "It is."}
AWKWARD = ['50 % "sure"', "ünïcödé\ud800 \\ %s"]


def answers(**changes):
    return Answers(model(**changes), "packaged")


def test_one_sample_keeps_the_order_of_the_contract():
    text = answers().single(answers().sample((1, (0.25, 0.75), (0, 1))))
    document = json.loads(text)

    assert json.dumps(document) == text
    assert list(document) == [
        "prediction", "label", "probability", "probabilities", "prediction_set", "warnings", "model_metadata",
    ]  # fmt: skip
    assert document["label"] == "benign"
    assert document["probability"] == 0.75
    assert document["probabilities"] == {"malignant": 0.25, "benign": 0.75}
    assert document["prediction_set"] == ["malignant", "benign"]


def test_for_two_classes_the_probability_is_that_of_class_1_whatever_is_predicted():
    document = json.loads(answers().single(answers().sample((0, (0.75, 0.25), (0,)))))
    assert (document["label"], document["probability"]) == ("malignant", 0.25)


def test_for_more_classes_the_probability_is_that_of_the_predicted_one():
    three = answers(target_names=["a", "b", "c"], model=linear([[1.0, 1.0]] * 3, [0.0] * 3), link=MORE)
    document = json.loads(three.single(three.sample((2, [0.1, 0.2, 0.7], (2,)))))

    assert (document["label"], document["probability"]) == ("c", 0.7)
    assert document["probabilities"] == {"a": 0.1, "b": 0.2, "c": 0.7}


def test_a_batch_says_once_which_model_it_was():
    sample = answers().sample((1, (0.25, 0.75), (1,)))
    document = json.loads(answers().batch([sample, sample]))

    assert list(document) == ["predictions", "model_metadata"]
    assert len(document["predictions"]) == 2
    assert "model_metadata" not in document["predictions"][0]


def test_warnings_and_explanation_are_part_of_a_sample():
    made = answers()
    text = made.sample((1, (0.25, 0.75), (1,)), [WARNING, {**WARNING, "code": "input_suspect"}])
    text = made.single(text + made.explanation(Explanation("log_odds", 1, 0, (0.5, [0.0, 1.0])), [3.0, 4.0]))
    document = json.loads(text)

    assert json.dumps(document) == text
    assert list(document)[-3:] == ["warnings", "explanation", "model_metadata"]
    assert document["warnings"] == [WARNING, {**WARNING, "code": "input_suspect"}]


@pytest.mark.parametrize("values", [[3.0, 4.0], ["red", 4.0], [None, 4.0], [True, 1e-7], ['"\ud800', 1e22]])
@pytest.mark.parametrize("parts", [[-0.5, 0.25], [0.25, -0.5], [0.5, -0.5], [1e-300, 1e300]])
def test_an_explanation_is_written_as_json_dumps_writes_it_the_largest_first_equal_ones_in_order(values, parts):
    text = f"{{{answers().explanation(Explanation('log_odds', 1, 0, (0.5, parts)), values)[2:]}}}"
    document = json.loads(text)
    rows = sorted(zip(["width", "length"], values, parts, strict=True), key=lambda row: -abs(row[2]))

    assert json.dumps(document) == text
    assert document["explanation"]["contributions"] == [
        {"feature": name, "value": value, "contribution": part} for name, value, part in rows
    ]


@pytest.mark.parametrize(
    ("part", "text"),
    [(-2 / 3, "-0.66666666666667"), (0.0, "0"), (5e-324, "4.9406564584125e-324"), (1e17 / 3, "3.3333333333333e+16")],
)
def test_contributions_are_written_to_14_digits(part, text):
    assert f'"contribution": {text}}}' in answers().explanation(
        Explanation("log_odds", 1, 0, (0.5, [part, 0.0])), [3.0, 4.0]
    )


def test_warnings_of_two_features_are_not_mixed_up():
    """Each text is kept and used again."""
    made, other = answers(), {**WARNING, "feature": "length"}
    for warnings in ([WARNING], [other], [other, WARNING]):
        text = made.single(made.sample((1, (0.25, 0.75), (1,)), warnings))
        assert json.loads(text)["warnings"] == warnings


@given(st.floats(0, 1), st.booleans())
def test_any_float_is_written_in_full_and_the_text_is_strict_ascii_json(probability, undecided):
    """Labels with quotes, percent signs and letters beyond ASCII included."""
    made = answers(target_names=AWKWARD)
    text = made.single(made.sample((1, (1 - probability, probability), (0, 1) if undecided else (1,))))
    document = json.loads(text)

    assert text.isascii()
    assert json.dumps(document) == text
    assert document["probability"] == probability
    assert document["label"] == AWKWARD[1]


def test_contributions_are_sorted_by_size_whatever_their_sign():
    made = answers()
    why = Explanation("log_odds", 1, 0, (0.5, [0.5, -1.5]))
    text = made.sample((1, (0.25, 0.75), (1,))) + made.explanation(why, [3.0, 4.0])
    explanation = json.loads(made.single(text))["explanation"]

    assert list(explanation) == ["scale", "towards", "against", "baseline", "log_odds", "contributions"]
    assert explanation == {
        "scale": "log_odds",
        "towards": "benign",
        "against": "malignant",
        "baseline": 0.5,
        "log_odds": -0.5,
        "contributions": [
            {"feature": "length", "value": 4.0, "contribution": -1.5},
            {"feature": "width", "value": 3.0, "contribution": 0.5},
        ],
    }


def test_metadata_values_are_strings_of_four_decimals():
    metrics = {"accuracy": {"value": 0.97926}, "roc_auc": {"value": 0.995}}
    parameters = model(metrics=metrics)

    assert model_metadata(parameters, "s3") == {
        "accuracy": "0.9793",
        "roc_auc": "0.9950",
        "trained_at": "2026-01-01T00:00:00+00:00",
        "target_names": "malignant, benign",
        "version": parameters.digest,
        "source": "s3",
    }


@pytest.mark.parametrize("name", ["accuracy", "roc_auc"])
def test_a_metric_that_was_not_measured_is_not_made_up(name):
    assert model_metadata(model(metrics={}), "s3")[name] == "not evaluated"


@pytest.mark.parametrize(("interval", "ends"), [(None, None), ((-1.5, 2.5), [-1.5, 2.5])])
def test_a_regression_is_never_taken_for_a_classification(interval, ends):
    made = answers(**REGRESSION)
    text = made.single(made.sample((0.5, interval), [WARNING]))
    document = json.loads(text)

    assert json.dumps(document) == text
    assert list(document) == ["prediction", "interval", "warnings", "model_metadata"]
    assert (document["prediction"], document["interval"], document["warnings"]) == (0.5, ends, [WARNING])


def test_a_regression_s_metadata_and_explanation():
    made = answers(**{**REGRESSION, "metrics": {"r2": {"value": 0.48261}}}, target_name="progression")
    metadata = json.loads(made.single(made.sample((0.5, None))))["model_metadata"]
    assert list(metadata) == ["r2", "mean_absolute_error", "trained_at", "target_name", "version", "source"]
    assert (metadata["r2"], metadata["mean_absolute_error"], metadata["target_name"]) == (
        "0.4826", "not evaluated", "progression",
    )  # fmt: skip
    explanation = json.loads(
        "{" + made.explanation(Explanation("log", None, None, (1.0, [0.5, 0.0])), [1.0, 2.0])[2:] + "}"
    )
    assert list(explanation["explanation"]) == ["scale", "baseline", "log", "contributions"]


def test_a_share_stands_against_nothing():
    made = answers()
    explanation = json.loads(
        "{" + made.explanation(Explanation("probability", 1, None, (0.5, [0.1, 0.0])), [1.0, 2.0])[2:] + "}"
    )
    assert (explanation["explanation"]["towards"], explanation["explanation"]["against"]) == ("benign", None)
