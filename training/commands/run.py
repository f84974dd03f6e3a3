"""One training run, from the data to the written model."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from lambda_app.model.model_parameters import InvalidModel, ModelParameters
from training.card.model_card import write_card
from training.commands.report import print_report, print_summary
from training.data.breast_cancer import breast_cancer
from training.data.csv_file import read_csv
from training.data.dataset import Dataset
from training.errors import TrainingError
from training.evaluation.audit import audit, print_audit
from training.evaluation.evaluate import Evaluation, evaluate
from training.evaluation.peers import peers, print_peers
from training.export import export_model
from training.recipes.fitting import fit
from training.recipes.pipelines import recipe

STOPS = (TrainingError, InvalidModel)


def run(options: argparse.Namespace) -> None:
    """Read, evaluate, fit, export, save and write the card, printing what came out. Raises one of STOPS, or OSError."""
    dataset = _dataset(options)
    _require_writable(options.output)
    print_summary(dataset)
    evaluation = evaluate(dataset, folds=options.folds)
    parameters = train(dataset, evaluation)
    print_report(dataset, evaluation)
    if options.audit:
        print_audit(audit(dataset, evaluation))
    if options.compare:
        print_peers(peers(dataset, evaluation))
    parameters.save(options.output)
    print(f"\nwrote {os.path.relpath(options.output)}, version {parameters.digest[:12]}")
    print(f"wrote {os.path.relpath(write_card(dataset, evaluation, parameters, options.output))}")


def train(dataset: Dataset, evaluation: Evaluation) -> ModelParameters:
    """The recipe fitted on all rows, as an artefact that agrees with scikit-learn on each of them."""
    fitted = fit(recipe(dataset.impute), dataset.features, dataset.labels)
    fields = {**dataset.as_fields(), **evaluation.as_fields()}
    parameters: ModelParameters = export_model(fitted, dataset.features, dataset.labels, **fields)
    return parameters


def _dataset(options: argparse.Namespace) -> Dataset:
    if not options.data:
        return breast_cancer()
    return read_csv(options.data, options.target, options.drop, options.positive, options.impute)


def _require_writable(path: str) -> None:
    """Say so before the work, not after it."""
    directory = Path(path).resolve().parent
    if Path(path).is_dir() or not directory.is_dir():
        raise TrainingError(f"--output {path}: not a file in an existing directory")
    if not os.access(directory, os.W_OK):
        raise TrainingError(f"--output {path}: the directory can't be written to")
