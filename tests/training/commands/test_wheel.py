"""The wheel: both packages and all their files, and the documented export from a folder that is not this project's."""

import json
import re
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from tests.tools.own_model import ROOT
from tests.tools.project_copy import copy_project

BUILD = "import sys; from setuptools.build_meta import build_wheel; print(build_wheel(sys.argv[1]))"
TRAINING = ROOT / "requirements-training.in"
SNIPPET = re.compile(r"## From a fitted pipeline\n\n```python\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy, so that nothing is left in this one; without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    copy_project(folder / "project")
    command = [sys.executable, "-c", BUILD, str(folder)]
    done = subprocess.run(command, cwd=folder / "project", capture_output=True, text=True, check=True)
    return folder / done.stdout.splitlines()[-1]


def test_it_holds_both_packages_whole_and_nothing_else(wheel):
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    folders = (ROOT / "lambda_app", ROOT / "training")
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert packed == {path.relative_to(ROOT).as_posix() for path in paths if "__pycache__" not in path.parts}


def test_the_function_needs_nothing_and_training_needs_what_its_file_says(wheel):
    with zipfile.ZipFile(wheel) as opened:
        [name] = [name for name in opened.namelist() if name.endswith(".dist-info/METADATA")]
        needs = Parser().parsestr(opened.read(name).decode("utf-8")).get_all("Requires-Dist")
    assert {need.partition(";")[2].strip() for need in needs} == {'extra == "training"'}
    lines = [line.partition("#")[0].replace(" ", "") for line in TRAINING.read_text(encoding="utf-8").splitlines()]
    assert sorted(need.partition(";")[0].replace(" ", "") for need in needs) == sorted(
        filter(None, map(str.strip, lines))
    )


def test_the_documented_export_works_elsewhere_and_is_served_from_there(wheel, tmp_path):
    [snippet] = SNIPPET.findall((ROOT / "docs" / "your_own_model.md").read_text(encoding="utf-8"))
    installed, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    zipfile.ZipFile(wheel).extractall(installed)
    elsewhere.mkdir()

    def run(*arguments):
        options = {"cwd": elsewhere, "env": {"PYTHONPATH": str(installed)}, "capture_output": True}
        subprocess.run([sys.executable, "-P", *arguments], check=True, **options)

    run("-c", snippet)
    written = Path(elsewhere, "wine.json")
    (elsewhere / "rows.jsonl").write_text(json.dumps(_typical(written)) + "\n")
    run("-m", "lambda_app.score", "rows.jsonl", "answers.jsonl", "--model", str(written))
    assert json.loads((elsewhere / "answers.jsonl").read_text())["label"] in {"Barolo", "Grignolino", "Barbera"}


def _typical(path):
    return [column["typical"] for column in json.loads(path.read_text())["columns"]]
