"""The proof: what is served agrees with scikit-learn, row by row, or nothing is exported."""

from __future__ import annotations

from typing import Any

import numpy as np

from lambda_app.model.artefact.format_checks import InvalidModel
from lambda_app.model.artefact.model_parameters import ModelParameters
from lambda_app.model.classifier import Classifier
from lambda_app.model.predict import GOLDEN_TOLERANCE, load
from training.export.steps.prepared import Prepared


def values_of(prepared: Prepared, features: Any) -> list[list[Any]]:
    """Rows as a caller sends them: the values of the API's columns, in order."""
    table = type(prepared.table)(features)
    return [list(row) for row in zip(*(table.values(position) for position in prepared.positions), strict=True)]


def prove(parameters: ModelParameters, rows: list[list[Any]], expected: np.ndarray, labels: np.ndarray | None) -> float:
    """The largest difference from scikit-learn's `expected` (rows × K, or rows), relative for predictions above 1.

    Raises InvalidModel above 1e-12, where a label (its index) differs, or where a row is refused that scikit-learn
    answers.
    """
    model = load(parameters)
    largest = 0.0
    for number, values in enumerate(rows):
        numbers = model.columns.numbers(values)
        if numbers is None:
            raise InvalidModel(f"row {number}: scikit-learn answers it, the exported model can't")
        if isinstance(model, Classifier):
            label, probabilities, _ = model.predict(numbers)
            difference = float(np.abs(np.asarray(probabilities) - expected[number]).max())
            if labels is not None and label != labels[number]:
                raise InvalidModel(f"row {number}: the label differs from scikit-learn's")
        else:
            prediction, _ = model.predict(numbers)
            difference = abs(prediction - float(expected[number])) / max(1.0, abs(float(expected[number])))
        if not difference <= GOLDEN_TOLERANCE:  # NaN too
            raise InvalidModel(f"row {number}: the answer differs from scikit-learn's by more than {GOLDEN_TOLERANCE}")
        largest = max(largest, difference)
    return largest
