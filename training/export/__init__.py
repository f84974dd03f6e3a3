"""From a fitted scikit-learn classifier to the artefact, proved on every row given before it may be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from lambda_app.model.model_parameters import InvalidModel, ModelParameters
from lambda_app.model.predict import Classifier
from training.data.dataset import default_spellings
from training.errors import UnsupportedModel
from training.export.affine import Affine, affine_of, supported_steps
from training.export.golden_rows import golden_rows
from training.export.linear import Linear, linear_of
from training.export.provenance import git_commit, library_versions, table_sha256, trained_at
from training.recipes.fitting import THREADS

TOLERANCE = 1e-12


@THREADS.wrap(limits=1)  # type: ignore[untyped-decorator]
def export_classifier(  # noqa: PLR0913 – each is a field of the artefact that only the caller knows
    fitted: Any,
    features: Any,
    labels: Any,
    *,
    feature_names: Sequence[str] | None = None,
    target_names: Sequence[str] | None = None,
    feature_spellings: Mapping[str, list[str]] | None = None,
    name: str = "classifier",
    description: str = "",
    intended_use: str = "",
    limitations: Sequence[str] = (),
    data_set: Mapping[str, Any] | None = None,
    conformal_thresholds: Mapping[str, list[float]] | None = None,
    metrics: Mapping[str, Mapping[str, Any]] | None = None,
) -> ModelParameters:
    """The artefact of a fitted classifier, which predicts every given row as scikit-learn does.

    `fitted` is a LogisticRegression, LogisticRegressionCV, SGDClassifier(loss="log_loss"), a OneVsRestClassifier around
    one of these, or a Pipeline of SimpleImputer, StandardScaler, MinMaxScaler, RobustScaler, MaxAbsScaler and one of
    these. `features` (rows × n, array or data frame) and `labels` (rows) should be what it was fitted on: their
    averages, minima and maxima travel along. Call `.save(path)` on the result. Without `feature_names` a data frame's
    column names are taken; without `target_names`, the classifier's own classes.

    Raises UnsupportedModel where the artefact can't hold the model, naming what would work, and InvalidModel where a
    probability is off by more than 1e-12 or a label differs on any row.
    """
    check_is_fitted(fitted)
    steps = [step for _, step in fitted.steps] if isinstance(fitted, Pipeline) else [fitted]
    linear, preprocessing = linear_of(steps[-1]), supported_steps(steps[:-1])
    matrix = _matrix(features, linear.coefficients.shape[1])
    affine = affine_of(preprocessing, matrix.shape[1])
    filled = affine.fill(matrix)
    if not np.isfinite(filled).all():
        raise UnsupportedModel("features hold NaN or infinity: put a SimpleImputer first, or drop those rows")
    classes = _class_names(fitted, labels, len(matrix), target_names)
    names = _feature_names(fitted, feature_names, matrix.shape[1])
    expected = fitted.predict_proba(_for_scikit_learn(features))
    if not np.allclose(expected.sum(axis=1), 1, rtol=0, atol=1e-9):  # NaN too
        raise UnsupportedModel(
            "scikit-learn's probabilities don't add up to 1 on every row: put a StandardScaler first"
        )
    means, intercepts = _centre(affine, linear, filled)
    parameters = ModelParameters(
        name=name,
        description=description,
        intended_use=intended_use,
        limitations=list(limitations),
        data_set=dict(data_set or {"name": "unnamed", "sha256": table_sha256(filled, classes), "rows": len(matrix)}),
        trained_at=trained_at(),
        library_versions=library_versions(),
        git_commit=git_commit(),
        target_names=classes,
        probability_method=linear.probability_method,
        feature_names=names,
        feature_spellings=dict(default_spellings(names) if feature_spellings is None else feature_spellings),
        coefficients=linear.coefficients.tolist(),
        intercepts=intercepts.tolist(),
        means=means.tolist(),
        scales=affine.scales.tolist(),
        imputations=None if affine.imputations is None else affine.imputations.tolist(),
        minima=filled.min(axis=0).tolist(),
        maxima=filled.max(axis=0).tolist(),
        conformal_thresholds=dict(conformal_thresholds or {}),
        metrics={key: dict(value) for key, value in (metrics or {}).items()},
        golden_rows=golden_rows(filled, expected),
    )
    prove(parameters, filled, expected, np.searchsorted(fitted.classes_, fitted.predict(_for_scikit_learn(features))))
    return parameters


def prove(parameters: ModelParameters, filled: np.ndarray, expected: np.ndarray, predictions: np.ndarray) -> float:
    """The largest difference from `expected` (rows × K). Raises InvalidModel above 1e-12 or where a label differs."""
    classifier = Classifier(parameters)
    largest = 0.0
    for number, sample in enumerate(filled.tolist()):
        prediction, probabilities, _ = classifier.predict(sample)
        difference = float(np.abs(np.asarray(probabilities) - expected[number]).max())
        if not difference <= TOLERANCE:  # NaN too
            raise InvalidModel(f"row {number}: a probability differs from scikit-learn's by more than {TOLERANCE}")
        if prediction != predictions[number]:
            raise InvalidModel(f"row {number}: the label differs from scikit-learn's")
        largest = max(largest, difference)
    return largest


def _centre(affine: Affine, linear: Linear, filled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Training averages, and the intercepts that belong to them: an explanation starts at the average training row.

    Where the scaler has centred on the averages already (StandardScaler), both are left as they are, to the last bit.
    """
    means = filled.mean(axis=0)
    if np.allclose(means, affine.centres, rtol=1e-12, atol=0):
        return affine.centres, linear.intercepts
    return means, linear.intercepts + linear.coefficients @ ((means - affine.centres) / affine.scales)


def _matrix(features: Any, width: int) -> np.ndarray:
    try:
        matrix = np.asarray(features, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UnsupportedModel("features must be a dense table of numbers") from error
    if matrix.ndim != 2 or matrix.shape[1] != width:
        raise UnsupportedModel(f"features must be rows × {width}, as the classifier was fitted on")
    return matrix


def _for_scikit_learn(features: Any) -> Any:
    """The same table in 64-bit floats; a data frame stays one, because scikit-learn compares column names."""
    return features.astype(np.float64) if hasattr(features, "columns") else np.asarray(features, dtype=np.float64)


def _feature_names(fitted: Any, given: Sequence[str] | None, width: int) -> list[str]:
    fallback = getattr(fitted, "feature_names_in_", [f"feature_{number}" for number in range(width)])
    names = [str(name) for name in (fallback if given is None else given)]
    if len(names) != width:
        raise UnsupportedModel(f"{len(names)} feature_names were given for {width} features")
    return names


def _class_names(fitted: Any, labels: Any, rows: int, given: Sequence[str] | None) -> list[str]:
    own = [str(label) for label in fitted.classes_.tolist()]
    if len(labels) != rows or not set(np.asarray(labels).tolist()) <= set(fitted.classes_.tolist()):
        raise UnsupportedModel("labels must be one a row of features, each a class that the classifier was fitted on")
    names = own if given is None else [str(name) for name in given]
    if len(names) != len(own):
        raise UnsupportedModel(f"{len(names)} target_names were given for {len(own)} classes")
    if names != own and sorted(names) == sorted(own):
        raise UnsupportedModel(f"target_names must be in scikit-learn's class order, which is {', '.join(own)}")
    return names
