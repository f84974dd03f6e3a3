"""What several test modules share: the example, its evaluation (once), and CSV files made from scikit-learn's data."""

from __future__ import annotations

import csv
import json
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine

from training.data.breast_cancer import breast_cancer
from training.data.dataset import REGRESSION, Dataset
from training.evaluation.evaluate import evaluate
from training.recipes.effort import Effort
from training.recipes.fitting import fit
from training.recipes.pipelines import recipe

ROOT = Path(__file__).resolve().parents[2]
LOADERS = {"iris": load_iris, "wine": load_wine, "digits": load_digits, "breast_cancer": load_breast_cancer}

SERVE = """
import json, sys
from lambda_app.lambda_function import lambda_handler
for body in json.load(sys.stdin):
    answer = lambda_handler(body, None)
    assert answer["statusCode"] == 200, answer["body"]
    print("ANSWER" + answer["body"])
"""


@pytest.fixture(scope="session")
def example():
    return breast_cancer()


@pytest.fixture(scope="session")
def diabetes():
    bunch = load_diabetes()
    names = tuple(bunch.feature_names)
    return Dataset(
        "diabetes", "", bunch.data, bunch.target, names, (), 1, {}, "0" * 64, "", "", "Tests.", ("None.",),
        task=REGRESSION, target_name="disease progression",
    )  # fmt: skip


@pytest.fixture(scope="session")
def evaluation(example):
    return evaluate(example)


@pytest.fixture(scope="session")
def fitted(example):
    return fit(recipe(), example.features, example.labels)


@pytest.fixture
def write_csv(tmp_path):
    """Writes rows (header first) to a CSV and returns its path."""

    def write(rows, name="data.csv"):
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
        return str(path)

    return write


@pytest.fixture
def bundled_csv(write_csv):
    """A data set of scikit-learn's as a CSV with a `class` column of names; the step thins out its rows."""

    def make(name, step=1):
        bunch = LOADERS[name]()
        header = [*(str(feature) for feature in bunch.feature_names), "class"]
        labels = bunch.target_names[bunch.target]
        rows = [[*row, label] for row, label in zip(bunch.data.tolist(), labels, strict=True)]
        return write_csv([header, *rows[::step]], f"{name}.csv")

    return make


@pytest.fixture
def deployed(tmp_path):
    """Answers a list of instances with the handler of a package that holds the given artefact, in its own process."""

    def answer(artefact, instances):
        package = tmp_path / "package"
        shutil.copytree(ROOT / "lambda_app", package / "lambda_app", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(artefact, package / "lambda_app" / "model" / "model_parameters.json")
        command = [sys.executable, "-c", SERVE]
        body = json.dumps([{"instances": instances}])
        done = subprocess.run(command, cwd=package, input=body, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        line = next(line for line in done.stdout.splitlines() if line.startswith("ANSWER"))
        return json.loads(line.removeprefix("ANSWER"))["predictions"]

    return answer


@pytest.fixture
def quick(monkeypatch):
    """Evaluate with as few fits as possible and draw no card, where neither is what is tested."""
    little = Effort(folds=3, repeats=1, resamples=2, splits=1)
    monkeypatch.setattr("training.commands.run.effort", lambda *_, **__: little)
    monkeypatch.setattr("training.commands.run.card_files", lambda *arguments: {})


@pytest.fixture
def output(tmp_path):
    path = tmp_path / "out" / "model.json"
    path.parent.mkdir()
    path.write_text("the old model")
    return path


@pytest.fixture
def untouched(output):
    """Whether the old model is still there, and nothing beside it."""
    return lambda: output.read_text() == "the old model" and list(output.parent.iterdir()) == [output]


@pytest.fixture
def printed_help(monkeypatch, capsys):
    """What `python -m lambda_app.model.COMMAND --help` prints; it must exit with 0."""

    def of(command):
        module = f"lambda_app.model.{command}"
        monkeypatch.setattr(sys, "argv", [command, "--help"])
        monkeypatch.delitem(sys.modules, module)
        with pytest.raises(SystemExit) as exit_:
            runpy.run_module(module, run_name="__main__")
        assert exit_.value.code == 0
        return capsys.readouterr().out

    return of
