"""The nested audit: do the published figures hold when C is tuned inside each fold, as an honest tuner would?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from training.data.dataset import Dataset, take
from training.evaluation.cross_validation import folds_of, over_folds
from training.evaluation.evaluate import Evaluation
from training.evaluation.measures import metrics
from training.evaluation.regularisation import chosen, recipe_with, try_all
from training.progress import AUDIT, progress
from training.recipes.fitting import fit

INNER_FOLDS = 5


@dataclass(frozen=True)
class Audit:
    """Name → figure with C tuned inside, beside the published one, and how often each C was chosen."""

    nested: dict[str, float]
    published: dict[str, float]
    chosen: Counter[float]


def audit(dataset: Dataset, evaluation: Evaluation) -> Audit:
    """Repeat the evaluation on the same folds, choosing C by the rule on the training part of each."""
    amount, features, labels = evaluation.effort, dataset.features, dataset.labels
    choices: Counter[float] = Counter()

    def judge(training: np.ndarray, held_out: np.ndarray) -> np.ndarray:
        best = _best(dataset, training)
        choices[best] += 1
        model = fit(recipe_with(dataset, best), take(features, training), labels[training])
        return np.asarray(model.predict_proba(take(features, held_out)))

    pairs = progress(folds_of(labels, amount.folds, amount.repeats), AUDIT, amount.folds * amount.repeats)
    nested = over_folds(judge, len(labels), dataset.classes, pairs, amount.repeats)
    return Audit(_figures(nested, labels), _figures(evaluation.repeat_probabilities, labels), choices)


def _best(dataset: Dataset, rows: np.ndarray) -> float:
    """The C that the rule takes, knowing these rows only."""
    labels = dataset.labels[rows]
    folds = int(min(INNER_FOLDS, np.bincount(labels).min()))
    return chosen(try_all(dataset, take(dataset.features, rows), labels, folds, repeats=1))


def _figures(probabilities: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    return {
        "accuracy": float(metrics.correct(probabilities, labels).mean()),
        "ROC AUC": metrics.roc_auc(probabilities, labels),
        "log loss": float(metrics.log_losses(probabilities, labels).mean()),
        "Brier score": float(metrics.brier_scores(probabilities, labels).mean()),
    }


def print_audit(result: Audit) -> None:
    """The two columns and their difference."""
    print(f"\n{'nested audit, C tuned inside':<30}{'nested':>8}{'published':>12}{'difference':>13}")
    for name, value in result.nested.items():
        published = result.published[name]
        print(f"  {name:<28}{value:>8.4f}{published:>12.4f}{value - published:>+13.4f}")
    counts = ", ".join(f"{c:.3g} ({count})" for c, count in sorted(result.chosen.items()))
    print(f"  chosen C (folds): {counts}")
