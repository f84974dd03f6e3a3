"""Fitting that fails loudly, and gives the same bits however many cores the machine has."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import ThreadpoolController

from training.errors import TrainingError

# One thread: the tables are small, the same sum on another number of cores may end in other last bits, and on a busy
# machine threads that wait for each other take 25 times as long.
THREADS = ThreadpoolController()


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
