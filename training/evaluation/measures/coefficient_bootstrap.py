"""How steady the coefficients are: the pipeline refitted on resampled rows.

The middle 95 % of the refits would be a narrower interval, about a middle that is not the estimate: a penalty moves
coefficients otherwise where rows come twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from training.data.dataset import Dataset
from training.evaluation.measures.intervals import Z
from training.progress import COEFFICIENTS, progress
from training.recipes.fitting import fit


@dataclass(frozen=True)
class CoefficientIntervals:
    """Coefficients (R × m) per standard deviation, or per category, with 95 % intervals for other such tables."""

    names: tuple[str, ...]  # m
    estimates: np.ndarray
    low: np.ndarray
    high: np.ndarray
    resamples: int

    @property
    def sign_stable(self) -> np.ndarray:
        """Where the interval leaves out zero (R × m, booleans)."""
        return (self.low > 0) | (self.high < 0)


def coefficient_intervals(dataset: Dataset, model: Pipeline, resamples: int, seed: int = 0) -> CoefficientIntervals:
    """Refit a linear pipeline on rows drawn with replacement, within each class if there are any. Raises TrainingError.

    Categories are encoded once, on all rows: a resample may lack one, and its coefficient would be nowhere.
    """
    names, table, last = dataset.feature_names, dataset.features, model
    if not isinstance(table, np.ndarray):
        encoder = fit(model, table, dataset.targets)[:-1]
        names = tuple(str(name).replace("infrequent_sklearn", "rare ones") for name in encoder.get_feature_names_out())
        table, last = np.asarray(encoder.transform(table)), model[-1:]
    targets = dataset.targets
    generator = np.random.default_rng(seed)
    members = [np.flatnonzero(targets == label) for label in range(dataset.classes)] or [np.arange(len(targets))]
    drawn = []
    for _ in progress(range(resamples), COEFFICIENTS, resamples):
        rows = np.concatenate([generator.choice(own, len(own)) for own in members])
        drawn.append(_coefficients(fit(last, table[rows], targets[rows])))
    estimates = _coefficients(fit(last, table, targets))
    return CoefficientIntervals(names, estimates, *around(estimates, np.array(drawn)), resamples)


def around(estimates: np.ndarray, refitted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The ends of the 95 % intervals: the normal ones, by the spread of the refits (resamples × the estimates' shape)."""
    half = Z * refitted.std(axis=0, ddof=1)
    return estimates - half, estimates + half


def _coefficients(fitted: Any) -> np.ndarray:
    return np.atleast_2d(fitted[-1].coef_)
