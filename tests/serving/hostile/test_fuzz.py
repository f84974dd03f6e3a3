"""A short run of the fuzzer; `make fuzz` is the long one."""

import pytest

from tests.tools import fuzz
from tests.tools.handling import CODES

pytestmark = pytest.mark.slow


def test_mutated_requests_are_all_answered_as_the_contract_says():
    kinds = fuzz.run(10_000, seed=1)
    rare = {"too_deep", "body_too_large", "batch_too_large"}
    assert CODES.keys() - rare <= kinds.keys(), "the mutations have become too tame"
    assert kinds["200"] > 500


def test_a_case_depends_on_its_seed_and_number_only():
    assert fuzz.case(3, 17) == fuzz.case(3, 17)
    assert fuzz.case(3, 17) != fuzz.case(4, 17)


@pytest.mark.parametrize("leak", ["body", "headers", "log", "number", "status"])
def test_the_fuzzer_notices(leak, monkeypatch):
    """An answer or a log that repeats what came in, and a server error."""

    def leaking(event, honest=fuzz.call):
        response = honest(event)
        if leak == "body":
            response = {**response, "body": response["body"].replace("about:blank", fuzz.CANARY)}
        if leak == "headers":
            response = {**response, "headers": {**response["headers"], "X-Path": fuzz.CANARY}}
        if leak == "log":
            print("{}")
        if leak == "number":
            response = {**response, "body": response["body"].replace("about:blank", fuzz.NUMBER_CANARY)}
        if leak == "status":
            response = {**response, "statusCode": 500}
        return response

    monkeypatch.setattr(fuzz, "call", leaking)
    with pytest.raises(AssertionError):
        fuzz.examine(fuzz.SHAPES[0]("[]"))
