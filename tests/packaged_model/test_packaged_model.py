"""The one group that looks at the model that is packaged, whatever it is: a person's own, too.

All other tests are of the code, with the tests' own model in its place (tests/tools/own_model.py).
"""

import json
import re

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from lambda_app.lambda_function import Application
from lambda_app.model.predict import load
from lambda_app.model.store import read_packaged
from tests.tools.own_model import OWN, PACKAGED, ROOT
from tests.tools.small_requests import request

PARAMETERS = read_packaged(str(PACKAGED)).parameters
VERSION = re.compile(r"version: `([0-9a-f]{64})`")


@pytest.fixture(scope="module")
def served():
    """Answers a small request as the deployed function would: the document, and its status."""
    application = Application(str(PACKAGED))

    def answer(path, body=None):
        response = application.handle(request(path, body), None)
        return json.loads(response["body"]), response["statusCode"]

    return answer


def test_it_proves_itself():
    """Loading computes every golden row anew, and raises where one differs."""
    assert load(PARAMETERS).parameters.digest == PARAMETERS.digest


def test_each_golden_row_is_served_with_the_figures_of_scikit_learn(served):
    for row in PARAMETERS.golden_rows:
        answer, status = served("/predict", {"features": row["features"]})
        assert status == 200, answer
        if "prediction" in row:
            assert answer["prediction"] == pytest.approx(row["prediction"], rel=1e-12, abs=1e-12)
        else:
            expected = dict(zip(PARAMETERS.target_names, row["probabilities"], strict=True))
            assert answer["probabilities"] == pytest.approx(expected, abs=1e-12)


def test_its_openapi_document_is_valid_and_its_example_keeps_it(served):
    document, status = served("/openapi.json")
    assert status == 200
    validate(document)
    operation = document["paths"]["/predict"]["post"]
    asked = operation["requestBody"]["content"]["application/json"]["example"]
    answer, status = served("/predict", asked)
    assert status == 200, answer
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": document["components"]}).validate(answer)


def test_it_is_described_as_it_is(served):
    described, status = served("/model")
    assert status == 200
    assert described["feature_names"] == [column["name"] for column in PARAMETERS.columns]
    assert served("/health")[0]["model"]["version"] == PARAMETERS.digest


def test_no_card_is_of_a_model_that_is_gone():
    """The example's card is of the tests' model or of the packaged one, a person's own of the packaged one only."""
    known = {"model_card.md": {read_packaged(str(OWN)).parameters.digest, PARAMETERS.digest}}
    for card in (ROOT / "docs").glob("*model_card.md"):
        [version] = VERSION.findall(card.read_text(encoding="utf-8"))
        assert version in known.get(card.name, {PARAMETERS.digest}), f"{card.name} is of another model: train again"
