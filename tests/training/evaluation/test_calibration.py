"""Slope, intercept and the error's null: recomputed by scikit-learn and plain loops, and tried on made-up truths."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from training.evaluation.measures import calibration, metrics


def log_odds(probabilities):
    return np.log(probabilities / (1 - probabilities))


def expit(scores):
    return 1 / (1 + np.exp(-scores))


def two_classes(event):
    """rows → 1 × rows × 2."""
    return np.stack([1 - event, event], axis=-1)[None]


def drawn(generator, slope=1.0, intercept=0.0, rows=569):
    """Probabilities as spread out as the example's, and outcomes whose log-odds are a line in theirs."""
    scores = generator.normal(1.5, 4, rows)
    labels = (generator.random(rows) < expit(intercept + slope * scores)).astype(int)
    return two_classes(expit(scores)), labels


def test_slope_and_intercept_are_those_of_an_unpenalised_logistic_regression(example, evaluation):
    """Over all repeats at once, as published."""
    event, labels = np.clip(evaluation.repeat_probabilities[..., 1], 1e-6, 1 - 1e-6), example.labels
    fitted = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10)
    fitted.fit(log_odds(event).reshape(-1, 1), np.tile(labels, len(event)))
    assert evaluation.metrics["calibration_slope"].value == pytest.approx(float(fitted.coef_[0, 0]), abs=1e-6)
    assert evaluation.metrics["calibration_intercept"].value == pytest.approx(float(fitted.intercept_[0]), abs=1e-6)


def test_the_slope_says_by_how_much_the_log_odds_are_too_small():
    line = calibration.intercept_and_slope(*drawn(np.random.default_rng(0), slope=1.5, intercept=0.5, rows=50_000))
    assert line == pytest.approx([0.5, 1.5], abs=0.05)


def test_a_perfectly_calibrated_model_s_error_lies_where_the_null_says():
    """300 such models: 95 % of their errors in the middle 95 % of the null, give or take what chance adds."""
    generator, inside = np.random.default_rng(2), []
    for _ in range(300):
        probabilities, labels = drawn(generator, rows=200)
        error = metrics.calibration_error(probabilities, labels)
        low, high = calibration.null_error(probabilities, labels)[1]
        inside.append(low <= error <= high)
    assert 0.92 <= np.mean(inside) <= 0.98


def test_the_null_is_that_of_a_plain_loop():
    generator = np.random.default_rng(3)
    event = generator.random((2, 80))
    probabilities = np.stack([1 - event, event], axis=-1)
    middle, (low, high) = calibration.null_error(probabilities, np.zeros(80, dtype=int))
    errors = []
    for _ in range(400):
        labels = generator.random(80) < event.mean(axis=0)
        error = 0.0
        for own in event:
            for k in range(10):
                inside = (own >= k / 10) & (own < (k + 1) / 10)
                error += abs((own[inside] - labels[inside]).sum()) / 80 / 2
        errors.append(error)
    assert middle == pytest.approx(np.mean(errors), rel=0.05)
    assert [low, high] == pytest.approx(np.percentile(errors, [2.5, 97.5]), rel=0.12)


def test_the_error_stands_beside_its_null_and_has_no_interval(evaluation):
    error = evaluation.metrics["ece"]
    assert error.interval == ()
    middle, (low, high) = error.if_calibrated
    assert 0.005 < low < middle < high < 0.05
    assert error.as_fields()["if_calibrated"] == {"value": middle, "interval": [low, high]}
    assert "interval" not in error.as_fields()


@pytest.mark.parametrize(
    ("event", "labels"),
    [
        (np.array([0.1, 0.2, 0.8, 0.9] * 5), np.array([0, 0, 1, 1] * 5)),  # told apart without an error: no end to it
        (np.full(20, 0.7), np.array([0, 1] * 10)),  # one probability: no slope
        (np.linspace(0.1, 0.9, 20), np.ones(20, dtype=int)),  # one outcome
    ],
    ids=["separable", "constant", "one outcome"],
)
def test_where_there_is_no_slope_none_is_published(event, labels):
    assert calibration.intercept_and_slope(two_classes(event), labels) is None
    assert [*calibration.calibration_metrics(two_classes(event), labels, "x", "y")] == ["ece"]


def test_probabilities_of_0_and_1_are_taken_as_nearly_so():
    probabilities, labels = drawn(np.random.default_rng(4))
    rounded = np.round(probabilities, 2)
    line = calibration.intercept_and_slope(rounded, labels)
    assert np.isfinite(line).all()
    assert 0.2 < line[1] < 1.2
