"""An honest evaluation of a regression: how far predictions are off, on rows that the model never saw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from sklearn.model_selection import KFold, RepeatedKFold

from training.data.dataset import Dataset, take
from training.errors import TrainingError
from training.evaluation.cross_validation import Fold, over_folds
from training.evaluation.measures import intervals
from training.evaluation.measures.coefficient_bootstrap import CoefficientIntervals, coefficient_intervals
from training.evaluation.measures.conformal import Spread, spread
from training.evaluation.measures.expected_shares import shares_of_numbers
from training.evaluation.measures.metrics import Metric
from training.progress import CROSS_VALIDATION, progress
from training.recipes.effort import Effort, effort
from training.recipes.fitting import THREADS, fit
from training.recipes.pipelines import Recipe, recipe_for

COVERAGE = 0.9  # of the interval that the API answers with
FEWEST_ROWS = 20  # fewer tell nothing of an interval at 90 %


@dataclass(frozen=True)
class Interval:
    """Prediction ± `half_width` holds about `coverage` of new rows; `held_out` is the share it held of unseen ones."""

    coverage: float
    half_width: float
    held: np.ndarray  # splits × rows, booleans: by a width that the rows of other folds gave
    held_out: Spread  # of that, over the splits
    splits: int
    method: str


@dataclass(frozen=True)
class RegressionEvaluation:
    """Figures from repeated cross-validation, in the unit of the target."""

    effort: Effort
    repeat_predictions: np.ndarray  # repeats × rows
    metrics: dict[str, Metric]
    gain: tuple[float, tuple[float, float]]  # over always answering the median, in mean absolute error
    interval: Interval
    expected_shares: dict[str, Any]  # of honest samples; see expected_shares.py
    coefficients: CoefficientIntervals | None  # of a linear recipe
    recipe: Recipe | None  # None for an estimator of one's own

    def as_fields(self) -> dict[str, Any]:
        """What the artefact says of the evaluation, as arguments of the export."""
        return {
            "metrics": {name: metric.as_fields() for name, metric in self.metrics.items()},
            "interval": {"coverage": self.interval.coverage, "half_width": self.interval.half_width},
            "expected_shares": self.expected_shares,
        }

    @property
    def predictions(self) -> np.ndarray:
        """Averaged out-of-fold predictions, one a row."""
        return np.asarray(self.repeat_predictions.mean(axis=0))


def evaluate_regression(
    dataset: Dataset, estimator: Any = None, folds: int = 10, amount: Effort | None = None
) -> RegressionEvaluation:
    """Judge a recipe (default: the linear one), or another unfitted scikit-learn regressor. Raises TrainingError."""
    recipe = estimator if isinstance(estimator, Recipe) else recipe_for(dataset)
    amount = amount or effort(recipe, folds)
    if len(dataset.targets) < max(FEWEST_ROWS, 2 * amount.folds):
        least = max(FEWEST_ROWS, 2 * amount.folds)
        raise TrainingError(f"{len(dataset.targets)} rows are too few: {least} are the least that can be judged")
    own = estimator is None or estimator is recipe
    with THREADS.limit(limits=1):
        repeated = out_of_fold_predictions(recipe.pipeline if own else estimator, dataset, amount)
        steady = own and recipe.kind.is_linear
        coefficients = coefficient_intervals(dataset, recipe.pipeline, amount.resamples) if steady else None
    return RegressionEvaluation(
        effort=amount,
        repeat_predictions=repeated,
        metrics=figures_of(dataset.targets, repeated, amount),
        gain=gain_of(dataset.targets, repeated),
        interval=interval_of(dataset.targets, repeated, amount),
        expected_shares=shares_of_numbers(dataset, [*islice(regression_folds(dataset, amount), amount.folds)]),
        coefficients=coefficients,
        recipe=recipe if own else None,
    )


def out_of_fold_predictions(model: Any, dataset: Dataset, amount: Effort, label: str = CROSS_VALIDATION) -> np.ndarray:
    """Predictions, repeats × rows, each from a model fitted without the row. Raises TrainingError."""

    def judge(training: np.ndarray, held_out: np.ndarray) -> np.ndarray:
        fitted = fit(model, take(dataset.features, training), dataset.targets[training])
        return np.asarray(fitted.predict(take(dataset.features, held_out))).reshape(-1, 1)

    pairs = progress(regression_folds(dataset, amount), label, amount.folds * amount.repeats)
    return over_folds(judge, len(dataset.targets), 1, pairs, amount.repeats)[:, :, 0]


def regression_folds(dataset: Dataset, amount: Effort) -> Iterator[Fold]:
    """Training and held-out row indices, `folds` pairs a repeat."""
    splitter = RepeatedKFold(n_splits=amount.folds, n_repeats=amount.repeats, random_state=0)
    yield from splitter.split(dataset.targets)


def figures_of(targets: np.ndarray, repeated: np.ndarray, amount: Effort) -> dict[str, Metric]:
    """R², and mean errors, averaged over the repeats (repeats × rows).

    Only the mean absolute error has an interval: those of mean squares hold the truth too rarely where errors are skewed.
    """
    errors, n = repeated - targets, len(targets)
    procedure = f"{amount.repeats} x {amount.folds}-fold cross-validation"
    squares, absolute = (errors**2).mean(axis=1), np.abs(errors).mean(axis=0)
    told = f"{procedure}; 95 % interval: normal, of the logarithm, {intervals.WIDER} times as wide"
    return {
        "r2": Metric(float(1 - squares.mean() / targets.var()), (), n, procedure),
        "mean_absolute_error": Metric(float(absolute.mean()), intervals.of_loss(absolute), n, told),
        "root_mean_squared_error": Metric(float(np.sqrt(squares).mean()), (), n, procedure),
    }


def gain_of(targets: np.ndarray, repeated: np.ndarray) -> tuple[float, tuple[float, float]]:
    """By how much the mean absolute error is lower than that of always answering the median, with its 95 % interval."""
    gains = np.abs(targets - np.median(targets)) - np.abs(repeated - targets).mean(axis=0)
    return float(gains.mean()), intervals.of_gain(gains)


def half_width(residuals: np.ndarray, coverage: float = COVERAGE) -> float:
    """The ⌈coverage · (n + 1)⌉-th smallest of n absolute residuals. Source: split conformal prediction."""
    rank = int(np.ceil(round(coverage * (len(residuals) + 1), 9)))
    return float(np.sort(np.abs(residuals))[min(rank, len(residuals)) - 1])


def interval_of(targets: np.ndarray, repeated: np.ndarray, amount: Effort) -> Interval:
    """From the residuals of the first repeat; judged, a repeat at a time, on rows whose residuals had no part in it."""
    held = np.zeros(repeated.shape, dtype=bool)
    for seed, (predictions, inside) in enumerate(zip(repeated, held, strict=True), start=1):
        residuals = targets - predictions
        for others, own in KFold(amount.folds, shuffle=True, random_state=seed).split(targets):
            inside[own] = np.abs(residuals[own]) <= half_width(residuals[others])
    return Interval(
        coverage=COVERAGE,
        half_width=half_width(targets - repeated[0]),
        held=held,
        held_out=spread(held.mean(axis=1).tolist()),
        splits=len(held),
        method=f"residuals of {amount.folds}-fold cross-validation",
    )
