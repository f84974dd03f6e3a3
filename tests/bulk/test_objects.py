"""What S3 refuses comes back as a sentence; what is busy or breaks off is worth another try."""

from __future__ import annotations

from contextlib import suppress

import boto3
import pytest
from botocore.config import Config

from lambda_app.bulk.errors import BulkError, TryAgain
from lambda_app.bulk.machine.objects import Objects
from tests.deployment import faulty_s3

BODY = b"0123456789"
OWNER = "123456789012"
CALLS = {
    "head_bucket": lambda bucket: bucket.require_region(),
    "list_objects_v2": lambda bucket: [*bucket.listing("a/")],
    "list_objects_v2 of one": lambda bucket: bucket.exists("a/a.csv"),
    "get_object": lambda bucket: bucket.stream("a.csv", '"etag"', 0, 10),
    "get_object whole": lambda bucket: bucket.document("a.json"),
    "put_object": lambda bucket: bucket.put_document("a.json", []),
}


def objects(url):
    config = Config(retries={"total_max_attempts": 1}, read_timeout=1, s3={"addressing_style": "path"})
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "eu-central-1"}
    return Objects(boto3.client("s3", endpoint_url=url, config=config, **keys), "bucket", OWNER)


def read(url):
    with objects(url).stream("a.csv", '"etag"', 0, 10) as stream:
        return b"".join(iter(lambda: stream(100), b""))


@pytest.mark.parametrize(
    ("status", "code", "kind", "sentence"),
    [
        ("404 Not Found", "NoSuchKey", BulkError, "the object is gone"),
        ("412 Precondition Failed", "PreconditionFailed", BulkError, "was changed after the run was planned"),
        ("403 Forbidden", "AccessDenied", BulkError, "no permission"),
        ("416 Range Not Satisfiable", "InvalidRange", BulkError, "shorter than it was"),
        ("403 Forbidden", "InvalidObjectState", BulkError, "archived"),
        ("418 Teapot", "Teapot", BulkError, "S3 refuses (Teapot)"),
        ("503 Slow Down", "SlowDown", TryAgain, "S3 is busy (SlowDown)"),
        ("500 Internal Server Error", "InternalError", TryAgain, "S3 is busy"),
    ],
)
def test_a_refusal_is_said_in_words(status, code, kind, sentence):
    with faulty_s3.serving([faulty_s3.error(status, code)]) as (url, _), pytest.raises(kind) as told:
        read(url)
    assert str(told.value).startswith("s3://bucket/a.csv: ")
    assert sentence in str(told.value)
    assert "canary" not in str(told.value), "nothing of the server's text"


@pytest.mark.parametrize("answer", [faulty_s3.truncated, faulty_s3.silent, faulty_s3.garbage], ids=lambda f: f.__name__)
def test_a_connection_that_breaks_off_is_worth_another_try(answer):
    with faulty_s3.serving([answer(BODY)]) as (url, _), pytest.raises(TryAgain, match="broke off"):
        read(url)


def test_a_good_answer_is_read_under_its_condition_and_range():
    with faulty_s3.serving([faulty_s3.good(BODY)]) as (url, asked):
        assert read(url) == BODY
    [request] = asked
    assert request.startswith(b"GET /bucket/a.csv HTTP/1.1")
    assert b'If-Match: "etag"' in request
    assert b"Range: bytes=0-9" in request


def test_what_boto3_refuses_itself_is_no_crash(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", "/nowhere")
    with pytest.raises(BulkError, match=r"cannot be reached \(NoCredentialsError\)"):
        Objects(boto3.Session().client("s3", region_name="eu-central-1"), "bucket", OWNER).put("k", b"")


@pytest.mark.parametrize("call", CALLS)
def test_every_call_says_whose_the_bucket_must_be(call):
    """Else rows would be read from, and predictions written to, whoever took the name of a bucket that was deleted."""
    refusal = faulty_s3.error("403 Forbidden", "AccessDenied")
    with faulty_s3.serving([refusal]) as (url, asked), suppress(BulkError):
        CALLS[call](objects(url))
    assert [f"x-amz-expected-bucket-owner: {OWNER}".encode() in request.lower() for request in asked] == [True]
