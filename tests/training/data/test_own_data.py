"""Any numeric CSV: answered as scikit-learn would, or refused with a sentence and nothing touched."""

from __future__ import annotations

import numpy as np
import pytest

from lambda_app.model.artefact.model_parameters import ModelParameters
from training.commands.train_model import main
from training.data.csv_file import read_csv
from training.recipes.pipelines import recipe, recipe_for


@pytest.mark.parametrize(("name", "step"), [("iris", 1), ("wine", 1), ("breast_cancer", 1), ("digits", 6)])
def test_the_deployed_handler_answers_as_scikit_learn_does(name, step, bundled_csv, output, deployed, quick):
    path = bundled_csv(name, step)
    assert main(["--data", path, "--target", "class", "--folds", "3", "--output", str(output)]) == 0
    dataset = read_csv(path, "class")
    fitted = recipe_for(dataset).pipeline.fit(dataset.features, dataset.labels)
    expected = fitted.predict_proba(dataset.features)
    instances = dataset.features.tolist()
    instances[0] = dict(zip(dataset.feature_names, instances[0], strict=True))
    answers = deployed(output, instances)
    assert len(answers) == len(expected)
    for answer, probabilities, prediction in zip(answers, expected, fitted.predict(dataset.features), strict=True):
        found = [answer["probabilities"][label] for label in dataset.target_names]
        assert np.abs(np.array(found) - probabilities).max() <= 1e-12
        assert answer["prediction"] == prediction
        assert answer["label"] == dataset.target_names[prediction]
        assert answer["label"] in answer["prediction_set"] or len(answer["prediction_set"]) > 0


def test_null_is_answered_with_the_median_where_it_was_imputed(write_csv, output, deployed, quick):
    generator = np.random.default_rng(3)
    labels = np.repeat(["no", "yes"], 30)
    features = generator.normal(size=(60, 3)) + (labels == "yes")[:, None]
    features[generator.random(features.shape) < 0.1] = np.nan
    cells = [["" if np.isnan(value) else value for value in row] for row in features.tolist()]
    path = write_csv([["a", "b", "c", "y"], *([*row, label] for row, label in zip(cells, labels, strict=True))])
    arguments = ["--data", path, "--target", "y", "--folds", "3", "--output", str(output)]
    assert main(arguments) == 0
    columns = ModelParameters.from_json(output.read_text(encoding="ascii")).columns
    assert [column["missing"] for column in columns] == [[value] for value in np.nanmedian(features, axis=0)]
    expected = recipe(fills=True).fit(features, labels == "yes").predict_proba(features)[:, 1]
    instances = [[None if np.isnan(value) else value for value in row] for row in features.tolist()]
    answers = deployed(output, instances)
    assert np.abs([answer["probability"] for answer in answers] - expected).max() <= 1e-12


ROWS = [[number, number % 7, "ab"[number % 2]] for number in range(30)]
HEADER = ["x", "z", "y"]


@pytest.mark.parametrize(
    ("table", "options", "sentence"),
    [
        ([], [], "no rows"),
        ([HEADER], [], "no rows"),
        ([HEADER, *ROWS], ["--target", "why"], "--target: no column 'why'; the file has 'x', 'z', 'y'"),
        ([HEADER, *ROWS], ["--drop", "id"], "--drop: no column 'id'"),
        ([HEADER, *ROWS], ["--drop", "y"], "'y' can't be both predicted and dropped"),
        ([HEADER, *ROWS], ["--drop", "x", "z"], "no column is left to predict from"),
        ([HEADER, *ROWS], ["--positive", "c"], "--positive: no label 'c' in column 'y'; it holds 'a', 'b'"),
        ([HEADER, *ROWS, [1, 2, "c"]], ["--positive", "c"], "--positive goes with two classes; column 'y' holds 3"),
        (
            [HEADER, *ROWS, [1, "tall", "a"]],
            [],
            "column 'z': not a number in line 32, and 30 numbers elsewhere: mend the cell, or empty it",
        ),
        ([HEADER, *ROWS, [1, "inf", "a"]], [], "column 'z': not a finite number in line 32"),
        ([HEADER, *ROWS, [1, "1_0", "a"]], [], "column 'z': not a number in line 32"),
        ([HEADER, *ROWS, [1, 2, ""]], [], "column 'y': no label in line 32"),
        ([HEADER, *ROWS, [1, 2]], [], "line 32 has 2 cells where the header has 3"),
        ([HEADER, *ROWS, [1, 2, "a", 4]], [], "line 32 has 4 cells where the header has 3"),
        ([HEADER, *ROWS[::2]], [], "column 'y' holds one class only, 'a'"),
        ([HEADER, *ROWS[:18]], [], "class 'a' has too few rows, 9, for 10 folds"),
        ([HEADER, *ROWS, [1, 2, "c"]], [], "class 'c' has too few rows, 1: 3 are the least"),
        ([["x", "x", "y"], *ROWS], [], "the header names 'x' more than once"),
        ([["x", "", "y"], *ROWS], [], "column 2 has no name"),
        ([HEADER, *[[5, 5, row[2]] for row in ROWS]], [], "every column holds one value only"),
        ([HEADER, *[[row[0], 1e308 * (-1) ** row[0], row[2]] for row in ROWS]], [], "nothing was written"),
    ],
)
def test_a_file_that_will_not_do_is_refused_and_nothing_touched(
    table, options, sentence, write_csv, output, capsys, untouched
):
    assert main(["--data", write_csv(table), "--target", "y", "--output", str(output), *options]) == 1
    assert untouched()
    message = capsys.readouterr().err
    assert message.startswith("error: ")
    assert message.count("\n") == 1 + ("paste: python -c" in message)
    assert sentence in message


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"x,y\n\xff,a\n", "holds one class only"),
        (b'x,y\n"1,a\n', "not a CSV file"),
        (b"\x00\x01", "data.csv: not text"),
    ],
)
def test_a_file_that_is_no_csv_is_refused(content, sentence, tmp_path, output, capsys, untouched):
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    assert main(["--data", str(path), "--target", "y", "--output", str(output)]) == 1
    assert sentence in capsys.readouterr().err
    assert untouched()


@pytest.mark.parametrize(("path", "reason"), [("nowhere.csv", "No such file"), ("", "Is a directory")])
def test_a_missing_file_is_named(path, reason, tmp_path, output, capsys, untouched):
    assert main(["--data", str(tmp_path / path), "--target", "y", "--output", str(output)]) == 1
    assert reason in capsys.readouterr().err
    assert untouched()
