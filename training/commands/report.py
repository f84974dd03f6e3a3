"""What a training run prints: the figures, each with its interval and what it rests on."""

from __future__ import annotations

from training.data.dataset import Dataset
from training.evaluation.evaluate import Evaluation

TITLES = {
    "accuracy": "accuracy",
    "roc_auc": "ROC AUC",
    "log_loss": "log loss",
    "brier": "Brier score",
    "ece": "calibration error",
}


def print_summary(dataset: Dataset) -> None:
    """What the data is, and what was left out of it."""
    rows, features = dataset.features.shape
    counts = ", ".join(f"{n} {name}" for name, n in zip(dataset.target_names, dataset.class_counts, strict=True))
    print(f"{dataset.name}: {rows} rows × {features} features ({counts})")
    for note in dataset.notes:
        print(f"note: {note}")


def print_report(dataset: Dataset, evaluation: Evaluation) -> None:
    """The metrics, the operating points and the prediction sets."""
    amount = evaluation.effort
    print(f"\n{amount.folds}-fold stratified cross-validation × {amount.repeats}; 95 % intervals\n")
    for key, metric in evaluation.metrics.items():
        title = TITLES.get(key) or f"{key.split('_')[0]} ({metric.label})"
        low, high = metric.interval
        print(f"  {title:<28}{metric.value:>8.4f}   [{low:.4f}, {high:.4f}]   n = {metric.n}")
    if evaluation.operating_points:
        _print_operating_points(evaluation)
    print("\nprediction sets, held out" + " " * 7 + "coverage" + " " * 24 + "decided   of these right")
    for held_out in evaluation.held_out_coverage:
        shares = zip(dataset.target_names, held_out.coverage, strict=True)
        coverage = ", ".join(f"{name} {share:.3f}" for name, share in shares) if dataset.classes == 2 else ""
        coverage = coverage or f"from {min(held_out.coverage):.3f} to {max(held_out.coverage):.3f} by class"
        right = "–" if held_out.decided_accuracy is None else f"{held_out.decided_accuracy:.4f}"
        print(f"  about {float(held_out.level) * 100:g} %{'':<22}{coverage:<32}{held_out.decided:>6.3f}   {right:>14}")
    for level, floors in evaluation.conformal_floors.items():
        everywhere = [name for name, floor in zip(dataset.target_names, floors, strict=True) if floor == 0]
        if everywhere:
            print(f"  too few rows for {float(level) * 100:g} %, hence in every set: {', '.join(everywhere)}")


def _print_operating_points(evaluation: Evaluation) -> None:
    label = evaluation.operating_points[0].label
    print(f"\n{'called ' + label + ' at':<30}{'P ≥':>8}   {'sensitivity':<26}specificity")
    for point in evaluation.operating_points:
        found, spared = point.sensitivity_interval, point.specificity_interval
        print(
            f"  {point.name:<28}{point.threshold:>8.4f}   "
            f"{point.sensitivity:.3f} [{found[0]:.3f}, {found[1]:.3f}]      "
            f"{point.specificity:.3f} [{spared[0]:.3f}, {spared[1]:.3f}]"
        )
