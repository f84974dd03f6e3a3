"""From a table that a package ships to an answered request, by the README's own commands: six of them.

The commands are read from the README. What is sent, and what scikit-learn is fitted on, is the file as pandas reads it:
none of our own reading is on that side.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_wine

from training.data.csv_file import read_csv
from training.recipes.kinds import KINDS
from training.recipes.pipelines import recipe_for

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")
_, TRAIN, SERVE = re.search(r"## Your own model\n\n```sh\n(.*?)\n```", README, re.DOTALL)[1].split("\n")
CALL = re.search(r"^curl .* -d @docs/sample\.json$", README, re.MULTILINE)[0]
PRINTED_URL = "http://127.0.0.1:8000"


def penguins(path):
    """Three classes; islands and sexes in text; some penguins were not measured."""
    path.write_bytes((files("palmerpenguins") / "data" / "penguins.csv").read_bytes())
    return "species", [], {}


def penguins_as_noted_down(path):
    """Spaces and brackets in names, columns with one value, identifiers, dates, remarks; few are "No"."""
    path.write_bytes((files("palmerpenguins") / "data" / "penguins-raw.csv").read_bytes())
    identifiers = ["Sample Number", "Individual ID", "Date Egg", "Comments"]
    return "Clutch Completion", ["--positive", "No", "--drop", *identifiers], {}


def weather_with_little_snow(path):
    """Five classes, of which one has 23 of 1,461 days; dates, mended by the line that the trainer says."""
    raw = path.with_name("seattle-weather.csv")
    raw.write_bytes((files("vega_datasets") / "_data" / "seattle-weather.csv").read_bytes())
    refused = run(words_of(TRAIN, raw, "weather", path), cwd=path.parent)
    assert refused.returncode == 1
    mend = shlex.split(refused.stderr.split("to mend the file, paste: ")[1])
    run([sys.executable, *mend[1:]], cwd=path.parent).check_returncode()
    path.with_name("seattle-weather_mended.csv").rename(path)
    return "weather", [], {}


def wines_with_semicolons(path):
    load_wine(as_frame=True).frame.to_csv(path, sep=";", decimal=",", index=False)
    return "target", [], {"sep": ";", "decimal": ","}


def cars_by_consumption(path):
    """A number to predict, from numbers with gaps and a text; what has no answer is left out, as the trainer asks."""
    cars = pd.read_json(files("vega_datasets") / "_data" / "cars.json")
    cars.dropna(subset="Miles_per_Gallon").to_csv(path, index=False)
    return "Miles_per_Gallon", ["--drop", "Name", "Year"], {}


def barley_by_place(path):
    """A number to predict, from texts; saved with its row numbers."""
    pd.read_json(files("vega_datasets") / "_data" / "barley.json").to_csv(path)
    return "yield", [], {"index_col": 0}


TABLES = [
    penguins,
    penguins_as_noted_down,
    weather_with_little_snow,
    wines_with_semicolons,
    cars_by_consumption,
    barley_by_place,
]
# Every table by the default, and each of the other kinds where numbers, categories and gaps meet.
CASES = [(table, "linear") for table in TABLES]
CASES += [(penguins, "forest"), (cars_by_consumption, "boosting")]


def words_of(command, data, target, model):
    """A line of the README for this data: what a person would put in its place is put there."""
    places = {"python": sys.executable, "my.csv": str(data), "column": target, "my_model.json": str(model)}
    return [places.get(word, word) for word in shlex.split(command)]


def run(words, cwd=ROOT):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@contextmanager
def served(model):
    """The README's second command in a process of its own; gives its URL."""
    words = [*words_of(SERVE, "", "", model), "--port", "0"]
    with subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        try:
            yield process.stdout.readline().split()[1]
        finally:
            process.kill()


def call(url, document, folder):
    """What the README's curl gets for a document."""
    body = folder / "body.json"
    body.write_text(json.dumps(document), encoding="utf-8")
    words = shlex.split(CALL.replace(PRINTED_URL, url).replace("docs/sample.json", str(body)))
    done = run([*words, "--silent", "--show-error"])
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def sample(row):
    """A row of a data frame, by name, as JSON holds it."""
    values = {name: value.item() if hasattr(value, "item") else value for name, value in row.items()}
    return {name: None if isinstance(value, float) and np.isnan(value) else value for name, value in values.items()}


def fitted_by_scikit_learn(data, target, options, kind, frame, names):
    """The recipe's pipeline on the frame as pandas read it: its answers to all rows, probabilities or numbers."""
    drop = options[options.index("--drop") + 1 :] if "--drop" in options else []
    positive = options[options.index("--positive") + 1] if "--positive" in options else None
    dataset = read_csv(str(data), target, drop, positive)
    pipeline = recipe_for(dataset, KINDS[kind]).pipeline
    if dataset.is_regression:
        return pipeline.fit(frame[names], frame[target]).predict(frame[names])
    labels = frame[target].astype(str).map(list(dataset.target_names).index)
    return pd.DataFrame(pipeline.fit(frame[names], labels).predict_proba(frame[names]), columns=dataset.target_names)


def agree(answers, expected):
    """The answers of the API are scikit-learn's."""
    if not isinstance(expected, pd.DataFrame):
        assert [answer["prediction"] for answer in answers] == pytest.approx(expected, rel=1e-12)
        assert all(answer["interval"][0] < answer["prediction"] < answer["interval"][1] for answer in answers)
        return
    probabilities = pd.DataFrame([answer["probabilities"] for answer in answers])
    assert list(probabilities.columns) == list(expected.columns)
    assert np.abs(probabilities.to_numpy() - expected.to_numpy()).max() <= 1e-12
    assert [answer["label"] for answer in answers] == expected.idxmax(axis=1).tolist()


@pytest.mark.parametrize(("table", "kind"), CASES, ids=[f"{table.__name__}-{kind}" for table, kind in CASES])
def test_from_a_table_to_an_answered_request(table, kind, tmp_path, deployed):
    data, model = tmp_path / "my.csv", tmp_path / "my_model.json"
    target, options, dialect = table(data)
    trained = run([*words_of(TRAIN, data, target, model), "--quick", "--estimator", kind, *options])
    assert trained.returncode == 0, trained.stderr
    frame = pd.read_csv(data, **dialect)
    names = [column["name"] for column in json.loads(model.read_text(encoding="ascii"))["columns"]]
    expected = fitted_by_scikit_learn(data, target, options, kind, frame, names)
    samples = [sample(row) for _, row in frame[names].iterrows()]

    with served(model) as url:
        first = call(url, {"features": samples[0]}, tmp_path)
        answers = call(url, {"instances": samples}, tmp_path)["predictions"]

    agree(answers, expected)
    assert {name: first[name] for name in answers[0]} == answers[0]
    assert deployed(model, samples) == answers
