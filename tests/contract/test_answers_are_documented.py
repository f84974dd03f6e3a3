"""Every golden answer is as the OpenAPI document says, and a member that the document does not know is noticed."""

import copy
import json

import pytest
from jsonschema import Draft202012Validator

from tests.contract.openapi_changes import generate
from tests.tools import golden

ROUTES = sorted(generate()["paths"], key=len, reverse=True)


def closed(schema):
    """The schema, or whole document, with every object closed: callers may get more members later, this suite not."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(part) for name, part in schema.items()}
    return {**inner, "additionalProperties": False} if isinstance(schema.get("properties"), dict) else inner


DOCUMENT = closed(generate())


def route(name):
    """The documented route that an event asks for."""
    event = golden.event(name)
    path = (event.get("path") or event.get("rawPath") or "").rstrip("/")
    return next((route for route in ROUTES if path.endswith(route)), "/predict")


def validator(path, status):
    """Of the answer's document, by the operation that has that status."""
    operation = next(iter(DOCUMENT["paths"][path].values()))
    [content] = operation["responses"][str(status)]["content"].values()
    return Draft202012Validator({**content["schema"], "components": DOCUMENT["components"]})


def answers():
    """(name, validator, document) of every golden answer that has a documented one."""
    found = []
    for name in golden.names():
        if name.startswith("unsupported_event/"):
            continue  # it asked for no route
        response = golden.expected(name)
        path = route(name)
        documented = next(iter(DOCUMENT["paths"][path].values()))["responses"]
        if response["body"] and str(response["statusCode"]) in documented:
            found.append((name, validator(path, response["statusCode"]), json.loads(response["body"])))
    return found


ANSWERS = answers()


def objects(value):
    """Every object in a document, outermost first."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)


def test_there_are_answers_of_every_route():
    assert len(ANSWERS) > 100
    assert {route(name) for name, *_ in ANSWERS} >= {"/predict", "/health", "/model"}


@pytest.mark.parametrize(("name", "documented", "answer"), ANSWERS, ids=[name for name, *_ in ANSWERS])
def test_an_answer_is_as_documented(name, documented, answer):
    assert [error.message[:200] for error in documented.iter_errors(answer)] == []


@pytest.mark.parametrize("name", ["rest_list", "rest/explain", "rest/batch", "rest/batch_explain", "unknown_feature"])
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
