"""Every snippet in the README and in docs/api.md does what the text says, against the real local server."""

import json
import re
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from lambda_app.lambda_function import lambda_handler
from lambda_app.local.local_server import LocalServer

ROOT = Path(__file__).parents[2]
PRINTED_URL = "http://127.0.0.1:8000"
LEFT_OUT = "…"
PAIR = re.compile(r"```sh\n(curl [^\n]*)\n```\n\n```json\n(.*?)```", re.DOTALL)
PROGRAM = re.compile(r"```(python|js)\n(.*?)```\n\nprints\n\n```text\n(.*?)```", re.DOTALL)
RUNNERS = {"python": [sys.executable, "-c"], "js": ["node", "--input-type=module", "-e"]}


@pytest.fixture(scope="module")
def url():
    server = LocalServer(0, lambda_handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def found(pattern, *files):
    return [match.groups() for file in files for match in pattern.finditer((ROOT / file).read_text())]


CALLS = found(PAIR, "README.md", "docs/api.md")
PROGRAMS = found(PROGRAM, "docs/api.md")


def test_there_are_snippets_to_run():
    assert len(CALLS) >= 11
    assert {language for language, _, _ in PROGRAMS} == {"python", "js"}


@pytest.mark.parametrize(("command", "answer"), CALLS)
def test_curl_line_is_answered_as_printed(command, answer, url):
    command = command.replace(PRINTED_URL, url)
    printed = subprocess.run(["bash", "-c", f"{command} -sS"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert_like(json.loads(answer), json.loads(printed.stdout))


@pytest.mark.parametrize(("language", "source", "output"), PROGRAMS)
def test_program_prints_what_the_text_says(language, source, output, url):
    source = source.replace(PRINTED_URL, url)
    printed = subprocess.run([*RUNNERS[language], source], cwd=ROOT, capture_output=True, text=True, check=True)
    assert printed.stdout == output


def assert_like(printed, real):
    """The printed answer is the real one but for what `…` leaves out; its order counts too."""
    if isinstance(printed, dict) and LEFT_OUT in printed:
        shown = {name: value for name, value in printed.items() if name != LEFT_OUT}
        real = {name: real[name] for name in shown}
        printed = shown
    if isinstance(printed, dict):
        assert list(printed) == list(real)
        for name, value in printed.items():
            assert_like(value, real[name])
    elif isinstance(printed, list):
        shown = printed[:-1] if printed[-1:] == [LEFT_OUT] else printed
        assert len(shown) <= len(real) if shown is not printed else len(shown) == len(real)
        for one, other in zip(shown, real, strict=False):
            assert_like(one, other)
    elif isinstance(printed, str) and printed.endswith(LEFT_OUT):
        assert real.startswith(printed.removesuffix(LEFT_OUT))
    else:
        assert printed == real
