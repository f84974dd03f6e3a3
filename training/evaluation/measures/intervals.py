"""95 % intervals of what cross-validation finds, for new rows like these and the very model that is published.

Textbook intervals take rows for independent. Here models that share most of their rows judged them, and it is another
model, fitted on all rows, that is published: they hold the truth too rarely. Each is therefore a quarter wider than the
textbook's. That is a rule of thumb, and whether it is enough is simulated: `make simulate` draws tables whose truth is
known and counts how often each interval holds it.
"""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from training.evaluation.measures.metrics import Z_95, areas_compared, placements, wilson

WIDER, WIDER_FOR_GAINS = 1.25, 1.5
Z = WIDER * Z_95
STEPS, SMALL_STEP = 200, 1e-10
FARTHEST = 1000.0  # from an estimate, an end that is no end

Span = tuple[float, float]


def of_share(successes: float, n: int) -> Span:
    """Of a share of n rows: Wilson's. A quarter wider is what it would be on n / 1.25² rows."""
    return wilson(successes / WIDER**2, n / WIDER**2)


def of_loss(losses: np.ndarray) -> tuple[float, ...]:
    """Of the mean of losses, one a row, none negative: the normal one for its logarithm, as losses are skewed.

    Empty where all are 0, of which nothing follows.
    """
    mean = float(losses.mean())
    if mean <= 0 or len(losses) < 2:
        return ()
    factor = exp(min(Z * float(losses.std(ddof=1)) / sqrt(len(losses)) / mean, 700.0))
    return mean / factor, mean * factor


def of_area(scores: np.ndarray, labels: np.ndarray) -> Span:
    """Of the ROC AUC (the mean of one-vs-rest areas), mean over the repeats: the normal one for its log-odds.

    `scores` is repeats × rows × K. Source of the variance: DeLong, DeLong and Clarke-Pearson, "Comparing the areas under
    two or more correlated receiver operating characteristic curves", Biometrics 1988. Where every pair is in order it is
    0: then the area is taken as a share of the smallest class's rows.
    """
    shown = areas_compared(scores)
    area, pulls = 0.0, np.zeros(len(labels))  # how much each row's place moves the area
    for label in shown:
        positive = labels == label
        places = placements(scores[..., label], positive)
        area += float(places[positive].mean()) / len(shown)
        pulls += places / np.where(positive, positive.sum(), (~positive).sum()) / len(shown)
    members = [pulls[labels == label] for label in range(scores.shape[-1])]
    variance = sum(len(own) * float(own.var(ddof=1)) for own in members if len(own) > 1)
    if variance <= 0 or not 0 < area < 1:
        fewest = min(len(own) for own in members)
        return of_share(area * fewest, fewest)
    middle, half = log(area / (1 - area)), Z * sqrt(variance) / (area * (1 - area))
    low, high = (1 / (1 + exp(-max(-700.0, min(middle + side * half, 700.0)))) for side in (-1, 1))
    return low, high


def of_gain(gains: np.ndarray) -> Span:
    """Of the mean of what one model's loss is lower than another's, one a row: the normal one, half as wide again.

    A few rows on which the two disagree widely decide it, and a table may hold none of them.
    """
    half = WIDER_FOR_GAINS * Z_95 * float(gains.std(ddof=1)) / sqrt(len(gains))
    middle = float(gains.mean())
    return middle - half, middle + half


def of_line(scores: np.ndarray, outcomes: np.ndarray, line: np.ndarray) -> tuple[Span, Span] | None:
    """Of the intercept and the slope of a logistic regression: the profile likelihood's; None where they have no end.

    `line` is the intercept and the slope of the outcomes on the scores (both repeats × rows), of which each row counts
    once. Where no line is right, they are as much wider as the sandwich estimator's standard errors are larger than the
    likelihood's. Sources: Venzon and Moolgavkar, "A method for computing profile-likelihood-based confidence intervals",
    1988; Huber, "The behavior of maximum likelihood estimates under nonstandard conditions", 1967.
    """
    depths = Z**2 * np.maximum(1.0, _inflation(scores, outcomes, line))
    ends = [_end(scores, outcomes, line, which, side, depths[which]) for which in (0, 1) for side in (-1, 1)]
    if any(end is None for end in ends):
        return None
    low, high, lowest, highest = (float(end) for end in ends if end is not None)
    return (low, high), (lowest, highest)


def _end(
    scores: np.ndarray, outcomes: np.ndarray, line: np.ndarray, which: int, side: int, depth: float
) -> float | None:
    """Where twice the loss of log likelihood is `depth`, the other number of the line being the best for this one."""
    most, other = _likelihood(scores, outcomes, line), line[1 - which]

    def beyond(value: float) -> float:
        nonlocal other
        other = _best(scores, outcomes, value, which, other)
        own = np.array([value, other] if which == 0 else [other, value])
        return 2 * (most - _likelihood(scores, outcomes, own)) - depth

    step = 0.1
    while beyond(line[which] + side * step) < 0:
        step *= 2
        if step > FARTHEST:
            return None
    near, far = line[which] + side * step / 2 * (step > 0.1), line[which] + side * step
    return float(brentq(beyond, near, far, xtol=1e-9))


def _inflation(scores: np.ndarray, outcomes: np.ndarray, line: np.ndarray) -> np.ndarray:
    """The sandwich estimator's variances of intercept and slope over the likelihood's."""
    expected = expit(line[0] + line[1] * scores)
    weights, residuals = expected * (1 - expected) / len(scores), (outcomes - expected) / len(scores)
    inverse = np.linalg.inv(information(weights, scores))
    by_row = np.stack([residuals.sum(axis=0), (residuals * scores).sum(axis=0)])
    return np.asarray(np.diag(inverse @ (by_row @ by_row.T) @ inverse) / np.diag(inverse))


def information(weights: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Fisher's, 2 × 2, of the intercept and the slope of a logistic regression; `weights` are p · (1 - p)."""
    mixed = (weights * scores).sum()
    return np.array([[weights.sum(), mixed], [mixed, (weights * scores**2).sum()]])


def _likelihood(scores: np.ndarray, outcomes: np.ndarray, line: np.ndarray) -> float:
    expected = line[0] + line[1] * scores
    return float((outcomes * expected - np.logaddexp(0, expected)).sum()) / len(scores)


def _best(scores: np.ndarray, outcomes: np.ndarray, fixed: float, which: int, start: float) -> float:
    """The intercept for a slope, or the slope for an intercept, by Newton's method, which is held back far from the end."""
    by, value = (scores, start) if which == 0 else (np.ones_like(scores), start)
    rest = fixed if which == 0 else fixed * scores
    for _ in range(STEPS):
        expected = expit(rest + value * by)
        slope = float(((outcomes - expected) * by).sum())
        bend = float((expected * (1 - expected) * by**2).sum())
        step = max(-1.0, min(slope / max(bend, 1e-12), 1.0))
        value += step
        if abs(step) < SMALL_STEP:
            break
    return value
