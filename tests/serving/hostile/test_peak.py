"""The most memory that one body may cost; `python -m tests.tools.peak` prints the figures."""

import json

import pytest

from lambda_app.body.json_body import MAXIMUM_BODY_BYTES
from tests.tools import peak
from tests.tools.handling import predict

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", peak.WORST)
def test_no_body_takes_more_memory_than_a_small_function_has_left(name):
    assert peak.peak_mib(name) <= peak.ALLOWED_MIB


@pytest.mark.parametrize("name", peak.WORST)
def test_the_worst_bodies_are_as_large_as_a_body_may_be(name):
    assert len(peak.body(name).encode()) == MAXIMUM_BODY_BYTES


@pytest.mark.parametrize("name", [name for name in peak.WORST if name.startswith("5 MiB")])
def test_what_no_valid_body_can_hold_is_refused_before_it_is_parsed(name):
    response = predict(peak.body(name))
    assert (response["statusCode"], json.loads(response["body"])["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("name", [name for name in peak.WORST if not name.startswith("5 MiB")])
def test_what_a_valid_body_might_hold_is_parsed(name):
    """Else the figures above would be of bodies that the bound stops: a little more would not be noticed."""
    assert json.loads(predict(peak.body(name))["body"])["code"] != "body_too_large"
