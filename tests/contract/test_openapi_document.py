"""The committed OpenAPI document is the one that the handler serves, valid, and no surprise to callers."""

import copy
import json

import pytest
from openapi_spec_validator import validate

from tests.contract.openapi_changes import COMMITTED, breaking_changes, generate

COMMAND = "python -m tests.contract.openapi_changes"


def test_committed_document_is_current():
    committed, served = json.loads(COMMITTED.read_text()), generate()
    assert breaking_changes(committed, served) == [], f"callers would break; if they should: {COMMAND}"
    assert committed == served, f"docs/openapi.json is stale: {COMMAND}"


def test_document_is_valid_openapi():
    validate(generate())


def test_example_is_answered_as_the_document_says():
    operation = generate()["paths"]["/predict"]["post"]
    answer = operation["responses"]["200"]["content"]["application/json"]["example"]
    assert len(operation["requestBody"]["content"]["application/json"]["example"]["features"]) == 30
    assert set(answer["probabilities"]) == {"malignant", "benign"}


def drop_route(document):
    del document["paths"]["/health"]


def drop_answer_field(document):
    schema = document["components"]["schemas"]["Problem"]
    schema["required"].remove("code")
    del schema["properties"]["code"]


def require_more(document):
    document["components"]["schemas"]["Request"]["oneOf"][0]["required"].append("explain")


def take_smaller_batches(document):
    document["components"]["schemas"]["Request"]["oneOf"][1]["properties"]["instances"]["maxItems"] = 10


def rename_feature(document):
    named = document["components"]["schemas"]["Sample"]["oneOf"][1]
    named["properties"]["radius"] = named["properties"].pop("mean radius")


def answer_text(document):
    document["components"]["schemas"]["Explanation"]["properties"]["baseline"]["type"] = "string"


@pytest.mark.parametrize(
    "change", [drop_route, drop_answer_field, require_more, take_smaller_batches, rename_feature, answer_text]
)
def test_a_change_that_breaks_callers_is_named(change):
    committed = json.loads(COMMITTED.read_text())
    changed = copy.deepcopy(committed)
    change(changed)
    assert breaking_changes(committed, changed)


def test_an_addition_breaks_nobody():
    committed = json.loads(COMMITTED.read_text())
    changed = copy.deepcopy(committed)
    changed["paths"]["/new"] = {"get": {"responses": {"200": {}}}}
    changed["components"]["schemas"]["Problem"]["properties"]["hint"] = {"type": "string"}
    assert breaking_changes(committed, changed) == []
