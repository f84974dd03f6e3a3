"""The parts of a model card in words and tables, each made from the run. Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, log

from lambda_app.model.model_parameters import ModelParameters
from training.commands.report import TITLES
from training.data.dataset import Dataset
from training.evaluation.conformal import SERVED
from training.evaluation.evaluate import Evaluation
from training.recipes.pipelines import INVERSE_REGULARISATION

CONFIDENCE = 0.05  # one minus 95 %
FEW = 4  # classes that fit in a table's cell


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


def metric_title(name: str, label: str | None) -> str:
    """What a reader calls the metric, and the class it is about."""
    return TITLES.get(name) or f"{name.partition('_')[0]}, {label}"


def data(dataset: Dataset) -> str:
    """The rows by class, where they come from, and what was left out."""
    rows, features = dataset.features.shape
    counts = zip(dataset.target_names, dataset.class_counts, strict=True)
    classes = table(["class", "rows", "share"], [[name, f"{n}", percent(n / rows)] for name, n in counts])
    facts = [f"{rows} rows × {features} features", f"source: {dataset.source}", f"SHA-256: `{dataset.sha256}`"]
    return f"{bullets([*facts, *dataset.notes])}\n\n{classes}"


def procedure(dataset: Dataset, evaluation: Evaluation) -> str:
    """The recipe and how it was judged."""
    amount = evaluation.effort
    first = "Missing values are filled with their column's median; features" if dataset.impute else "Features"
    return (
        f"{first} are scaled to zero mean and unit variance, then a logistic regression (L2, C = "
        f"{INVERSE_REGULARISATION}) is fitted in 64-bit floats. The published model is fitted on **all** rows, after "
        "the evaluation.\n\n"
        f"The evaluation is {amount.folds}-fold stratified cross-validation, repeated {amount.repeats} times with "
        "fixed seeds: no row is judged by a model that saw it. Intervals are at 95 %. Curves and counts below are of "
        "each row's probability, averaged over the repeats."
    )


def metrics(parameters: ModelParameters) -> str:
    """Every metric of the artefact, with its interval, n and method."""
    rows = [
        [
            metric_title(name, metric.get("class")),
            f"{metric['value']:.4f}",
            interval(metric["interval"]),
            f"{metric['n']}",
            metric["method"],
        ]
        for name, metric in parameters.metrics.items()
    ]
    return table(["metric", "value", "95 % interval", "n", "method"], rows)


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
            f"{point.false_negatives}",
            f"{point.false_positives}",
        ]
        for point in points
    ]
    label = points[0].label
    cases = points[0].true_positives + points[0].false_negatives
    needed = ceil(log(CONFIDENCE) / log(0.99))
    header = ["chosen for", f"called {label} at P ≥", "sensitivity", "specificity", "missed", "false alarms"]
    return (
        f"{table(header, rows)}\n\n"
        f"The thresholds were chosen on the same {cases} cases of {label}, so they are estimates: to certify a "
        f"sensitivity of 99 % at 95 % confidence, {needed} cases without a single miss would be needed."
    )


def uncertainty(dataset: Dataset, evaluation: Evaluation) -> str:
    """Prediction sets: how often they hold the truth and how often they leave the answer to a person."""
    names, judgements = dataset.target_names, evaluation.held_out_coverage
    header = ["level", "held-out rows whose set holds the truth", "decided (one label)", "of these right"]
    rows = [
        [
            f"about {float(judged.level) * 100:g} %",
            _coverage(names, judged.coverage),
            percent(judged.decided),
            "–" if judged.decided_accuracy is None else percent(judged.decided_accuracy),
        ]
        for judged in judgements
    ]
    floors = [
        [f"{float(level) * 100:g} %", *(f"{floor:.4f}" for floor in values)]
        for level, values in evaluation.conformal_floors.items()
    ]
    never = [name for name, floor in zip(names, evaluation.conformal_floors[SERVED], strict=True) if floor == 0]
    warning = f"\n\nToo few rows to rule out {', '.join(never)} at 99 %: a person should always look." if never else ""
    return (
        "Each answer carries a prediction set: the labels that cannot be ruled out. One label is a decided case; more "
        "mean that a person should look. The sets are class-conditional conformal, from cross-validation: *about* "
        "99 %, because this variant has no finite-sample theorem. Measured on held-out rows "
        f"({judgements[0].method}):\n\n"
        f"{table(header, rows)}\n\n"
        f"{table(['level', *(f'{name} in the set at P({name}) ≥' for name in names)], floors)}{warning}"
    )


def _coverage(names: Sequence[str], shares: Sequence[float]) -> str:
    """Each class's share, the lowest alone where there are many."""
    named = [f"{name} {percent(share)}" for name, share in zip(names, shares, strict=True)]
    return "; ".join(named) if len(named) <= FEW else f"lowest: {named[shares.index(min(shares))]}"


def explanation(parameters: ModelParameters, evaluation: Evaluation) -> str:
    """What a coefficient means, and how many can be read one by one."""
    text = (
        "The log-odds are a sum: a baseline, and one contribution a feature, coefficient × (value - mean) / scale. The "
        "API returns the contributions with `explain`, and they add up exactly."
    )
    if evaluation.coefficients is None:
        return text
    intervals = evaluation.coefficients
    stable, total = int(intervals.sign_stable.sum()), intervals.estimates.size
    binary = len(parameters.target_names) == 2
    towards = f"towards {parameters.target_names[1]}" if binary else "towards the named class"
    return (
        f"{text} Coefficients are {towards}.\n\n"
        f"**The sign of {total - stable} of {total} coefficients is not stable**: over {intervals.resamples} refits on "
        "resampled rows its 95 % interval holds zero. Correlated features share their weight, so a single coefficient "
        "says little on its own, and none says what causes what."
    )
