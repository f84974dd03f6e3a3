"""Two pictures of an inspection: the learning curve, and the decision curve."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.ticker import FixedLocator, NullLocator

from training.card.style import BLUE, GREY, VERMILLION, Picture, figure, percent_axes, save, short
from training.data.dataset import Dataset
from training.evaluation.evaluate import Evaluation
from training.evaluation.inspection.learning import LearningCurve
from training.evaluation.inspection.net_benefit import Benefit
from training.evaluation.regression import RegressionEvaluation

LOSSES = {"log loss": "log_loss", "mean absolute error": "mean_absolute_error"}


def draw_learning_curve(curve: LearningCurve, evaluation: Evaluation | RegressionEvaluation, path: Path) -> Picture:
    """The loss by rows learnt from, beside the interval of the published figure, which says what is noise."""
    ends = evaluation.metrics[LOSSES[curve.measure]].interval
    with figure(6.6, 4.2) as drawing:
        axes = drawing.add_subplot()
        last = curve.rows[-1]
        if ends:
            axes.plot([last, last], ends, color=BLUE, linewidth=5, alpha=0.25, solid_capstyle="butt",
                      label="95 % interval of the published figure")  # fmt: skip
        axes.plot(curve.rows, curve.held_out, "o-", color=BLUE, label="held-out rows")
        axes.plot(curve.rows, curve.learnt, "o--", color=GREY, markerfacecolor="white", label="rows learnt from")
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(FixedLocator(list(curve.rows)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xticks(curve.rows, [f"{rows:,}" for rows in curve.rows])
        top = max(*ends, *curve.held_out)
        axes.set(ylim=(0, 1.08 * top), xlabel="rows learnt from", ylabel=curve.measure)
        axes.set_title("Learning curve")
        drawing.legend(loc="outside lower center", ncols=3, fontsize=9)
        save(drawing, path)
    points = ", ".join(f"{rows} → {loss:.3g}" for rows, loss in zip(curve.rows, curve.held_out, strict=True))
    learnt = ", ".join(f"{loss:.3g}" for loss in curve.learnt)
    return Picture(
        path,
        "Learning curve",
        f"Learning curve, rows learnt from → {curve.measure} of held-out rows: {points}; of the rows learnt from: {learnt}",
    )


def draw_decision_curve(dataset: Dataset, benefits: Sequence[Benefit], path: Path) -> Picture:
    """Net benefit by threshold, with its 95 % band, beside those of acting on everybody and on nobody."""
    name = short(dataset.target_names[dataset.class_of_interest])
    share = float((dataset.labels == dataset.class_of_interest).mean())
    thresholds = [benefit.threshold for benefit in benefits]
    low, high = np.array([benefit.interval for benefit in benefits]).T
    bottom = -0.12 * share
    with figure(6.6, 4.4) as drawing:
        axes = drawing.add_subplot()
        axes.fill_between(thresholds, np.maximum(low, bottom), high, color=VERMILLION, alpha=0.18, linewidth=0)
        axes.plot(
            thresholds, [benefit.value for benefit in benefits], color=VERMILLION, linewidth=1.8, label="the model"
        )
        axes.plot(thresholds, [benefit.of_all for benefit in benefits], "--", color=BLUE, label="acting on all")
        axes.axhline(0, color=GREY, linewidth=1.2, label="acting on none")
        axes.set(xlim=(0, 1), ylim=(bottom, 1.12 * share), ylabel="net benefit in 100 rows")
        axes.set_xlabel(f"threshold: acting from this probability of {name} on")
        percent_axes(axes, y=False)
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g}")
        axes.set_title("Decision curve, with 95 % band")
        drawing.legend(loc="outside lower center", ncols=3, fontsize=9)
        save(drawing, path)
    return Picture(
        path,
        "Decision curve",
        f"Decision curve for {dataset.target_names[dataset.class_of_interest]}: net benefit over the threshold, of the model, "
        "of acting on all and of acting on none",
    )
