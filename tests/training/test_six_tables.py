"""From a table as people have them to an answer of the served model: six of them, by the command."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine

from lambda_app.model.model_parameters import ModelParameters
from lambda_app.model.predict import load
from training.commands.train_model import main
from training.data.csv_file import read_csv
from training.recipes.kinds import KINDS
from training.recipes.pipelines import recipe_for


def text_columns_and_gaps():
    """Shaped like a passenger list: sex and port in text, ages that are missing, a name that identifies."""
    generator = np.random.default_rng(0)
    sex = generator.choice(["female", "male"], 300)
    frame = pd.DataFrame(
        {
            "name": [f"Passenger {number}" for number in range(300)],
            "sex": sex,
            "age": np.where(generator.random(300) < 0.2, np.nan, generator.gamma(6, 5, 300).round(1)),
            "port": generator.choice(["S", "C", "Q", None], 300, p=[0.6, 0.2, 0.17, 0.03]),
            "alone": generator.random(300) < 0.5,
            "survived": np.where(generator.random(300) < np.where(sex == "female", 0.8, 0.2), "yes", "no"),
        }
    )
    return frame, ["--target", "survived", "--drop", "name"], {}


def semicolons_and_three_classes():
    frame = load_wine(as_frame=True).frame
    return frame, ["--target", "target"], {"sep": ";", "decimal": ","}


def row_numbers_and_text_labels():
    bunch = load_iris(as_frame=True)
    return bunch.frame.assign(target=bunch.target_names[bunch.target]), ["--target", "target"], {"index": True}


def a_rare_class():
    bunch = load_breast_cancer(as_frame=True)
    frame = bunch.frame
    few = pd.concat([frame[frame.target == 1], frame[frame.target == 0][:24]])
    return few, ["--target", "target", "--positive", "0"], {"encoding": "utf-16", "sep": "\t"}


def a_number_to_predict():
    return load_diabetes(as_frame=True).frame, ["--target", "target"], {}


def a_number_from_text_and_gaps():
    generator = np.random.default_rng(1)
    kind = generator.choice(["flat", "house", "villa"], 240)
    size = np.where(generator.random(240) < 0.1, np.nan, generator.uniform(30, 200, 240).round())
    price = np.nan_to_num(size, nan=100) * 1000 + (kind == "villa") * 50_000 + generator.normal(0, 5000, 240)
    return pd.DataFrame({"kind": kind, "size": size, "price": price.round(2)}), ["--target", "price"], {}


TABLES = [
    text_columns_and_gaps,
    semicolons_and_three_classes,
    row_numbers_and_text_labels,
    a_rare_class,
    a_number_to_predict,
    a_number_from_text_and_gaps,
]


def sample(row):
    """A row of a data frame as JSON holds it."""
    values = [value.item() if hasattr(value, "item") else value for value in row]
    return [None if isinstance(value, float) and np.isnan(value) else value for value in values]


# Every table by the default, and each of the others where numbers, categories and gaps meet.
CASES = [(make, "linear") for make in TABLES]
CASES += [
    (make, kind) for make in (text_columns_and_gaps, a_number_from_text_and_gaps) for kind in ("forest", "boosting")
]


@pytest.mark.parametrize(("make", "kind"), CASES, ids=[f"{make.__name__}-{kind}" for make, kind in CASES])
def test_a_table_is_served_as_scikit_learn_would(make, kind, tmp_path, output, capsys, quick):
    frame, options, dialect = make()
    path = tmp_path / "table.csv"
    frame.to_csv(path, **{"index": False, **dialect})
    arguments = ["--data", str(path), *options, "--estimator", kind, "--folds", "3", "--output", str(output)]
    assert main(arguments) == 0, capsys.readouterr().err
    target = options[1]
    dropped = options[3:] if "--drop" in options else []
    positive = options[3] if "--positive" in options else None
    dataset = read_csv(str(path), target, dropped, positive)
    fitted = recipe_for(dataset, KINDS[kind]).pipeline.fit(dataset.features, dataset.targets)
    rows = np.arange(0, len(dataset.targets), 7)
    table = dataset.features[rows] if isinstance(dataset.features, np.ndarray) else dataset.features.iloc[rows]
    served = load(ModelParameters.from_json(output.read_text(encoding="ascii")))
    samples = [sample(row) for row in (table if isinstance(table, np.ndarray) else table.to_numpy())]
    answers = [served.predict(served.columns.numbers(values)) for values in samples]
    if dataset.is_regression:
        assert [answer[0] for answer in answers] == pytest.approx(fitted.predict(table), rel=1e-12)
        assert all(answer[1][0] < answer[0] < answer[1][1] for answer in answers)
        return
    expected = fitted.predict_proba(table)
    assert np.abs(np.array([answer[1] for answer in answers]) - expected).max() <= 1e-12
    assert [answer[0] for answer in answers] == expected.argmax(axis=1).tolist()
