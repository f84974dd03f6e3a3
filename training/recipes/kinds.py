"""The kinds of model that a command fits by name, with settings that keep them small enough to serve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log2, sqrt
from typing import Any

import numpy as np
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression, RidgeCV

from training.errors import TrainingError

INVERSE_REGULARISATION = 1.0  # by the rule in training/evaluation/regularisation.py, on the example
PENALTIES = tuple(float(penalty) for penalty in np.logspace(-3, 4, 15))  # that the ridge regression chooses from
# newton-cholesky is exact to the last bits but holds a table of this number squared; beyond it lbfgs is 30 times as
# fast and, at this tolerance, within 1e-5 in the coefficients. Its own default stops 1e-2 short.
FEW_COEFFICIENTS = 400
LBFGS_TOLERANCE, LBFGS_ITERATIONS = 1e-8, 5000
LARGEST_LINEAR = 100_000  # coefficients; more than the artefact may hold
TREES = 100
NODES = 45_000  # in one model; the artefact may hold 50,000
LEAF_NUMBERS = 60_000  # what its leaves hold, classes times leaves: about 1.2 MB
FOREST_LEAVES, BOOSTING_LEAVES = 200, 31  # a tree, at most
FEWEST_ROUNDS = 20  # of boosting; with less room than that its trees get smaller instead


@dataclass(frozen=True)
class Size:
    """Of a problem: rows, numbers that the model sees, and classes (0: a number is predicted)."""

    rows: int
    numbers: int
    classes: int

    @property
    def score_rows(self) -> int:
        """Scores a row of data gets: one, or one a class if there are more than two."""
        return self.classes if self.classes > 2 else 1


@dataclass(frozen=True)
class Kind:
    """One kind of model: `make` an unfitted estimator, `seconds` of one fit on one core, within a factor of two."""

    name: str
    titles: tuple[str, str]  # of the classifier and of the regressor
    make: Callable[[Size], Any]
    seconds: Callable[[Size], float]
    settings: Callable[[Size], str]  # in words
    is_linear: bool = False
    fills_missing: bool = False  # itself, without a step before it

    def title(self, size: Size) -> str:
        """What to call it, such as "logistic regression"."""
        return self.titles[0 if size.classes else 1]


def _linear(size: Size) -> Any:
    if not size.classes:
        return RidgeCV(alphas=PENALTIES)
    return logistic_regression(INVERSE_REGULARISATION, size.numbers * size.score_rows)


def logistic_regression(inverse_regularisation: float, coefficients: int) -> LogisticRegression:
    """The solver that is exact where that is quick, else the one that is quick."""
    if coefficients <= FEW_COEFFICIENTS:
        return LogisticRegression(C=inverse_regularisation, solver="newton-cholesky", tol=1e-10)
    return LogisticRegression(C=inverse_regularisation, tol=LBFGS_TOLERANCE, max_iter=LBFGS_ITERATIONS)


def _linear_seconds(size: Size) -> float:
    coefficients = size.numbers * size.score_rows
    if not size.classes:
        return 0.005 + 1e-9 * size.rows * size.numbers**2
    if coefficients <= FEW_COEFFICIENTS:
        return 0.005 + 4e-10 * size.rows * coefficients**2
    return 0.02 + 3e-8 * size.rows * coefficients


def _forest(size: Size) -> Any:
    leaves = min(FOREST_LEAVES, NODES // (2 * TREES), LEAF_NUMBERS // (TREES * max(1, size.classes)))
    kind = RandomForestClassifier if size.classes else RandomForestRegressor
    return kind(n_estimators=TREES, max_leaf_nodes=max(2, leaves), random_state=0)


def _forest_seconds(size: Size) -> float:
    tried = sqrt(size.numbers) if size.classes else size.numbers  # columns, at each split
    return 0.1 + 4e-8 * TREES * size.rows * log2(max(2, size.rows)) * tried * (1 + size.classes / 32)


def _boosting(size: Size) -> Any:
    rounds, leaves = _rounds_and_leaves(size)
    kind = HistGradientBoostingClassifier if size.classes else HistGradientBoostingRegressor
    return kind(max_iter=rounds, max_leaf_nodes=leaves, early_stopping=False, random_state=0)


def _rounds_and_leaves(size: Size) -> tuple[int, int]:
    nodes = NODES // size.score_rows  # for each class
    leaves = min(BOOSTING_LEAVES, max(2, nodes // (2 * FEWEST_ROUNDS)))
    return min(TREES, max(1, nodes // (2 * leaves))), leaves


def _boosting_seconds(size: Size) -> float:
    rounds, _ = _rounds_and_leaves(size)
    return rounds * size.score_rows * (0.0015 + 8e-9 * size.rows * size.numbers)


def _linear_settings(size: Size) -> str:
    if size.classes:
        return f"logistic regression (L2, C = {INVERSE_REGULARISATION})"
    return f"ridge regression, its penalty chosen from {len(PENALTIES)} by leaving out one row at a time,"


def _forest_settings(size: Size) -> str:
    return f"random forest of {TREES} trees of at most {_forest(size).max_leaf_nodes} leaves"


def _boosting_settings(size: Size) -> str:
    rounds, leaves = _rounds_and_leaves(size)
    return f"histogram gradient boosting of {rounds} rounds, with trees of at most {leaves} leaves,"


LINEAR = Kind(
    "linear", ("logistic regression", "ridge regression"), _linear, _linear_seconds, _linear_settings, is_linear=True
)
FOREST = Kind("forest", ("random forest", "random forest"), _forest, _forest_seconds, _forest_settings)
BOOSTING = Kind(
    "boosting",
    ("gradient boosting", "gradient boosting"),
    _boosting,
    _boosting_seconds,
    _boosting_settings,
    fills_missing=True,
)
KINDS = {kind.name: kind for kind in (LINEAR, FOREST, BOOSTING)}  # the simplest first
# scikit-learn's names: the kind, and what it predicts.
CLASSES = {
    "LogisticRegression": (LINEAR, "classes"),
    "Ridge": (LINEAR, "numbers"),
    "RidgeCV": (LINEAR, "numbers"),
    "RandomForestClassifier": (FOREST, "classes"),
    "RandomForestRegressor": (FOREST, "numbers"),
    "HistGradientBoostingClassifier": (BOOSTING, "classes"),
    "HistGradientBoostingRegressor": (BOOSTING, "numbers"),
}


def kind_named(name: str, predicts: str) -> Kind:
    """By its short name or scikit-learn's; `predicts` is "classes" or "numbers". Raises TrainingError."""
    if name in KINDS:
        return KINDS[name]
    if name not in CLASSES:
        raise TrainingError(f"--estimator: {', '.join(KINDS)}, or {', '.join(CLASSES)}")
    kind, own = CLASSES[name]
    if own != predicts:
        raise TrainingError(
            f"--estimator {name} predicts {own}, and here {predicts} are wanted: --estimator {kind.name}"
        )
    return kind
