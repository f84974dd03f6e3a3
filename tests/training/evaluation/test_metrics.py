"""Each figure against scikit-learn's own, on probabilities with ties."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from training.evaluation.measures import metrics


def made_up(classes, repeats=3, rows=200):
    """Probabilities (repeats × rows × K) in steps of 0.05, so that many are tied, and labels."""
    generator = np.random.default_rng(classes)
    labels = generator.integers(0, classes, rows)
    raw = generator.random((repeats, rows, classes)) + np.eye(classes)[labels]
    rounded = np.round(raw / raw.sum(axis=-1, keepdims=True) * 20) / 20
    rounded[..., -1] = 1 - rounded[..., :-1].sum(axis=-1)
    return np.clip(rounded, 0, 1), labels


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_roc_auc_is_scikit_learn_s(classes):
    probabilities, labels = made_up(classes)
    if classes == 2:
        expected = [roc_auc_score(labels, table[:, 1]) for table in probabilities]
    else:
        indicators = np.eye(classes)[labels]
        expected = [roc_auc_score(indicators, table, average="macro") for table in probabilities]
    assert metrics.roc_auc(probabilities, labels) == pytest.approx(np.mean(expected), abs=1e-12)


@pytest.mark.parametrize("classes", [2, 3])
def test_log_loss_and_brier_score_are_scikit_learn_s(classes):
    probabilities, labels = made_up(classes)
    probabilities = (probabilities + 0.01) / (probabilities + 0.01).sum(axis=-1, keepdims=True)
    for table in probabilities:
        assert metrics.log_losses(table[None], labels).mean() == pytest.approx(log_loss(labels, table))
        if classes == 2:
            expected = brier_score_loss(labels, table[:, 1])
            assert metrics.brier_scores(table[None], labels).mean() == pytest.approx(expected)


def test_calibration_error_of_a_case_worked_by_hand():
    # bin [0.2, 0.3): one of two came about, predicted 0.25; bin [0.9, 1]: both did, predicted 1 and 0.9
    event = np.array([0.25, 0.25, 1.0, 0.9])
    probabilities = np.stack([1 - event, event], axis=-1)[None]
    error = metrics.calibration_error(probabilities, np.array([0, 1, 1, 1]))
    assert error == pytest.approx((2 * 0.25 + 2 * 0.05) / 4)


@pytest.mark.parametrize(
    ("successes", "n", "expected"),  # Newcombe, Statistics in Medicine 1998, table I, method 3
    [(81, 263, (0.2553, 0.3662)), (15, 148, (0.0624, 0.1605)), (0, 20, (0.0, 0.1611)), (1, 29, (0.0061, 0.1718))],
)
def test_wilson_intervals_are_the_published_ones(successes, n, expected):
    assert metrics.wilson(successes, n) == pytest.approx(expected, abs=5e-5)


def test_none_and_all_are_the_very_ends():
    """Not a rounding error before them: a share may be 1 in truth."""
    for n in (7, 30, 212 / 1.25**2):
        assert metrics.wilson(n, n)[1] == 1.0
        assert metrics.wilson(0, n)[0] == 0.0
