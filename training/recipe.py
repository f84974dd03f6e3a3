"""The recipe of the shipped model, and fitting that fails loudly."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import ThreadpoolController

from training.dataset import Dataset
from training.errors import TrainingError

# One thread: the tables are small, the same sum on another number of cores may end in other last bits, and on a busy
# machine threads that wait for each other take 25 times as long.
THREADS = ThreadpoolController()
# In the flat optimum of log loss (0.5 to 1) on the example, with steadier coefficients than 1.
INVERSE_REGULARISATION = 0.5
# A run's cost grows with rows × (features × rows of coefficients)²: ten classes of 64 features are beyond this.
CHEAP_COST = 1e7
LARGEST_MODEL = 4000  # coefficients; newton-cholesky holds a table of their number squared, here 128 MB


def recipe(impute: str | None = None, inverse_regularisation: float = INVERSE_REGULARISATION) -> Pipeline:
    """The unfitted pipeline. The default solver, lbfgs, stops 1e-2 short in the coefficients."""
    classifier = LogisticRegression(C=inverse_regularisation, solver="newton-cholesky", tol=1e-10)
    return make_pipeline(*imputer(impute), StandardScaler(), classifier)


def imputer(impute: str | None) -> list[SimpleImputer]:
    """The first step of a pipeline, if there is one. A feature that a fold knows nothing of is kept, as zero."""
    return [SimpleImputer(strategy=impute, keep_empty_features=True)] if impute else []


def fit(estimator: Any, features: np.ndarray, labels: np.ndarray) -> Any:
    """A fitted clone of the estimator. Raises TrainingError where scikit-learn only warns: no convergence, or NaN."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        warnings.simplefilter("error", RuntimeWarning)  # overflow, division by zero, a singular matrix
        try:
            with THREADS.limit(limits=1):
                return clone(estimator).fit(features, labels)
        except ConvergenceWarning as error:
            raise TrainingError(f"the training did not converge, so nothing was written: {error}") from error
        except RuntimeWarning as error:
            raise TrainingError(f"the training's arithmetic failed, so nothing was written: {error}") from error
        except ValueError as error:
            raise TrainingError(f"scikit-learn refused the data, so nothing was written: {error}") from error


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
