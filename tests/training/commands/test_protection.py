"""What protects from fooling oneself: suspects, thresholds judged honestly, and nothing written half."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from training import files
from training.commands.train_model import main
from training.data.csv_file import read_csv
from training.data.dataset import with_positive
from training.errors import DataError, TrainingError
from training.evaluation.evaluate import evaluate
from training.evaluation.measures.decision import decide
from training.evaluation.measures.suspects import suspects
from training.files import write_together
from training.recipes.effort import Effort

QUICK = Effort(folds=4, repeats=1, resamples=2, splits=1, nested_folds=4, outer_folds=4)


def table(generator, rows=60):
    labels = ["ab"[n % 2] for n in range(rows)]
    honest = [round(float(generator.normal()) + (label == "b"), 3) for label in labels]
    return labels, honest


@pytest.fixture
def tricky(write_csv):
    labels, honest = table(np.random.default_rng(0))
    rows = [
        [1000 + 2 * n, 7 * n * n % 997, x, (label == "b") + n / 1000, "won" if label == "b" else "lost", label]
        for n, (label, x) in enumerate(zip(labels, honest, strict=True))
    ]
    return write_csv([["serial", "patient_id", "x", "leak", "outcome", "y"], *rows])


def test_identifiers_and_leaks_are_named(tricky):
    found = {suspect.column: suspect.reason for suspect in suspects(read_csv(tricky, "y"))}
    assert set(found) == {"serial", "patient_id", "leak", "outcome"}
    assert "identifier" in found["serial"]
    assert "tells the classes apart alone (ROC AUC 1.000)" in found["leak"]
    assert "alone" in found["outcome"]


def test_a_column_that_is_the_number_to_predict_is_named(write_csv):
    rows = [[n % 7, 3 * n**1.5 + 1, n**1.5] for n in range(40)]
    dataset = read_csv(write_csv([["x", "same", "y"], *rows]), "y")
    assert [suspect.column for suspect in suspects(dataset)] == ["same"]
    assert "explains 100.0 % of y alone" in suspects(dataset)[0].reason


def test_the_example_is_not_suspected(example):
    assert suspects(example) == []


def test_what_leaving_a_suspect_out_costs_is_printed(tricky, output, capsys, quick):
    assert main(["--data", tricky, "--target", "y", "--folds", "3", "--output", str(output)]) == 0
    printed = capsys.readouterr().out
    assert (
        "warning: column 'leak' tells the classes apart alone (ROC AUC 1.000): --drop leak leaves it out (accuracy"
        in printed
    )
    assert "always a" in printed
    assert "look at it:  python -m lambda_app --model " in printed
    assert "deploy it:   python -m lambda_app.model.publish s3://BUCKET/PREFIX --model " in printed


def test_a_model_that_is_no_better_than_the_commonest_class_is_warned_of(write_csv, output, capsys, quick):
    generator = np.random.default_rng(1)
    rows = [[float(generator.normal()), "ab"[int(n % 4 == 0)]] for n in range(80)]
    path = write_csv([["x", "y"], *rows])
    assert main(["--data", path, "--target", "y", "--folds", "3", "--output", str(output)]) == 0
    assert "warning: the model is not surely better than always answering a" in capsys.readouterr().out


def test_no_row_called_positive_is_no_crash(write_csv, output):
    """A rare class that nothing tells apart: no row reaches one half, and the pictures are drawn all the same."""
    generator = np.random.default_rng(2)
    rows = [[float(generator.normal()), "ab"[int(n % 20 == 0)]] for n in range(200)]
    path = write_csv([["x", "y"], *rows])
    assert main(["--data", path, "--target", "y", "--folds", "3", "--quick", "--output", str(output)]) == 0
    assert {path.name for path in output.parent.iterdir()} == {"model.json", "model_card.md", "model_card_images"}


def test_a_sensitivity_is_reached_on_rows_that_had_no_part_in_the_choice(example):
    malignant = with_positive(example, "malignant")
    assert malignant.target_names == ("benign", "malignant")
    assert malignant.targets.sum() == 212
    evaluation = evaluate(malignant, amount=QUICK)
    decision = decide(malignant, evaluation, sensitivity=0.95)
    assert decision.point.label == "malignant"
    assert decision.point.sensitivity == pytest.approx(0.95, abs=0.03)
    assert decision.point.true_positives + decision.point.false_negatives == pytest.approx(212)
    called = evaluation.probabilities[malignant.targets == 1, 1] >= decision.threshold
    assert called.mean() >= 0.95
    found, spared = re.search(
        r"anew inside each of \d+ folds, it found ([\d.]+) % and spared ([\d.]+) %", decision.method
    ).groups()
    assert float(found) == pytest.approx(95, abs=3)
    assert float(spared) == pytest.approx(100 * decision.point.specificity, abs=2)


def test_a_sensitivity_that_the_rows_can_not_bear_is_refused(example):
    few = np.flatnonzero((example.targets == 1) | (np.arange(569) < 60))
    thin = type(example)(**{**example.__dict__, "features": example.features[few], "targets": example.targets[few]})
    thin = with_positive(thin, "malignant")
    evaluation = evaluate(thin, amount=QUICK)
    with pytest.raises(TrainingError, match="rows of malignant are too few to choose a threshold"):
        decide(thin, evaluation, sensitivity=0.999)


def test_a_threshold_of_ones_own_reaches_the_artefact_and_the_card(bundled_csv, output, capsys):
    path = bundled_csv("breast_cancer")
    arguments = ["--data", path, "--target", "class", "--positive", "malignant", "--threshold", "0.08", "--quick"]
    assert main([*arguments, "--output", str(output)]) == 0
    assert "threshold 0.08 (yours)" in capsys.readouterr().out
    artefact = json.loads(output.read_text(encoding="ascii"))
    assert artefact["decision_threshold"] == 0.08
    assert artefact["target_names"] == ["benign", "malignant"]
    card = output.with_name("model_card.md").read_text(encoding="utf-8")
    assert "The API answers **malignant** from a probability of 0.08 on" in card


def test_a_threshold_goes_with_two_classes(bundled_csv, output, capsys, untouched):
    arguments = ["--data", bundled_csv("iris"), "--target", "class", "--threshold", "0.3", "--output", str(output)]
    assert main(arguments) == 1
    assert "go with two classes; here there are 3" in capsys.readouterr().err
    assert untouched()


def test_positive_must_be_one_of_the_examples_labels(example):
    with pytest.raises(DataError, match="the two labels are 'malignant' and 'benign'"):
        with_positive(example, "maybe")
    assert with_positive(example, "benign").target_names == example.target_names


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--estimator", "SVC"], "--estimator: linear, forest, boosting, or LogisticRegression"),
        (["--estimator", "Ridge"], "Ridge predicts numbers, and here classes are wanted: --estimator linear"),
        (["--estimator", "forest", "--audit"], "--audit goes with the logistic regression"),
    ],
)
def test_an_estimator_that_does_not_fit_is_refused(arguments, sentence, output, capsys, untouched):
    assert main([*arguments, "--output", str(output)]) == 1
    assert sentence in capsys.readouterr().err
    assert untouched()


def test_files_are_written_together_or_not_at_all(tmp_path, monkeypatch):
    old = tmp_path / "model.json"
    old.write_text("old")
    (tmp_path / "in the way").write_text("a file where a directory should be")
    with pytest.raises(OSError, match=r"."):
        write_together({old: b"new", tmp_path / "in the way" / "card.md": b"card"}, old)
    assert old.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in the way", "model.json"]

    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_together({tmp_path / "images" / "a.png": b"new", old: b"new"}, old)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in the way", "model.json"]
