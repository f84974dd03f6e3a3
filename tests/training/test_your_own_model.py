"""docs/your_own_model.md, walked line by line against scikit-learn."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from sklearn import (
    calibration,
    decomposition,
    ensemble,
    impute,
    linear_model,
    model_selection,
    multiclass,
    pipeline,
    preprocessing,
    svm,
)
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine

from lambda_app.model.predict import Classifier
from training.errors import UnsupportedModel
from training.export import export_classifier
from training.recipes.fitting import THREADS

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "your_own_model.md"
MODULES = (calibration, decomposition, ensemble, impute, linear_model, model_selection, multiclass, pipeline)
NAMES = {name: value for module in (*MODULES, preprocessing, svm) for name, value in vars(module).items()}
LOADERS = {"iris": load_iris, "wine": load_wine, "digits": load_digits, "breast cancer": load_breast_cancer}
DIGITS_STEP = 6  # every sixth row: ten classes of 64 features are slow to fit

# whether a fit converged is nothing to the export, and some lines stop early on purpose
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(autouse=True)
def one_thread():
    """On a busy machine, threads that wait for each other make small fits 25 times as slow."""
    with THREADS.limit(limits=1):
        yield


def lines_under(heading):
    """(expression, text) of each line of the table under a heading."""
    section = DOCUMENT.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `(.+)` \| (.+) \|$", section, re.MULTILINE)


SUPPORTED = [expression for expression, _ in lines_under("What can be exported")]
REFUSED = lines_under("What is refused, and what to use instead")


def build(expression):
    return eval(expression, dict(NAMES))  # the document is ours


def rows_of(data, with_missing):
    features, labels = LOADERS[data](return_X_y=True)
    if data == "digits":
        features, labels = features[::DIGITS_STEP], labels[::DIGITS_STEP]
    if with_missing:
        features = features.copy()
        features[np.random.default_rng(0).random(features.shape) < 0.05] = np.nan
    return features, labels


def test_the_tables_are_found():
    assert len(SUPPORTED) >= 15
    assert len(REFUSED) >= 12


@pytest.mark.parametrize("data", LOADERS)
@pytest.mark.parametrize("expression", SUPPORTED)
def test_what_is_said_to_be_supported_predicts_as_scikit_learn_does(expression, data):
    features, labels = rows_of(data, with_missing="SimpleImputer" in expression)
    fitted = build(expression).fit(features, labels)
    parameters = export_classifier(fitted, features, labels)
    classifier = Classifier(type(parameters).from_json(parameters.to_json()))
    filled = np.where(np.isnan(features), parameters.imputations or 0, features)
    expected, predicted = fitted.predict_proba(features), fitted.predict(features)
    for sample, probabilities, label in zip(filled.tolist(), expected, predicted, strict=True):
        prediction, found, _ = classifier.predict(sample)
        assert np.abs(np.array(found) - probabilities).max() <= 1e-12
        assert fitted.classes_[prediction] == label
    # explanations start at the average training row, whatever the scaler centred on
    assert np.allclose(parameters.means, filled.mean(axis=0), rtol=1e-9, atol=1e-9)
    assert np.allclose(parameters.intercepts, classifier.scores(parameters.means), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("expression", "sentence"), REFUSED)
def test_what_is_said_to_be_refused_is_with_that_sentence(expression, sentence):
    features, labels = load_iris(return_X_y=True)
    if "missing_values=-1" in expression:
        features = np.where(features == features.min(), -1, features)
    fitted = build(expression).fit(features, labels)
    with pytest.raises(UnsupportedModel, match=re.escape(sentence)):
        export_classifier(fitted, features, labels)


def test_the_document_s_python_runs_as_printed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    bunch = load_wine()
    header = ",".join([*bunch.feature_names, "cultivar"])
    table = np.column_stack([bunch.data, bunch.target]).tolist()
    rows = [",".join([*map(repr, numbers), str(int(label))]) for *numbers, label in table]
    Path("wine.csv").write_text("\n".join([header, *rows]) + "\n")
    names = {}
    for number, block in enumerate(re.findall(r"```python\n(.+?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)):
        exec(block, names)  # the document is ours
        written = json.loads(Path("wine.json").read_text())
        assert ("accuracy" in written["metrics"]) == (number == 1)
        assert written["target_names"] == (["Barolo", "Grignolino", "Barbera"] if number == 0 else ["0", "1", "2"])
        Path("wine.json").unlink()
    assert names["evaluation"].metrics["accuracy"].value > 0.95
