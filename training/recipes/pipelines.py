"""From a data set and a kind of model to the unfitted pipeline: what each column becomes, and what is fitted on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from training.data.dataset import Dataset
from training.errors import TrainingError
from training.recipes.kinds import INVERSE_REGULARISATION, LARGEST_LINEAR, LINEAR, Kind, Size, logistic_regression

RARE, RARE_SHARE = 5, 0.01  # a category with fewer rows than this, or this share of them, is grouped with others
SHOWN = 8


@dataclass(frozen=True)
class Recipe:
    """An unfitted pipeline, and how to speak of it."""

    kind: Kind
    title: str  # "logistic regression"
    size: Size
    pipeline: Pipeline
    columns: tuple[str, ...]  # what became of a column, a sentence each, where that is more than a number
    procedure: str  # for the card, in one sentence


def recipe(
    fills: bool = False, inverse_regularisation: float = INVERSE_REGULARISATION, coefficients: int = 0
) -> Pipeline:
    """The shipped model's pipeline: numbers, scaled, and a logistic regression; `fills`: missing ones with medians."""
    classifier = logistic_regression(inverse_regularisation, coefficients)
    return make_pipeline(*_imputer(fills), StandardScaler(), classifier)


def recipe_for(dataset: Dataset, kind: Kind = LINEAR) -> Recipe:
    """The pipeline of a kind for a data set. Raises TrainingError where there are too many numbers for it."""
    minimum = rare_below(len(dataset.targets))
    counts = [_category_counts(dataset, position) for position in dataset.category_columns]
    width = len(dataset.number_columns) + sum(_encoded_width(own, minimum) for own in counts)
    size = Size(len(dataset.targets), width, dataset.classes)
    if kind.is_linear and width * size.score_rows > LARGEST_LINEAR:
        raise TrainingError(
            f"{width} numbers × {size.score_rows} classes are too many coefficients: leave out columns with --drop, or "
            "merge classes"
        )
    return Recipe(
        kind=kind,
        title=kind.title(size),
        size=size,
        pipeline=make_pipeline(*_before(dataset, kind, minimum), kind.make(size)),
        columns=tuple(_sentences(dataset, kind, counts, minimum)),
        procedure=_procedure(dataset, kind, size),
    )


def rare_below(rows: int) -> int:
    """A category with fewer rows than this is grouped with other rare ones."""
    return max(RARE, ceil(RARE_SHARE * rows))


def _imputer(fills: bool) -> list[Any]:
    """The first step of a pipeline, if there is one. A feature that a fold knows nothing of is kept, as zero."""
    return [SimpleImputer(strategy="median", keep_empty_features=True)] if fills else []


def _before(dataset: Dataset, kind: Kind, minimum: int) -> list[Any]:
    """The steps before the estimator."""
    fills = dataset.missing_numbers > 0 and not kind.fills_missing
    steps = [*_imputer(fills), *([StandardScaler()] if kind.is_linear else [])]
    if isinstance(dataset.features, np.ndarray):
        return steps
    encoder = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=minimum, sparse_output=False)
    names = np.array(dataset.feature_names, dtype=object)
    parts: list[tuple[str, Any, Sequence[str]]] = [
        ("numbers", make_pipeline(*steps) if steps else "passthrough", names[dataset.number_columns].tolist()),
        ("categories", encoder, names[dataset.category_columns].tolist()),
    ]
    used = [part for part in parts if part[2]]
    return [ColumnTransformer(used, verbose_feature_names_out=False)]


def _category_counts(dataset: Dataset, position: int) -> Counter[Any]:
    return Counter(dataset.features.iloc[:, position].tolist())


def _encoded_width(counts: Counter[Any], minimum: int) -> int:
    frequent = sum(count >= minimum for count in counts.values())
    return frequent + (frequent < len(counts))


def _sentences(dataset: Dataset, kind: Kind, counts: list[Counter[Any]], minimum: int) -> list[str]:
    """What a column became, in column order, where it is not just a number."""
    said = {}
    missing = np.isnan(dataset.numbers).sum(axis=0)
    for column, position in enumerate(dataset.number_columns):
        if missing[column]:
            median = float(np.nanmedian(dataset.numbers[:, column]))
            what = "left to the trees" if kind.fills_missing else f"filled with the median, {median:g}"
            said[position] = f"{dataset.feature_names[position]}: {missing[column]} missing, {what}"
    for position, own in zip(dataset.category_columns, counts, strict=True):
        said[position] = f"{dataset.feature_names[position]}: {_categories(own, minimum)}"
    return [said[position] for position in sorted(said)]


def _procedure(dataset: Dataset, kind: Kind, size: Size) -> str:
    steps = []
    if dataset.missing_numbers and not kind.fills_missing:
        steps.append("missing numbers are filled with their column's median")
    if kind.is_linear and dataset.number_columns:
        steps.append("numbers are scaled to zero mean and unit variance")
    if dataset.category_columns:
        steps.append("categories become one number each, 1 or 0")
    sentence = ", ".join([*steps, f"then a {kind.settings(size)} is fitted in 64-bit floats"])
    sentence = sentence.removeprefix("then ")
    return f"{sentence[0].upper()}{sentence[1:]}."


def _categories(counts: Counter[Any], minimum: int) -> str:
    ranked = [value for value, _ in counts.most_common() if value is not None]
    rare = [value for value in ranked if counts[value] < minimum]
    text = f"{len(ranked)} categories ({_listed(ranked)})"
    if rare:
        text += f", of which {len(rare)} with fewer than {minimum} rows count as one ({_listed(rare)})"
    return text + (f"; {counts[None]} missing count as one more" if counts[None] else "")


def _listed(values: list[Any]) -> str:
    shown = ", ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in values[:SHOWN])
    return shown + (f" and {len(values) - SHOWN} more" if len(values) > SHOWN else "")
