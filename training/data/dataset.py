"""A data set ready to train on: numbers, labels, and what callers and readers of the model card need to know of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Dataset:
    """`features` is rows × n float64, `labels` holds the index of each row's class in `target_names`."""

    name: str
    description: str
    features: np.ndarray
    labels: np.ndarray
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    class_of_interest: int  # two classes: the one that sensitivity is about (a disease, say); more: unused
    feature_spellings: dict[str, list[str]]  # other spellings a caller may use, by feature name
    sha256: str  # of the file the rows were read from
    source: str
    citation: str
    intended_use: str
    limitations: tuple[str, ...]
    references: tuple[str, ...] = ()  # what others reached on this data, for the card
    impute: str | None = None  # "median": a missing value (NaN in `features`) stands for its column's median
    is_public: bool = False  # real rows may stand in the artefact
    notes: tuple[str, ...] = field(default=())  # what was left out on the way in, for the log and the card

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
            "real_golden_rows": self.is_public,
            "data_set": {"name": self.name, "sha256": self.sha256, "rows": len(self.labels)},
        }

    @property
    def classes(self) -> int:
        """K, the number of classes."""
        return len(self.target_names)

    @property
    def class_counts(self) -> tuple[int, ...]:
        """Rows of each class, in the order of `target_names`."""
        return tuple(int(count) for count in np.bincount(self.labels, minlength=self.classes))


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
