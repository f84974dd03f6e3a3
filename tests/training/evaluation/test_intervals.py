"""Each interval by another way: plain loops, scipy's optimiser. That they hold the truth is simulated: tests/simulation/."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit

from training.evaluation.measures import intervals
from training.evaluation.measures.intervals import of_area, of_gain, of_line, of_loss, of_share

WIDE = 1.25 * 1.959963984540054


@pytest.mark.parametrize(("hits", "n"), [(7.4, 9), (203.5, 212), (0, 20), (30, 30)])
def test_a_share_s_ends_are_where_the_score_test_is_a_quarter_beyond_95_percent(hits, n):
    low, high = of_share(hits, n)
    for end in {low, high} - {0.0, 1.0}:
        assert abs(hits / n - end) / np.sqrt(end * (1 - end) / n) == pytest.approx(WIDE)
    assert (low == 0.0, high == 1.0) == (hits == 0, hits == n)


def test_a_loss_s_ends_are_as_many_times_smaller_and_larger():
    losses = np.random.default_rng(0).exponential(size=50)
    low, high = of_loss(losses)
    error = np.std(losses, ddof=1) / np.sqrt(50)
    assert high / losses.mean() == pytest.approx(np.exp(WIDE * error / losses.mean()))
    assert losses.mean() / low == pytest.approx(high / losses.mean())


def test_losses_that_are_all_0_tell_nothing_of_new_ones():
    assert of_loss(np.zeros(20)) == ()


def test_a_gain_s_ends_are_half_as_wide_again():
    gains = np.random.default_rng(0).normal(size=50)
    half = 1.5 * 1.959963984540054 * np.std(gains, ddof=1) / np.sqrt(50)
    assert of_gain(gains) == pytest.approx((gains.mean() - half, gains.mean() + half))


def in_order(scores, positive):
    """Of each pair of a positive row and another, whether it is in order; half for a tie."""
    gaps = scores[positive][:, None] - scores[~positive][None, :]
    return (gaps > 0) + (gaps == 0) / 2


def test_an_area_s_variance_is_delongs():
    """By the table of all pairs; two repeats, with ties."""
    generator = np.random.default_rng(0)
    labels = np.repeat([0, 1], [30, 20])
    event = np.round(np.clip(generator.normal(0.4, 0.2, (2, 50)) + 0.2 * labels, 0, 1), 1)
    pairs = np.mean([in_order(own, labels == 1) for own in event], axis=0)
    variance = pairs.mean(axis=1).var(ddof=1) / 20 + pairs.mean(axis=0).var(ddof=1) / 30
    area = pairs.mean()
    half = WIDE * np.sqrt(variance) / (area * (1 - area))
    expected = expit([logit(area) - half, logit(area) + half])
    assert of_area(np.stack([1 - event, event], axis=-1), labels) == pytest.approx(expected)


def test_the_variance_of_a_mean_of_areas_is_that_of_leaving_out_rows():
    """DeLong's is the jackknife's, but for terms that vanish as rows grow."""
    generator = np.random.default_rng(1)
    labels = np.repeat([0, 1, 2], [80, 70, 60])
    scores = generator.dirichlet(np.ones(3), 210) + 0.5 * np.eye(3)[labels]

    def area(rows):
        return np.mean([in_order(scores[rows, k], labels[rows] == k).mean() for k in range(3)])

    own = [area(np.delete(np.arange(210), row)) for row in range(210)]
    variance = sum((n - 1) / n * ((found - found.mean()) ** 2).sum() for n, found in (
        (len(part), part) for part in (np.array(own)[labels == k] for k in range(3))
    ))  # fmt: skip
    low, high = logit(of_area(scores[None], labels))
    value = area(np.arange(210))
    assert (high - low) / 2 / WIDE * value * (1 - value) == pytest.approx(np.sqrt(variance), rel=0.03)


def test_classes_that_are_told_apart_are_not_said_to_be_so_for_sure():
    labels = np.repeat([0, 1], [40, 12])
    event = labels * 0.8 + 0.1
    low, high = of_area(np.stack([1 - event, event], axis=-1)[None], labels)
    assert (low, high) == of_share(12, 12)
    assert low < 0.8


def drawn(slope=1.0):
    generator = np.random.default_rng(3)
    scores = generator.normal(0.5, 2, (2, 150))
    outcomes = np.broadcast_to(generator.random(150) < expit(slope * scores.mean(axis=0)), scores.shape).astype(float)
    return scores, outcomes


def lack(scores, outcomes, intercept, slope):
    """Minus the log likelihood, each row counted once."""
    expected = intercept + slope * scores
    return (np.logaddexp(0, expected) - outcomes * expected).sum() / len(scores)


def fitted(scores, outcomes):
    inner = lambda slope: minimize_scalar(lambda own: lack(scores, outcomes, own, slope), (-3, 3), tol=1e-12)  # noqa: E731
    slope = minimize_scalar(lambda own: inner(own).fun, (0.1, 3), tol=1e-12).x
    return np.array([inner(slope).x, slope])


def test_a_line_s_ends_are_where_its_profile_has_fallen_by_what_the_sandwich_says():
    scores, outcomes = drawn()
    line = fitted(scores, outcomes)
    (low, high), (lowest, highest) = of_line(scores, outcomes, line)
    expected = expit(line[0] + line[1] * scores)
    design = np.stack([np.ones_like(scores), scores])
    likelihoods = np.linalg.inv(np.einsum("irn,jrn,rn->ij", design, design, expected * (1 - expected)) / 2)
    by_row = (design * (outcomes - expected)).sum(axis=1) / 2
    wider = np.maximum(1, np.diag(likelihoods @ by_row @ by_row.T @ likelihoods) / np.diag(likelihoods))
    least = lack(scores, outcomes, *line)
    for end in (lowest, highest):
        left = minimize_scalar(lambda own, end=end: lack(scores, outcomes, own, end), (-3, 3), tol=1e-12).fun
        assert 2 * (left - least) == pytest.approx(WIDE**2 * wider[1], rel=1e-5)
    for end in (low, high):
        left = minimize_scalar(lambda own, end=end: lack(scores, outcomes, end, own), (0.1, 3), tol=1e-12).fun
        assert 2 * (left - least) == pytest.approx(WIDE**2 * wider[0], rel=1e-5)
    assert low < line[0] < high
    assert lowest < line[1] < highest


def test_a_line_whose_end_is_out_of_sight_has_none(monkeypatch):
    scores, outcomes = drawn()
    monkeypatch.setattr(intervals, "FARTHEST", 0.15)
    assert of_line(scores, outcomes, fitted(scores, outcomes)) is None
