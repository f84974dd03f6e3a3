"""How steady the coefficients are: the recipe refitted on resampled rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.data.dataset import Dataset
from training.progress import progress
from training.recipes.fitting import fit
from training.recipes.pipelines import recipe


@dataclass(frozen=True)
class CoefficientIntervals:
    """Coefficients per standard deviation (R × n, as in the artefact) with 95 % bootstrap percentile intervals."""

    estimates: np.ndarray
    low: np.ndarray
    high: np.ndarray
    resamples: int

    @property
    def sign_stable(self) -> np.ndarray:
        """Where the interval leaves out zero (R × n, booleans)."""
        return (self.low > 0) | (self.high < 0)


def coefficient_intervals(dataset: Dataset, resamples: int, seed: int = 0) -> CoefficientIntervals:
    """Refit the recipe on rows drawn with replacement within each class. Raises TrainingError."""
    features, labels = dataset.features, dataset.labels
    generator = np.random.default_rng(seed)
    members = [np.flatnonzero(labels == label) for label in range(dataset.classes)]
    drawn = []
    for _ in progress(range(resamples), "coefficient intervals", resamples):
        rows = np.concatenate([generator.choice(own, len(own)) for own in members])
        drawn.append(fit(recipe(dataset.impute), features[rows], labels[rows])[-1].coef_)
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    estimates = fit(recipe(dataset.impute), features, labels)[-1].coef_
    return CoefficientIntervals(estimates, low, high, resamples)
