"""How far the coefficients of a linear model can be read: columns that say the same share their weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import pearsonr

from training.data.dataset import Dataset
from training.evaluation.inspection.stems import stems
from training.recipes.fitting import fit
from training.recipes.pipelines import Recipe

HIGH = 10.0  # a variance inflation above this is what textbooks call collinear
SMALLEST = 1e-9  # an eigenvalue below this is zero but for rounding: its columns are sums of others
CHANCE = 0.05  # a direction that chance gives this often is none


@dataclass(frozen=True)
class Weighed:
    """A number of the model: its coefficients, and what its column alone says.

    There is one coefficient for two classes and for a regression, else one a class. `alone` holds the signs of the
    correlations with being class 1 (each class, the target): 1, -1, or 0 where chance may give it.
    """

    name: str
    coefficients: tuple[float, ...]
    alone: tuple[int, ...]

    @property
    def contradictions(self) -> int:
        """How many coefficients point the other way than the column alone."""
        return sum(coefficient * alone < 0 for coefficient, alone in zip(self.coefficients, self.alone, strict=True))


@dataclass(frozen=True)
class Group:
    """Columns whose names share a stem, or a single one."""

    name: str
    members: tuple[Weighed, ...]
    moves: float  # standard deviation, over the rows, of what the group adds to the score that `explain` explains
    inflation: float | None  # the largest variance inflation of its number columns; None without such


@dataclass(frozen=True)
class SharedWeight:
    """Groups from the weightiest on, and the variance inflation of every number column (infinite: a sum of others)."""

    groups: tuple[Group, ...]
    inflations: tuple[float, ...]

    @property
    def inflated(self) -> int:
        """How many number columns are collinear."""
        return sum(inflation > HIGH for inflation in self.inflations)


def shared_weight(dataset: Dataset, recipe: Recipe) -> SharedWeight | None:
    """Of the recipe fitted on all rows; None for a model without coefficients. Raises TrainingError."""
    if not recipe.kind.is_linear:
        return None
    fitted = fit(recipe.pipeline, dataset.features, dataset.targets)
    table = np.asarray(fitted[:-1].transform(dataset.features))
    names, columns = _names_and_columns(dataset, fitted)
    coefficients = np.atleast_2d(fitted[-1].coef_)
    inflations = dict(
        zip(dataset.number_columns, variance_inflation(table[:, : len(dataset.number_columns)]), strict=True)
    )
    alone = _alone(dataset, table, len(coefficients))
    shared = stems(dataset.feature_names)
    groups = []
    for stem in dict.fromkeys(shared):
        own = [place for place, column in enumerate(columns) if shared[column] == stem]
        members = tuple(
            Weighed(names[place], tuple(coefficients[:, place].tolist()), tuple(alone[:, place].tolist()))
            for place in own
        )
        known = [inflations[column] for column in inflations if shared[column] == stem]
        added = table[:, own] @ coefficients[:, own].T
        groups.append(
            Group(
                stem, members, _moves(added, table @ coefficients.T + fitted[-1].intercept_), max(known, default=None)
            )
        )
    return SharedWeight(tuple(sorted(groups, key=lambda group: -group.moves)), tuple(inflations.values()))


def variance_inflation(numbers: np.ndarray) -> list[float]:
    """How many times other columns (rows × m) inflate the variance of each one's coefficient: 1 / (1 - R²).

    It is the diagonal of the inverse of the correlation matrix. 1 for a column that never changes.
    """
    changing = numbers.std(axis=0) > 0
    inflation = np.ones(numbers.shape[1])
    if changing.sum() > 1:
        values, vectors = np.linalg.eigh(np.corrcoef(numbers[:, changing], rowvar=False))
        inverse = (vectors**2 / np.maximum(values, SMALLEST)).sum(axis=1)
        inflation[changing] = np.where(inverse > 0.01 / SMALLEST, np.inf, inverse)
    return [float(value) for value in inflation]


def _names_and_columns(dataset: Dataset, fitted: Any) -> tuple[list[str], list[int]]:
    """The name of each number of the model, and the position of the column that it comes from."""
    numbers = dataset.number_columns
    names = [dataset.feature_names[position] for position in numbers]
    if not dataset.category_columns:
        return names, numbers
    encoder = fitted[0].named_transformers_["categories"]
    encoded = [str(name).replace("infrequent_sklearn", "rare ones") for name in encoder.get_feature_names_out()]
    encoder.set_params(feature_name_combiner=lambda column, _: column)
    sources = [dataset.feature_names.index(str(name)) for name in encoder.get_feature_names_out()]
    return [*names, *encoded], [*numbers, *sources]


def _alone(dataset: Dataset, table: np.ndarray, scores: int) -> np.ndarray:
    """Signs, scores × numbers."""
    if dataset.is_regression:
        outcomes = [dataset.targets]
    else:
        outcomes = [(dataset.labels == label).astype(np.float64) for label in (range(scores) if scores > 1 else [1])]
    return np.array([[_sign(column, outcome) for column in table.T] for outcome in outcomes])


def _sign(column: np.ndarray, outcome: np.ndarray) -> int:
    if column.std() == 0:
        return 0
    found = pearsonr(column, outcome)
    return int(np.sign(found.statistic)) if found.pvalue < CHANCE else 0


def _moves(added: np.ndarray, scores: np.ndarray) -> float:
    """Rows × scores: what a group adds, and the scores themselves. More than two classes: to the first over the second."""
    if added.shape[1] == 1:
        return float(added.std())
    order, rows = np.argsort(scores, axis=1), np.arange(len(scores))
    return float((added[rows, order[:, -1]] - added[rows, order[:, -2]]).std())
