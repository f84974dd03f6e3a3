"""Every golden answer is as the OpenAPI document says, and a member that the document does not know is noticed."""

import copy
import json

import pytest
from jsonschema import Draft202012Validator

from lambda_app.lambda_function import Application
from tests.contract.openapi_changes import generate
from tests.tools import golden


def closed(schema):
    """The schema, or whole document, with every object closed: callers may get more members later, this suite not."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(part) for name, part in schema.items()}
    return {**inner, "additionalProperties": False} if isinstance(schema.get("properties"), dict) else inner


def asked(path):
    """The OpenAPI document of the model at `path`, closed."""
    event = {**golden.event("rest/model"), "path": "/openapi.json", "resource": "/openapi.json"}
    return closed(json.loads(Application(path).handle(event, golden.Context())["body"]))


OURS = closed(generate())
DOCUMENTS = {path: asked(path) for path in {*map(golden.model_path, golden.names_of_kinds())}}


def route(name, document=OURS):
    """The documented route that an event asks for."""
    event = golden.event(name)
    path = (event.get("path") or event.get("rawPath") or "").rstrip("/")
    routes = sorted(document["paths"], key=len, reverse=True)
    return next((route for route in routes if path.endswith(route)), "/predict")


def answers():
    """(name, validator, document) of every golden answer that has a documented one, by its own model's document."""
    found = []
    for name in [*golden.names(), *golden.names_of_kinds()]:
        if name.startswith("unsupported_event/"):
            continue  # it asked for no route
        response, document = golden.expected(name), DOCUMENTS.get(golden.model_path(name), OURS)
        responses = next(iter(document["paths"][route(name, document)].values()))["responses"]
        if response["body"] and str(response["statusCode"]) in responses:
            [content] = responses[str(response["statusCode"])]["content"].values()
            validator = Draft202012Validator({**content["schema"], "components": document["components"]})
            found.append((name, validator, json.loads(response["body"])))
    return found


ANSWERS = answers()
OF_KINDS = ["kinds/regression/explain", "kinds/three_classes/batch", "kinds/categories/unseen", "kinds/forest/explain"]


def objects(value):
    """Every object in a document, outermost first."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)


def test_there_are_answers_of_every_route():
    assert len(ANSWERS) > 100
    assert {name for name, *_ in ANSWERS} >= {*golden.names_of_kinds()}
    assert {route(name) for name, *_ in ANSWERS} >= {"/predict", "/health", "/model"}


@pytest.mark.parametrize(("name", "documented", "answer"), ANSWERS, ids=[name for name, *_ in ANSWERS])
def test_an_answer_is_as_documented(name, documented, answer):
    assert [error.message[:200] for error in documented.iter_errors(answer)] == []


@pytest.mark.parametrize(
    "name", ["rest_list", "rest/explain", "rest/batch", "rest/batch_explain", "unknown_feature", *OF_KINDS]
)
def test_a_member_that_the_document_does_not_know_is_noticed(name):
    """In the answer, and in every object in it."""
    _, documented, answer = next(found for found in ANSWERS if found[0] == name)
    for number, _ in enumerate(objects(answer)):
        changed = copy.deepcopy(answer)
        target = list(objects(changed))[number]
        target["a_new_member"] = 1
        assert not documented.is_valid(changed), f"unnoticed beside {sorted(target)}"


@pytest.mark.parametrize("name", ["rest/health", "rest/model"])
def test_a_member_that_the_document_does_not_know_is_noticed_in_a_description(name):
    """What such a member holds is not documented further."""
    _, documented, answer = next(found for found in ANSWERS if found[0] == name)
    assert not documented.is_valid({**answer, "a_new_member": 1})
