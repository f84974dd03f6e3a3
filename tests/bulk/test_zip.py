"""The package works as a zip that nobody unpacks, as Spark's addPyFile and PYTHONPATH take it."""

from __future__ import annotations

import json
import subprocess
import sys

from deployment.package import package
from tests.bulk.files import answers, csv_text, samples
from tests.tools.own_model import serving_copy

HANDLER = """
import json, sys
sys.path.insert(0, sys.argv[1])
from lambda_app.lambda_function import lambda_handler
print(lambda_handler(json.load(sys.stdin), None)["body"])
"""
COMMAND = """
import sys
sys.path.insert(0, sys.argv[1])
from lambda_app.score import main
sys.exit(main(sys.argv[2:]))
"""


def run(program, *arguments, **options):
    """A program without this project's path and without any third-party package."""
    command = [sys.executable, "-I", "-S", "-c", program, *map(str, arguments)]
    return subprocess.run(command, cwd="/", capture_output=True, text=True, check=True, **options)


def test_handler_and_command_work_from_a_zip_that_is_not_unpacked(tmp_path):
    archive = tmp_path / "lambda_package.zip"
    package(serving_copy(tmp_path), archive)
    rows = samples(20)
    done = run(HANDLER, archive, input=json.dumps({"instances": rows}))
    assert json.loads(done.stdout.splitlines()[-1])["predictions"] == answers(rows)

    source, target = tmp_path / "in.csv", tmp_path / "out.jsonl"
    source.write_text(csv_text(rows))
    run(COMMAND, archive, source, target, "--keep", "id")
    written = [json.loads(line) for line in target.read_text().splitlines()]
    assert [row.pop("id") for row in written] == [f"p{number}" for number in range(20)]
    assert written == answers(rows)
