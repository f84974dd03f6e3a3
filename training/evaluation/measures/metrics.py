"""Figures of merit with 95 % intervals, from out-of-fold probabilities (repeats × rows × K) and labels (rows)."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

BINS = 10
RESAMPLES = 2000
LARGEST_COUNTS = 20_000_000  # numbers in one table of resamples (160 MB); more rows get fewer resamples, 200 at least
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


def wilson(successes: float, n: int) -> tuple[float, float]:
    """The 95 % score interval of a share. Source: Wilson, "Probable inference", JASA 1927."""
    if n == 0:
        return 0.0, 1.0
    share, z = successes / n, Z_95
    centre = share + z * z / (2 * n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low, high = (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)
    return max(0.0, float(low)), min(1.0, float(high))


def resamples_of(rows: int) -> int:
    """How many bootstrap resamples are drawn."""
    return min(RESAMPLES, max(200, LARGEST_COUNTS // rows))


def resample_counts(labels: np.ndarray, seed: int = 0) -> np.ndarray:
    """How often each row is drawn in each bootstrap resample (resamples × rows), within its class."""
    generator = np.random.default_rng(seed)
    resamples = resamples_of(len(labels))
    counts = np.zeros((resamples, len(labels)))
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        counts[:, members] = generator.multinomial(len(members), np.full(len(members), 1 / len(members)), resamples)
    return counts


def interval(values: np.ndarray) -> tuple[float, float]:
    """The middle 95 % of bootstrapped values."""
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


def calibration_errors(probabilities: np.ndarray, labels: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Expected calibration error in each resample (given by counts, resamples × rows), mean over the repeats."""
    total = np.zeros(len(counts))
    for confidences, outcomes in zip(*confidence_pairs(probabilities, labels), strict=True):
        gaps = np.zeros((len(labels), BINS))
        gaps[np.arange(len(labels)), bin_of(confidences)] = confidences - outcomes
        total += np.abs(counts @ gaps).sum(axis=1) / counts.sum(axis=1)
    return total / len(probabilities)


def areas_under_curve(scores: np.ndarray, positive: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Area under the ROC curve in each resample, mean over the repeats; ties count half (Mann-Whitney)."""
    total = np.zeros(len(counts))
    for row in scores:
        order = np.argsort(row, kind="stable")
        starts = np.flatnonzero(np.diff(row[order], prepend=-np.inf))
        ups = np.add.reduceat(counts[:, order] * positive[order], starts, axis=1)
        downs = np.add.reduceat(counts[:, order] * ~positive[order], starts, axis=1)
        below = np.cumsum(downs, axis=1) - downs / 2
        total += (ups * below).sum(axis=1) / (ups.sum(axis=1) * downs.sum(axis=1))
    return total / len(scores)


def roc_auc(probabilities: np.ndarray, labels: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """ROC AUC in each resample; more than two classes: mean of the one-vs-rest areas."""
    classes = range(1, 2) if probabilities.shape[-1] == 2 else range(probabilities.shape[-1])
    areas: np.ndarray = np.mean(
        [areas_under_curve(probabilities[..., k], labels == k, counts) for k in classes], axis=0
    )
    return areas
