"""The OpenAPI 3.1 document, from the routes, the table of problems, and what GET /model says of the loaded model."""

from __future__ import annotations

import json
from sys import float_info

from lambda_app.problems import ERRORS, MAXIMUM_ERRORS, TITLES
from lambda_app.sample_warnings import WARNINGS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from lambda_app.routes import Route

API_VERSION = "2.0.0"
STRING, NUMBER, BOOLEAN = {"type": "string"}, {"type": "number"}, {"type": "boolean"}
OF_A_BODY = (400, 413, 415)  # statuses that only a route with a body has
FINITE = {"type": "number", "minimum": -float_info.max, "maximum": float_info.max}
SCALES = ["log_odds", "score", "probability", "target", "log", "log1p"]


def document(model: dict[str, Any], routes: Sequence[Route], examples: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """`model` is what GET /model answers; `examples` holds a request and its answer by a route's name."""
    paths: dict[str, Any] = {}
    for route in routes:
        if route.path == "/":
            operation = _page(route)
        elif "POST" in route.methods:
            operation = _post(route, *examples[route.name])
        else:
            always = {"model": model, "health": ("status", "model")}.get(route.name, ())  # the members of its answer
            operation = _cached(route, _responses(_object({name: {} for name in always}), None))
        paths[route.path] = {"post" if "POST" in route.methods else "get": operation}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": model["name"],
            "version": API_VERSION,
            "description": f"{model['description']} {model['intended_use']}".strip(),
        },
        "paths": paths,
        "components": {"schemas": _schemas(model)},
    }


def _post(route: Route, request: Any, answer: Any) -> dict[str, Any]:
    return {
        "operationId": route.name,
        "summary": route.summary,
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _schema("Request"), "example": request}},
        },
        "responses": _responses(_schema("Answer"), answer, *OF_A_BODY),
    }


def _page(route: Route) -> dict[str, Any]:
    responses = _responses({}, None)
    responses["200"]["content"] = {"text/html": {"schema": STRING}}
    return _cached(route, responses)


def _cached(route: Route, responses: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {"operationId": route.name, "summary": route.summary, "responses": responses}
    if route.cached:
        operation["parameters"] = [{"name": "If-None-Match", "in": "header", "schema": STRING}]
        responses["304"] = {"description": "You have it already: its ETag is the one you sent."}
    return operation


def _responses(schema: dict[str, Any], example: Any, *own: int) -> dict[str, Any]:
    content = {"schema": schema} if example is None else {"schema": schema, "example": example}
    responses: dict[str, Any] = {"200": {"description": "The answer.", "content": {"application/json": content}}}
    for status in sorted({*own, *(set(TITLES) - set(OF_A_BODY))}):
        problem = {"application/problem+json": {"schema": _schema("Problem")}}
        codes = ", ".join(code for code, (its_status, _) in ERRORS.items() if its_status == status)
        responses[str(status)] = {"description": f"{TITLES[status]}: {codes}.", "content": problem}
    return responses


def _schema(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(properties: dict[str, Any], *optional: str, closed: bool = False) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    schema: dict[str, Any] = {"type": "object", "properties": properties, "required": required}
    return {**schema, "additionalProperties": False} if closed else schema


def _list(items: Any, **limits: int) -> dict[str, Any]:
    return {"type": "array", "items": items, **limits}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _value(column: dict[str, Any]) -> dict[str, Any]:
    """What a sample may hold in a column."""
    if column["kind"] == "number":
        schema: dict[str, Any] = FINITE
    else:
        known = {"description": f"Known: {json.dumps(column['categories'][:20], ensure_ascii=True)}."}
        schema = {**known, "type": ["string", "number", "boolean"]}
    return _nullable(schema) if column["accepts_null"] else schema


def _prediction(model: dict[str, Any]) -> dict[str, Any]:
    """The members of one sample's answer, by the kind of model. `explanation` is there only where it was asked for."""
    common = {"warnings": _list(_schema("Warning")), "explanation": _schema("Explanation")}
    if model["task"] == "regression":
        return {"prediction": NUMBER, "interval": _nullable(_list(NUMBER, minItems=2, maxItems=2)), **common}
    labels = model["target_names"]
    label = {"enum": labels}
    return {
        "prediction": {"type": "integer", "minimum": 0, "maximum": len(labels) - 1},
        "label": label,
        "probability": {**NUMBER, "description": f"Of {labels[1] if len(labels) == 2 else 'the predicted label'}."},
        "probabilities": _object(dict.fromkeys(labels, NUMBER), closed=True),
        "prediction_set": _list(label, minItems=1),
        **common,
    }


def _schemas(model: dict[str, Any]) -> dict[str, Any]:
    columns, limits, is_regression = model["columns"], model["limits"], model["task"] == "regression"
    names = [column["name"] for column in columns]
    prediction = _prediction(model)
    figures = ("r2", "mean_absolute_error") if is_regression else ("accuracy", "roc_auc")
    target = "target_name" if is_regression else "target_names"
    metadata = dict.fromkeys((*figures, "trained_at", target, "version", "source"), STRING)
    sample = _schema("Sample")
    batch = _list(sample, minItems=1, maxItems=limits["samples"])
    batch["description"] = f"At most {limits['samples_with_explain']} with explain."
    contribution = _object(
        {
            "feature": {"enum": names},
            "value": {"type": ["number", "string", "boolean", "null"]},
            "contribution": NUMBER,
        },
        closed=True,
    )
    error = _object({"code": {"enum": [*ERRORS]}, "detail": STRING, "pointer": {**STRING, "format": "json-pointer"}})
    problem = {
        "type": STRING,
        "title": STRING,
        "status": {"type": "integer"},
        "detail": STRING,
        "code": {"enum": [*ERRORS]},
    }
    warning = {"code": {"enum": [*WARNINGS]}, "feature": {"enum": [*names, None]}, "detail": STRING}
    return {
        "Request": {
            "oneOf": [
                _object({"features": sample, "explain": BOOLEAN}, "explain", closed=True),
                _object({"instances": batch, "explain": BOOLEAN}, "explain", closed=True),
            ]
        },
        "Sample": {
            "description": "Values in column order, or by name. GET /model lists the other spellings of names.",
            "oneOf": [
                {
                    "type": "array",
                    "prefixItems": [_value(column) for column in columns],
                    "items": False,
                    "minItems": len(names),
                },
                _object({column["name"]: _value(column) for column in columns}, closed=True),
            ],
        },
        "Answer": {
            "oneOf": [
                _object({**prediction, "model_metadata": _schema("ModelMetadata")}, "explanation", closed=True),
                _schema("Answers"),
            ]
        },
        "Answers": _object(
            {
                "predictions": _list(_object(prediction, "explanation", closed=True)),
                "model_metadata": _schema("ModelMetadata"),
            },
            closed=True,
        ),
        "Warning": _object({**warning, "minimum": NUMBER, "maximum": NUMBER}, "minimum", "maximum", closed=True),
        "Explanation": _explanation(contribution, model),
        "ModelMetadata": _object(metadata, closed=True),
        "Problem": _object(
            {**problem, "request_id": STRING, "errors": _list(error, maxItems=MAXIMUM_ERRORS)}, "errors"
        ),
    }


def _explanation(contribution: dict[str, Any], model: dict[str, Any]) -> dict[str, Any]:
    """The total stands under the name of its scale."""
    members = {"scale": {"enum": SCALES}, "baseline": NUMBER, "contributions": _list(contribution)}
    sides = {} if model["task"] == "regression" else {
        "towards": {"enum": model["target_names"]},
        "against": {"enum": [*model["target_names"], None]},
    }  # fmt: skip
    return _object({**members, **sides, **dict.fromkeys(SCALES, NUMBER)}, *SCALES, closed=True)
