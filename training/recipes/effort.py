"""How much work a problem is worth."""

from __future__ import annotations

from dataclasses import dataclass

from training.data.dataset import Dataset
from training.errors import TrainingError

# A run's cost grows with rows × (features × rows of coefficients)²: ten classes of 64 features are beyond this.
CHEAP_COST = 1e7
LARGEST_MODEL = 4000  # coefficients; newton-cholesky holds a table of their number squared, here 128 MB


@dataclass(frozen=True)
class Effort:
    """How often to repeat what is repeated. Fewer on large problems, so that a run stays a matter of minutes."""

    folds: int = 10
    repeats: int = 10  # of the cross-validation
    resamples: int = 200  # of the coefficients' bootstrap
    nested_repeats: int = 3  # of the inner cross-validation that judges the prediction sets


def effort(dataset: Dataset, folds: int = 10) -> Effort:
    """By the size of the problem alone, never by the clock: the same data must give the same figures everywhere.

    Raises TrainingError for a problem that no patience would help.
    """
    rows, features = dataset.features.shape
    score_rows = 1 if dataset.classes == 2 else dataset.classes
    if features * score_rows > LARGEST_MODEL:
        raise TrainingError(
            f"{features} features × {score_rows} classes are too many for this recipe, whose memory grows with their "
            "square: export a pipeline of your own, see docs/your_own_model.md"
        )
    if rows * (features * score_rows) ** 2 <= CHEAP_COST:
        return Effort(folds)
    return Effort(folds, repeats=2, resamples=20, nested_repeats=1)
