"""Other kinds of model on the very same folds: is the simple one good enough?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from training.data.dataset import Dataset
from training.evaluation.cross_validation import folds_of, out_of_fold
from training.evaluation.evaluate import Evaluation
from training.evaluation.measures import intervals, metrics
from training.evaluation.regression import RegressionEvaluation, out_of_fold_predictions
from training.progress import progress
from training.recipes.effort import Effort, effort
from training.recipes.fitting import THREADS
from training.recipes.kinds import KINDS, Kind
from training.recipes.pipelines import recipe_for

# Wolberg, Street, Heisey & Mangasarian, "Computer-derived nuclear features distinguish malignant from benign breast
# cytology", Human Pathology 26, 1995: 10-fold cross-validation on these 569 patients
PUBLISHED = (("logistic regression, Wolberg 1995", 0.962), ("MSM-T, Wolberg 1995", 0.975))
EXAMPLE_SHA256 = "fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed"

Span = tuple[float, float]


@dataclass(frozen=True)
class Peer:
    """One kind of model: two figures with 95 % intervals, and by how much its loss is lower than ours, row by row.

    The figures are accuracy and ROC AUC, or R² and the mean absolute error. The loss is the Brier score, or the
    absolute error; `gain` is None for ours and for what was only published.
    """

    name: str
    title: str
    figures: tuple[float, float | None]
    intervals: tuple[Span | None, tuple[float, ...] | None]
    gain: float | None = None
    gain_interval: Span | None = None


def compare_kinds(dataset: Dataset, evaluation: Evaluation | RegressionEvaluation, own: Kind) -> list[Peer]:
    """Ours first, then the other kinds, then what was published on the example. Raises TrainingError."""
    judge = _regressors if isinstance(evaluation, RegressionEvaluation) else _classifiers
    results = judge(dataset, evaluation, own)
    if dataset.sha256 == EXAMPLE_SHA256:
        for title, accuracy in PUBLISHED:
            interval = intervals.of_share(accuracy * len(dataset.labels), len(dataset.labels))
            results.append(Peer("", title, (accuracy, None), (interval, None)))
    return results


def amount_for(dataset: Dataset, kind: Kind, own: Effort) -> Effort:
    """The same folds, fewer repeats where more would take minutes."""
    cheap = effort(recipe_for(dataset, kind), own.folds).repeats
    return Effort(own.folds, repeats=min(own.repeats, cheap))


def _classifiers(dataset: Dataset, evaluation: Any, own: Kind) -> list[Peer]:
    labels = dataset.labels

    def peer(kind: Kind, scores: np.ndarray, ours: np.ndarray | None) -> Peer:
        right, losses = metrics.correct(scores, labels).mean(axis=0), metrics.brier_scores(scores, labels).mean(axis=0)
        gained = None if ours is None else metrics.brier_scores(ours, labels).mean(axis=0) - losses
        return Peer(
            kind.name,
            recipe_for(dataset, kind).title,
            (float(right.mean()), metrics.roc_auc(scores, labels)),
            (intervals.of_share(float(right.sum()), len(labels)), intervals.of_area(scores, labels)),
            None if gained is None else float(gained.mean()),
            None if gained is None else intervals.of_gain(gained),
        )

    results = [peer(own, evaluation.repeat_probabilities, None)]
    for kind in KINDS.values():
        if kind is not own:
            amount = amount_for(dataset, kind, evaluation.effort)
            total = amount.folds * amount.repeats
            pairs = progress(folds_of(labels, amount.folds, amount.repeats), kind.name, total)
            with THREADS.limit(limits=1):
                scores = out_of_fold(
                    recipe_for(dataset, kind).pipeline, dataset.features, labels, pairs, amount.repeats
                )
            results.append(peer(kind, scores, evaluation.repeat_probabilities[: amount.repeats]))
    return results


def _regressors(dataset: Dataset, evaluation: Any, own: Kind) -> list[Peer]:
    targets = dataset.targets
    variance = float(((targets - targets.mean()) ** 2).mean())

    def peer(kind: Kind, predictions: np.ndarray, ours: np.ndarray | None) -> Peer:
        absolute = np.abs(predictions - targets).mean(axis=0)
        explained = 1 - ((predictions - targets) ** 2).mean(axis=0) / variance
        gained = None if ours is None else np.abs(ours - targets).mean(axis=0) - absolute
        return Peer(
            kind.name,
            recipe_for(dataset, kind).title,
            (float(explained.mean()), float(absolute.mean())),
            (None, intervals.of_loss(absolute) or None),
            None if gained is None else float(gained.mean()),
            None if gained is None else intervals.of_gain(gained),
        )

    results = [peer(own, evaluation.repeat_predictions, None)]
    for kind in KINDS.values():
        if kind is not own:
            amount = amount_for(dataset, kind, evaluation.effort)
            with THREADS.limit(limits=1):
                predictions = out_of_fold_predictions(recipe_for(dataset, kind).pipeline, dataset, amount, kind.name)
            results.append(peer(kind, predictions, evaluation.repeat_predictions[: amount.repeats]))
    return results


def verdict(results: list[Peer], own: Kind) -> str:
    """One sentence: stay, or which kind is better beyond chance."""
    better = [peer for peer in results if peer.gain_interval and peer.gain_interval[0] > 0]
    if better:
        best = max(better, key=lambda peer: peer.gain or 0.0)
        return f"the {best.title} is better than chance explains: --estimator {best.name}"
    simpler = [peer for peer in results[1:] if peer.name and _simpler(peer.name, own.name)]
    as_good = [peer for peer in simpler if peer.gain_interval and peer.gain_interval[1] >= 0]
    if as_good:
        return (
            f"the simpler {as_good[0].title} is as good, as far as these rows can tell: --estimator {as_good[0].name}"
        )
    if own is next(iter(KINDS.values())):
        return f"the simplest, {results[0].title}, is as good as the best, as far as these rows can tell: keep it"
    return f"the {results[0].title} is the best of these: keep it"


def _simpler(name: str, than: str) -> bool:
    order = list(KINDS)
    return order.index(name) < order.index(than)
