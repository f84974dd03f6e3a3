"""What a training run prints: the figures, each with its interval and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from training.data.dataset import Dataset
from training.evaluation.compare_kinds import Peer
from training.evaluation.evaluate import Evaluation
from training.evaluation.measures import conformal
from training.evaluation.measures.decision import Decision
from training.evaluation.measures.metrics import Metric, metric_title
from training.evaluation.measures.operating_points import OperatingPoint
from training.evaluation.measures.suspects import Suspect
from training.evaluation.regression import RegressionEvaluation
from training.recipes.pipelines import Recipe


def print_summary(dataset: Dataset, recipe: Recipe) -> None:
    """What the data is, what was left out of it, and what is fitted."""
    rows, features = dataset.features.shape
    if dataset.is_regression:
        low, middle, high = np.percentile(dataset.targets, [0, 50, 100])
        what = f"{dataset.target_name} from {low:.6g} to {high:.6g}, median {middle:.6g}"
    else:
        what = ", ".join(f"{n} {name}" for name, n in zip(dataset.target_names, dataset.class_counts, strict=True))
    print(f"{dataset.name}: {rows} rows × {features} features ({what})")
    for note in dataset.notes:
        print(f"note: {note}")
    print(f"model: {recipe.title}")
    for sentence in recipe.columns:
        print(f"  {sentence}")


def print_suspects(found: Sequence[Suspect], costs: dict[str, str]) -> None:
    """Columns that would fool whoever trains, and what leaving one out costs."""
    for suspect in found:
        print(
            f"warning: column {suspect.column!r} {suspect.reason}: --drop {suspect.column} leaves it out{costs[suspect.column]}"
        )


def print_report(dataset: Dataset, evaluation: Evaluation | RegressionEvaluation, decision: Decision | None) -> None:
    """The metrics, and what the API will answer with."""
    if isinstance(evaluation, RegressionEvaluation):
        _print_regression(dataset, evaluation)
    else:
        _print_classification(dataset, evaluation, decision)


def _print_metrics(metrics: dict[str, Metric]) -> None:
    for key, metric in metrics.items():
        title = metric_title(key, metric.label)
        if metric.label:
            title = f"{key.split('_')[0]} ({metric.label})"
        ends = metric.interval or (metric.if_calibrated[1] if metric.if_calibrated else ())
        spread = f"[{', '.join(f'{end:.4f}' for end in ends)}]" if ends else ""
        chance = "   what a perfectly calibrated model would show" if metric.if_calibrated else ""
        print(f"  {title:<28}{metric.value:>8.4f}   {spread:<16}   n = {metric.n}{chance}")


def _print_classification(dataset: Dataset, evaluation: Evaluation, decision: Decision | None) -> None:
    amount = evaluation.effort
    print(f"\n{amount.folds}-fold stratified cross-validation × {amount.repeats}; 95 % intervals\n")
    _print_metrics(evaluation.metrics)
    name, share = dataset.commonest_class
    print(f"  {'always ' + name:<28}{share:>8.4f}   would be the accuracy")
    if evaluation.metrics["accuracy"].interval[0] <= share:
        print(f"warning: the model is not surely better than always answering {name}")
    points = [*evaluation.operating_points, *([decision.point] if decision else [])]
    if points:
        _print_operating_points(points, decision)
    print("\nprediction sets, held out" + " " * 7 + "coverage" + " " * 24 + "decided   of these right")
    for held_out in evaluation.held_out_coverage:
        shares = zip(dataset.target_names, held_out.coverage, strict=True)
        means = [share.mean for share in held_out.coverage]
        coverage = ", ".join(f"{name} {share.mean:.3f}" for name, share in shares) if dataset.classes == 2 else ""
        coverage = coverage or f"from {min(means):.3f} to {max(means):.3f} by class"
        right = "–" if held_out.decided_accuracy is None else f"{held_out.decided_accuracy.mean:.4f}"
        level = f"about {conformal.level_text(held_out.level)}"
        print(f"  {level:<32}{coverage:<32}{held_out.decided.mean:>6.3f}   {right:>14}")
    why = conformal.why_not_higher(dataset.target_names, dataset.class_counts)
    print(f"  {why}" if why else f"  {conformal.level_text(evaluation.served_level)} is served")


def _print_operating_points(points: Sequence[OperatingPoint], decision: Decision | None) -> None:
    print(f"\n{'called ' + points[0].label + ' at':<30}{'P ≥':>8}   {'sensitivity':<26}specificity")
    for point in points:
        found, spared = point.sensitivity_interval, point.specificity_interval
        own = decision is not None and point is decision.point
        threshold = decision.threshold if decision is not None and own else point.threshold
        print(
            f"  {point.name + (' (yours)' if own else ''):<28}{threshold:>8.4f}   "
            f"{point.sensitivity:.3f} [{found[0]:.3f}, {found[1]:.3f}]      "
            f"{point.specificity:.3f} [{spared[0]:.3f}, {spared[1]:.3f}]"
        )
    if decision is not None:
        print(f"  yours: {points[-1].label} from {decision.threshold:.4g} on; {decision.method}")


def _print_regression(dataset: Dataset, evaluation: RegressionEvaluation) -> None:
    amount, found = evaluation.effort, evaluation.interval
    print(f"\n{amount.folds}-fold cross-validation × {amount.repeats}; 95 % intervals\n")
    _print_metrics(evaluation.metrics)
    error = float(np.abs(dataset.targets - np.median(dataset.targets)).mean())
    print(f"  {'always the median':<28}{error:>8.4g}   would be the mean absolute error")
    gain, ends = evaluation.gain
    print(f"  {'less that of the model':<28}{gain:>8.4g}   [{ends[0]:.4g}, {ends[1]:.4g}]")
    if ends[0] <= 0:
        print("warning: the model is not surely better than always answering the median")
    print(f"\ninterval: prediction ± {found.half_width:.6g}, for about {found.coverage * 100:g} % of new rows")
    held = found.held_out
    over = f", {held.lowest:.3f} to {held.highest:.3f} over {found.splits} splits of the rows" * (found.splits > 1)
    print(f"  of rows that had no part in its width it held {held.mean:.3f}{over}")


def print_peers(results: Sequence[Peer], dataset: Dataset, verdict: str) -> None:
    """One table, 95 % intervals beside each figure, and what follows from it."""
    first, second, loss = ("R²", "mean absolute error", "error") if dataset.is_regression else (
        "accuracy", "ROC AUC", "Brier score",
    )  # fmt: skip
    print(f"\n{'kinds of model, same folds':<36}{first:<26}{second:<30}lower {loss} by")
    for peer in results:
        cells = [_figure(value, span) for value, span in zip(peer.figures, peer.intervals, strict=True)]
        gained = "" if peer.gain is None else f"{peer.gain:+.4g} {_brackets(peer.gain_interval)}"
        print(f"  {peer.title:<34}{cells[0]:<26}{cells[1]:<30}{gained}".rstrip())
    print(f"  {verdict}")


def _figure(value: float | None, span: tuple[float, ...] | None) -> str:
    if value is None:
        return "–"
    if span is None:
        return f"{value:.4f}"
    return f"{value:.4f} [{span[0]:.4f}, {span[1]:.4f}]"


def _brackets(span: tuple[float, float] | None) -> str:
    return f"[{span[0]:+.4g}, {span[1]:+.4g}]" if span else ""
