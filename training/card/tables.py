"""What the model weighs (coefficients), and what it gets right and wrong (confusion)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from training.card.sections import rows_text
from training.card.style import BLUE, GREY, VERMILLION, Picture, class_colours, figure, save, short
from training.data.dataset import Dataset
from training.evaluation.evaluate import Evaluation
from training.evaluation.measures.coefficient_bootstrap import CoefficientIntervals
from training.evaluation.measures.operating_points import OperatingPoint

FEW = 5  # classes; fewer leave room for shares and level names
WRAPPED = 11  # characters a line under a column
LARGEST_TABLE = 8.5  # inches
READABLE = 25  # classes; the numbers of more would not fit their cells
SHOWN = 40  # coefficients drawn; more would be no picture
RIGHT = LinearSegmentedColormap.from_list("right", ["#FFFFFF", BLUE])
WRONG = LinearSegmentedColormap.from_list("wrong", ["#FFFFFF", VERMILLION])


@dataclass(frozen=True)
class Weight:
    """One coefficient with its 95 % interval."""

    name: str
    estimate: float
    low: float
    high: float

    @property
    def group(self) -> int:
        """0: surely up, 1: surely down, 2: the interval holds zero."""
        return 0 if self.low > 0 else 1 if self.high < 0 else 2


def weights(dataset: Dataset, coefficients: CoefficientIntervals) -> list[Weight]:
    """The largest coefficients, grouped by what is known of their sign, then by size."""
    names = [short(name) for name in coefficients.names]
    found = [
        Weight(
            names[column] if dataset.classes <= 2 else f"{short(dataset.target_names[row])}: {names[column]}",
            *(float(table[row, column]) for table in (coefficients.estimates, coefficients.low, coefficients.high)),
        )
        for row in range(len(coefficients.estimates))
        for column in range(len(names))
    ]
    largest = sorted(found, key=lambda weight: -abs(weight.estimate))[:SHOWN]
    return sorted(largest, key=lambda weight: (weight.group, -abs(weight.estimate)))


def draw_coefficients(dataset: Dataset, coefficients: CoefficientIntervals, path: Path) -> Picture:
    """A dot and its interval a feature; hollow and grey where the sign itself is not stable."""
    chosen = weights(dataset, coefficients)
    stable, total = int(coefficients.sign_stable.sum()), coefficients.estimates.size
    towards, colours = ["the class", "other classes"], [BLUE, VERMILLION, GREY]
    if dataset.classes == 2:
        towards = [short(name) for name in dataset.target_names[::-1]]
        colours = [*class_colours(2, dataset.class_of_interest)[::-1], GREY]
    unit = "log-odds"
    if dataset.is_regression:
        unit = short(dataset.target_name)
        towards = [f"more {unit}", f"less {unit}"]
    headings = (f"towards {towards[0]}", f"towards {towards[1]}", "sign not stable: the interval holds zero")
    with figure(7.2, 1.5 + 0.205 * (len(chosen) + 3)) as drawing:
        axes = drawing.add_subplot()
        place, ticks, previous = 0.0, [], None
        for weight in chosen:
            if weight.group != previous:
                place += 1.3 if previous is not None else 0.3
                axes.text(
                    0.995,
                    place - 0.85,
                    headings[weight.group],
                    transform=axes.get_yaxis_transform(),
                    ha="right",
                    va="center",
                    fontsize=9,
                    fontweight="bold",
                    color=colours[weight.group],
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
                )
                previous = weight.group
            colour = colours[weight.group]
            axes.plot([weight.low, weight.high], [place] * 2, color=colour, linewidth=2.2, alpha=0.5)
            axes.plot(
                weight.estimate, place, "o", color=colour, markerfacecolor="white" if weight.group == 2 else colour
            )
            ticks.append(place)
            place += 1
        axes.axvline(0, color=GREY, linewidth=1)
        axes.set_yticks(ticks, [weight.name for weight in chosen], fontsize=9)
        axes.set_ylim(place - 0.3, -1.2)
        axes.tick_params(axis="y", length=0)
        ends = ("less", "more") if dataset.is_regression else towards[::-1]
        arrows = f"← {ends[0]}     {unit} per standard deviation     {ends[1]} →"
        axes.set_xlabel(f"{arrows}\n(bars: 95 % intervals from refits on resampled rows)")
        hidden = f", the {len(chosen)} largest" if len(chosen) < total else ""
        axes.set_title(f"Coefficients{hidden}: the sign of {stable} of {total} is stable", x=0)
        save(drawing, path)
    return Picture(path, "Coefficients", f"Coefficients with 95 % intervals; the sign of {stable} of {total} is stable")


def draw_confusion(dataset: Dataset, evaluation: Evaluation, path: Path) -> Picture:
    """True against answered class: at each operating point for two classes, by the top probability for more."""
    if dataset.classes == 2:
        tables = [
            (f"{point.name}\nP({short(point.label)}) ≥ {point.threshold:.4g}", _two_by_two(dataset, point))
            for point in evaluation.operating_points
        ]
        title = "Confusion at the operating points"
    else:
        repeated = evaluation.repeat_probabilities
        table = np.zeros((dataset.classes, dataset.classes))
        for own in repeated:
            np.add.at(table, (dataset.labels, own.argmax(axis=1)), 1 / len(repeated))
        tables, title = [("", table)], "Confusion by the most probable class"
    cell = 1.05 if dataset.classes < FEW else 0.56
    side = min(cell * dataset.classes, LARGEST_TABLE)
    names = [short(name) for name in dataset.target_names]
    lines = max(fill(name, WRAPPED).count("\n") for name in names)
    below = 0.17 * lines if dataset.classes < FEW else 0.08 * max(map(len, names))
    with figure(max(5.0, 1.0 + len(tables) * (side + 0.15)), side + 1.35 + below) as drawing:
        for number, (heading, table) in enumerate(tables):
            axes = drawing.add_subplot(1, len(tables), number + 1)
            _matrix(axes, dataset, table, heading)
            axes.set_ylabel("true class" if number == 0 else "")
            axes.tick_params(axis="y", labelleft=number == 0)
        drawing.suptitle(title, fontweight="bold", x=0.01, ha="left")
        save(drawing, path)
    wrong = [
        f"{heading.splitlines()[0]}: {rows_text(table.sum() - table.trace())} wrong"
        if heading
        else f"{rows_text(table.sum() - table.trace())} wrong"
        for heading, table in tables
    ]
    return Picture(path, "Confusion", f"{title}, of {len(dataset.labels)} rows: {'; '.join(wrong)}")


def _two_by_two(dataset: Dataset, point: OperatingPoint) -> np.ndarray:
    """Rows: true class, columns: answered class, in the order of the labels."""
    table = np.array([[point.true_positives, point.false_negatives], [point.false_positives, point.true_negatives]])
    return table if dataset.class_of_interest == 0 else table[::-1, ::-1]


def _matrix(axes: Axes, dataset: Dataset, table: np.ndarray, heading: str) -> None:
    shares = table / table.sum(axis=1, keepdims=True)
    colours = np.array(
        [[(RIGHT if i == j else WRONG)(np.sqrt(share)) for j, share in enumerate(row)] for i, row in enumerate(shares)]
    )
    axes.imshow(colours, aspect="equal")
    few = dataset.classes < FEW
    for (i, j), count in np.ndenumerate(table):
        if few or (count and dataset.classes <= READABLE):
            text = f"{rows_text(count)}\n{shares[i, j] * 100:.1f} %" if few else rows_text(count)
            axes.text(
                j, i, text, ha="center", va="center", fontsize=10, color="white" if shares[i, j] > 0.3 else "black"
            )
    names = [short(name) for name in dataset.target_names]
    if few:
        names = [fill(name, WRAPPED) for name in names]
    axes.set_xticks(range(dataset.classes), names, rotation=0 if few else 90)
    axes.set_yticks(range(dataset.classes), names)
    axes.set_xticks(np.arange(1, dataset.classes) - 0.5, minor=True)
    axes.set_yticks(np.arange(1, dataset.classes) - 0.5, minor=True)
    axes.grid(visible=False)
    axes.grid(which="minor", color="white", linewidth=2)
    axes.tick_params(which="both", length=0)
    axes.set_xlabel("answered")
    axes.set_title(heading, fontsize=9, fontweight="normal", loc="center", pad=6)
