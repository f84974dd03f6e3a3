"""One training run, from the data to the written model."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from lambda_app.model.model_parameters import InvalidModel, ModelParameters
from training.affine import UnsupportedModel
from training.audit import audit, print_audit
from training.dataset import Dataset
from training.datasets import breast_cancer, read_csv
from training.errors import TrainingError
from training.evaluation import Evaluation, evaluate
from training.export import export_classifier
from training.model_card import CardError, write_card
from training.peers import peers, print_peers
from training.recipe import fit, recipe
from training.report import print_report, print_summary

STOPS = (TrainingError, UnsupportedModel, InvalidModel, CardError)


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
    return export_classifier(fitted, dataset.features, dataset.labels, **fields)


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
