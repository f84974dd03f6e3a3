"""A run through the state machine of the template: nothing lost, nothing mixed, nothing done twice, and named when it fails."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambda_app import bulk_function, score
from lambda_app.bulk.machine.run import Run
from lambda_app.bulk.score_part import Counts
from tests.bulk.files import FAULTS, SCORER, answers, as_cells, csv_text, samples
from tests.bulk.machine import BUCKET, Machine, machine

ROWS = samples(10_000)


@pytest.fixture
def cloud() -> Iterator[Machine]:
    with machine() as running:
        yield running


def with_faults(rows, first_id=0):
    """The rows as CSV, every hundredth with one faulty cell; the numbers of those rows."""
    lines = csv_text(rows, first_id=first_id).splitlines(keepends=True)
    faulty = []
    for number in range(3, len(rows), 100):
        cells = lines[number + 1].split(",")
        cells[1 + number % 30] = [*FAULTS][number // 100 % len(FAULTS)] + "\n" * (number % 30 == 29)
        lines[number + 1] = ",".join(cells)
        faulty.append(number)
    return "".join(lines), faulty


def put_rows(cloud, rows=None, files=3):
    """Rows in several files, the first, second … a.csv, b.csv …; every hundredth of a file has a fault: their numbers."""
    rows = rows or ROWS[:600]
    each, faulty = len(rows) // files, []
    for number in range(files):
        text, found = with_faults(rows[number * each : (number + 1) * each], first_id=number * each)
        cloud.put(f"incoming/{'abc'[number]}.csv", text)
        faulty += [number * each + index for index in found]
    return faulty


def joined(objects, folder):
    return b"".join(body for key, body in sorted(objects.items()) if key.startswith(f"{folder}/")).decode()


def cause(found):
    return json.loads(found["cause"])["errorMessage"]


def test_ten_thousand_rows_are_the_handlers_answers_or_rejects(cloud):
    faulty = put_rows(cloud, ROWS, files=2)
    found = cloud.start(keep=["id"], range_mebibytes=1)
    assert found["status"] == "SUCCEEDED", found
    objects = cloud.objects()
    output = json.loads(found["output"])
    assert {name: output[name] for name in ("rows", "predictions", "rejects")} == {
        "rows": 10_000, "predictions": 9_900, "rejects": 100,
    }  # fmt: skip
    header, *lines = csv.reader(io.StringIO(joined(objects, "predictions")))
    assert header[:2] == ["id", "prediction"]
    expected = [[f"p{n}", *as_cells(answer)] for n, answer in enumerate(answers(ROWS)) if n not in set(faulty)]
    assert lines == expected

    parts = len(cloud.steps("score"))
    assert parts >= 4
    assert len([key for key in objects if key.startswith("_done/")]) == parts
    rejects = [json.loads(line) for line in joined(objects, "rejects").splitlines()]
    assert len(rejects) == 100
    items = json.loads(objects["_parts.json"])
    for reject in rejects:
        key = items[reject["part"]]["key"]
        body = cloud.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        line = body[reject["byte_offset"] :].split(b"\n")[0].decode()
        assert any(cell.strip() in FAULTS for cell in line.split(",")[1:])
        assert {error["code"] for error in reject["errors"]} <= set(FAULTS.values())
    summary = json.loads(objects["summary.json"])
    assert summary["columns"] == header
    assert sum(summary["by_label"].values()) == summary["predictions"] == 9_900
    assert summary["rejected_percent"] == 1.0


def test_command_and_machine_give_the_same_bytes(cloud, tmp_path):
    text, _ = with_faults(ROWS)
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(text)
    assert score.main([str(source), str(target), "--keep", "id"]) == 0
    cloud.put("incoming/in.csv", text)
    cloud.start(keep=["id"], range_mebibytes=1)
    objects = cloud.objects()
    assert len([key for key in objects if key.startswith("predictions/")]) > 2
    assert joined(objects, "predictions").encode() == target.read_bytes()
    numbered = [json.loads(line) for line in joined(objects, "rejects").splitlines()]
    local = [json.loads(line) for line in Path(f"{target}.rejects.jsonl").read_text().splitlines()]
    assert [(r["byte_offset"], r["errors"]) for r in numbered] == [(r["byte_offset"], r["errors"]) for r in local]


def test_json_lines_and_gzip_in_json_lines_out(cloud):
    named = [json.dumps({"id": n, **dict(zip(SCORER.names, row, strict=True))}) for n, row in enumerate(ROWS[:300])]
    cloud.put("incoming/a.jsonl", "\n".join(named[:100]))
    cloud.put("incoming/b.jsonl.gz", gzip.compress("\n".join(named[100:200]).encode()))
    cloud.put("incoming/c.csv.gz", gzip.compress(csv_text(ROWS[200:300]).encode()))
    cloud.put("incoming/_SUCCESS", b"")
    cloud.put("incoming/empty.csv", b"")
    found = cloud.start(keep=["id"])
    assert found["status"] == "SUCCEEDED", found
    objects = cloud.objects()
    assert sorted(key for key in objects if key.startswith("p")) == [
        f"predictions/part-0000{n}.jsonl" for n in range(3)
    ]
    written = [json.loads(line) for line in joined(objects, "predictions").splitlines()]
    assert [row.pop("id") for row in written] == [*range(200), *(f"p{n}" for n in range(100))]
    assert written[:200] == answers(ROWS[:200])
    assert written[200:] == answers(ROWS[200:300])


def test_a_second_run_does_nothing_twice_and_changes_no_byte(cloud):
    put_rows(cloud)
    cloud.start(keep=["id"], range_mebibytes=1)
    before, dates = cloud.objects(), dated(cloud)
    assert cloud.start(keep=["id"], range_mebibytes=1)["status"] == "SUCCEEDED"
    assert cloud.objects() == before
    again = {key for key, date in dated(cloud).items() if date != dates[key]}
    assert {key.rpartition("/")[2] for key in again} <= {"_plan.json", "_parts.json", "summary.json"}


def dated(cloud):
    found = cloud.s3.list_objects_v2(Bucket=BUCKET, Prefix="scored/")["Contents"]
    return {item["Key"]: item["LastModified"] for item in found}


def test_another_input_another_run(cloud):
    put_rows(cloud)
    runs = [
        json.loads(cloud.start(keep=["id"], range_mebibytes=1, **more)["output"])["summary"]
        for more in ({}, {"format": "jsonl"})
    ]
    cloud.put("incoming/b.csv", csv_text(ROWS[:10]))
    runs.append(json.loads(cloud.start(keep=["id"], range_mebibytes=1)["output"])["summary"])
    assert len(set(runs)) == 3


def test_a_killed_part_stops_no_other_is_named_and_is_scored_when_the_run_is_started_again(cloud):
    put_rows(cloud)

    def kill(event):
        if event["step"] == "score" and event["part"]["part"] == 1:
            raise MemoryError

    cloud.meddle = kill
    found = cloud.start(keep=["id"], range_mebibytes=1)
    assert (found["status"], found["error"]) == ("FAILED", "RunFailed")
    parts = len(cloud.steps("score"))
    assert cause(found).startswith(f"1 of {parts} parts are missing: 1.")
    done = [key for key in cloud.objects() if key.startswith("_done/")]
    assert len(done) == parts - 1
    assert "summary.json" not in cloud.objects()

    cloud.meddle = lambda event: None
    dates = dated(cloud)
    assert cloud.start(keep=["id"], range_mebibytes=1)["status"] == "SUCCEEDED"
    written = {key.split("/", 2)[2] for key, date in dated(cloud).items() if dates.get(key) != date}
    assert {key for key in written if key.startswith(("predictions", "_done"))} <= {
        "predictions/part-00001.csv", "_done/part-00001.json",
    }  # fmt: skip


def at_the_first_part(act):
    """A change in mid-run: after Plan, before any part."""
    done = []

    def meddle(event):
        if event["step"] == "score" and not done:
            done.append(act())

    return meddle


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda cloud: cloud.put("incoming/b.csv", csv_text(ROWS[:20])), "was changed after the run was planned"),
        (lambda cloud: cloud.s3.delete_object(Bucket=BUCKET, Key="incoming/b.csv"), "the object is gone"),
    ],
    ids=["changed", "deleted"],
)
def test_an_object_changed_or_deleted_in_mid_run_fails_all_its_parts_and_no_other(cloud, act, sentence):
    put_rows(cloud)
    cloud.meddle = at_the_first_part(lambda: act(cloud))
    found = cloud.start(keep=["id"], range_mebibytes=1, max_concurrency=1)
    assert found["error"] == "RunFailed"
    assert f"s3://{BUCKET}/incoming/b.csv: " in cause(found)
    assert sentence in cause(found)
    objects = cloud.objects()
    parts = json.loads(objects["_parts.json"])
    done = {int(key[11:16]) for key in objects if key.startswith("_done/")}
    assert done == {part["part"] for part in parts if part["key"] != "incoming/b.csv"}
    assert {
        json.loads(body)["reason"].partition(":")[0] for key, body in objects.items() if key.startswith("_failed")
    } == {f"Part {part['part']}" for part in parts if part["key"] == "incoming/b.csv"}


def test_a_model_that_changed_in_mid_run_fails_its_parts(cloud):
    put_rows(cloud)

    def other_model():
        bulk_function._STEPS[0]._scorer.version = "f" * 64

    cloud.meddle = at_the_first_part(other_model)
    found = cloud.start(keep=["id"], range_mebibytes=1, max_concurrency=1)
    assert found["error"] == "RunFailed"
    assert "The model is not the one that the run was planned with" in cause(found)


def test_a_torn_gzip_fails_its_part_with_its_name(cloud):
    cloud.put("incoming/a.csv.gz", gzip.compress(csv_text(ROWS[:3_000]).encode())[:-100])
    found = cloud.start(keep=["id"])
    assert f"Part 0: s3://{BUCKET}/incoming/a.csv.gz: The .gz file is damaged" in cause(found)


def test_too_many_rejects_fail_the_run_after_everything_is_written(cloud):
    put_rows(cloud)
    found = cloud.start(keep=["id"], range_mebibytes=1, maximum_rejected_percent=0.5)
    assert found["error"] == "RunFailed"
    assert "6 of 600 rows were rejected, 1.00 %; maximum_rejected_percent is 0.5" in cause(found)
    objects = cloud.objects()
    assert "summary.json" not in objects
    assert len(joined(objects, "predictions").splitlines()) == 595
    assert cloud.start(keep=["id"], range_mebibytes=1, maximum_rejected_percent=1)["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            lambda body: json.dumps({**json.loads(body), "rows": 9}).encode(),
            "its rows are not its predictions and rejects",
        ),
        (
            lambda body: json.dumps({**json.loads(body), "bytes": {"predictions": 1, "rejects": 0}}).encode(),
            "is not what the part wrote",
        ),
    ],
)
def test_finish_counts_for_itself(cloud, spoil, sentence):
    cloud.put("incoming/a.csv", csv_text(ROWS[:20]))

    def meddle(event):
        if event["step"] == "finish":
            key = f"scored/{event['run']['id']}/_done/part-00000.json"
            cloud.put(key, spoil(cloud.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()))

    cloud.meddle = meddle
    found = cloud.start(keep=["id"])
    assert found["error"] == "RunFailed"
    assert f"Part 0: {'predictions/part-00000 ' if 'wrote' in sentence else ''}{sentence}" in cause(found)


def test_values_are_in_no_state_and_in_no_log(cloud, capsys):
    text, _ = with_faults(ROWS[:2_000])
    cloud.put("incoming/a.csv", text.replace("twelve", "canary-7f3a"))
    cloud.start(keep=["id"], range_mebibytes=1)
    cloud.meddle = lambda event: event["step"] == "finish" and 1 / 0
    assert cloud.start(keep=["id"], range_mebibytes=1)["error"] == "ZeroDivisionError"
    said = capsys.readouterr()
    seen = json.dumps(cloud.invoked) + said.out + said.err + joined(cloud.objects(), "rejects")
    assert "canary" not in seen
    assert not [value for value in map(repr, ROWS[0]) if len(value) > 6 and value in seen]
    lines = [json.loads(line) for line in said.out.splitlines() if '"Rejects"' in line]
    assert sum(line["Rows"] for line in lines) == 2_000
    assert sum(line["Rejects"] for line in lines) == 20
    [metrics] = lines[0]["_aws"]["CloudWatchMetrics"]
    assert metrics["Dimensions"] == [["BulkFunctionName"]]
    assert {metric["Name"] for metric in metrics["Metrics"]} <= set(lines[0])


@pytest.mark.parametrize("classes", [20, 21, 200])
def test_a_line_never_holds_more_metrics_than_cloudwatch_takes(capsys, classes):
    bulk_function._write_line(Counts(classes), 0, Run(model_version="f" * 64), 1.0)
    [line] = map(json.loads, capsys.readouterr().out.splitlines())
    assert len(line["_aws"]["CloudWatchMetrics"][0]["Metrics"]) <= 100
    assert ("PredictedClass0" in line) is (classes <= 20)
