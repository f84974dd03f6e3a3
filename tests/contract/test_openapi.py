"""The running local server against its own OpenAPI document: every check of schemathesis. `make contract` does more."""

import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
EXAMPLES = os.environ.get("CONTRACT_EXAMPLES", "15")  # an operation
# Long runs find integers just beyond the largest float's decimal text, the schema's bound, which round to that float and
# are rightly taken: a schema can not say that. They run without the one check that objects.
LONG_RUN = ("--exclude-checks", "negative_data_rejection") if int(EXAMPLES) > 50 else ()
READY = re.compile(r"http://127\.0\.0\.1:\d+")


@contextmanager
def local_server(command=(sys.executable, "-u", "-m", "lambda_app", "--port", "0")):
    """The URL of a server that runs meanwhile; all it wrote is read, or a full pipe would stop it."""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "LOG_LEVEL": "ERROR"},
    ) as server:
        try:
            yield READY.search(server.stdout.readline())[0]
        finally:
            server.terminate()


def check(url, folder, *options):
    """Run schemathesis; its exit status and the end of what it wrote."""
    command = [
        *(
            SCHEMATHESIS,
            "--config-file",
            ROOT / "tests" / "contract" / "schemathesis.toml",
            "run",
            f"{url}/openapi.json",
        ),
        *("--checks", "all", "--max-examples", EXAMPLES, "--seed", "1", "--no-color", "--generation-database", "none"),
        *options,
    ]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return result.returncode, result.stdout[-1_000:] + result.stderr[-1_000:]


def test_every_check_passes(tmp_path):
    with local_server() as url:
        status, end = check(url, tmp_path, *LONG_RUN)
    assert status == 0, end
    assert re.search(r"Tested: [3-9]", end), end


BROKEN = """
import lambda_app.answers, lambda_app.__main__
honest = lambda_app.answers.Answers.single
lambda_app.answers.Answers.single = lambda answers, sample: honest(answers, sample).replace("label", "name")
lambda_app.__main__.main()
"""


def test_an_answer_that_is_not_as_documented_is_noticed(tmp_path):
    with local_server((sys.executable, "-u", "-c", BROKEN, "--port", "0")) as url:
        status, end = check(url, tmp_path, "--phases", "examples")
    assert status == 1, end
    assert "Response violates schema" in end, end


@pytest.mark.parametrize("path", ["/predict", "/health", "/model", "/openapi.json"])
def test_every_route_is_documented(path):
    document = json.loads((ROOT / "docs" / "openapi.json").read_text())
    assert path in document["paths"]
