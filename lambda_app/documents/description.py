"""What GET /model says: everything a caller should know of a model but its coefficients."""

from __future__ import annotations

from lambda_app.body.limits import MAXIMUM_BODY_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambda_app.body.limits import Limits
    from lambda_app.model.artefact.model_parameters import ModelParameters
    from lambda_app.model.store import LoadedModel


def describe(loaded: LoadedModel, limits: Limits) -> dict[str, Any]:
    """The document. Examples and typical values are no real rows, which may be people."""
    model = loaded.model
    parameters, is_regression = model.parameters, not model.parameters.target_names
    return {
        "name": parameters.name,
        "description": parameters.description,
        "version": parameters.digest,
        "source": loaded.source,
        "trained_at": parameters.trained_at,
        "intended_use": parameters.intended_use,
        "limitations": parameters.limitations,
        "task": parameters.task,
        "target_name": parameters.target_name,
        "target_names": parameters.target_names,
        "decision_threshold": parameters.decision_threshold,
        "feature_names": parameters.feature_names,
        "feature_spellings": parameters.feature_spellings,
        "columns": [_column(record) for record in parameters.columns],
        "training_ranges": {
            record["name"]: {"minimum": record["minimum"], "maximum": record["maximum"]}
            for record in parameters.columns
            if record["kind"] == "number"
        },
        "accepts_null": all(model.columns.accepts_null),
        "examples": parameters.examples,
        "limits": {
            "samples": limits.samples,
            "samples_with_explain": limits.explained,
            "body_bytes": MAXIMUM_BODY_BYTES,
        },
        "prediction_set_coverage": None if is_regression else model.coverage,
        "prediction_set_thresholds": _thresholds(parameters),
        "interval_coverage": model.coverage if is_regression else None,
        "expected_shares": parameters.expected_shares,
        "metrics": parameters.metrics,
        "data_set": parameters.data_set,
        "library_versions": parameters.library_versions,
        "git_commit": parameters.git_commit,
    }


def _thresholds(parameters: ModelParameters) -> dict[str, float] | None:
    """The probability from which on a class stays in the prediction set, by label; null without an evaluation."""
    for thresholds in parameters.conformal_thresholds.values():
        return dict(zip(parameters.target_names, thresholds, strict=True))
    return None


def _column(record: dict[str, Any]) -> dict[str, Any]:
    kept = {"name": record["name"], "kind": record["kind"]}
    if record["kind"] == "number":
        kept |= {"minimum": record["minimum"], "maximum": record["maximum"]}
    else:
        kept["categories"] = [value for value, _ in record["categories"]]
    return {**kept, "accepts_null": record["missing"] is not None, "typical": record["typical"]}
