"""Is acting on the model better than acting on everybody, or on nobody? The decision curve.

Net benefit at a threshold t is the share of rows rightly called less the share wrongly called, weighed by t / (1 - t):
whoever acts from t on finds so many false alarms as bad as one miss. Sources: Vickers and Elkin, "Decision curve
analysis", Medical Decision Making 2006; Zou and Donner, "Construction of confidence limits about effect measures",
Statistics in Medicine 2008 (the interval of a sum from those of its parts).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.data.dataset import Dataset
from training.evaluation.evaluate import Evaluation
from training.evaluation.measures.operating_points import operating_point

THRESHOLDS = tuple(round(percent / 100, 2) for percent in range(1, 100))


@dataclass(frozen=True)
class Benefit:
    """Net benefit a row at one threshold, with its 95 % interval for classes as frequent as here."""

    threshold: float
    value: float
    interval: tuple[float, float]
    of_all: float  # of calling every row; of calling none it is 0

    @property
    def is_better(self) -> bool:
        """Surely better than the better of calling all and calling none."""
        return self.interval[0] > max(0.0, self.of_all)


def net_benefits(dataset: Dataset, evaluation: Evaluation) -> list[Benefit]:
    """At every whole percent from 1 to 99, of calling the class of interest; nothing for other than two classes."""
    if dataset.classes != 2:
        return []
    label = dataset.class_of_interest
    scores, positive = evaluation.repeat_probabilities[..., label], dataset.labels == label
    return [net_benefit(scores, positive, threshold) for threshold in THRESHOLDS]


def net_benefit(scores: np.ndarray, positive: np.ndarray, threshold: float) -> Benefit:
    """Of calling the rows that score (repeats × rows) the threshold or more; `positive` tells who is of the class."""
    point = operating_point("", "", threshold, scores, positive)
    share = float(positive.mean())
    weight = (1 - share) * threshold / (1 - threshold)
    value = share * point.sensitivity - weight * (1 - point.specificity)
    low, high = (
        float(np.hypot(share * (sensitivity - point.sensitivity), weight * (specificity - point.specificity)))
        for sensitivity, specificity in zip(point.sensitivity_interval, point.specificity_interval, strict=True)
    )
    return Benefit(threshold, value, (value - low, value + high), share - weight)
