"""docs/your_own_model.md, walked line by line against scikit-learn."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn import (
    calibration,
    compose,
    decomposition,
    discriminant_analysis,
    ensemble,
    feature_selection,
    impute,
    linear_model,
    model_selection,
    multiclass,
    naive_bayes,
    neighbors,
    neural_network,
    pipeline,
    preprocessing,
    svm,
    tree,
)
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine

from lambda_app.lambda_function import Application
from lambda_app.model.artefact.model_parameters import ModelParameters
from lambda_app.model.predict import load
from lambda_app.model.store import LoadedModel
from lambda_app.service import Service
from training.errors import UnsupportedModel
from training.export import export_model
from training.recipes.fitting import THREADS

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "your_own_model.md"
MODULES = (
    calibration,
    compose,
    decomposition,
    discriminant_analysis,
    ensemble,
    feature_selection,
    impute,
    linear_model,
)
MORE_MODULES = (model_selection, multiclass, naive_bayes, neighbors, neural_network, pipeline, preprocessing, svm, tree)
NAMES = {name: value for module in (*MODULES, *MORE_MODULES) for name, value in vars(module).items()}
NAMES.update(np=np, numbers=["age", "fare"], texts=["sex", "port"], flags=["alone"])
LOADERS = {"iris": load_iris, "wine": load_wine, "digits": load_digits, "breast cancer": load_breast_cancer}
DIGITS_STEP = 6  # every sixth row: ten classes of 64 features are slow to fit

# whether a fit converged is nothing to the export, and some lines stop early on purpose
pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore:Features .* are constant"),
    pytest.mark.filterwarnings("ignore:invalid value encountered in divide"),  # the score of such a feature
]


@pytest.fixture(autouse=True)
def one_thread():
    """On a busy machine, threads that wait for each other make small fits 25 times as slow."""
    with THREADS.limit(limits=1):
        yield


def lines_under(heading):
    """(expression, text) of each line of the table under a heading."""
    section = DOCUMENT.read_text(encoding="utf-8").split(f"# {heading}\n")[1].split("\n#")[0]
    return re.findall(r"^\| `(.+)` \| (.+) \|$", section, re.MULTILINE)


CLASSIFIERS, REGRESSORS, MIXED = (
    [expression for expression, _ in lines_under(heading)]
    for heading in ("Classifiers", "Regressors", "Tables with text")
)
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


def passengers(rows=300):
    """A table as people have them: numbers with holes, texts with holes, true and false."""
    generator = np.random.default_rng(0)
    sex, port = (
        generator.choice(["male", "female"], rows),
        generator.choice(["S", "C", "Q", "X"], rows, p=[0.6, 0.2, 0.17, 0.03]),
    )
    age, fare = generator.normal(30, 12, rows).round(1), generator.lognormal(3, 1, rows).round(2)
    alone = generator.random(rows) < 0.4
    survived = (sex == "female") * 2.0 + (port == "C") - age / 40 + generator.normal(size=rows) > 0
    frame = pd.DataFrame({"sex": sex, "age": age, "port": port, "fare": fare, "alone": alone})
    frame.loc[generator.random(rows) < 0.2, "age"] = np.nan
    frame["port"] = frame["port"].astype(object)
    frame.loc[generator.random(rows) < 0.1, "port"] = np.nan
    return frame, survived.astype(int)


def test_the_tables_are_found():
    assert len(CLASSIFIERS) >= 30
    assert len(REGRESSORS) >= 12
    assert len(MIXED) >= 6
    assert len(REFUSED) >= 18


@pytest.fixture
def answers(tmp_path):
    """Saves a model, serves it with the handler, and returns it with its answers to rows: event in, answer out.

    An answer is the model's own prediction: (class index, probabilities, set), or (number, interval).
    """

    def serve(parameters, rows):
        path = tmp_path / "model.json"
        parameters.save(path)
        application = Application(str(path))
        size = Service(LoadedModel(load(parameters), "packaged")).limits.samples
        found = []
        for start in range(0, len(rows), size):
            response = application.handle(event({"instances": rows[start : start + size]}), None)
            assert response["statusCode"] == 200, response["body"]
            found += [as_prediction(answer, parameters) for answer in json.loads(response["body"])["predictions"]]
        return load(ModelParameters.from_json(path.read_text("ascii"))), found

    return serve


def event(document):
    """As API Gateway sends it."""
    return {
        "httpMethod": "POST",
        "resource": "/predict",
        "path": "/predict",
        "headers": {},
        "body": json.dumps(document),
    }


def as_prediction(answer, parameters):
    if parameters.task == "regression":
        return answer["prediction"], answer["interval"]
    names = parameters.target_names
    return answer["prediction"], [answer["probabilities"][name] for name in names], answer["prediction_set"]


def as_rows(features, columns=None):
    """Rows as a caller sends them."""
    chosen = features if columns is None else features[columns]
    table = chosen.to_numpy(dtype=object).tolist() if hasattr(chosen, "iloc") else chosen.tolist()
    return [
        [None if pd.isna(value) else float(value) if type(value) is int else value for value in row] for row in table
    ]


def kept(expression, features, fitted):
    """The features without the columns that a selection dropped."""
    return features[:, fitted[1].get_support()] if "SelectKBest" in expression else features


@pytest.mark.parametrize("data", LOADERS)
@pytest.mark.parametrize("expression", CLASSIFIERS)
def test_classifiers_answer_as_scikit_learn_does(expression, data, answers):
    features, labels = rows_of(data, with_missing="SimpleImputer" in expression)
    fitted = build(expression).fit(features, labels)
    parameters = export_model(fitted, features, labels)
    model, found = answers(parameters, as_rows(kept(expression, features, fitted)))
    expected, predicted = fitted.predict_proba(features), fitted.predict(features)
    for (prediction, probabilities, _), wanted, label in zip(found, expected, predicted, strict=True):
        assert np.abs(np.array(probabilities) - wanted).max() <= 1e-12
        assert fitted.classes_[prediction] == label
    # an explanation starts at the typical row
    typical = model.columns.reference
    if not model.explains:
        return
    assert np.allclose(model.explain(typical, 0).contributions, 0, atol=1e-12)


ELSEWHERE_WRONG = [
    pipeline.make_pipeline(impute.SimpleImputer(), preprocessing.StandardScaler(), linear_model.LogisticRegression()),
    pipeline.make_pipeline(
        impute.SimpleImputer(strategy="median"), ensemble.RandomForestClassifier(20, random_state=0)
    ),
    ensemble.GradientBoostingClassifier(n_estimators=20, random_state=0),
    ensemble.HistGradientBoostingClassifier(max_iter=20, random_state=0),
]


@pytest.mark.parametrize("estimator", ELSEWHERE_WRONG, ids=lambda estimator: type(estimator).__name__)
@pytest.mark.parametrize("kind", [np.float32, "one decimal"])
def test_rounded_and_32_bit_rows_are_answered_as_scikit_learn_does(estimator, kind, answers):
    """Where other exporters go wrong: many values lie right on a threshold. Callers send 64 bits, so those are compared."""
    features, labels = load_breast_cancer(return_X_y=True)
    features = features.round(1) if kind == "one decimal" else features.astype(kind)
    if "Imputer" in repr(estimator):
        features[::7, 3] = np.nan
    fitted = estimator.fit(features, labels)
    _, found = answers(export_model(fitted, features, labels), as_rows(features))
    for (prediction, probabilities, _), wanted in zip(found, fitted.predict_proba(features.astype(float)), strict=True):
        assert np.abs(np.array(probabilities) - wanted).max() <= 1e-12
        assert prediction == wanted.argmax()


@pytest.mark.parametrize("expression", REGRESSORS)
def test_regressors_answer_as_scikit_learn_does(expression, answers):
    features, targets = load_diabetes(return_X_y=True)
    if "SimpleImputer" in expression:
        features[np.random.default_rng(0).random(features.shape) < 0.05] = np.nan
    fitted = build(expression).fit(features, targets)
    model, found = answers(export_model(fitted, features, targets), as_rows(features))
    for (prediction, interval), wanted in zip(found, fitted.predict(features), strict=True):
        assert prediction == pytest.approx(wanted, rel=1e-12, abs=1e-12)
        assert interval is None
    for row in as_rows(features)[::50]:
        why = model.explain(model.columns.numbers(row))
        back = {"target": float, "log": np.exp, "log1p": np.expm1}[why.scale](why.total)
        assert back == pytest.approx(model.predict(model.columns.numbers(row))[0], rel=1e-9)


@pytest.mark.parametrize("expression", MIXED)
def test_tables_with_text_answer_as_scikit_learn_does(expression, answers):
    frame, labels = passengers()
    if "flags" not in expression and "remainder" not in expression:
        frame = frame.drop(columns="alone")
    fitted = build(expression).fit(frame, labels)
    parameters = export_model(fitted, frame, labels)
    assert parameters.feature_names == list(frame.columns)
    model, found = answers(parameters, as_rows(frame))
    for (prediction, probabilities, _), wanted, label in zip(
        found, fitted.predict_proba(frame), fitted.predict(frame), strict=True
    ):
        assert np.abs(np.array(probabilities) - wanted).max() <= 1e-12
        assert prediction == label
    unseen = as_rows(frame)[0]
    unseen[0] = "neither"
    try:
        wanted = fitted.predict_proba(frame.iloc[[0]].assign(sex="neither"))[0]
    except ValueError:
        assert model.columns.numbers(unseen) is None
    else:
        assert model.predict(model.columns.numbers(unseen))[1] == pytest.approx(wanted, abs=1e-12)
        assert model.columns.unseen(unseen) == [0]
    why = model.explain(model.columns.numbers(as_rows(frame)[1]), 1)
    assert len(why.contributions) == len(frame.columns)


@pytest.mark.parametrize(("expression", "sentence"), REFUSED)
def test_what_is_said_to_be_refused_is_with_that_sentence(expression, sentence):
    features, labels = load_iris(return_X_y=True)
    if "missing_values=-1" in expression:
        features = np.where(features == features.min(), -1, features)
    if "add_indicator" in expression:
        features = np.where(features == features.min(axis=0), np.nan, features)
    fitted = build(expression).fit(features, labels)
    with pytest.raises(UnsupportedModel, match=re.escape(sentence)):
        export_model(fitted, features, labels)


def test_numbers_may_be_boosting_s_own_categories(answers):
    """With missing ones, and values beside them that training never held."""
    generator = np.random.default_rng(0)
    features = generator.integers(0, 6, (400, 3)).astype(float)
    features[:, 2] += generator.normal(size=400)
    features[::9, 0] = np.nan
    targets = (features[:, 1] == 3) * 2.0 + features[:, 2]
    fitted = ensemble.HistGradientBoostingRegressor(max_iter=30, categorical_features=[0, 1], random_state=0)
    model, found = answers(export_model(fitted.fit(features, targets), features, targets), as_rows(features))
    assert [prediction for prediction, _ in found] == pytest.approx(fitted.predict(features), rel=1e-12)
    unseen = [99.0, 3.0, 1.5]
    assert model.predict(model.columns.numbers(unseen))[0] == pytest.approx(fitted.predict([unseen])[0], rel=1e-12)


def test_a_missing_category_that_stays_missing_is_refused_with_a_way_out():
    frame, labels = passengers()
    encoder = compose.make_column_transformer(
        (preprocessing.OrdinalEncoder(), ["sex", "port", "alone"]), remainder="passthrough"
    )
    fitted = pipeline.make_pipeline(encoder, ensemble.HistGradientBoostingClassifier(max_iter=5)).fit(frame, labels)
    with pytest.raises(UnsupportedModel, match="encoded_missing_value=-1"):
        export_model(fitted, frame, labels)


@pytest.mark.parametrize("estimator", [linear_model.LogisticRegression(), tree.DecisionTreeClassifier()])
def test_a_column_of_which_only_the_flag_is_left_is_refused_with_a_way_out(estimator):
    features = np.random.default_rng(0).normal(size=(200, 3))
    features[::3, 1] = np.nan
    labels = np.isnan(features[:, 1]).astype(int)
    labels[:9] = 1 - labels[:9]
    selection = feature_selection.SelectKBest(k=1)
    fitted = pipeline.make_pipeline(impute.SimpleImputer(add_indicator=True), selection, estimator).fit(
        features, labels
    )
    with pytest.raises(UnsupportedModel, match="keep the value too, or give that as a column of its own"):
        export_model(fitted, features, labels)


def test_own_code_under_a_known_name_is_refused():
    """A subclass may compute anything."""
    kind = type("LogisticRegression", (linear_model.LogisticRegression,), {})
    features, labels = load_iris(return_X_y=True)
    with pytest.raises(UnsupportedModel, match="LogisticRegression can't be exported"):
        export_model(kind(max_iter=50).fit(features, labels), features, labels)


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
