"""Does the model do as well in every part of the table? By thirds of one column, or by its categories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import mutual_info_score

from training.data.dataset import Dataset

LARGEST = 5  # categories that are groups of their own


@dataclass(frozen=True)
class Grouping:
    """The rows parted by one column. `codes` holds the number of each row's group in `names`; none is empty."""

    column: str
    why: str  # this column, in a clause
    names: tuple[str, ...]
    codes: np.ndarray


def grouping(dataset: Dataset) -> Grouping | None:
    """By the column that the data set names, else by the one whose groups say most of what is predicted.

    That is measured by mutual information; a regression's target is parted into thirds for it. None where no column
    parts the rows.
    """
    outcome = thirds(dataset.targets)[0] if dataset.is_regression else dataset.labels
    wanted: Sequence[int] = range(len(dataset.feature_names))
    why = f"of all columns it says most of {dataset.target_name or 'the class'}, by mutual information"
    if dataset.subgroups_by and dataset.subgroups_by[0] in dataset.feature_names:
        wanted, why = [dataset.feature_names.index(dataset.subgroups_by[0])], dataset.subgroups_by[1]
    numbers = {position: dataset.numbers[:, column] for column, position in enumerate(dataset.number_columns)}
    best, most = None, -1.0
    for position in wanted:
        values = numbers.get(position)
        codes, names = _categories(dataset, position) if values is None else thirds(values)
        says = float(mutual_info_score(outcome, codes))
        if len(names) > 1 and says > most:
            best, most = Grouping(dataset.feature_names[position], why, names, codes), says
    return best


def thirds(values: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Each row's group by size, and the groups' names; missing ones (NaN) are a group. Equal values stay together."""
    missing = np.isnan(values)
    if missing.all():
        return np.zeros(len(values), dtype=np.int64), ("missing",)
    low, high = np.quantile(values[~missing], [1 / 3, 2 / 3])
    codes = np.where(missing, 3, np.searchsorted([low, high], values, side="left"))
    names = [f"up to {low:.4g}", f"above {low:.4g}, up to {high:.4g}", f"above {high:.4g}", "missing"]
    for code in range(3):
        if len(own := np.unique(values[codes == code])) == 1:
            names[code] = f"{own[0]:.6g}"
    return _without_empty(codes, names)


def _categories(dataset: Dataset, position: int) -> tuple[np.ndarray, tuple[str, ...]]:
    column = dataset.features.iloc[:, position].tolist()
    common = [value for value, _ in Counter(column).most_common(LARGEST)]
    names = ["missing" if value is None else str(value) for value in common]
    codes = np.array([common.index(value) if value in common else LARGEST for value in column])
    return _without_empty(codes, [*names, *[""] * (LARGEST - len(names)), "all others"])


def _without_empty(codes: np.ndarray, names: Sequence[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    used, again = np.unique(codes, return_inverse=True)
    return again, tuple(names[code] for code in used)
