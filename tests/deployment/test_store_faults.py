"""Whatever S3 does, the first answer comes within three seconds, from the packaged model, marked and counted.

Each fault meets a fresh process with the real handler and the real boto3, as a cold start would.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from lambda_app.metrics import MODEL_FALLBACK
from tests.deployment import faulty_s3
from tests.deployment.models import address, packaged, variant
from tests.deployment.sam import ROOT

COLD_START = """
import json, sys, time
started = time.perf_counter()
from lambda_app.lambda_function import lambda_handler
event = {"httpMethod": "GET", "resource": "/health", "path": "/health", "headers": {}, "body": None}
response = lambda_handler(event, None)
seconds = time.perf_counter() - started
print(json.dumps({"seconds": seconds, "response": response, "boto3": "boto3" in sys.modules}))
"""
UNUSED_PORT = "http://127.0.0.1:9"  # "discard": nothing has listened there for decades


def cold_start(endpoint: str, uri: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What a new sandbox measured and answered, and the lines it logged."""
    environment = {
        "PYTHONPATH": str(ROOT),
        "AWS_ENDPOINT_URL_S3": endpoint,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "MODEL_URI": uri,
    }
    result = subprocess.run(
        [sys.executable, "-c", COLD_START], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert "canary" not in result.stdout + result.stderr, "what a server sent was logged"
    *log, outcome = map(json.loads, result.stdout.splitlines())
    return outcome, log


FAULTS: dict[str, Callable[[bytes], faulty_s3.Answer]] = {
    "silent": faulty_s3.silent,
    "dripping header": faulty_s3.dripping_header,
    "dripping body": faulty_s3.dripping_body,
    "truncated": faulty_s3.truncated,
    "shortened": faulty_s3.shortened,
    "bit-flipped": faulty_s3.bit_flipped,
    "403": lambda model: faulty_s3.error("403 Forbidden", "AccessDenied"),
    "404": lambda model: faulty_s3.error("404 Not Found", "NoSuchKey"),
    "SlowDown": lambda model: faulty_s3.error("503 Slow Down", "SlowDown"),
    "HTML page": faulty_s3.html_page,
    "another valid model": lambda model: faulty_s3.good(variant("another").to_json().encode()),
    "endless": faulty_s3.endless,
    "garbage": faulty_s3.garbage,
}
TOO_SLOW, OTHER_BYTES = "no complete answer within 2 s", "the object's bytes do not have the SHA-256 that is its name"
REASONS = {
    **dict.fromkeys(["silent", "dripping header", "dripping body"], TOO_SLOW),
    **dict.fromkeys(["truncated", "shortened", "bit-flipped", "HTML page", "another valid model"], OTHER_BYTES),
    "403": "AccessDenied",
    "404": "NoSuchKey",
    "SlowDown": "SlowDown",
    "endless": "the object is larger than 4194304 bytes",
    "garbage": "ConnectionClosedError",
}


def assert_served_from_the_package(outcome: dict[str, Any], log: list[dict[str, Any]]) -> None:
    assert outcome["seconds"] <= 3
    assert outcome["response"]["statusCode"] == 200
    assert json.loads(outcome["response"]["body"])["model"]["source"] == "packaged-fallback"
    [request] = [line for line in log if "_aws" in line]
    assert request[MODEL_FALLBACK] == 1
    declared = {metric["Name"] for directive in request["_aws"]["CloudWatchMetrics"] for metric in directive["Metrics"]}
    assert MODEL_FALLBACK in declared, "a number that CloudWatch is not told to count"


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_answered_from_the_package(fault: str) -> None:
    model = variant("wanted").to_json().encode()
    with faulty_s3.serving([FAULTS[fault](model)]) as (endpoint, asked):
        outcome, log = cold_start(endpoint, address(model))
    lines = [request.partition(b"\r\n")[0] for request in asked]
    assert lines == [f"GET {address(model).removeprefix('s3:/')} HTTP/1.1".encode()], "one try, no retries"
    assert_served_from_the_package(outcome, log)
    [reason] = [line["reason"] for line in log if "reason" in line]
    assert reason == REASONS[fault]


def test_refused_connection_is_answered_from_the_package() -> None:
    assert_served_from_the_package(*cold_start(UNUSED_PORT, address(packaged())))


@pytest.mark.parametrize("uri", ["s3://bucket", "https://a/b/c.json", "nonsense", "s3://models/latest.json"])
def test_address_that_is_none_is_answered_from_the_package(uri: str) -> None:
    assert_served_from_the_package(*cold_start(UNUSED_PORT, uri))


def test_healthy_bucket_serves_its_model() -> None:
    model = variant("wanted")
    content = model.to_json().encode()
    with faulty_s3.serving([faulty_s3.good(content)]) as (endpoint, _):
        outcome, log = cold_start(endpoint, address(content))
    assert json.loads(outcome["response"]["body"])["model"] == {"version": model.digest, "source": "s3"}
    assert not any(MODEL_FALLBACK in line for line in log)


def test_without_an_address_nobody_imports_boto3() -> None:
    outcome, _ = cold_start(UNUSED_PORT, "")
    assert json.loads(outcome["response"]["body"])["model"]["source"] == "packaged"
    assert outcome["boto3"] is False
