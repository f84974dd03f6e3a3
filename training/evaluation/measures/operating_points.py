"""Where to draw the line between two classes, and what it costs: out of fold, for one model as it is deployed.

Counts are means over the repeats of the cross-validation, hence no whole numbers: a probability averaged over ten models
would be another model's, which nobody deploys.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.evaluation.measures.conformal import floor_of
from training.evaluation.measures.intervals import of_share

SENSITIVITIES = (0.95, 0.99)


@dataclass(frozen=True)
class OperatingPoint:
    """Calling it the class of interest at P(class of interest) ≥ threshold, with 95 % intervals.

    Rows are counted as means over the repeats.
    """

    name: str
    label: str
    threshold: float
    true_positives: float
    false_negatives: float
    true_negatives: float
    false_positives: float

    @property
    def sensitivity(self) -> float:
        """Share of the class of interest that is called so."""
        return self.true_positives / (self.true_positives + self.false_negatives)

    @property
    def specificity(self) -> float:
        """Share of the other class that is not."""
        return self.true_negatives / (self.true_negatives + self.false_positives)

    @property
    def sensitivity_interval(self) -> tuple[float, float]:
        """95 % interval."""
        return of_share(self.true_positives, round(self.true_positives + self.false_negatives))

    @property
    def specificity_interval(self) -> tuple[float, float]:
        """95 % interval."""
        return of_share(self.true_negatives, round(self.true_negatives + self.false_positives))


def operating_point(
    name: str, label: str, threshold: float, scores: np.ndarray, positive: np.ndarray
) -> OperatingPoint:
    """The counts at one threshold; `scores` (repeats × rows) is P(class of interest), `positive` tells who is of it."""
    shares = (scores >= threshold).mean(axis=0)
    return OperatingPoint(
        name=name,
        label=label,
        threshold=float(threshold),
        true_positives=float(shares[positive].sum()),
        false_negatives=float((1 - shares)[positive].sum()),
        true_negatives=float((1 - shares)[~positive].sum()),
        false_positives=float(shares[~positive].sum()),
    )


def operating_points(scores: np.ndarray, positive: np.ndarray, label: str) -> list[OperatingPoint]:
    """At 0.5, and at the thresholds where a new row of the class is expected to be found that often.

    `scores` as above. They are the conformal floors of the class: one row more cautious than what reaches the sensitivity on these rows.
    """
    points = [operating_point("threshold 0.5", label, 0.5, scores, positive)]
    for sensitivity in SENSITIVITIES:
        threshold = floor_of(scores.mean(axis=0)[positive], sensitivity)
        points.append(operating_point(f"sensitivity ≥ {sensitivity}", label, threshold, scores, positive))
    return points
