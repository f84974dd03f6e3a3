"""`export_model`: take a fitted model apart, write down what it computes, and prove it before it may be saved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from lambda_app.model.artefact.format_checks import CLASSIFICATION, REGRESSION
from lambda_app.model.artefact.model_parameters import ModelParameters
from training.data.dataset import default_spellings
from training.errors import UnsupportedModel
from training.export.decision_threshold import decision_threshold
from training.export.golden_rows import golden_predictions, golden_rows, mixed_rows, special_rows
from training.export.kinds import linear_classifiers, linear_regressors, trees  # noqa: F401 – each registers its kinds
from training.export.kinds.calibration import export_calibrated, is_calibrated
from training.export.kinds.ensemble import Exported
from training.export.kinds.histogram import own_steps
from training.export.kinds.registry import exporter_of
from training.export.proof import prove, values_of
from training.export.provenance import git_commit, library_versions, trained_at
from training.export.steps.column_records import column_records
from training.export.steps.prepared import Prepared, prepare
from training.export.training_limits import ordered_pairs, suspicion
from training.export.typical_samples import THIRDS, examples, thirds
from training.export.unwrapped import Unwrapped, unwrap
from training.recipes.fitting import THREADS


@THREADS.wrap(limits=1)  # type: ignore[untyped-decorator]
def export_model(  # noqa: PLR0913 – each is a field of the artefact that only the caller knows
    fitted: Any,
    features: Any,
    targets: Any,
    *,
    feature_names: Sequence[str] | None = None,
    target_names: Sequence[str] | None = None,
    feature_spellings: Mapping[str, list[str]] | None = None,
    target_name: str | None = None,
    name: str = "model",
    description: str = "",
    intended_use: str = "",
    limitations: Sequence[str] = (),
    data_set: Mapping[str, Any] | None = None,
    conformal_thresholds: Mapping[str, list[float]] | None = None,
    interval: Mapping[str, float] | None = None,
    expected_shares: Mapping[str, Any] | None = None,
    metrics: Mapping[str, Mapping[str, Any]] | None = None,
    real_golden_rows: bool = False,
) -> ModelParameters:
    """The artefact of a fitted model, which answers every given row as scikit-learn does.

    `fitted` is an estimator of docs/your_own_model.md's table, alone or behind the preprocessing listed there.
    `features` (rows × n, array or data frame) and `targets` (rows) should be what it was fitted on: ranges, typical
    values and pairs of ordered columns travel along. Call `.save(path)` on the result. Without `feature_names` a data
    frame's column names are taken; without `target_names`, the classifier's own classes. Golden rows mix the columns
    of several rows, unless `real_golden_rows` says that the table is public.

    Raises UnsupportedModel where the artefact can't hold the model, naming what would work, and InvalidModel where an
    answer is off by more than 1e-12 (of predictions above 1: relative), or a label differs, on any row.
    """
    check_is_fitted(fitted)
    unwrapped = unwrap(fitted)
    estimator = unwrapped.estimator
    exporter = None if is_calibrated(estimator) else exporter_of(estimator)
    width = getattr(fitted, "n_features_in_", None)
    if width is not None and np.shape(features)[1:] not in ((width,), ()):
        raise UnsupportedModel(f"features must be rows × {width}, as the model was fitted on")
    if exporter is None:
        prepared, exported = export_calibrated(estimator, unwrapped.steps, features)
    else:
        prepared = prepare([*unwrapped.steps, *own_steps(estimator)], features)
        exported = exporter(estimator, prepared)
    link = _link(unwrapped, exported)
    answers = _Answers(fitted, unwrapped, prepared, targets)
    classes = answers.class_names(target_names)
    names = _names(prepared, fitted, feature_names)
    spellings = default_spellings(names) if feature_spellings is None else feature_spellings
    records = column_records(prepared, exported, names, spellings)
    number_values = _number_values(prepared)
    groups, labels = (answers.indices, classes) if answers.is_classifier else (thirds(answers.targets), [*THIRDS])
    fields: dict[str, Any] = {
        "task": CLASSIFICATION if answers.is_classifier else REGRESSION,
        "name": name,
        "description": description,
        "intended_use": intended_use,
        "limitations": list(limitations),
        "data_set": dict(
            data_set or {"name": "unnamed", "sha256": _fingerprint(prepared), "rows": prepared.table.rows}
        ),
        "trained_at": trained_at(),
        "library_versions": library_versions(),
        "git_commit": git_commit(),
        "target_name": str(getattr(targets, "name", None) or "") if target_name is None else target_name,
        "target_names": classes,
        "decision_threshold": _threshold(unwrapped, link),
        "columns": records,
        "model": exported.model,
        "link": link,
        "conformal_thresholds": _highest(conformal_thresholds or {}),
        "interval": None if interval is None else dict(interval),
        "ordered_pairs": ordered_pairs(number_values),
        "suspicion": suspicion(number_values),
        "expected_shares": None if expected_shares is None else dict(expected_shares),
        "examples": examples(prepared, names, groups, labels),
        "metrics": {key: dict(value) for key, value in (metrics or {}).items()},
    }
    accepts_null = [record["missing"] is not None for record in records]
    parameters = ModelParameters(**fields, golden_rows=_golden(answers, accepts_null, real_golden_rows))
    prove(parameters, *answers.of(prepared.features))
    if exported.model["kind"] == "trees":
        prove(parameters, *answers.of(trees.threshold_rows(exported, prepared)))
    return parameters


class _Answers:
    """What scikit-learn says of rows."""

    def __init__(self, fitted: Any, unwrapped: Unwrapped, prepared: Prepared, targets: Any) -> None:
        self._fitted, self._prepared = fitted, prepared
        self.is_classifier = hasattr(unwrapped.estimator, "classes_")
        self.targets = np.asarray(targets)
        if self.targets.shape != (prepared.table.rows,):
            raise UnsupportedModel("targets must be one a row of features")
        if self.is_classifier:
            self._classes = np.asarray(unwrapped.estimator.classes_)
            if not set(self.targets.tolist()) <= set(self._classes.tolist()):
                raise UnsupportedModel("targets must each be a class that the classifier was fitted on")
            self.indices = np.searchsorted(self._classes, self.targets)

    def class_names(self, given: Sequence[str] | None) -> list[str]:
        """K labels; none of a regression."""
        if not self.is_classifier:
            return []
        own = [str(label) for label in self._classes.tolist()]
        names = own if given is None else [str(name) for name in given]
        if len(names) != len(own):
            raise UnsupportedModel(f"{len(names)} target_names were given for {len(own)} classes")
        if names != own and sorted(names) == sorted(own):
            raise UnsupportedModel(f"target_names must be in scikit-learn's class order, which is {', '.join(own)}")
        return names

    def of(self, features: Any) -> tuple[list[list[Any]], np.ndarray, np.ndarray | None]:
        """Rows as a caller sends them, scikit-learn's probabilities or predictions, and its labels' indices."""
        rows = values_of(self._prepared, features)
        predictions = np.asarray(self._fitted.predict(features))
        if not self.is_classifier:
            return rows, np.ravel(predictions).astype(np.float64), None
        probabilities = np.asarray(self._fitted.predict_proba(features), dtype=np.float64)
        if not np.allclose(probabilities.sum(axis=1), 1, rtol=0, atol=1e-9):  # NaN too
            raise UnsupportedModel(
                "scikit-learn's probabilities don't add up to 1 on every row: put a StandardScaler first"
            )
        return rows, probabilities, np.searchsorted(self._classes, predictions)


def _golden(answers: _Answers, accepts_null: list[bool], real: bool) -> list[dict[str, Any]]:
    prepared = answers._prepared
    name = "probabilities" if answers.is_classifier else "prediction"
    rows, expected, _ = answers.of(prepared.features if real else mixed_rows(prepared))
    if len(rows) < 5:
        rows, expected, _ = answers.of(mixed_rows(prepared))
    chosen = golden_rows(expected) if answers.is_classifier else golden_predictions(expected)
    golden = [{"features": rows[row], name: expected[row].tolist()} for row in chosen]
    for special in special_rows(prepared, accepts_null):
        values, answer, _ = answers.of(special)
        golden.append({"features": values[0], name: answer[0].tolist()})
    return golden


def _highest(levels: Mapping[str, list[float]]) -> dict[str, list[float]]:
    """The one level that is served."""
    return {level: list(levels[level]) for level in sorted(levels, key=float)[-1:]}


def _link(unwrapped: Unwrapped, exported: Exported) -> dict[str, Any]:
    if unwrapped.link is None:
        return exported.link
    if exported.link != {"kind": "identity"}:
        raise UnsupportedModel("TransformedTargetRegressor can't be exported around a model with a link of its own")
    return {"kind": unwrapped.link}


def _threshold(unwrapped: Unwrapped, link: dict[str, Any]) -> float | None:
    classifier = unwrapped.threshold_classifier
    return None if classifier is None else decision_threshold(classifier, link)


def _names(prepared: Prepared, fitted: Any, given: Sequence[str] | None) -> list[str]:
    width, table = prepared.table.width, prepared.table
    own = table.features.columns if table.is_frame else getattr(fitted, "feature_names_in_", None)
    fallback = [f"feature_{number}" for number in range(width)] if own is None else own
    names = [str(name) for name in (fallback if given is None else given)]
    if len(names) != width:
        raise UnsupportedModel(f"{len(names)} feature_names were given for {width} features")
    return [names[position] for position in prepared.positions]


def _number_values(prepared: Prepared) -> np.ndarray:
    """rows × n, NaN for what is missing or a category."""
    empty = np.full(prepared.table.rows, np.nan)
    columns = [
        prepared.table.column(position).astype(np.float64) if kind == "number" else empty
        for position, kind in zip(prepared.positions, prepared.kinds, strict=True)
    ]
    return np.stack(columns, axis=1)


def _fingerprint(prepared: Prepared) -> str:
    """SHA-256 of a table that came from no file: its values as JSON, column by column."""
    digest = hashlib.sha256()
    for position in prepared.positions:
        digest.update(json.dumps(prepared.table.values(position)).encode())
    return digest.hexdigest()
