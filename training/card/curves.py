"""ROC and precision-recall curves, means over the repeats; on the ROC, the intervals of the operating points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from training.card.style import (
    BLACK,
    GREY,
    Picture,
    class_colours,
    diagonal_text,
    figure,
    line_style,
    percent_axes,
    save,
    short,
)
from training.data.dataset import Dataset
from training.evaluation.evaluate import Evaluation
from training.evaluation.measures.operating_points import OperatingPoint

GRID = np.concatenate([np.linspace(0, 0.1, 201), np.linspace(0.1, 1, 181)[1:]])  # dense where good curves bend
ENLARGED = 0.85  # where every curve is above this, its corner is drawn large in the empty part
LINE = 11  # points between the words of two rings that are near each other

Span = tuple[float, float]
Box = tuple[float, float, float, float]  # left, bottom, width, height, as shares of the axes


@dataclass(frozen=True)
class Curve:
    """Heights on GRID."""

    label: int
    heights: np.ndarray


def shown_classes(dataset: Dataset) -> list[int]:
    """The class of interest of two; every class, against the rest, of more."""
    return [dataset.class_of_interest] if dataset.classes == 2 else list(range(dataset.classes))


def roc_heights(scores: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """Sensitivity at each false positive rate of GRID."""
    hits, false_alarms = _cumulative(scores, positive)
    return np.asarray(np.interp(GRID, false_alarms, hits))


def precision_heights(scores: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """Precision at the highest threshold that reaches each recall of GRID."""
    hits, false_alarms = _cumulative(scores, positive)
    found, wrong = hits * positive.sum(), false_alarms * (~positive).sum()
    precision = np.divide(found, found + wrong, out=np.ones_like(found), where=found + wrong > 0)
    return np.asarray(precision[np.searchsorted(hits, np.maximum(GRID, 1e-9) - 1e-12)])


def _cumulative(scores: np.ndarray, positive: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share of the positive and of the negative rows above each distinct score, from none to all."""
    order = np.argsort(-scores, kind="stable")
    last = np.flatnonzero(np.diff(scores[order], append=-np.inf))  # rows with equal scores come together
    shares = []
    for members in (positive, ~positive):
        total = np.cumsum(members[order])
        shares.append(np.append(0, total[last]) / total[-1])
    return shares[0], shares[1]


def _curves(dataset: Dataset, evaluation: Evaluation, heights_of: Callable[..., np.ndarray]) -> list[Curve]:
    curves = []
    for label in shown_classes(dataset):
        positive, repeated = dataset.labels == label, evaluation.repeat_probabilities[..., label]
        curves.append(Curve(label, np.mean([heights_of(scores, positive) for scores in repeated], axis=0)))
    return curves


def _draw(axes: Axes, dataset: Dataset, curves: list[Curve]) -> None:
    colours = class_colours(dataset.classes, dataset.class_of_interest)
    for curve in curves:
        style: dict[str, Any] = {"linestyle": line_style(curve.label), "color": colours[curve.label], "linewidth": 1.8}
        axes.plot(GRID, curve.heights, label=short(dataset.target_names[curve.label]), **style)
    percent_axes(axes)


def _enlarge(axes: Axes, place: Box, x: Span, y: Span, dataset: Dataset, curves: list[Curve]) -> Axes:
    """The corner where good curves live, drawn large in the empty part of the axes."""
    left, bottom, width, height = place
    paper = Rectangle((left - 0.09, bottom - 0.05), width + 0.09, height + 0.11, transform=axes.transAxes)
    axes.add_patch(paper).set(facecolor="white", linewidth=0, zorder=3)
    corner = axes.inset_axes(place, xlim=x, ylim=y, zorder=4)
    _draw(corner, dataset, curves)
    corner.set_title("the corner, enlarged", fontsize=9, fontweight="normal", pad=4)
    corner.tick_params(labelsize=8)
    return corner


def _mark_operating_points(
    axes: Axes, points: list[OperatingPoint], xs: list[float], ys: list[float], *, left: bool
) -> None:
    """A ring at each point with its threshold beside it, below that of a near one; of two at one place, the first; none for 0."""
    taken: list[tuple[float, float]] = []
    width, height = np.ptp(axes.get_xlim()), np.ptp(axes.get_ylim())
    for point, x, y in zip(points, xs, ys, strict=True):
        if point.threshold == 0 or any(abs(x - a) + abs(y - b) < 0.01 for a, b in taken):
            continue
        near = sum(abs(x - a) < 0.2 * width and abs(y - b) < 0.05 * height for a, b in taken)
        taken.append((x, y))
        axes.plot(x, y, "o", color=BLACK, markersize=6, markerfacecolor="white", markeredgewidth=1.6, zorder=5)
        below = -12 - LINE * near
        offset, side = ((-8, below), "right") if left else ((8, below), "left")
        axes.annotate(f"P ≥ {point.threshold:.2g}", (x, y), offset, textcoords="offset points", fontsize=9, ha=side)


def _finish(drawing: Figure, axes: Axes, title: str, curves: list[Curve], path: Path) -> None:
    axes.set_title(title)
    if len(curves) > 1:
        drawing.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=min(5, len(curves)))
    save(drawing, path)


def _subject(dataset: Dataset, curves: list[Curve]) -> str:
    return (
        f"for {short(dataset.target_names[curves[0].label])}" if len(curves) == 1 else "of each class against the rest"
    )


def _floor(curves: list[Curve], x: float) -> float:
    """Where the enlarged corner begins: under the worst curve's height at x, on a round number."""
    worst = min(float(np.interp(x, GRID, curve.heights)) for curve in curves)
    return max(0.0, float(np.floor((worst - 0.05) * 20)) / 20)


def draw_roc(dataset: Dataset, evaluation: Evaluation, path: Path) -> Picture:
    """Sensitivity against the false positive rate."""
    curves, area, points = (
        _curves(dataset, evaluation, roc_heights),
        evaluation.metrics["roc_auc"],
        evaluation.operating_points,
    )
    low, high = area.interval
    with figure(6.6, 5.4) as drawing:
        axes = drawing.add_subplot()
        _draw(axes, dataset, curves)
        axes.plot([0, 1], [0, 1], "--", color=GREY, linewidth=1)
        diagonal_text(axes, 0.08, "guessing")
        axes.set(xlim=(-0.01, 1), ylim=(0, 1.01), xlabel="false positive rate (1 - specificity)", ylabel="sensitivity")
        corner = axes
        if all(curve.heights[GRID >= 0.1].min() >= ENLARGED for curve in curves):
            spans = ((-0.004, 0.25), (_floor(curves, 0.05), 1.005))
            corner = _enlarge(axes, (0.40, 0.10, 0.58, 0.68), *spans, dataset, curves)
            if points:
                corner.set_title("the corner, enlarged; lines: 95 % intervals", fontsize=9, fontweight="normal", pad=4)
        rates = [1 - point.specificity for point in points]
        for point, rate in zip(points, rates, strict=True):
            bar: dict[str, Any] = {"color": BLACK, "linewidth": 1, "alpha": 0.45, "clip_on": True}
            corner.plot([rate, rate], point.sensitivity_interval, **bar)
            corner.plot([1 - end for end in point.specificity_interval], [point.sensitivity] * 2, **bar)
        _mark_operating_points(corner, points, rates, [point.sensitivity for point in points], left=False)
        subject = _subject(dataset, curves)
        _finish(drawing, axes, f"ROC {subject}: area {area.value:.4f} [{low:.3f}, {high:.3f}]", curves, path)
    alternative = f"ROC curve {subject}; area under the curve {area.value:.4f}, 95 % interval {low:.4f} to {high:.4f}"
    return Picture(path, "ROC", alternative)


def _precision(point: OperatingPoint) -> float:
    """Share of the called that is right; 1 where none is called, as the curve begins."""
    called = point.true_positives + point.false_positives
    return point.true_positives / called if called else 1.0


def draw_precision_recall(dataset: Dataset, evaluation: Evaluation, path: Path) -> Picture:
    """Precision against recall."""
    curves, points = _curves(dataset, evaluation, precision_heights), evaluation.operating_points
    with figure(6.6, 5.0) as drawing:
        axes = drawing.add_subplot()
        _draw(axes, dataset, curves)
        axes.set(xlim=(0, 1.01), ylim=(0, 1.01), xlabel="recall (share of the class that is found)")
        axes.set_ylabel("precision (share of the found that is right)")
        corner = axes
        if all(curve.heights[GRID <= 0.8].min() >= ENLARGED for curve in curves):
            corner = _enlarge(
                axes, (0.13, 0.12, 0.62, 0.70), (0.8, 1.004), (_floor(curves, 0.99), 1.005), dataset, curves
            )
        precisions = [_precision(point) for point in points]
        _mark_operating_points(corner, points, [point.sensitivity for point in points], precisions, left=True)
        if len(curves) == 1:
            share = float((dataset.labels == curves[0].label).mean())
            axes.axhline(share, linestyle="--", color=GREY, linewidth=1)
            axes.text(1, share - 0.015, f"guessing:\n{share * 100:.1f} %", color=GREY, fontsize=9, ha="right", va="top")
        subject = _subject(dataset, curves)
        _finish(drawing, axes, f"Precision and recall {subject}", curves, path)
    at = [f"{dataset.target_names[curve.label]} {np.interp(0.95, GRID, curve.heights):.3f}" for curve in curves]
    alternative = f"Precision-recall curve {subject}; precision where recall is 95 %: {', '.join(at)}"
    return Picture(path, "Precision and recall", alternative)
