"""One training run, from the data to the written model."""

from __future__ import annotations

import argparse
import os
import shlex
from pathlib import Path

import numpy as np
from sklearn.model_selection import FixedThresholdClassifier

from lambda_app.model.artefact.format_checks import InvalidModel
from lambda_app.model.artefact.model_parameters import ModelParameters
from lambda_app.model.store import PACKAGED_PATH
from training.card.model_card import card_files
from training.commands import plan, report
from training.data.breast_cancer import breast_cancer
from training.data.csv_file import read_csv
from training.data.dataset import Dataset, with_positive
from training.errors import TrainingError
from training.evaluation.audit import audit, print_audit
from training.evaluation.compare_kinds import compare_kinds, verdict
from training.evaluation.evaluate import Evaluation, evaluate
from training.evaluation.measures.decision import Decision, decide
from training.evaluation.measures.suspects import named_suspects
from training.evaluation.regression import RegressionEvaluation, evaluate_regression
from training.export import export_model
from training.files import complete, write_together
from training.progress import CARD, at_once, duration, whole_run
from training.recipes.effort import Effort, effort
from training.recipes.fitting import fit
from training.recipes.kinds import kind_named
from training.recipes.pipelines import Recipe, recipe_for

STOPS = (TrainingError, InvalidModel)
LONG = 10.0  # seconds; a run of more is announced


def run(options: argparse.Namespace) -> None:
    """Read, evaluate, fit, export, and write the model with its card. Raises one of STOPS, or OSError."""
    complete(options.output)
    dataset = _dataset(options)
    _require_writable(options.output)
    recipe = recipe_for(dataset, kind_named(options.estimator, "numbers" if dataset.is_regression else "classes"))
    _require_fitting_options(options, dataset, recipe)
    report.print_summary(dataset, recipe)
    amount = effort(recipe, options.folds, quick=options.quick)
    fit_seconds = plan.timed_fit(recipe, dataset)
    costs = plan.costs(dataset, recipe, amount, fit_seconds, audit=options.audit, compare=options.compare)
    if sum(costs.values()) > LONG:
        print(f"this will take about {duration(sum(costs.values()))}", flush=True)
    with whole_run(costs):
        parameters, files = _evaluate_and_fit(options, dataset, recipe, amount)
    output = Path(options.output).resolve()
    write_together({**files, output: parameters.to_json().encode("ascii")}, output)
    print(f"\nwrote {os.path.relpath(options.output)}, version {parameters.digest[:12]}")
    for card in list(files)[:1]:
        print(f"wrote {os.path.relpath(card)}")
    _print_next(options.output)


def _evaluate_and_fit(
    options: argparse.Namespace, dataset: Dataset, recipe: Recipe, amount: Effort
) -> tuple[ModelParameters, dict[Path, bytes]]:
    """Evaluate, fit and export, say how good it is, and draw the card: the model, and the card's files."""
    evaluation = judge(dataset, recipe, amount)
    report.print_suspects(*named_suspects(dataset, evaluation))
    decision = None
    if isinstance(evaluation, Evaluation) and (options.threshold or options.sensitivity):
        decision = decide(dataset, evaluation, options.threshold, options.sensitivity or 0.0)
    parameters = train(dataset, evaluation, recipe, decision)
    report.print_report(dataset, evaluation, decision)
    audited = audit(dataset, evaluation) if options.audit and isinstance(evaluation, Evaluation) else None
    if audited:
        print_audit(audited)
    if options.compare:
        peers = compare_kinds(dataset, evaluation, recipe.kind)
        report.print_peers(peers, dataset, verdict(peers, recipe.kind))
    with at_once(CARD):
        return parameters, card_files(dataset, evaluation, parameters, options.output, decision, audited)


def judge(dataset: Dataset, recipe: Recipe, amount: Effort) -> Evaluation | RegressionEvaluation:
    """The evaluation that fits the task."""
    if dataset.is_regression:
        return evaluate_regression(dataset, recipe, amount=amount)
    return evaluate(dataset, recipe, amount=amount)


def train(
    dataset: Dataset,
    evaluation: Evaluation | RegressionEvaluation,
    recipe: Recipe | None = None,
    decision: Decision | None = None,
) -> ModelParameters:
    """The recipe fitted on all rows, as an artefact that agrees with scikit-learn on each of them."""
    recipe = recipe or recipe_for(dataset)
    model, targets = recipe.pipeline, _codes(dataset)
    if decision:
        model = FixedThresholdClassifier(
            model, threshold=decision.threshold, pos_label=targets.max(), response_method="predict_proba"
        )
    fitted = fit(model, dataset.features, targets)
    fields = {**dataset.as_fields(), **evaluation.as_fields()}
    if decision:
        fields["expected_shares"] = {**evaluation.expected_shares, "by_class": decision.by_class}
    parameters: ModelParameters = export_model(fitted, dataset.features, targets, **fields)
    return parameters


def _codes(dataset: Dataset) -> np.ndarray:
    """The targets; class indices move out of the way of labels that are "1" and "0", in this order.

    An export takes these for the indices themselves, in the wrong order, and rightly refuses.
    """
    indices = [str(index) for index in range(dataset.classes)]
    swapped = list(dataset.target_names) != indices and sorted(dataset.target_names) == indices
    return dataset.targets + dataset.classes if swapped else dataset.targets


def _dataset(options: argparse.Namespace) -> Dataset:
    if options.data:
        return read_csv(
            options.data,
            options.target,
            options.drop,
            options.positive,
            task=options.task,
            categories=options.category,
        )
    return with_positive(breast_cancer(), options.positive) if options.positive else breast_cancer()


def _require_fitting_options(options: argparse.Namespace, dataset: Dataset, recipe: Recipe) -> None:
    if (options.threshold or options.sensitivity) and dataset.classes != 2:
        found = "a number is predicted" if dataset.is_regression else f"there are {dataset.classes}"
        raise TrainingError(f"--threshold and --sensitivity go with two classes; here {found}")
    if options.audit and (dataset.is_regression or not recipe.kind.is_linear):
        raise TrainingError("--audit goes with the logistic regression, whose C it tunes")


def _require_writable(path: str) -> None:
    """Say so before the work, not after it."""
    directory = Path(path).resolve().parent
    if Path(path).is_dir() or not directory.is_dir():
        raise TrainingError(f"--output {path}: not a file in an existing directory")
    if not os.access(directory, os.W_OK):
        raise TrainingError(f"--output {path}: the directory can't be written to")


def _print_next(output: str) -> None:
    """The two commands that follow: look at it, deploy it."""
    packaged = Path(output).resolve() == Path(PACKAGED_PATH)
    chosen = "" if packaged else f" --model {shlex.quote(os.path.relpath(output))}"
    print(f"\nlook at it:  python -m lambda_app{chosen}")
    if packaged:
        print("deploy it:   sam build --template deployment/template.yaml && sam deploy --guided")
    else:
        print(f"deploy it:   python -m lambda_app.model.publish s3://BUCKET/PREFIX{chosen}")
