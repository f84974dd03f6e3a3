"""The parts of a model card in words and tables, each made from the run. Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, log
from typing import Any

import numpy as np

from lambda_app.model.artefact.model_parameters import ModelParameters
from training.data.dataset import Dataset
from training.evaluation.evaluate import Evaluation
from training.evaluation.measures.coefficient_bootstrap import CoefficientIntervals
from training.evaluation.measures.conformal import Spread
from training.evaluation.measures.decision import Decision
from training.evaluation.measures.metrics import metric_title
from training.recipes.pipelines import Recipe

CONFIDENCE = 0.05  # one minus 95 %


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, whatever the cells hold."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def bullets(lines: Iterable[str]) -> str:
    """A Markdown list."""
    return "\n".join(f"- {line}" for line in lines)


def interval(bounds: Sequence[float], digits: int = 4) -> str:
    """`[low, high]`, rounded."""
    return f"[{bounds[0]:.{digits}f}, {bounds[1]:.{digits}f}]"


def percent(share: float) -> str:
    """`87.4 %`."""
    return f"{share * 100:.1f} %"


def spread_text(found: Spread, splits: int) -> str:
    """`98.6 % (98.1 to 99.1 over 10 splits)`; of one split the share alone."""
    ends = f"{found.lowest * 100:.1f} to {found.highest * 100:.1f}"
    return percent(found.mean) + (f" ({ends} over {splits} splits)" if splits > 1 else "")


def rows_text(count: float) -> str:
    """A mean over the repeats: `8.5`, `8`."""
    return f"{count:.1f}".removesuffix(".0")


def fields(
    dataset: Dataset, evaluation: Evaluation, parameters: ModelParameters, decision: Decision | None
) -> dict[str, str]:
    """What only the card of a classification says."""
    own = f"{decision_text(decision)}\n\n" if decision else ""
    return {
        "base_rate": base_rate(dataset, evaluation),
        "operating_points": own + operating_points(evaluation),
        "explanation": explanation(parameters, evaluation),
    }


def base_rate(dataset: Dataset, evaluation: Evaluation) -> str:
    """What a model that has learnt nothing would reach."""
    name, share = dataset.commonest_class
    accuracy = evaluation.metrics["accuracy"]
    verdict = "" if accuracy.interval[0] > share else " **This model is not surely better than that.**"
    return f"Always answering {name} would be right in {percent(share)} of the rows.{verdict}"


def decision_text(decision: Decision) -> str:
    """The threshold of one's own, and what it does."""
    point = decision.point
    return (
        f"The API answers **{point.label}** from a probability of {decision.threshold:.4g} on "
        f"({decision.asked_for}). It finds {percent(point.sensitivity)} {interval(point.sensitivity_interval, 3)} of "
        f"{point.label} and spares {percent(point.specificity)} {interval(point.specificity_interval, 3)} of the rest: "
        f"{decision.method}. Prediction sets do not depend on it."
    )


def data(dataset: Dataset) -> str:
    """The rows by class, where they come from, and what was left out."""
    rows, features = dataset.features.shape
    if dataset.is_regression:
        shares = np.percentile(dataset.targets, [0, 25, 50, 75, 100])
        classes = table(
            ["", "smallest", "lower quarter", "middle", "upper quarter", "largest"],
            [[dataset.target_name, *(f"{share:.6g}" for share in shares)]],
        )
    else:
        counts = zip(dataset.target_names, dataset.class_counts, strict=True)
        classes = table(["class", "rows", "share"], [[name, f"{n}", percent(n / rows)] for name, n in counts])
    facts = [f"{rows} rows × {features} features", f"source: {dataset.source}", f"SHA-256: `{dataset.sha256}`"]
    return f"{bullets([*facts, *dataset.about, *dataset.notes])}\n\n{classes}"


def procedure(recipe: Recipe | None) -> str:
    """What is fitted, and what became of the columns that are not just numbers."""
    fitted = recipe.procedure if recipe else "A pipeline of its own is fitted."
    columns = f"\n\n{bullets(recipe.columns)}" if recipe and recipe.columns else ""
    return f"{fitted} The published model is fitted on **all** rows, after the evaluation.{columns}"


def metrics(parameters: ModelParameters) -> str:
    """Every metric of the artefact, with its interval, n and method."""
    rows = [
        [
            metric_title(name, metric.get("class")),
            f"{metric['value']:.4f}",
            _spread(metric),
            f"{metric['n']}",
            metric["method"],
        ]
        for name, metric in parameters.metrics.items()
    ]
    return table(["metric", "value", "95 % interval", "n", "method"], rows)


def _spread(metric: dict[str, Any]) -> str:
    """The interval, or what a perfectly calibrated model would show."""
    if "interval" in metric:
        return interval(metric["interval"])
    null = metric.get("if_calibrated")
    if null is None:
        return "–"
    return f"a perfectly calibrated model would show {null['value']:.4f} {interval(null['interval'])}"


def references(dataset: Dataset) -> str:
    """What others reached on this data, if that is known."""
    return f"For comparison:\n\n{bullets(dataset.references)}" if dataset.references else ""


def operating_points(evaluation: Evaluation) -> str:
    """What each threshold finds and spares; and why none of it is certified."""
    points = evaluation.operating_points
    if not points:
        return "With more than two classes the answer is the most probable one; there is no threshold to move."
    rows = [
        [
            point.name,
            f"{point.threshold:.4f}",
            f"{percent(point.sensitivity)} {interval(point.sensitivity_interval, 3)}",
            f"{percent(point.specificity)} {interval(point.specificity_interval, 3)}",
            rows_text(point.false_negatives),
            rows_text(point.false_positives),
        ]
        for point in points
    ]
    label = points[0].label
    cases = rows_text(points[0].true_positives + points[0].false_negatives)
    needed = ceil(log(CONFIDENCE) / log(0.99))
    header = ["chosen for", f"called {label} at P ≥", "sensitivity", "specificity", "missed", "false alarms"]
    return (
        f"{table(header, rows)}\n\n"
        f"The thresholds were chosen on the same {cases} cases of {label}, so they are estimates: to certify a "
        f"sensitivity of 99 % at 95 % confidence, {needed} cases without a single miss would be needed."
    )


def contributions(recipe: Recipe | None, scale: str = "log-odds", weight: str = "coefficient") -> str:
    """What `explain` answers."""
    if recipe is None or recipe.kind.is_linear:
        return (
            f"The {scale} are a sum: a baseline, and one contribution a feature, {weight} × (value - mean) / scale. "
            "The API returns the contributions with `explain`, and they add up exactly."
        )
    return (
        "The API returns with `explain` what each column contributes to the difference from a typical row, shared out "
        "by Shapley's rule; the contributions add up."
    )


def explanation(parameters: ModelParameters, evaluation: Evaluation) -> str:
    """What a coefficient means, and how many can be read one by one."""
    binary = len(parameters.target_names) == 2
    margin = ("log-odds of the answer over the runner-up", "the difference of their coefficients")
    text = contributions(evaluation.recipe, *(() if binary else margin))
    if evaluation.coefficients is None:
        return text
    towards = f"towards {parameters.target_names[1]}" if binary else "towards the named class"
    return f"{text} Coefficients are {towards}.\n\n{unstable(evaluation.coefficients)}"


def unstable(intervals: CoefficientIntervals) -> str:
    """How many coefficients may as well be of the other sign."""
    stable, total = int(intervals.sign_stable.sum()), intervals.estimates.size
    return (
        f"**The sign of {total - stable} of {total} coefficients is not stable**: over {intervals.resamples} refits on "
        "resampled rows its 95 % interval, for other tables of as many rows, holds zero. Correlated features share their "
        "weight, so a single coefficient says little on its own, and none says what causes what."
    )
