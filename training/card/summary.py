"""The card's first lines: what a reader must take away who reads no further. Ten at most."""

from __future__ import annotations

import numpy as np

from training.card.sections import bullets, interval, percent, spread_text, table
from training.data.dataset import Dataset
from training.evaluation.audit import Audit
from training.evaluation.evaluate import Evaluation
from training.evaluation.measures.conformal import level_text
from training.evaluation.measures.metrics import Metric
from training.evaluation.regression import RegressionEvaluation

RARE = 0.01  # prevalence of a screening, say


def summary(dataset: Dataset, evaluation: Evaluation | RegressionEvaluation) -> str:
    """A Markdown list."""
    if isinstance(evaluation, RegressionEvaluation):
        lines = _regression(dataset, evaluation)
    else:
        lines = _classification(dataset, evaluation)
    shares = evaluation.expected_shares
    return bullets(
        [
            *lines,
            f"Of rows like these {percent(shares['out_of_range'])} lie outside the range of the others in some column, "
            f"and {percent(shares['input_suspect'])} are called suspect: alarms compare with that.",
        ]
    )


def _classification(dataset: Dataset, evaluation: Evaluation) -> list[str]:
    metrics = evaluation.metrics
    name, share = dataset.commonest_class
    lines = [
        f"Right for {_share(metrics['accuracy'])} of rows that it never saw; always answering {name}: {percent(share)}."
    ]
    if "sensitivity" in metrics:
        found, spared = metrics["sensitivity"], metrics["specificity"]
        low, high = (predictive_value(found.interval[end], spared.interval[end], RARE) for end in (0, 1))
        lines += [
            f"At 0.5 it finds {_share(found)} of {found.label} and spares {_share(spared)} of {spared.label}.",
            f"Where only {percent(RARE)} are {found.label}, {percent(predictive_value(found.value, spared.value, RARE))} "
            f"{interval((low, high), 3)} of those called {found.label} would be: the ends are those of both intervals.",
        ]
    error = metrics["ece"]
    if error.if_calibrated:
        middle, span = error.if_calibrated
        lines.append(
            f"Stated probabilities are off by {error.value:.3f}; a perfectly calibrated model's would seem to be by "
            f"{middle:.3f} {interval(span, 3)}."
        )
    if "calibration_slope" in metrics:
        slope = metrics["calibration_slope"]
        lines.append(
            f"Calibration slope {slope.value:.2f} {interval(slope.interval, 2)}: 1 is ideal, above it too cautious."
        )
    judged = next((found for found in evaluation.held_out_coverage if found.level == evaluation.served_level), None)
    if judged is not None:
        right = judged.decided_accuracy
        of_these = "" if right is None else f", and {percent(right.mean)} of these are right"
        lines.append(
            f"Prediction sets at about {level_text(judged.level)} decide {percent(judged.decided.mean)} of held-out rows"
            f"{of_these}: means over {judged.splits} split{'s' * (judged.splits > 1)} of the rows."
        )
    return lines


def _regression(dataset: Dataset, evaluation: RegressionEvaluation) -> list[str]:
    metrics, found = evaluation.metrics, evaluation.interval
    middle = float(np.abs(dataset.targets - np.median(dataset.targets)).mean())
    error, explained = metrics["mean_absolute_error"], metrics["r2"]
    ends = f"[{', '.join(f'{end:.4g}' for end in error.interval)}]" if error.interval else "(without an error)"
    return [
        f"Off by {error.value:.4g} {ends} on average for rows that it never saw; always answering the median: {middle:.4g}.",
        f"It explains {percent(explained.value)} of the variance.",
        f"Its interval, ± {found.half_width:.4g}, held {spread_text(found.held_out, found.splits)} of held-out rows, for "
        f"{percent(found.coverage)}.",
    ]


def nested_figures(audited: Audit | None) -> str:
    """What the figures are when C, which these very rows chose, is chosen anew without each held-out row."""
    if audited is None:
        return ""
    rows = [
        [name, f"{audited.published[name]:.4f}", f"{value:.4f}", f"{value - audited.published[name]:+.4f}"]
        for name, value in audited.nested.items()
    ]
    header = ["metric", "published", "C chosen anew inside each fold", "difference"]
    return (
        f"C was chosen on these very rows. By the same rule inside each fold, the figures are:\n\n{table(header, rows)}"
    )


def predictive_value(sensitivity: float, specificity: float, prevalence: float) -> float:
    """Of those called so, the share that are: Bayes' rule."""
    found, alarms = sensitivity * prevalence, (1 - specificity) * (1 - prevalence)
    return found / (found + alarms) if found + alarms else 0.0


def _share(metric: Metric) -> str:
    return f"{percent(metric.value)} {interval(metric.interval, 3)}"
