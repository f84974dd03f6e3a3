"""Are the probabilities to be believed (reliability), and how do they lie by class (scores)?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from training.card.style import (
    BLUE,
    GREY,
    ORANGE,
    VERMILLION,
    Picture,
    class_colours,
    diagonal_text,
    figure,
    percent_axes,
    save,
    short,
)
from training.data.dataset import Dataset
from training.evaluation.evaluate import Evaluation
from training.evaluation.measures.conformal import level_text
from training.evaluation.measures.metrics import Metric

TICKS = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999)
EDGE = float(np.log(TICKS[-1] / TICKS[0]))  # log-odds; what lies beyond is drawn here
NARROW = 0.8  # log-odds; no room for words
DRAWN = 1500  # rows drawn one by one; more hide each other


def draw_reliability(dataset: Dataset, evaluation: Evaluation, path: Path) -> Picture:
    """What was predicted against what came about, and how many rows each dot rests on."""
    bins = evaluation.calibration
    event = evaluation.calibration_event
    error = evaluation.metrics["ece"]
    with figure(6.6, 6.2) as drawing:
        axes, below = drawing.subplots(2, height_ratios=(4, 1), sharex=True)
        axes.plot([0, 1], [0, 1], "--", color=GREY, linewidth=1)
        diagonal_text(axes, 0.66, "perfect")
        for part in bins:
            axes.plot([part.predicted] * 2, part.interval, color=BLUE, linewidth=2, alpha=0.45, solid_capstyle="butt")
        axes.plot([b.predicted for b in bins], [b.observed for b in bins], "o", color=BLUE, markersize=7)
        axes.set(ylim=(-0.03, 1.03), xlim=(-0.02, 1.02), ylabel="what came about")
        axes.set_title(f"Reliability: calibration error {error.value:.3f}")
        axes.text(
            0.02,
            0.97,
            f"bars: 95 % intervals{if_calibrated(error)}",
            transform=axes.transAxes,
            fontsize=9,
            color=GREY,
            va="top",
        )
        below.bar([(b.low + b.high) / 2 for b in bins], [b.count for b in bins], width=0.094, color=BLUE, alpha=0.45)
        for part in bins:
            below.annotate(
                f"{part.count}", ((part.low + part.high) / 2, part.count), ha="center", va="bottom", fontsize=8
            )
        below.set(xlabel=f"predicted probability of {short(event)}", ylabel="rows (log)", yscale="symlog")
        below.set_yticks([])
        below.set_yticks([], minor=True)
        below.set_ylim(0, max(b.count for b in bins) * 6)
        percent_axes(axes)
        below.grid(visible=False)
        save(drawing, path)
    dots = ", ".join(f"{b.predicted:.2f} → {b.observed:.2f} ({b.count} rows)" for b in bins)
    return Picture(
        path, "Reliability", f"Reliability diagram of the probability of {event}, predicted → observed: {dots}"
    )


def if_calibrated(error: Metric) -> str:
    """A line: the error of a perfectly calibrated model, and its middle 95 %."""
    if error.if_calibrated is None:
        return ""
    middle, (low, high) = error.if_calibrated
    return f"\na perfect model's error: {middle:.3f} [{low:.3f}, {high:.3f}]"


def draw_scores(dataset: Dataset, evaluation: Evaluation, path: Path) -> Picture:
    """Out-of-fold probabilities by class, and where the model leaves the answer to a person."""
    undecided = evaluation.members.sum(axis=1) != 1
    draw = _back_to_back if dataset.classes == 2 else _strips
    with figure(7.2, 4.8 if dataset.classes == 2 else min(9.0, 1.6 + 0.5 * dataset.classes)) as drawing:
        axes = drawing.add_subplot()
        draw(axes, dataset, evaluation, undecided)
        axes.set_xticks(
            [_log_odds(tick) for tick in TICKS], ["≤ 0.1 %", *(f"{tick * 100:g} %" for tick in TICKS[1:-1]), "≥ 99.9 %"]
        )
        axes.set_xlim(-EDGE - 0.3, EDGE + 0.3)
        save(drawing, path)
    share = f"{int(undecided.sum())} of {len(undecided)} rows ({undecided.mean() * 100:.1f} %)"
    level = f" at about {level_text(evaluation.served_level)}" if evaluation.served_level else ""
    return Picture(path, "Scores by class", f"Out-of-fold probabilities by class; {share} are undecided{level}")


def _log_odds(probability: float | np.ndarray) -> np.ndarray:
    clipped = np.clip(probability, 1e-12, 1 - 1e-12)
    return np.asarray(np.clip(np.log(clipped / (1 - clipped)), -EDGE, EDGE))


def _back_to_back(axes: Axes, dataset: Dataset, evaluation: Evaluation, undecided: np.ndarray) -> None:
    """The class of interest upwards, the other downwards, over the log-odds of the class of interest."""
    interest, other = dataset.class_of_interest, 1 - dataset.class_of_interest
    scores = evaluation.probabilities[:, interest]
    floors = evaluation.conformal_floors[evaluation.served_level] if evaluation.served_level else [0.5, 0.5]
    low, high = sorted((floors[interest], 1 - floors[other]))
    colours = class_colours(2, interest)
    edges = np.linspace(-EDGE, EDGE, 29)
    tallest = 0.0
    for label, side in ((interest, 1), (other, -1)):
        counts, _ = np.histogram(_log_odds(scores[dataset.labels == label]), edges)
        heights = counts / counts.sum()  # of its class: a rare one is seen as well as a common one
        tallest = max(tallest, float(heights.max()))
        axes.bar((edges[:-1] + edges[1:]) / 2, side * heights, width=0.45, color=colours[label], zorder=2)
    left, right = float(_log_odds(low)), float(_log_odds(high))
    axes.axvspan(left, right, color=ORANGE, alpha=0.22, linewidth=0)
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.set_ylim(-1.28 * tallest, 1.42 * tallest)
    zone_of = np.where(undecided, 1, np.where(scores >= high, 2, 0))
    names = [short(name) for name in dataset.target_names]
    headings = (f"called\n{names[other]}", "a person\nshould look", f"called\n{names[interest]}")
    for zone, (start, end) in enumerate(((-EDGE, left), (left, right), (right, EDGE))):
        if end - start < NARROW:
            continue
        middle = (start + end) / 2
        axes.text(middle, 1.38 * tallest, headings[zone], ha="center", va="top", fontsize=9, fontweight="bold")
        for label, height in ((interest, 1.12 * tallest), (other, -1.18 * tallest)):
            count = int(((zone_of == zone) & (dataset.labels == label)).sum())
            style: dict[str, Any] = {"fontsize": 9, "color": colours[label], "ha": "center", "va": "center"}
            axes.text(middle, height, f"{count} {names[label]}", **style)
    axes.set_yticks(axes.get_yticks(), [f"{abs(tick) * 100:.3g} %" for tick in axes.get_yticks()])
    axes.set_ylim(-1.28 * tallest, 1.42 * tallest)
    axes.set(
        xlabel=f"probability of {names[interest]}, out of fold (log-odds scale)",
        ylabel="share of the rows of each class",
    )
    axes.set_title(f"Scores by class: {int(undecided.sum())} of {len(undecided)} rows are undecided")


def _strips(axes: Axes, dataset: Dataset, evaluation: Evaluation, undecided: np.ndarray) -> None:
    """A strip a class: the probability that each of its rows gave to its true class."""
    averaged, labels = evaluation.probabilities, dataset.labels
    scores = _log_odds(averaged[np.arange(len(labels)), labels])
    wrong = averaged.argmax(axis=1) != labels
    generator = np.random.default_rng(0)
    spread = generator.uniform(-0.3, 0.3, len(labels))
    drawn = np.zeros(len(labels), dtype=bool)
    drawn[generator.permutation(len(labels))[:DRAWN]] = True
    kinds = (
        ("decided, right", ~undecided & ~wrong, BLUE, "o"),
        ("undecided", undecided, ORANGE, "D"),
        ("decided, wrong", ~undecided & wrong, VERMILLION, "X"),
    )
    for name, rows, colour, marker in kinds:
        label = f"{name}: {int(rows.sum())}"
        shown = rows & drawn
        axes.scatter(
            scores[shown],
            labels[shown] + spread[shown],
            s=16,
            color=colour,
            marker=marker,
            alpha=0.6,
            linewidth=0,
            label=label,
        )
    axes.set_yticks(range(dataset.classes), [short(name) for name in dataset.target_names])
    axes.set_ylim(dataset.classes - 0.4, -0.6)
    sample = f", {DRAWN} rows drawn" if len(labels) > DRAWN else ""
    axes.set_xlabel(f"probability of the true class, out of fold (log-odds scale){sample}")
    axes.set_title(f"Scores by class: {int(undecided.sum())} of {len(undecided)} rows are undecided", pad=30)
    axes.legend(
        loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=3, fontsize=9, handletextpad=0.2, borderaxespad=0.2
    )
