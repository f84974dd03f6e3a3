"""The pictures of a regression's card: predicted against observed with the interval's band, and residuals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from training.card.style import BLUE, GREY, ORANGE, VERMILLION, Picture, figure, save, short
from training.data.dataset import Dataset
from training.evaluation.regression import RegressionEvaluation

DRAWN = 3000  # rows drawn one by one; more hide each other
NAMED = 5  # worst rows that bear their numbers
PARTS = 10  # of equally many rows along the predictions


def draw_predictions(dataset: Dataset, evaluation: RegressionEvaluation, path: Path) -> Picture:
    """Observed over predicted: on the line is right; coloured is what an interval missed that other rows gave."""
    predicted, observed = evaluation.predictions, dataset.targets
    half = evaluation.interval.half_width
    missed = evaluation.interval.held.mean(axis=0) < 0.5  # by most splits
    drawn = _sample(len(observed))
    error = evaluation.metrics["r2"]
    ends = np.array(_padded(predicted))
    with figure(6.6, 5.8) as drawing:
        axes = drawing.add_subplot()
        axes.fill_between(ends, ends - half, ends + half, color=BLUE, alpha=0.12, linewidth=0)
        axes.plot(ends, ends, "--", color=GREY, linewidth=1)
        for rows, colour, opacity, name in (
            (~missed, BLUE, 0.5, "the interval holds"),
            (missed, VERMILLION, 0.9, "misses"),
        ):
            style: dict[str, Any] = {
                "color": colour,
                "alpha": opacity,
                "linewidth": 0,
                "label": f"{name} in most splits: {int(rows.sum())}",
            }
            axes.scatter(predicted[rows & drawn], observed[rows & drawn], s=14, **style)
        for row, left in _labelled(predicted, observed):
            place, side = ((-6, 0), "right") if left else ((6, 0), "left")
            text: dict[str, Any] = {"textcoords": "offset points", "fontsize": 8, "va": "center", "ha": side}
            axes.annotate(f"row {row + 1}", (predicted[row], observed[row]), place, **text)
        axes.set(xlim=ends, ylim=_padded(observed))
        name = short(dataset.target_name)
        axes.set(xlabel=f"predicted {name}, out of fold", ylabel=f"observed {name}")
        axes.set_title(f"Predicted and observed: R² {error.value:.3f}")
        drawing.legend(loc="outside lower center", ncols=2, fontsize=9, handletextpad=0.2)
        save(drawing, path)
    return Picture(
        path,
        "Predicted and observed",
        f"Observed over predicted {dataset.target_name}, out of fold; R² {error.value:.3f}; {int(missed.sum())} of "
        f"{len(missed)} rows lie outside the interval of ± {half:.4g}",
    )


def draw_residuals(dataset: Dataset, evaluation: RegressionEvaluation, path: Path) -> Picture:
    """Residuals over predictions, with their middle 90 % in ten parts of equally many rows beside the interval's band."""
    predicted = evaluation.predictions
    residuals = dataset.targets - predicted
    half = evaluation.interval.half_width
    drawn = _sample(len(residuals))
    parts = np.array_split(np.argsort(predicted, kind="stable"), min(PARTS, max(1, len(predicted) // 20)))
    with figure(7.2, 4.6) as drawing:
        axes, beside = drawing.subplots(1, 2, width_ratios=(4, 1), sharey=True)
        axes.axhspan(-half, half, color=BLUE, alpha=0.12, linewidth=0)
        axes.axhline(0, linestyle="--", color=GREY, linewidth=1)
        axes.scatter(predicted[drawn], residuals[drawn], s=12, color=BLUE, alpha=0.45, linewidth=0)
        for number, part in enumerate(parts):
            low, middle, high = np.percentile(residuals[part], [5, 50, 95])
            place = float(np.median(predicted[part]))
            label = "middle 90 % and median, by part" if number == 0 else None
            axes.plot([place, place], [low, high], color=ORANGE, linewidth=2.5, label=label)
            axes.plot(place, middle, "o", color=ORANGE, markersize=5, markeredgecolor="white")
        axes.set(xlabel=f"predicted {short(dataset.target_name)}, out of fold", ylabel="observed - predicted")
        axes.set_title(f"Residuals, and the interval of ± {half:.4g}")
        drawing.legend(loc="outside lower center", fontsize=9)
        beside.hist(residuals, bins=30, orientation="horizontal", color=BLUE, alpha=0.6)
        beside.axhline(half, color=GREY, linewidth=0.8)
        beside.axhline(-half, color=GREY, linewidth=0.8)
        beside.set(xlabel="rows")
        beside.grid(visible=False)
        save(drawing, path)
    wide = [float(np.ptp(np.percentile(residuals[part], [5, 95]))) for part in parts]
    return Picture(
        path,
        "Residuals",
        f"Residuals over predictions, beside the interval of ± {half:.4g}; their middle 90 % are {min(wide):.4g} to "
        f"{max(wide):.4g} wide in {len(parts)} parts of the predictions",
    )


def _sample(rows: int) -> np.ndarray:
    """Which rows are drawn: all, or a fixed random part of many."""
    drawn = np.zeros(rows, dtype=bool)
    drawn[np.random.default_rng(0).permutation(rows)[:DRAWN]] = True
    return drawn


def _padded(values: np.ndarray) -> tuple[float, float]:
    """The range with a margin, wide enough to see a single value."""
    low, high = float(values.min()), float(values.max())
    margin = 0.06 * (high - low) or 1.0
    return low - margin, high + margin


def _labelled(predicted: np.ndarray, observed: np.ndarray) -> list[tuple[int, bool]]:
    """The worst rows that are far enough from each other to bear their numbers, and whether these stand on the left."""
    width, height = (float(values.max() - values.min()) or 1.0 for values in (predicted, observed))
    chosen: list[int] = []
    for row in np.argsort(-np.abs(observed - predicted), kind="stable")[:NAMED].tolist():
        near = [
            other
            for other in chosen
            if abs(predicted[row] - predicted[other]) < 0.2 * width
            and abs(observed[row] - observed[other]) < 0.04 * height
        ]
        if not near:
            chosen.append(row)
    middle = float(np.median(predicted))
    return [(row, bool(predicted[row] > middle + 0.3 * width)) for row in chosen]
