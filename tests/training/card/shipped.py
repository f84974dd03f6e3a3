"""The shipped card's text and its table, and what scikit-learn alone makes of that table: nothing of training.evaluation."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

CARD = (Path(__file__).resolve().parents[3] / "docs" / "model_card.md").read_text(encoding="utf-8")
FEATURES, LABELS = load_breast_cancer(return_X_y=True)
MALIGNANT = LABELS == 0
WIDE = 1.25 * 1.959963984540054


def model(c=1.0):
    """The shipped pipeline, unfitted."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=c, solver="newton-cholesky", tol=1e-10))


def folds(labels=LABELS, splits=10, repeats=10):
    """Training and held-out rows."""
    return list(RepeatedStratifiedKFold(n_splits=splits, n_repeats=repeats, random_state=0).split(labels, labels))


def out_of_fold(features, labels, splits, repeats, c=1.0):
    """P(malignant), repeats × rows."""
    found = np.empty((repeats, len(labels)))
    for number, (training, held_out) in enumerate(folds(labels, splits, repeats)):
        fitted = model(c).fit(features[training], labels[training])
        found[number // splits, held_out] = fitted.predict_proba(features[held_out])[:, 0]
    return found


@cache
def malignant():
    """Out-of-fold P(malignant) of the published cross-validation, repeats × rows."""
    return out_of_fold(FEATURES, LABELS, 10, 10)


def wilson(hits, n):
    """Where the score test's z is a quarter beyond ±1.96: the roots of a quadratic."""
    p, z2 = hits / n, WIDE**2
    return sorted(np.roots([1 + z2 / n, -(2 * p + z2 / n), p * p]).real.clip(0, 1))


def rows_below(header):
    """The cells of the table whose header begins so."""
    lines = CARD[CARD.index(header) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def count(rows):
    """A mean over the repeats, as the card writes it."""
    return f"{rows:.1f}".removesuffix(".0")
