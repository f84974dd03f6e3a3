"""Which labels may be mistakes? Rows of which the model, that never saw them, is sure that they are of another class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.data.dataset import Dataset
from training.evaluation.evaluate import Evaluation

SURE = 0.9  # probability, out of fold, averaged over the repeats


@dataclass(frozen=True)
class Contradictions:
    """Row indices from the surest on; and how many rows the model is so sure of, right or wrong."""

    rows: tuple[int, ...]
    sure: int
    expected: float  # how many of the sure ones would be wrong if the probabilities were true


def contradictions(dataset: Dataset, evaluation: Evaluation) -> Contradictions:
    """Of the averaged out-of-fold probabilities."""
    averaged, labels = evaluation.probabilities, dataset.labels
    highest = averaged.max(axis=1)
    sure = highest >= SURE
    wrong = np.flatnonzero(sure & (averaged.argmax(axis=1) != labels))
    ranked = wrong[np.argsort(-highest[wrong], kind="stable")]
    return Contradictions(tuple(ranked.tolist()), int(sure.sum()), float((1 - highest[sure]).sum()))
