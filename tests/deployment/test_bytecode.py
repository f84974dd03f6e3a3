"""`make build` puts bytecode beside every source that `sam build` packed, for the runtime's Python and no other."""

from __future__ import annotations

import marshal
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deployment import bytecode
from deployment.bytecode import compile_build, compile_package
from tests.tools.own_model import serving_copy

ROOT = Path(__file__).parents[2]
RUNNING = ".".join(map(str, sys.version_info[:2]))
UNCHECKED_HASH = (1).to_bytes(4, "little")
HEADER = 16
ANSWER = """
import json, lambda_app.lambda_function as module
event = json.loads(open({event!r}, encoding="ascii").read())
print(module.lambda_handler(event, None)["statusCode"])
"""


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """What `sam build` leaves: two functions, one of them in a nested stack, and the template with their runtime."""
    for function in ("PredictFunction", "Bulk/ScoreFunction"):
        serving_copy(tmp_path / function)
    name_runtime(tmp_path, RUNNING)
    return tmp_path


def name_runtime(build: Path, version: str) -> None:
    """Write the one line of the built template that matters here."""
    (build / "template.yaml").write_text(f"Globals:\n  Function:\n    Runtime: python{version}\n")


def test_every_source_of_every_function_gets_bytecode_that_names_no_folder(build: Path) -> None:
    assert compile_build(build) == f"Bytecode for Python {RUNNING} in ScoreFunction, PredictFunction"
    sources, compiled = list(build.rglob("*.py")), list(build.rglob("*.pyc"))
    assert len(sources) == len(compiled) > 40
    for path in compiled:
        content = path.read_bytes()
        assert content[4:8] == UNCHECKED_HASH, "Lambda's files have another time than the compiled ones"
        assert marshal.loads(content[HEADER:]).co_filename.startswith("/var/task/lambda_app/")
        assert str(build).encode() not in content


def test_the_same_sources_become_the_same_bytes(build: Path) -> None:
    compile_build(build)
    first, second = (build / "PredictFunction", build / "Bulk" / "ScoreFunction")
    compiled = [
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.pyc")} for folder in (first, second)
    ]
    assert compiled[0] == compiled[1]


def test_the_bytecode_is_what_runs_and_not_the_source(build: Path) -> None:
    """From another place, with other times, and with a source that would fail: as no check of a source needs it."""
    compile_build(build)
    moved = build / "task"
    shutil.copytree(build / "PredictFunction", moved, copy_function=shutil.copyfile)
    (moved / "lambda_app" / "lambda_function.py").write_text("raise SystemError('compiled again')\n")
    code = ANSWER.format(event=str(ROOT / "deployment" / "events" / "rest_list.event.json"))
    run = subprocess.run([sys.executable, "-B", "-c", code], cwd=moved, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1] == "200"


def test_without_the_runtimes_python_nothing_is_compiled_and_a_sentence_says_so(build: Path) -> None:
    name_runtime(build, "3.2")
    assert compile_build(build) == (
        "No bytecode: this machine has no Python 3.2. The function works, but starts more slowly."
    )
    assert not list(build.rglob("*.pyc"))


def test_a_source_that_does_not_compile_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def\n")
    with pytest.raises(subprocess.CalledProcessError):
        compile_package(tmp_path, sys.executable)


def test_the_command_asks_for_a_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bytecode, "BUILD", tmp_path / "nothing")
    with pytest.raises(SystemExit, match="run sam build first"):
        bytecode.main()


def test_the_command_tells_what_it_did(
    monkeypatch: pytest.MonkeyPatch, build: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bytecode, "BUILD", build)
    bytecode.main()
    assert capsys.readouterr().out.startswith(f"Bytecode for Python {RUNNING}")
