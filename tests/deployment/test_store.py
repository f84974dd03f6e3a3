"""The store between requests: what it does after a failure, and when it asks S3 again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from lambda_app.model import store
from lambda_app.model.artefact import bucket
from lambda_app.model.store import PACKAGED_PATH, ModelStore, NoModel
from lambda_app.telemetry import report
from tests.deployment import faulty_s3
from tests.deployment.models import address, packaged, variant

WANTED = variant("wanted").to_json().encode()
URI = address(WANTED)


class Clock:
    """Time that passes only when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(store, "monotonic", clock)
    return clock


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Call with the answers it shall give, one a connection; returns what it was asked."""
    contexts = []

    def start(*answers: faulty_s3.Answer) -> list[bytes]:
        context = faulty_s3.serving(list(answers))
        contexts.append(context)
        url, asked = context.__enter__()
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", url)
        return asked

    yield start
    for context in contexts:
        context.__exit__(None, None, None)


def store_of(uri: str = "", path: str = PACKAGED_PATH, **more: Any) -> ModelStore:
    """A store that reports as the function's does."""
    return ModelStore(uri, path, report, **more)


def slow_down() -> faulty_s3.Answer:
    return faulty_s3.error("503 Slow Down", "SlowDown")


def test_packaged_model_is_loaded_once(capsys: pytest.CaptureFixture[str]) -> None:
    models = store_of()
    assert models.current().source == "packaged"
    assert models.current() is models.current()
    assert capsys.readouterr().out == ""


def test_model_from_s3_is_read_once(s3: Any) -> None:
    asked = s3(faulty_s3.good(WANTED))
    models = store_of(URI)
    assert not asked, "construction reads nothing"
    assert models.current().source == "s3"
    assert models.current() is models.current()
    assert models.current().model.parameters.digest == variant("wanted").digest
    assert len(asked) == 1


def test_recovered_bucket_is_noticed_after_the_back_off(s3: Any, clock: Clock) -> None:
    asked = s3(slow_down(), faulty_s3.good(WANTED))
    models = store_of(URI)
    fallback = models.current()
    assert fallback.source == "packaged-fallback"
    clock.now += store.FIRST_BACK_OFF_SECONDS - 0.1
    assert models.current() is fallback, "the same object, so that nothing is rebuilt around it"
    assert len(asked) == 1
    clock.now += 0.2
    assert models.current().source == "s3"
    assert len(asked) == 2


def test_back_off_doubles_up_to_its_limit(s3: Any, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    s3(*(slow_down() for _ in range(20)))
    models = store_of(URI)
    for _ in range(9):
        models.current()
        clock.now += store.LONGEST_BACK_OFF_SECONDS
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["retry_seconds"] for line in lines] == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert {line["reason"] for line in lines} == {"SlowDown"}


def test_hanging_read_is_not_joined_by_another(
    s3: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bucket, "DEADLINE_SECONDS", 0.3)
    asked = s3(faulty_s3.dripping_body(WANTED), faulty_s3.dripping_body(WANTED))
    models = store_of(URI)
    for _ in range(3):
        assert models.current().source == "packaged-fallback"
        clock.now += store.LONGEST_BACK_OFF_SECONDS
    assert len(asked) == 1
    assert "still hangs" in capsys.readouterr().out


def test_model_that_this_version_cannot_read_is_refused(s3: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Its address is right, its content is not: verified bytes are proved all the same."""
    newer = packaged().replace(b'"format_version": 2', b'"format_version": 3')
    s3(faulty_s3.good(newer))
    assert store_of(address(newer)).current().source == "packaged-fallback"
    assert "no model that this version can read" in capsys.readouterr().out


def test_broken_package_is_said_and_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "model_parameters.json"
    models = store_of(path=str(path))
    with pytest.raises(NoModel) as problem:
        models.current()
    assert problem.value.retry_seconds > 0
    path.write_bytes(packaged()[:-10])
    with pytest.raises(NoModel):
        models.current()
    path.write_bytes(packaged())
    assert models.current().source == "packaged"


def test_broken_package_does_not_keep_s3_away(s3: Any, clock: Clock, tmp_path: Path) -> None:
    s3(slow_down(), faulty_s3.good(WANTED))
    models = store_of(URI, str(tmp_path / "missing.json"))
    with pytest.raises(NoModel):
        models.current()
    clock.now += store.FIRST_BACK_OFF_SECONDS
    assert models.current().source == "s3"


def test_missing_region_is_no_crash(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def client() -> None:
        raise RuntimeError("no-canary")

    monkeypatch.setattr(bucket, "_client", client)
    assert store_of(URI).current().source == "packaged-fallback"
    out = capsys.readouterr().out
    assert json.loads(out)["reason"] == "RuntimeError"
    assert "canary" not in out


def test_another_model_under_this_address_is_refused(s3: Any, capsys: pytest.CaptureFixture[str]) -> None:
    s3(faulty_s3.good(packaged()))
    assert store_of(URI).current().source == "packaged-fallback"
    assert "do not have the SHA-256" in capsys.readouterr().out


def test_object_too_large_for_a_model_is_refused(s3: Any, capsys: pytest.CaptureFixture[str]) -> None:
    s3(faulty_s3.good(b" " * (bucket.MAXIMUM_BYTES + 1)))
    assert store_of(URI).current().source == "packaged-fallback"
    assert f"larger than {bucket.MAXIMUM_BYTES} bytes" in capsys.readouterr().out


def test_address_outside_s3_is_no_crash(capsys: pytest.CaptureFixture[str]) -> None:
    assert store_of("https://bucket/prefix/model.json").current().source == "packaged-fallback"
    assert json.loads(capsys.readouterr().out)["reason"] == "ValueError"


def test_what_is_made_of_a_model_is_part_of_its_proof(s3: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A model from S3 that cannot be served is not: the packaged one is."""

    def make(loaded: Any) -> str:
        if loaded.source == "s3":
            raise OverflowError("int too large to convert to float")
        return f"made of {loaded.source}"

    s3(faulty_s3.good(WANTED))
    assert store_of(URI, make=make).current() == "made of packaged-fallback"
    assert "the model cannot be served: OverflowError" in capsys.readouterr().out


def test_a_bucket_s_owner_is_named_where_it_is_known(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = s3(faulty_s3.good(WANTED), faulty_s3.good(WANTED))
    store_of(URI).current()
    monkeypatch.setenv("MODEL_BUCKET_OWNER", "123456789012")
    store_of(URI).current()
    owned = [b"x-amz-expected-bucket-owner: 123456789012" in request.lower() for request in asked]
    assert owned == [False, True]
