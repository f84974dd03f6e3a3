"""A decision threshold of one's own: chosen in cross-validation where a sensitivity is asked for, and judged honestly.

It is always on the probability of class 1, whose label `--positive` names.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.data.dataset import Dataset
from training.errors import TrainingError
from training.evaluation.evaluate import Evaluation
from training.evaluation.measures.conformal import floor_of
from training.evaluation.measures.operating_points import OperatingPoint, operating_point

JUDGED = "means over the repeats, by models that never saw the row"


@dataclass(frozen=True)
class Decision:
    """The threshold, and what it does on rows that the models had not seen; `method` tells how that was found."""

    threshold: float
    asked_for: str  # "threshold 0.08", "sensitivity 0.95"
    point: OperatingPoint
    method: str

    @property
    def by_class(self) -> list[float]:
        """The shares of rows that get label 0 and label 1."""
        point = self.point
        called, spared = point.true_positives + point.false_positives, point.true_negatives + point.false_negatives
        return [spared / (called + spared), called / (called + spared)]


def decide(
    dataset: Dataset, evaluation: Evaluation, threshold: float | None = None, sensitivity: float = 0.95
) -> Decision:
    """The threshold that is given, or the one at which a new row of class 1 is found as often as asked for.

    Raises TrainingError for other than two classes, and where there are too few rows of class 1 for the sensitivity.
    """
    if dataset.classes != 2:
        raise TrainingError(f"a decision threshold goes with two classes; {dataset.target_name} has {dataset.classes}")
    label, positive = dataset.target_names[1], dataset.labels == 1
    if threshold is not None:
        asked_for = f"threshold {threshold:g}"
        point = operating_point(asked_for, label, threshold, evaluation.repeat_probabilities[..., 1], positive)
        return Decision(threshold, asked_for, point, JUDGED)
    chosen = floor_of(evaluation.probabilities[positive, 1], sensitivity)
    if chosen <= 0:
        raise TrainingError(
            f"--sensitivity {sensitivity:g}: {int(positive.sum())} rows of {label} are too few to choose a threshold for it"
        )
    called = np.zeros(len(positive))
    for fold in evaluation.nested:
        own = floor_of(fold.inner[fold.truth == 1, 1], sensitivity)
        called[fold.held_out] = fold.probabilities[:, 1] >= own
    asked_for = f"sensitivity {sensitivity:g}"
    point = operating_point(asked_for, label, chosen, evaluation.repeat_probabilities[..., 1], positive)
    found, spared = called[positive].mean(), 1 - called[~positive].mean()
    method = (
        f"{JUDGED}; chosen anew inside each of {len(evaluation.nested)} folds, it found {found * 100:.1f} % and spared "
        f"{spared * 100:.1f} % of the rows left out"
    )
    return Decision(chosen, asked_for, point, method)
