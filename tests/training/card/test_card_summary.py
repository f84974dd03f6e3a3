"""The card's first lines: ten at most, each figure recomputed."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from sklearn.datasets import load_wine

from training.card.prediction_sets import held_out, reading_sets
from training.card.summary import nested_figures, predictive_value, summary
from training.commands.train_model import main
from training.data.dataset import Dataset
from training.evaluation.audit import Audit
from training.evaluation.evaluate import evaluate
from training.evaluation.regression import evaluate_regression
from training.recipes.effort import Effort

ONCE = Effort(folds=3, repeats=1, resamples=2, splits=2, nested_folds=3, outer_folds=3)


def test_the_shipped_models_figures_come_first(example, evaluation):
    text = summary(example, evaluation)
    assert len(text.splitlines()) <= 10
    answers = evaluation.repeat_probabilities.argmax(axis=-1)
    right = (answers == example.labels).mean()
    sensitivity = (answers[:, example.labels == 0] == 0).mean()
    false_alarms = (answers[:, example.labels == 1] == 0).mean()
    assert f"Right for {right * 100:.1f} %" in text
    assert "always answering benign: 62.7 %" in text
    assert f"finds {sensitivity * 100:.1f} %" in text
    sick, healthy = 1000 * sensitivity, 99_000 * false_alarms  # of 100,000 people, 1,000 of them ill
    assert f"Where only 1.0 % are malignant, {100 * sick / (sick + healthy):.1f} %" in text
    assert "Prediction sets at about 99 % decide" in text


@pytest.mark.parametrize(
    ("sensitivity", "specificity", "prevalence", "expected"),
    [(0.9, 0.9, 0.5, 0.9), (1.0, 1.0, 0.01, 1.0), (0.5, 0.5, 0.2, 0.2), (0.0, 1.0, 0.1, 0.0)],
)
def test_the_predictive_value_is_bayes_rule(sensitivity, specificity, prevalence, expected):
    assert predictive_value(sensitivity, specificity, prevalence) == pytest.approx(expected)


def test_more_classes_have_neither_sensitivity_nor_prevalence():
    bunch = load_wine()
    names = tuple(bunch.feature_names)
    wine = Dataset("wine", "", bunch.data, bunch.target, names, ("a", "b", "c"), 2, {}, "", "", "", "", ())
    judged = evaluate(wine, folds=3, amount=ONCE)
    text = summary(wine, judged)
    assert "spares" not in text
    assert "Where only" not in text
    assert "Prediction sets at about 95 % decide" in text
    covered = next(found for found in judged.held_out_coverage if found.level == "0.95").coverage[0]
    assert covered.lowest < covered.highest
    text = held_out(wine, judged)
    assert f"a {covered.mean * 100:.1f} % ({covered.lowest * 100:.1f} to {covered.highest * 100:.1f});" in text
    assert "mean (lowest to highest of 2 splits)" in text
    assert "other rows would move the shares further" in reading_sets(wine, judged)


def test_a_regression_says_how_far_it_is_off_and_what_its_interval_held(diabetes):
    judged = evaluate_regression(diabetes, amount=Effort(folds=5, repeats=1))
    text = summary(diabetes, judged)
    off = np.abs(judged.repeat_predictions - diabetes.targets).mean()
    assert f"Off by {off:.4g} [" in text
    assert f"always answering the median: {np.abs(diabetes.targets - np.median(diabetes.targets)).mean():.4g}." in text
    assert f"held {judged.interval.held_out.mean * 100:.1f} % of held-out rows" in text  # of one split: no range
    assert len(text.splitlines()) <= 10


def test_nested_figures_stand_beside_the_published_ones_where_they_were_asked_for():
    audited = Audit(
        {"accuracy": 0.976, "log loss": 0.0767}, {"accuracy": 0.979, "log loss": 0.0760}, Counter({1.0: 10})
    )
    lines = nested_figures(audited).splitlines()
    assert "| accuracy | 0.9790 | 0.9760 | -0.0030 |" in lines
    assert "| log loss | 0.0760 | 0.0767 | +0.0007 |" in lines
    assert nested_figures(None) == ""


def test_a_run_with_an_audit_puts_it_into_the_card(bundled_csv, tmp_path, monkeypatch):
    monkeypatch.setattr("training.commands.run.effort", lambda *_, **__: ONCE)
    monkeypatch.setattr("training.evaluation.regularisation.GRID", (0.1, 1.0))
    arguments = ["--data", bundled_csv("iris"), "--target", "class", "--folds", "3"]
    assert main([*arguments, "--audit", "--output", str(tmp_path / "iris.json")]) == 0
    assert "| accuracy | 0.9" in (tmp_path / "iris_card.md").read_text("utf-8").partition("inside each fold")[2]
