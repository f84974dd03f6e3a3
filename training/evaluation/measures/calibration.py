"""Are the probabilities to be believed? Slope and intercept of their log-odds, and what a perfect model's error would be.

All are means over the repeats of the cross-validation. Sources: Cox, "Two further applications of a model for binary
regression", 1958 (slope and intercept); Bröcker and Smith, "Increasing the reliability of reliability diagrams", 2007
(the error beside what chance alone would show).
"""

from __future__ import annotations

import numpy as np

from training.evaluation.measures import metrics
from training.evaluation.measures.intervals import WIDER, information, of_line
from training.evaluation.measures.metrics import Metric

NARROWEST = 1e-6  # probabilities nearer to 0 or 1 count as this near: a forest's may be 0, whose log-odds are infinite
STEPS, SMALL_STEP = 50, 1e-9
LARGEST = 50.0  # a slope beyond this is no slope: the classes are told apart without an error
DRAWS, FEWEST_DRAWS = 1000, 200
LARGEST_TABLE = 20_000_000  # numbers in one table of drawn outcomes (160 MB); more rows are drawn less often


def calibration_metrics(probabilities: np.ndarray, labels: np.ndarray, event: str, method: str) -> dict[str, Metric]:
    """The calibration error beside its null, then slope and intercept where there are any. repeats × rows × K."""
    error = metrics.calibration_error(probabilities, labels)
    middle, span = null_error(probabilities, labels)
    bins = f"{metrics.BINS} equal bins of P({event}); {method}"
    found = {"ece": Metric(error, (), len(labels), bins, if_calibrated=(middle, span))}
    line = intercept_and_slope(probabilities, labels)
    spans = None if line is None else of_line(*_scores(probabilities, labels), line)
    if line is not None and spans is not None:
        how = f"logistic regression of {event} on the log-odds; {method}; 95 % interval: profile likelihood, {WIDER} times as wide"
        for number, name in ((1, "calibration_slope"), (0, "calibration_intercept")):
            found[name] = Metric(float(line[number]), spans[number], len(labels), how)
    return found


def draws_of(rows: int) -> int:
    """How many times outcomes are drawn for the null."""
    return min(DRAWS, max(FEWEST_DRAWS, LARGEST_TABLE // rows))


def null_error(probabilities: np.ndarray, labels: np.ndarray, seed: int = 0) -> tuple[float, tuple[float, float]]:
    """What a perfectly calibrated model's calibration error would be on so many rows: mean, and the middle 95 %.

    Outcomes are drawn from the probabilities themselves, the same for all repeats, and judged as the real ones are.
    """
    confidences, _ = metrics.confidence_pairs(probabilities, labels)
    rows = len(labels)
    draws = draws_of(rows)
    outcomes = np.random.default_rng(seed).random((draws, rows)) < confidences.mean(axis=0)
    total = np.zeros(draws)
    for own in confidences:
        inside = np.eye(metrics.BINS)[metrics.bin_of(own)]
        total += np.abs((own - outcomes) @ inside).sum(axis=1) / rows
    errors = total / len(confidences)
    return float(errors.mean()), metrics.middle(errors)


def intercept_and_slope(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray | None:
    """Over all repeats at once; None where they don't exist. A slope above 1: the odds should be more extreme."""
    scores, outcomes = _scores(probabilities, labels)
    line = np.zeros(2)
    for _ in range(STEPS):
        expected = 1 / (1 + np.exp(-np.clip(line[0] + line[1] * scores, -700, 700)))
        weights, residuals = expected * (1 - expected), outcomes - expected
        bends = information(weights, scores)
        if not np.isfinite(bends).all() or np.linalg.det(bends) <= 0:
            return None
        step = np.linalg.solve(bends, [residuals.sum(), (residuals * scores).sum()])
        line = line + step
        if np.abs(line).max() > LARGEST:
            return None
        if np.abs(step).max() < SMALL_STEP:
            return line
    return None


def _scores(probabilities: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds and outcomes, repeats × rows."""
    confidences, outcomes = metrics.confidence_pairs(probabilities, labels)
    clipped = np.clip(confidences, NARROWEST, 1 - NARROWEST)
    return np.log(clipped / (1 - clipped)), outcomes
