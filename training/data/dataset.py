"""A data set ready to train on: a table, what to predict, and what callers and readers of the card need to know of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from training.errors import DataError

CLASSIFICATION, REGRESSION = "classification", "regression"


@dataclass(frozen=True)
class Dataset:
    """A table of samples and what is to be predicted.

    `features` is rows × n: a float64 array, NaN where a value is missing; or, where there are categories, a pandas
    DataFrame of float64 columns and of object columns (text, booleans or numbers; None where a value is missing).
    `targets` holds the index of each row's class in `target_names`, or, for a regression, the number.
    """

    name: str
    description: str
    features: Any
    targets: np.ndarray
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]  # none for a regression
    class_of_interest: int  # two classes: the one that sensitivity is about (a disease, say); more: unused
    feature_spellings: dict[str, list[str]]  # other spellings a caller may use, by feature name
    sha256: str  # of the file the rows were read from
    source: str
    citation: str
    intended_use: str
    limitations: tuple[str, ...]
    references: tuple[str, ...] = ()  # what others reached on this data, for the card
    is_public: bool = False  # real rows may stand in the artefact
    notes: tuple[str, ...] = field(default=())  # how the file was read and what was left out, for the log and the card
    task: str = CLASSIFICATION
    target_name: str = ""  # the column that is predicted
    subgroups_by: tuple[str, str] | None = (
        None  # a column by whose thirds the card judges, and why; else a rule chooses
    )
    about: tuple[str, ...] = ()  # where the rows come from, a sentence each, for the card
    out_of_scope: tuple[str, ...] = ()  # what the model is not for, for the card
    contact: str = ""  # who answers for the model, for the card

    def as_fields(self) -> dict[str, Any]:
        """What the artefact says of the data, as arguments of `export_model`."""
        return {
            "feature_names": self.feature_names,
            "target_names": self.target_names,
            "feature_spellings": self.feature_spellings,
            "name": self.name,
            "description": self.description,
            "intended_use": self.intended_use,
            "limitations": self.limitations,
            "target_name": self.target_name,
            "real_golden_rows": self.is_public,
            "data_set": {"name": self.name, "sha256": self.sha256, "rows": len(self.targets)},
        }

    @property
    def is_regression(self) -> bool:
        """Whether a number is predicted, and not a class."""
        return self.task == REGRESSION

    @property
    def labels(self) -> np.ndarray:
        """The targets of a classification: class indices."""
        return self.targets

    @property
    def classes(self) -> int:
        """K, the number of classes; 0 for a regression."""
        return len(self.target_names)

    @property
    def class_counts(self) -> tuple[int, ...]:
        """Rows of each class, in the order of `target_names`."""
        return tuple(int(count) for count in np.bincount(self.targets, minlength=self.classes))

    @property
    def commonest_class(self) -> tuple[str, float]:
        """Its name, and its share of the rows."""
        counts = self.class_counts
        label = counts.index(max(counts))
        return self.target_names[label], counts[label] / len(self.targets)

    @property
    def category_columns(self) -> list[int]:
        """Positions of the columns that hold categories."""
        if isinstance(self.features, np.ndarray):
            return []
        return [position for position, kind in enumerate(self.features.dtypes) if kind.kind == "O"]

    @property
    def number_columns(self) -> list[int]:
        """Positions of the columns that hold numbers."""
        categories = set(self.category_columns)
        return [position for position in range(len(self.feature_names)) if position not in categories]

    @property
    def numbers(self) -> np.ndarray:
        """The number columns, rows × their count, NaN where a value is missing."""
        if isinstance(self.features, np.ndarray):
            return self.features
        return np.asarray(self.features.iloc[:, self.number_columns], dtype=np.float64)

    @property
    def missing_numbers(self) -> int:
        """How many cells of number columns are missing."""
        return int(np.isnan(self.numbers).sum())


def with_positive(dataset: Dataset, label: str) -> Dataset:
    """The same data set of two classes with `label` as class 1, the class of interest. Raises DataError."""
    names = dataset.target_names
    if len(names) != 2 or label not in names:
        raise DataError(f"--positive: no label {label!r}; the two labels are {names[0]!r} and {names[-1]!r}")
    targets = dataset.targets if names[1] == label else 1 - dataset.targets
    ordered = names if names[1] == label else names[::-1]
    return replace(dataset, targets=targets, target_names=ordered, class_of_interest=1)


def without(dataset: Dataset, column: str) -> Dataset:
    """The same data set without one column."""
    position = dataset.feature_names.index(column)
    names = tuple(name for name in dataset.feature_names if name != column)
    if isinstance(dataset.features, np.ndarray):
        features: Any = np.delete(dataset.features, position, axis=1)
    else:
        features = dataset.features.drop(columns=column)
    return replace(dataset, features=features, feature_names=names)


def take(features: Any, rows: np.ndarray) -> Any:
    """Some rows of a table that may be an array or a data frame."""
    return features[rows] if isinstance(features, np.ndarray) else features.iloc[rows]


def snake_case(name: str) -> str:
    """`mean radius` → `mean_radius`, `alcalinity of ash (%)` → `alcalinity_of_ash`; may be empty."""
    return re.sub(r"[^0-9a-z]+", "_", name.lower()).strip("_")


def default_spellings(names: Sequence[str]) -> dict[str, list[str]]:
    """The snake case of each name, where it differs and stands for no other feature."""
    shared = Counter(snake_case(name) for name in names)
    spellings = {}
    for name in names:
        snake = snake_case(name)
        if snake and snake not in names and shared[snake] == 1:
            spellings[name] = [snake]
    return spellings
