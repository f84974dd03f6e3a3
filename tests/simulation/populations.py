"""Populations whose truth is known: rows by the thousand, and each row's true probabilities, or its target's law."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.datasets import load_breast_cancer

from tests.simulation.fits import logistic, probabilities_of
from training.recipes.effort import Effort

Generator = np.random.Generator
FULL, QUICK = Effort(), Effort(folds=5, repeats=1)


@dataclass(frozen=True)
class Classes:
    """Rows, and their classes' true probabilities (rows × K)."""

    name: str
    rows: int  # of the table that is drawn
    draw: Callable[[Generator, int], np.ndarray]
    probabilities: Callable[[np.ndarray], np.ndarray]
    amount: Effort = FULL
    forest: bool = False  # fitted instead of the logistic regression


@dataclass(frozen=True)
class Numbers:
    """Rows with their targets."""

    name: str
    rows: int
    draw: Callable[[Generator, int], tuple[np.ndarray, np.ndarray]]
    penalty: float = 1.0
    amount: Effort = FULL


def like_the_example() -> tuple[Callable, Callable]:
    """Rows of the example, jittered by 0.3 of its own spread; the shipped recipe's probabilities are the truth."""
    features, labels = load_breast_cancer(return_X_y=True)
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    truth = logistic(features, labels, np.ones((1, len(labels))), 2)
    jitter = 0.3 * np.linalg.cholesky(np.cov(features.T) + 1e-9 * np.eye(features.shape[1])).T

    def draw(generator, rows):
        chosen = features[generator.integers(0, len(features), rows)]
        return chosen + generator.normal(size=chosen.shape) @ jitter

    return draw, lambda rows: probabilities_of(truth, rows)[0]


def normal(columns: int, strength: float, intercept: float, classes: int = 2) -> tuple[Callable, Callable]:
    """Independent normal columns, log-odds linear in them; of more classes, the last is the rarer by its intercept."""
    truth = np.zeros((1, classes, columns + 1))
    if classes == 2:
        truth[0, 1, 0], truth[0, 1, 1:] = intercept, strength / np.sqrt(columns)
    else:
        truth[0, -1, 0] = intercept
        truth[0, :, 1:] = np.random.default_rng(3).normal(size=(classes, columns)) * strength / np.sqrt(columns)
    return lambda generator, rows: generator.normal(size=(rows, columns)), lambda rows: probabilities_of(truth, rows)[0]


def skewed(columns: int, strength: float) -> tuple[Callable, Callable]:
    """Lognormal columns, log-odds linear in their logarithms: no linear model is right."""
    draw, probabilities = normal(columns, strength, -1.0)
    return lambda generator, rows: np.exp(draw(generator, rows)), lambda rows: probabilities(np.log(rows))


def line(columns: int, noise: Callable[[Generator, np.ndarray], np.ndarray]) -> Callable:
    """Targets linear in normal columns, and noise that may depend on them."""
    slopes = np.random.default_rng(2).normal(size=columns) / np.sqrt(columns)

    def draw(generator, rows):
        features = generator.normal(size=(rows, columns))
        return features, features @ slopes + noise(generator, features)

    return draw


CLASSES = [
    Classes("the example", 569, *like_the_example()),
    Classes("the example, 150 rows", 150, *like_the_example()),
    Classes("even classes, 10 columns", 200, *normal(10, 1.5, 0.0)),
    Classes("a class of a tenth", 300, *normal(5, 1.5, -2.8)),
    Classes("the same, 5 folds once", 300, *normal(5, 1.5, -2.8), QUICK),
    Classes("few rows", 60, *normal(4, 2.0, 0.0)),
    Classes("little to learn, 20 columns", 1000, *normal(20, 0.5, -1.0)),
    Classes("nearly told apart", 150, *normal(3, 12.0, 2.0)),
    Classes("skewed columns", 300, *skewed(6, 2.0)),
    Classes("three classes, clear", 150, *normal(4, 4.0, -0.5, 3)),
    Classes("three classes, mixed", 300, *normal(4, 1.5, -1.0, 3)),
    Classes("a forest, 5 folds once", 300, *skewed(6, 2.0), QUICK, forest=True),
]
NUMBERS = [
    Numbers("normal errors", 442, line(10, lambda g, x: g.normal(size=len(x)))),
    Numbers("normal errors, few rows", 60, line(5, lambda g, x: g.normal(size=len(x)))),
    Numbers("little to learn", 200, line(10, lambda g, x: 3 * g.normal(size=len(x))), penalty=100.0),
    Numbers("Student's errors, 5 folds once", 442, line(10, lambda g, x: g.standard_t(3, len(x))), amount=QUICK),
    Numbers("lognormal errors", 442, line(10, lambda g, x: 0.7 * g.lognormal(size=len(x)))),
    Numbers("lognormal errors, 100 rows", 100, line(5, lambda g, x: 0.5 * g.lognormal(size=len(x)))),
    Numbers("errors that grow with a column", 300, line(5, lambda g, x: 0.5 * np.exp(x[:, 0]) * g.normal(size=len(x)))),
]
