"""Is the model as good in every part of the table? Markdown; empty where no column parts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.card.sections import bullets, interval, percent, rows_text, table
from training.data.dataset import Dataset
from training.evaluation.evaluate import Evaluation
from training.evaluation.inspection.residuals import Residuals, by_group
from training.evaluation.inspection.subgroups import Grouping
from training.evaluation.measures.intervals import of_share
from training.evaluation.measures.metrics import correct
from training.evaluation.regression import RegressionEvaluation


@dataclass(frozen=True)
class Right:
    """Of the rows of a group, and of a class where there are two, how many are answered rightly (mean over repeats)."""

    group: str
    hits: float
    rows: int

    def __str__(self) -> str:
        if self.rows == 0:
            return "–"
        share, ends = self.hits / self.rows, interval(of_share(self.hits, self.rows), 3)
        return f"{rows_text(self.hits)} of {self.rows}: {percent(share)} {ends}"


def section(dataset: Dataset, evaluation: Evaluation | RegressionEvaluation, found: Grouping | None) -> str:
    """A heading, why this column, and a line a group."""
    if found is None:
        return ""
    intro = (
        f"## Subgroups\n\nIs it as good everywhere? By parts of {found.column}, because {found.why}. A wide interval means "
        "too few rows to tell."
    )
    if isinstance(evaluation, RegressionEvaluation):
        parts = by_group(dataset, evaluation, found.names, found.codes)
        return f"{intro}\n\n{residual_table(found.column, parts)}"
    counts = [f"{(found.codes == number).sum()}" for number in range(len(found.names))]
    judged, header = [_right(dataset, evaluation, found, None)], ["right"]
    if dataset.classes == 2:
        interest = dataset.class_of_interest
        judged = [_right(dataset, evaluation, found, label) for label in (interest, 1 - interest)]
        header = [f"{dataset.target_names[interest]}: found at 0.5", f"{dataset.target_names[1 - interest]}: spared"]
    rows = [[name, *map(str, cells)] for name, *cells in zip(found.names, counts, *judged, strict=True)]
    return f"{intro}\n\n{table([found.column, 'rows', *header], rows)}"


def weakest(dataset: Dataset, evaluation: Evaluation | RegressionEvaluation, found: Grouping | None) -> str:
    """For the summary: the group that it does worst in, as a bullet."""
    if found is None:
        return ""
    if isinstance(evaluation, RegressionEvaluation):
        parts = by_group(dataset, evaluation, found.names, found.codes)
        largest = max(parts, key=lambda part: part.absolute)
        ends = f"{largest.absolute:.4g}{_ends(largest.absolute_interval)}"
        return bullets([f"It does worst with {found.column} {largest.name}, where it is off by {ends} on average."])
    label = dataset.class_of_interest if dataset.classes == 2 else None
    judged = [own for own in _right(dataset, evaluation, found, label) if own.rows]
    lowest = min(judged, key=lambda own: own.hits / own.rows)
    if lowest.hits == lowest.rows:
        return ""
    what = "is right for" if label is None else f"finds {dataset.target_names[label]} in"
    return bullets([f"It does worst with {found.column} {lowest.group}, where it {what} {lowest}."])


def _right(dataset: Dataset, evaluation: Evaluation, found: Grouping, label: int | None) -> list[Right]:
    """One a group, of all rows or of those of one class."""
    right = correct(evaluation.repeat_probabilities, dataset.labels).mean(axis=0)
    of = dataset.labels == label if label is not None else dataset.labels >= 0
    parts = [(found.codes == number) & of for number in range(len(found.names))]
    return [Right(name, float(right[own].sum()), int(own.sum())) for name, own in zip(found.names, parts, strict=True)]


def residual_table(name: str, parts: Sequence[Residuals]) -> str:
    """A line a part, or nothing."""
    header = [
        name,
        "rows",
        "observed - predicted, mean",
        "off by, on average",
        "root mean square",
        "inside the interval",
    ]
    rows = [
        [
            part.name,
            f"{part.rows}",
            f"{part.mean:+.4g}{_ends(part.mean_interval)}",
            f"{part.absolute:.4g}{_ends(part.absolute_interval)}",
            f"{part.root_mean_square:.4g}",
            f"{percent(part.inside)} {interval(part.inside_interval, 3)}",
        ]
        for part in parts
    ]
    return table(header, rows) if rows else ""


def _ends(span: tuple[float, float] | None) -> str:
    return f" [{span[0]:.4g}, {span[1]:.4g}]" if span else ""
