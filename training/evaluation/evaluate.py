"""An honest evaluation: everything the artefact, the printed table and the model card say about a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from training.data.dataset import Dataset
from training.evaluation.cross_validation import folds_of, out_of_fold, require_rows
from training.evaluation.measures import conformal, intervals, metrics
from training.evaluation.measures.calibration import calibration_metrics
from training.evaluation.measures.coefficient_bootstrap import CoefficientIntervals, coefficient_intervals
from training.evaluation.measures.expected_shares import shares_of_classes
from training.evaluation.measures.metrics import Metric
from training.evaluation.measures.operating_points import OperatingPoint, operating_points
from training.evaluation.nested import NestedFold, nested_splits
from training.progress import CROSS_VALIDATION, FIGURES, at_once, progress
from training.recipes.effort import Effort, effort
from training.recipes.fitting import THREADS
from training.recipes.pipelines import Recipe, recipe_for


@dataclass(frozen=True)
class CalibrationBin:
    """Rows whose predicted probability lies in [low, high), and how often the event came about (95 %)."""

    low: float
    high: float
    count: int
    predicted: float
    observed: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class Evaluation:
    """Figures from repeated stratified cross-validation. `probabilities` is rows × K, the mean over the repeats."""

    effort: Effort
    repeat_probabilities: np.ndarray  # repeats × rows × K
    metrics: dict[str, Metric]
    calibration_event: str  # what the probabilities in the calibration bins are of
    calibration: list[CalibrationBin]  # bins that hold a row, of the averaged probabilities
    operating_points: list[OperatingPoint]  # two classes only
    conformal_floors: dict[str, list[float]]  # level → a floor a class
    served_level: str | None  # of the prediction sets that the API answers with; None: the set is the label
    held_out_coverage: list[conformal.HeldOut]
    nested: list[NestedFold]  # of the first split, for whatever else is chosen from scores
    expected_shares: dict[str, Any]  # of honest samples; see expected_shares.py
    coefficients: CoefficientIntervals | None  # of a linear recipe
    recipe: Recipe | None  # None for an estimator of one's own

    def as_fields(self) -> dict[str, Any]:
        """What the artefact says of the evaluation, as arguments of `export_model`."""
        level = self.served_level
        return {
            "conformal_thresholds": {level: self.conformal_floors[level]} if level else {},
            "metrics": {name: metric.as_fields() for name, metric in self.metrics.items()},
            "expected_shares": self.expected_shares,
        }

    @property
    def members(self) -> np.ndarray:
        """Which labels are in the set that belongs to each row's averaged probabilities, rows × K, booleans."""
        averaged, level = self.probabilities, self.served_level
        if level is None:
            return np.asarray(np.eye(averaged.shape[1], dtype=bool)[averaged.argmax(axis=1)])
        return conformal.members(averaged, self.conformal_floors[level])

    @property
    def probabilities(self) -> np.ndarray:
        """Averaged out-of-fold probabilities, rows × K."""
        return np.asarray(self.repeat_probabilities.mean(axis=0))


def evaluate(dataset: Dataset, estimator: Any = None, folds: int = 10, amount: Effort | None = None) -> Evaluation:
    """Judge a recipe (default: the linear one), or another unfitted scikit-learn classifier, on a data set.

    Raises TrainingError.
    """
    recipe = estimator if isinstance(estimator, Recipe) else recipe_for(dataset)
    amount = amount or effort(recipe, folds)
    require_rows(dataset, amount.folds)
    with THREADS.limit(limits=1):
        if estimator is None or estimator is recipe:
            return _evaluate(dataset, recipe, recipe.pipeline, amount)
        return _evaluate(dataset, None, estimator, amount)


def _evaluate(dataset: Dataset, recipe: Recipe | None, model: Any, amount: Effort) -> Evaluation:
    steady = recipe is not None and recipe.kind.is_linear
    features, labels = dataset.features, dataset.labels
    pairs = progress(folds_of(labels, amount.folds, amount.repeats), CROSS_VALIDATION, amount.folds * amount.repeats)
    repeated = out_of_fold(model, features, labels, pairs, amount.repeats)
    averaged, splits = repeated.mean(axis=0), nested_splits(model, features, labels, amount)
    nested = next(splits)
    held_out = conformal.held_out_coverage(chain([nested], splits), labels, amount)
    served = conformal.served_level(dataset.class_counts)
    with at_once(FIGURES):
        figures = figures_of(dataset, repeated, amount)
    return Evaluation(
        effort=amount,
        repeat_probabilities=repeated,
        metrics=figures,
        calibration_event=_calibration_event(dataset),
        calibration=list(calibration_bins(averaged, labels)),
        operating_points=_operating_points(dataset, repeated),
        conformal_floors={level: conformal.floors(averaged, labels, level) for level in conformal.LEVELS},
        served_level=served,
        held_out_coverage=held_out,
        nested=nested,
        expected_shares=shares_of_classes(dataset, nested, held_out, served),
        coefficients=coefficient_intervals(dataset, model, amount.resamples) if steady else None,
        recipe=recipe,
    )


def figures_of(dataset: Dataset, repeated: np.ndarray, amount: Effort) -> dict[str, Metric]:
    """Every metric of out-of-fold probabilities (repeats × rows × K)."""
    labels = dataset.labels
    procedure = f"{amount.repeats} x {amount.folds}-fold stratified cross-validation"

    def told(name: str) -> str:
        return f"{procedure}; 95 % interval: {name}, {intervals.WIDER} times as wide"

    def of_losses(losses: np.ndarray, method: str) -> Metric:
        rows = losses.mean(axis=0)
        return Metric(float(rows.mean()), intervals.of_loss(rows), len(rows), method)

    kind = "" if dataset.classes == 2 else "mean of one-vs-rest areas; "
    halved = "halved sum over both classes; " if dataset.classes == 2 else "sum over classes; "
    right, rows = metrics.correct(repeated, labels).mean(axis=0), len(labels)
    of_right = intervals.of_share(float(right.sum()), rows)
    area = intervals.of_area(repeated, labels)
    return {
        "accuracy": Metric(float(right.mean()), of_right, rows, told("Wilson")),
        "roc_auc": Metric(metrics.roc_auc(repeated, labels), area, rows, kind + told("DeLong, of the log-odds")),
        "log_loss": of_losses(metrics.log_losses(repeated, labels), told("normal, of the logarithm")),
        "brier": of_losses(metrics.brier_scores(repeated, labels), halved + told("normal, of the logarithm")),
        **calibration_metrics(repeated, labels, _calibration_event(dataset), procedure),
        **_shares(dataset, right, told("Wilson")),
    }


def _shares(dataset: Dataset, right: np.ndarray, method: str) -> dict[str, Metric]:
    """Sensitivity and specificity at 0.5 for two classes, the recall of each class for more."""
    if dataset.classes == 2:
        keys = {"sensitivity": dataset.class_of_interest, "specificity": 1 - dataset.class_of_interest}
    else:
        keys = {f"recall_{label}": label for label in range(dataset.classes)}
    shares = {}
    for key, label in keys.items():
        rows = right[dataset.labels == label]
        interval = intervals.of_share(float(rows.sum()), len(rows))
        shares[key] = Metric(float(rows.mean()), interval, len(rows), method, dataset.target_names[label])
    return shares


def _calibration_event(dataset: Dataset) -> str:
    return dataset.target_names[1] if dataset.classes == 2 else "the predicted class"


def calibration_bins(averaged: np.ndarray, labels: np.ndarray) -> Iterator[CalibrationBin]:
    """Of averaged probabilities (rows × K), those bins that hold a row."""
    confidences, outcomes = metrics.confidence_pairs(averaged, labels)
    bins = metrics.bin_of(confidences)
    for number in np.unique(bins):
        inside = bins == number
        count, hits = int(inside.sum()), float(outcomes[inside].sum())
        yield CalibrationBin(
            low=float(number / metrics.BINS),
            high=float((number + 1) / metrics.BINS),
            count=count,
            predicted=float(confidences[inside].mean()),
            observed=hits / count,
            interval=intervals.of_share(hits, count),
        )


def _operating_points(dataset: Dataset, repeated: np.ndarray) -> list[OperatingPoint]:
    if dataset.classes != 2:
        return []
    label = dataset.class_of_interest
    return operating_points(repeated[..., label], dataset.labels == label, dataset.target_names[label])
