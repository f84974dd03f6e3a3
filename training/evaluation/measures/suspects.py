"""Columns that would fool whoever trains: those that number the rows, and those that know the answer by themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from training.data.dataset import Dataset, without
from training.evaluation.cross_validation import folds_of, out_of_fold
from training.evaluation.evaluate import Evaluation
from training.evaluation.measures.metrics import correct, placements
from training.evaluation.regression import RegressionEvaluation, out_of_fold_predictions
from training.recipes.pipelines import recipe_for

ALONE = 0.99  # area under the curve, or share of the variance, that one honest column hardly reaches alone
FEW_ROWS = 20  # fewer prove nothing
NAMES = frozenset(["id", "index", "idx", "no", "nr", "number", "row", "rownames", "key", "uuid", "unnamed: 0"])


@dataclass(frozen=True)
class Suspect:
    """A column and why it is suspected, in a clause."""

    column: str
    reason: str


def named_suspects(
    dataset: Dataset, evaluation: Evaluation | RegressionEvaluation
) -> tuple[list[Suspect], dict[str, str]]:
    """The suspects, and what leaving one out costs, by column, as the end of a sentence. Raises TrainingError."""
    found = suspects(dataset)
    return found, {suspect.column: _cost(dataset, suspect.column, evaluation) for suspect in found}


def _cost(dataset: Dataset, column: str, evaluation: Evaluation | RegressionEvaluation) -> str:
    """From one cross-validation without the column, against the first repeat of the one with it."""
    if len(dataset.feature_names) == 1 or evaluation.recipe is None:
        return ""
    thinner = without(dataset, column)
    recipe, amount = recipe_for(thinner, evaluation.recipe.kind), replace(evaluation.effort, repeats=1)
    if isinstance(evaluation, RegressionEvaluation):
        left = out_of_fold_predictions(recipe.pipeline, thinner, amount)[0]
        before, after = (np.abs(own - dataset.targets).mean() for own in (evaluation.repeat_predictions[0], left))
        return f" (mean absolute error {after:.4g} instead of {before:.4g})"
    pairs = folds_of(dataset.labels, amount.folds, repeats=1)
    left = out_of_fold(recipe.pipeline, thinner.features, dataset.labels, pairs, repeats=1)
    before, after = (correct(own, dataset.labels).mean() for own in (evaluation.repeat_probabilities[:1], left))
    return f" (accuracy {after:.4f} instead of {before:.4f})"


def suspects(dataset: Dataset) -> list[Suspect]:
    """Identifiers and leaks, in column order."""
    found: dict[int, Suspect] = {}
    rows = len(dataset.targets)
    for column, position in enumerate(dataset.number_columns):
        values, name = dataset.numbers[:, column], dataset.feature_names[position]
        if _numbers_rows(values, name):
            found[position] = Suspect(name, "looks like an identifier, not a measurement")
        elif rows >= FEW_ROWS and (alone := _alone(values, dataset)):
            found[position] = Suspect(name, alone)
    for position in dataset.category_columns:
        name = dataset.feature_names[position]
        if rows >= FEW_ROWS and (alone := _alone(_shares(dataset, position), dataset)):
            found[position] = Suspect(name, alone)
    return [found[position] for position in sorted(found)]


def _numbers_rows(values: np.ndarray, name: str) -> bool:
    """All different whole numbers, and evenly spaced or named as identifiers are."""
    if np.isnan(values).any() or (values != np.floor(values)).any() or len(np.unique(values)) < len(values):
        return False
    steps = np.unique(np.diff(np.sort(values)))
    return len(values) > 2 and (
        len(steps) == 1 or name.strip().lower() in NAMES or name.lower().endswith(("_id", " id"))
    )


def _alone(values: np.ndarray, dataset: Dataset) -> str | None:
    """What a column achieves without the others, if that is too good to be true."""
    known = ~np.isnan(values)
    values, targets = values[known], dataset.targets[known]
    if len(np.unique(values)) < 2 or len(np.unique(targets)) < 2:
        return None
    if dataset.is_regression:
        explained = float(np.corrcoef(values, targets)[0, 1] ** 2)
        return f"explains {explained * 100:.1f} % of {dataset.target_name} alone" if explained >= ALONE else None
    areas = []
    for label in range(dataset.classes if dataset.classes > 2 else 1):
        own = targets == label
        area = float(placements(values[None], own)[own].mean()) if own.any() else 0.5
        areas.append(max(area, 1 - area))
    worst = min(areas)
    return f"tells the classes apart alone (ROC AUC {worst:.3f})" if worst >= ALONE else None


def _shares(dataset: Dataset, position: int) -> np.ndarray:
    """Each category as the mean target of its rows: the most that it can say alone. Too rare ones say nothing."""
    column: list[Any] = dataset.features.iloc[:, position].tolist()
    index = {value: number for number, value in enumerate(dict.fromkeys(column))}
    codes = np.array([index[value] for value in column])
    counts = np.bincount(codes)
    means = np.bincount(codes, dataset.targets.astype(np.float64)) / counts
    overall = float(dataset.targets.mean())
    return np.asarray(np.where(counts >= 5, means, overall)[codes])
