"""Is a regression as good everywhere? Its residuals in parts of the rows, with 95 % intervals.

A root mean square has no interval here: of a few hundred rows none keeps its promise where residuals are skewed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as students_t

from training.data.dataset import Dataset
from training.evaluation.measures.intervals import WIDER, of_share
from training.evaluation.regression import RegressionEvaluation

PARTS = 5  # along the predictions
FEWEST_ROWS = 50  # in a part, and for an interval of a mean: of fewer, the intervals of skewed residuals are too narrow

Span = tuple[float, float]


@dataclass(frozen=True)
class Residuals:
    """Observed minus predicted in one part, means over the repeats; rows are what is counted."""

    name: str
    rows: int
    mean: float
    mean_interval: Span | None  # Student's
    absolute: float  # the mean of their magnitudes
    absolute_interval: Span | None  # Student's for its logarithm
    root_mean_square: float
    inside: float  # share of the rows that the interval holds which other rows gave
    inside_interval: Span  # Wilson


def by_prediction(dataset: Dataset, evaluation: RegressionEvaluation) -> list[Residuals]:
    """Up to five parts of equally many rows along the predictions; none where there are too few rows for two."""
    parts = min(PARTS, len(dataset.targets) // FEWEST_ROWS)
    if parts < 2:
        return []
    order = np.argsort(evaluation.predictions, kind="stable")
    codes, names = np.empty(len(order), dtype=np.int64), []
    for number, rows in enumerate(np.array_split(order, parts)):
        codes[rows] = number
        low, high = evaluation.predictions[rows[[0, -1]]]
        names.append(f"{low:.4g} to {high:.4g}")
    return by_group(dataset, evaluation, names, codes)


def by_group(
    dataset: Dataset, evaluation: RegressionEvaluation, names: Sequence[str], codes: np.ndarray
) -> list[Residuals]:
    """One a group; `codes` holds each row's number in `names`."""
    residuals = dataset.targets - evaluation.repeat_predictions
    means, magnitudes = residuals.mean(axis=0), np.abs(residuals).mean(axis=0)
    squares, held = (residuals**2).mean(axis=0), evaluation.interval.held.mean(axis=0)
    found = []
    for number, name in enumerate(names):
        own = codes == number
        rows = int(own.sum())
        half, spread = _half(means[own]), _half(magnitudes[own])
        mean, absolute = float(means[own].mean()), float(magnitudes[own].mean())
        factor = np.exp(spread / absolute) if absolute else 1.0
        enough = rows >= FEWEST_ROWS
        found.append(
            Residuals(
                name=name,
                rows=rows,
                mean=mean,
                mean_interval=(mean - half, mean + half) if enough else None,
                absolute=absolute,
                absolute_interval=(float(absolute / factor), float(absolute * factor)) if enough else None,
                root_mean_square=float(np.sqrt(squares[own].mean())),
                inside=float(held[own].mean()),
                inside_interval=of_share(float(held[own].sum()), rows),
            )
        )
    return found


def _half(values: np.ndarray) -> float:
    """Half the width of a 95 % interval of a mean: Student's, made wider as all are, see intervals.py."""
    n = len(values)
    return WIDER * float(students_t.ppf(0.975, n - 1) * values.std(ddof=1) / np.sqrt(n)) if n > 1 else 0.0
