"""What Plan refuses before anything is spent: settings, inputs, places. Each with a sentence that says what to change."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from lambda_app import bulk_function
from lambda_app.bulk.errors import BulkError, PartFailed, RunRefused
from lambda_app.bulk.machine import plan as planning
from lambda_app.bulk.machine.run import MEBIBYTE
from lambda_app.model import store
from tests.bulk.files import SCORER, csv_text, samples
from tests.bulk.machine import BUCKET, Machine, machine

TEXT = csv_text(samples(3))


@pytest.fixture
def cloud() -> Iterator[Machine]:
    with machine() as running:
        yield running


def plan(**settings):
    return bulk_function.handler({"step": "plan", "settings": {"keep": ["id"], **settings}}, None)


def refused(**settings):
    with pytest.raises(RunRefused) as refusal:
        plan(**settings)
    return str(refusal.value)


SETTINGS = [
    ({"kep": ["id"]}, 'Did you mean "keep"?'),
    ({"prefix": 7}, "prefix must be text"),
    ({"keep": "id"}, "keep must be a list of column names"),
    ({"keep": [1]}, "keep must be a list of column names"),
    ({"keep": ["mean radius"]}, '"mean radius" is a column of the model'),
    ({"format": "parquet"}, "format must be one of csv, jsonl"),
    ({"range_mebibytes": 65}, "range_mebibytes must be a whole number from 1 to 64"),
    ({"range_mebibytes": 1.5}, "range_mebibytes must be a whole number"),
    ({"max_concurrency": True}, "max_concurrency must be a whole number from 1 to 1,000"),
    ({"maximum_rejected_percent": 101}, "maximum_rejected_percent must be a number from 0 to 100"),
    ({"maximum_rejected_percent": "5"}, "maximum_rejected_percent must be a number"),
]


@pytest.mark.parametrize(("settings", "sentence"), SETTINGS)
def test_a_wrong_setting_is_named(cloud, settings, sentence):
    cloud.put("incoming/a.csv", TEXT)
    assert sentence in refused(**settings)


def test_settings_that_are_no_object_are_refused(cloud):
    with pytest.raises(RunRefused, match="must be an object with any of prefix, keep"):
        bulk_function.handler({"step": "plan", "settings": ["id"]}, None)


INPUTS = {
    "There is no object under": {},
    "There is no row to score": {"a.csv": csv_text([]), "b.jsonl": ""},
    "incoming/a.parquet is neither .csv nor .jsonl": {"a.parquet": TEXT},
    "incoming/b.csv: The header lacks": {"a.csv": TEXT, "b.csv": "id,mean radius\n1,2\n"},
    "incoming/b.jsonl: 1 of the first row's names are not known": {"b.jsonl": '{"id": 1, "x": 2}'},
    "incoming/a.csv.gz: The .gz file is damaged": {"a.csv.gz": TEXT},
    "and a .gz cannot be cut": {"a.csv.gz": b"\0" * (planning.MAXIMUM_GZIP_BYTES + 1)},
    "the first line is longer": {"a.csv": "x" * (MEBIBYTE + 2)},
}


@pytest.mark.parametrize("sentence", INPUTS)
def test_a_wrong_input_is_named(cloud, sentence):
    for name, body in INPUTS[sentence].items():
        cloud.put(f"incoming/{name}", body)
    assert sentence.lower() in refused().lower()
    assert not cloud.objects("scored/"), "nothing was written"


def test_more_parts_than_a_run_may_have_are_refused(cloud, monkeypatch):
    cloud.put("incoming/a.csv", csv_text(samples(9_000)))
    monkeypatch.setattr(planning, "MAXIMUM_PARTS", 2)
    assert "3 parts; a run may have 2. Take larger ranges" in refused(range_mebibytes=1)


def test_predictions_are_never_taken_for_rows():
    with machine(OUTPUT_PREFIX="incoming/scored/") as running:
        running.put("incoming/a.csv", TEXT)
        assert "output's prefix lies inside the input's" in refused()


def test_only_the_prefix_that_is_asked_for_is_read(cloud):
    cloud.put("incoming/a/a.csv", TEXT)
    cloud.put("incoming/b/b.csv", TEXT)
    cloud.put("incoming/b/", b"")
    run = plan(prefix="b/")
    [part] = json.loads(cloud.objects()["_parts.json"])
    assert (run["parts"], part["key"], part["start"], part["end"]) == (
        1,
        "incoming/b/b.csv",
        TEXT.index("\n") + 1,
        len(TEXT),
    )


def test_ranges_are_cut_where_they_should_be(cloud):
    """A header reaches into the second range; the first one then holds nothing and is no part."""
    names = ",".join(["x" * (MEBIBYTE - 1000), *SCORER.names])
    row = TEXT.splitlines()[1]
    cloud.put("incoming/a.csv", names + "\n" + (row + "\n") * 6_000)
    plan(keep=["x" * (MEBIBYTE - 1000)], range_mebibytes=1)
    parts = json.loads(cloud.objects()["_parts.json"])
    assert parts[0]["start"] == len(names) + 1
    assert [part["end"] for part in parts[:-1]] == [part["start"] for part in parts[1:]]
    assert [part["part"] for part in parts] == [*range(len(parts))]


def test_a_bucket_in_another_region_is_refused():
    with machine(AWS_DEFAULT_REGION="eu-central-1", INPUT_BUCKET="far") as running:
        running.elsewhere("far", "eu-west-1")
        said = refused()
    assert "s3://far: the bucket is in eu-west-1, the function in eu-central-1" in said


def test_a_bucket_that_is_not_there_is_named():
    with machine(INPUT_BUCKET="nowhere"):
        assert "s3://nowhere/incoming/: there is no such bucket" in refused()


@pytest.mark.parametrize("which", ["INPUT", "OUTPUT"])
def test_a_bucket_of_another_account_is_refused(which):
    with machine(**{f"{which}_BUCKET_OWNER": "999999999999"}) as running:
        running.put("incoming/a.csv", TEXT)
        with pytest.raises(
            BulkError, match=r"s3://rows/.*: no permission; .* in this account's buckets or InputBucketOwner's"
        ):
            plan()
        assert not running.objects(), "nothing was written"


def test_a_model_in_s3_that_cannot_be_read_is_no_run_with_the_packaged_one():
    with machine(MODEL_URI=f"s3://{BUCKET}/models/{'0' * 64}.json") as running:
        running.put("incoming/a.csv", TEXT)
        assert "The model in S3 cannot be read" in refused()


def test_a_damaged_package_is_said(tmp_path):
    with machine():
        steps = bulk_function.Steps()
        steps._store = store.ModelStore("", str(tmp_path / "none.json"))
        with pytest.raises(BulkError, match="No model could be loaded"):
            steps.carry_out({"step": "plan", "settings": {}})


def test_a_fault_of_the_code_is_no_text_in_a_state(capsys):
    with machine(), pytest.raises(bulk_function.Unexpected, match=r"^KeyError: see the function's log$"):
        bulk_function.handler({"step": "score", "run": {"model_version": "canary"}}, None)
    assert "canary" not in capsys.readouterr().out


def test_an_output_that_cannot_be_written_fails_the_part_all_the_same():
    with machine(OUTPUT_BUCKET="nowhere"):
        run = {"id": "r", "keep": [], "format": "csv", "model_version": SCORER.version}
        part = {"part": 3, "key": "incoming/a.csv", "etag": "x", "start": 0, "end": 1}
        with pytest.raises(
            PartFailed, match=r"Part 3: s3://nowhere/scored/r/_done/part-00003.json: there is no such bucket"
        ):
            bulk_function.handler({"step": "score", "run": run, "part": part}, None)
