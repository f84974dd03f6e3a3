"""A bulk run for real: the template deployed by SAM CLI, 100,000 rows through a local cloud's state machine and S3 and
Lambda's own runtime, a runtime killed in mid-part, a part that fails, the run started again, everything deleted.
"""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lambda_app import score
from tests.bulk.files import answers, as_cells, csv_text, samples
from tests.integration.cloud import Cloud

STACK, BUCKET = "bulk", "many-rows"
FILES, ROWS = 5, 20_000
SETTINGS = {"keep": ["id"], "range_mebibytes": 2, "max_concurrency": 2}


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with tempfile.TemporaryDirectory() as folder:
        running = Cloud(Path(folder))
        try:
            build = str(Path(folder) / "build")
            running.run("sam", "build", "--template", "deployment/bulk_scoring.yaml", "--build-dir", build)
            running.client("s3").create_bucket(Bucket=BUCKET)
            parameters = [f"InputBucket={BUCKET}", f"OutputBucket={BUCKET}", "MemorySize=1769"]
            options = ["--resolve-s3", "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset"]
            command = ["--template-file", f"{build}/template.yaml", "--stack-name", STACK, *options]
            running.run("sam", "deploy", *command, "--parameter-overrides", *parameters)
            yield running
        finally:
            running.close()


def start(cloud: Cloud) -> str:
    machine = cloud.outputs(STACK)["StateMachineArn"]
    started = cloud.client("stepfunctions").start_execution(stateMachineArn=machine, input=json.dumps(SETTINGS))
    return str(started["executionArn"])


def wait(cloud: Cloud, execution: str) -> dict[str, Any]:
    until = time.monotonic() + 240
    while time.monotonic() < until:
        found = cloud.client("stepfunctions").describe_execution(executionArn=execution)
        if found["status"] != "RUNNING":
            return dict(found)
        time.sleep(0.3)
    raise TimeoutError("the run does not end")


def written(cloud: Cloud) -> dict[str, bytes]:
    s3 = cloud.client("s3")
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix="scored/").get("Contents", [])
    bodies = {item["Key"]: s3.get_object(Bucket=BUCKET, Key=item["Key"])["Body"].read() for item in listed}
    return {key.split("/", 2)[2]: body for key, body in bodies.items()}


def descendants(parent: int) -> Iterator[tuple[int, str]]:
    """Processes that a process started, and those that they started, with their command lines."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                status = (folder / "stat").read_text().rpartition(")")[2].split()
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue  # it has just ended
            if int(status[1]) == parent:
                yield int(folder.name), line
                yield from descendants(int(folder.name))


def kill_a_runtime_in_mid_part(cloud: Cloud) -> None:
    """As Lambda's own sandbox may die: SIGKILL, while a part is being scored."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if any(name.startswith("_done/") for name in written(cloud)):
            for process, line in descendants(cloud.process_id):
                if "awslambdaric lambda_app.bulk_function.handler" in line and "aws-lambda-rie" not in line:
                    os.kill(process, signal.SIGKILL)
                    return
        time.sleep(0.1)
    raise TimeoutError("no part was scored")


def test_a_hundred_thousand_rows(cloud: Cloud, tmp_path: Path) -> None:
    s3 = cloud.client("s3")
    rows = samples(FILES * ROWS)
    texts = [
        csv_text(rows[first : first + ROWS], first_id=first) + "a faulty line\n" for first in range(0, len(rows), ROWS)
    ]
    for number, text in enumerate(texts):
        s3.put_object(Bucket=BUCKET, Key=f"incoming/{number}.csv", Body=text.encode())

    # 1. an object is deleted and a runtime killed in mid-run: everything else is scored, and what is missing is named
    execution = start(cloud)
    kill_a_runtime_in_mid_part(cloud)
    s3.delete_object(Bucket=BUCKET, Key=f"incoming/{FILES - 1}.csv")
    found = wait(cloud, execution)
    assert (found["status"], found["error"]) == ("FAILED", "RunFailed"), found
    assert f"s3://{BUCKET}/incoming/{FILES - 1}.csv: the object is gone" in found["cause"]
    assert "summary.json" not in written(cloud)

    # 2. put back and started again: only what is missing is scored
    s3.put_object(Bucket=BUCKET, Key=f"incoming/{FILES - 1}.csv", Body=texts[-1].encode())
    marked = {item["Key"]: item["LastModified"] for item in done(cloud)}
    found = wait(cloud, start(cloud))
    assert found["status"] == "SUCCEEDED", found
    output = json.loads(found["output"])
    assert [output[name] for name in ("rows", "predictions", "rejects")] == [100_005, 100_000, 5]
    again = {item["Key"]: item["LastModified"] for item in done(cloud)}
    assert marked.items() <= again.items()
    assert len(again) > len(marked) > 0

    # 3. every row is the handler's answer, and the bytes are those of the command
    objects = written(cloud)
    joined = b"".join(body for name, body in sorted(objects.items()) if name.startswith("predictions/"))
    lines = list(csv.reader(io.StringIO(joined.decode())))[1:]
    assert lines == [[f"p{number}", *as_cells(answer)] for number, answer in enumerate(answers(rows))]
    source, target = tmp_path / "all.csv", tmp_path / "scored.csv"
    source.write_text("".join(text if not n else text.partition("\n")[2] for n, text in enumerate(texts)))
    assert score.main([str(source), str(target), "--keep", "id"]) == 0
    assert joined == target.read_bytes()
    counts = [json.loads(line) for line in cloud.log_lines(f"/aws/lambda/{STACK}-bulk") if '"Rejects"' in line]
    assert sum(line["Rows"] for line in counts) >= 100_005
    assert str(rows[0][0]) not in json.dumps(counts)

    # 4. deleted: nothing is left but the buckets
    cloud.run("sam", "delete", "--stack-name", STACK, "--no-prompts", "--region", "us-east-1")
    assert not [thing for thing in cloud.inventory() if STACK in thing]


def done(cloud: Cloud) -> list[dict[str, Any]]:
    listed = cloud.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="scored/")["Contents"]
    return [item for item in listed if "/_done/" in item["Key"]]
