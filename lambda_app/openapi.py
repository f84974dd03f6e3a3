"""The OpenAPI 3.1 document, generated from the loaded model: its feature names, its labels, a real example."""

from __future__ import annotations

import json
from sys import float_info

from lambda_app.validation import MAXIMUM_EXPLAINED, MAXIMUM_INSTANCES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambda_app.model.model_parameters import ModelParameters
    from lambda_app.service import Service

API_VERSION = "1.0.0"
PROBLEMS = {
    400: "The document or the event can't be used: malformed_json, invalid_encoding, empty_body, too_deep, "
    "duplicate_key, body_not_object, missing_field, unknown_field, conflicting_fields, wrong_type, wrong_length, "
    "missing_feature, unknown_feature, duplicate_feature, not_a_number, number_out_of_range, empty_batch, "
    "unsupported_event.",
    404: "not_found.",
    405: "method_not_allowed, with Allow.",
    413: "body_too_large (over 5 MiB) or batch_too_large.",
    415: "unsupported_media_type, with Accept.",
    500: "internal_error.",
    503: "model_unavailable, with Retry-After.",
}
STRING, NUMBER, BOOLEAN = {"type": "string"}, {"type": "number"}, {"type": "boolean"}


def document(service: Service) -> dict[str, Any]:
    """The document for the model that a service serves."""
    parameters = service.loaded.classifier.parameters
    request = {"features": parameters.golden_rows[0]["features"]}
    answer = json.loads(service.predict(request)[0])
    predict = {
        "operationId": "predict",
        "summary": "Predict one sample, or a batch.",
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _schema("Request"), "example": request}},
        },
        "responses": _responses(_schema("Answer"), answer, 400, 413, 415),
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": parameters.name,
            "version": API_VERSION,
            "description": f"{parameters.description} {parameters.intended_use}",
        },
        "paths": {
            "/predict": {"post": predict},
            "/health": {"get": _get("health", "Whether the model is loaded and proved.", service.health())},
            "/model": {
                "get": _get("model", "What the model is, and how well it does.", service.model()[0], cached=True)
            },
            "/openapi.json": {"get": _get("openapi", "This document.", "{}", cached=True)},
        },
        "components": {"schemas": _schemas(parameters)},
    }


def _get(name: str, summary: str, answer: str, cached: bool = False) -> dict[str, Any]:
    """A GET route, and that its answer always holds the members it holds now."""
    responses = _responses(_object({name: {} for name in json.loads(answer)}), None)
    operation: dict[str, Any] = {"operationId": name, "summary": summary, "responses": responses}
    if cached:
        operation["parameters"] = [{"name": "If-None-Match", "in": "header", "schema": STRING}]
        responses["304"] = {"description": "You have it already: its ETag is the one you sent."}
    return operation


def _responses(schema: dict[str, Any], example: Any, *statuses: int) -> dict[str, Any]:
    content = {"schema": schema} if example is None else {"schema": schema, "example": example}
    responses: dict[str, Any] = {"200": {"description": "The answer.", "content": {"application/json": content}}}
    for status in sorted({*statuses, 404, 405, 500, 503}):
        problem = {"application/problem+json": {"schema": _schema("Problem")}}
        responses[str(status)] = {"description": PROBLEMS[status], "content": problem}
    return responses


def _schema(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(properties: dict[str, Any], *optional: str, closed: bool = False) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    schema: dict[str, Any] = {"type": "object", "properties": properties, "required": required}
    return {**schema, "additionalProperties": False} if closed else schema


def _list(items: Any, **limits: int) -> dict[str, Any]:
    return {"type": "array", "items": items, **limits}


def _schemas(parameters: ModelParameters) -> dict[str, Any]:
    features, labels = parameters.feature_names, parameters.target_names
    value: dict[str, Any] = {"type": "number", "minimum": -float_info.max, "maximum": float_info.max}
    if all(column["missing"] is not None for column in parameters.columns):
        value = {"anyOf": [value, {"type": "null"}]}
    label = {"enum": labels}
    prediction = {
        "prediction": {"type": "integer", "minimum": 0, "maximum": len(labels) - 1},
        "label": label,
        "probability": {**NUMBER, "description": f"Of {labels[1] if len(labels) == 2 else 'the predicted label'}."},
        "probabilities": _object(dict.fromkeys(labels, NUMBER)),
        "prediction_set": _list(label, minItems=1),
        "warnings": _list(_schema("Warning")),
        "explanation": _schema("Explanation"),
    }
    metadata = dict.fromkeys(("accuracy", "roc_auc", "trained_at", "target_names", "version", "source"), STRING)
    sample = _schema("Sample")
    batch = _list(sample, minItems=1, maxItems=MAXIMUM_INSTANCES)
    batch["description"] = f"At most {MAXIMUM_EXPLAINED} with explain."
    single = _object({**prediction, "model_metadata": _schema("ModelMetadata")}, "explanation")
    contribution = _object({"feature": {"enum": features}, "value": NUMBER, "contribution": NUMBER})
    error = _object({"code": STRING, "detail": STRING, "pointer": {**STRING, "format": "json-pointer"}})
    problem = {"type": STRING, "title": STRING, "status": {"type": "integer"}, "detail": STRING, "code": STRING}
    return {
        "Request": {
            "oneOf": [
                _object({"features": sample, "explain": BOOLEAN}, "explain", closed=True),
                _object({"instances": batch, "explain": BOOLEAN}, "explain", closed=True),
            ]
        },
        "Sample": {
            "description": "Numbers in feature order, or by name. GET /model lists the other spellings of names.",
            "oneOf": [
                _list(value, minItems=len(features), maxItems=len(features)),
                _object(dict.fromkeys(features, value), closed=True),
            ],
        },
        "Answer": {"oneOf": [single, _schema("Answers")]},
        "Answers": _object(
            {"predictions": _list(_object(prediction, "explanation")), "model_metadata": _schema("ModelMetadata")}
        ),
        "Warning": _object(
            {
                "code": {"enum": ["below_training_range", "above_training_range", "input_suspect"]},
                "feature": {"enum": [*features, None]},
                "detail": STRING,
                "minimum": NUMBER,
                "maximum": NUMBER,
            },
            "minimum",
            "maximum",
        ),
        "Explanation": _object({"baseline": NUMBER, "log_odds": NUMBER, "contributions": _list(contribution)}),
        "ModelMetadata": _object(metadata),
        "Problem": _object({**problem, "request_id": STRING, "errors": _list(error, maxItems=100)}, "errors"),
    }
