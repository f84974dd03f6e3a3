"""Figures of merit, from out-of-fold probabilities (repeats × rows × K) and labels (rows)."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from scipy.stats import rankdata

BINS = 10
Z_95 = 1.959963984540054
LOG_LOSS_FLOOR = np.finfo(np.float64).eps  # scikit-learn's clipping


TITLES = {
    "accuracy": "accuracy",
    "roc_auc": "ROC AUC",
    "log_loss": "log loss",
    "brier": "Brier score",
    "ece": "calibration error",
    "calibration_slope": "calibration slope",
    "calibration_intercept": "calibration intercept",
    "r2": "R²",
    "mean_absolute_error": "mean absolute error",
    "root_mean_squared_error": "root mean squared error",
}


def metric_title(name: str, label: str | None) -> str:
    """What a reader calls the metric, and the class it is about."""
    return TITLES.get(name) or f"{name.partition('_')[0]}, {label}"


@dataclass(frozen=True)
class Metric:
    """One figure, with what is needed to judge it."""

    value: float
    interval: tuple[float, ...]  # 95 %; empty where there is none that keeps its promise
    n: int  # rows it rests on
    method: str
    label: str | None = None  # the class it is about, where it is about one
    if_calibrated: tuple[float, tuple[float, float]] | None = (
        None  # what a perfect model's would be, and its middle 95 %
    )

    def as_fields(self) -> dict[str, Any]:
        """As it stands in the artefact."""
        fields: dict[str, Any] = {"value": self.value}
        if self.interval:
            fields["interval"] = list(self.interval)
        if self.if_calibrated:
            fields["if_calibrated"] = {"value": self.if_calibrated[0], "interval": list(self.if_calibrated[1])}
        fields |= {"n": self.n, "method": self.method}
        return fields if self.label is None else {**fields, "class": self.label}


def wilson(successes: float, n: float) -> tuple[float, float]:
    """The 95 % score interval of a share of independent rows. Source: Wilson, "Probable inference", JASA 1927."""
    if n == 0:
        return 0.0, 1.0
    share, z = successes / n, Z_95
    centre = share + z * z / (2 * n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low, high = (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)
    # none and all are the end, and not by rounding a hair before it
    return float(low) if successes > 0 else 0.0, float(high) if successes < n else 1.0


def middle(values: np.ndarray) -> tuple[float, float]:
    """The middle 95 % of simulated values."""
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def correct(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """1.0 where the most probable class is the true one (repeats × rows); a tie of two goes to class 0."""
    hits: np.ndarray = probabilities.argmax(axis=-1) == labels
    return hits.astype(np.float64)


def log_losses(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """-log of the true class's probability (repeats × rows)."""
    losses: np.ndarray = -np.log(np.clip(probabilities[..., np.arange(len(labels)), labels], LOG_LOSS_FLOOR, 1))
    return losses


def brier_scores(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Squared distance to the truth (repeats × rows): halved for two classes, as is usual there."""
    squares: np.ndarray = ((probabilities - np.eye(probabilities.shape[-1])[labels]) ** 2).sum(axis=-1)
    return squares / 2 if probabilities.shape[-1] == 2 else squares


def confidence_pairs(probabilities: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What calibration compares: P(class 1) with being class 1; more classes: the top probability with being right."""
    if probabilities.shape[-1] == 2:
        return probabilities[..., 1], np.broadcast_to((labels == 1).astype(np.float64), probabilities.shape[:-1])
    return probabilities.max(axis=-1), correct(probabilities, labels)


def bin_of(confidences: np.ndarray) -> np.ndarray:
    """The index of each confidence's bin, ten of equal width."""
    return np.minimum((confidences * BINS).astype(np.int64), BINS - 1)


def calibration_error(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Expected calibration error, mean over the repeats."""
    total = 0.0
    for confidences, outcomes in zip(*confidence_pairs(probabilities, labels), strict=True):
        gaps = np.bincount(bin_of(confidences), confidences - outcomes, BINS)
        total += float(np.abs(gaps).sum()) / len(labels)
    return total / len(probabilities)


def areas_compared(probabilities: np.ndarray) -> list[int]:
    """The classes whose areas under the ROC curve are averaged: one of two, each of more against the rest."""
    return [1] if probabilities.shape[-1] == 2 else list(range(probabilities.shape[-1]))


def placements(scores: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """For each row, the share of the other class's rows that it is in order with, mean over the repeats; ties count half.

    `scores` is repeats × rows. The mean over the positive rows, or over the others, is the area under the ROC curve.
    """
    total = np.zeros(len(positive))
    for own in scores:
        beyond = rankdata(own)  # rows up to this one, less those of its own class: those of the other
        for members in (positive, ~positive):
            beyond[members] -= rankdata(own[members])
        total += np.where(positive, beyond / (~positive).sum(), 1 - beyond / positive.sum())
    return total / len(scores)


def roc_auc(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """ROC AUC, mean over the repeats; more than two classes: mean of the one-vs-rest areas."""
    areas = [placements(probabilities[..., k], labels == k)[labels == k].mean() for k in areas_compared(probabilities)]
    return float(np.mean(areas))
