"""The simulation itself: its fits and its truths against scikit-learn's, and a short run of it, so that it does not rot."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, brier_score_loss, log_loss, recall_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.simulation import __main__ as simulation
from tests.simulation import fits, truths
from tests.simulation.populations import CLASSES, NUMBERS

PUBLISHED = {
    "accuracy", "ROC AUC", "log loss", "Brier score", "calibration slope", "calibration intercept", "sensitivity",
    "specificity", "reliability, a bar", "subgroups", "operating points, sensitivity", "operating points, specificity",
    "net benefit", "predictive value where it is rare", "gain over another kind",
}  # fmt: skip


@pytest.mark.parametrize(("load", "classes"), [(load_breast_cancer, 2), (load_iris, 3)])
def test_many_logistic_regressions_at_once_are_scikit_learns(load, classes):
    features, labels = load(return_X_y=True)
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    weights = np.random.default_rng(0).integers(0, 3, (4, len(labels))).astype(float)
    lines = fits.logistic(features, labels, weights, classes, 0.5)
    for counts, probabilities in zip(weights.astype(int), fits.probabilities_of(lines, features), strict=True):
        rows = np.repeat(np.arange(len(labels)), counts)
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.5, solver="newton-cholesky", tol=1e-10))
        expected = model.fit(features[rows], labels[rows]).predict_proba(features)
        assert np.abs(probabilities - expected).max() < 1e-6


def test_many_ridge_regressions_at_once_are_scikit_learns():
    generator = np.random.default_rng(0)
    features = generator.normal(size=(80, 3)) * [1, 5, 9]
    targets = features.sum(axis=1) + generator.normal(size=80)
    weights = generator.integers(0, 2, (3, 80)).astype(float)
    lines = fits.ridge(features, targets, weights, 7.0)
    for own, line in zip(weights > 0, lines, strict=True):
        model = make_pipeline(StandardScaler(), Ridge(alpha=7.0)).fit(features[own], targets[own])
        assert features @ line[1:] + line[0] == pytest.approx(model.predict(features), abs=1e-8)


def test_truths_are_what_scikit_learn_finds_on_a_million_rows():
    population = CLASSES[2]
    generator = np.random.default_rng(0)
    features = population.draw(generator, 1_000_000)
    chances = population.probabilities(features)
    labels = (generator.random(len(chances)) < chances[:, 1]).astype(int)
    scores = np.clip(chances**2 / (chances**2).sum(axis=1, keepdims=True), 1e-6, 1 - 1e-6)
    found = truths.of_metrics(scores, chances)
    answers = scores.argmax(axis=1)
    expected = {
        "accuracy": accuracy_score(labels, answers),
        "roc_auc": roc_auc_score(labels, scores[:, 1]),
        "log_loss": log_loss(labels, scores),
        "brier": brier_score_loss(labels, scores[:, 1]),
        "sensitivity": recall_score(labels, answers),
        "specificity": recall_score(labels, answers, pos_label=0),
        "calibration_slope": 0.5,
        "calibration_intercept": 0.0,
    }
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=0.01 if name.startswith("calibration") else 0.002), name
    called = scores[:, 1] >= 0.3
    assert truths.of_threshold(scores[:, 1], chances[:, 1], 0.3) == pytest.approx(
        (called[labels == 1].mean(), (~called)[labels == 0].mean()), abs=0.003
    )
    inside = (scores[:, 1] >= 0.2) & (scores[:, 1] < 0.3)
    assert truths.of_bin(scores, chances, 0.2, 0.3) == pytest.approx(labels[inside].mean(), abs=0.006)


@pytest.mark.parametrize("population", [CLASSES[2], CLASSES[4], NUMBERS[3]], ids=lambda population: population.name)
def test_a_short_run_holds_the_truth_as_often_as_so_few_tables_can_tell(population):
    """60 tables: an interval that held it in 85 of 100 would fail more often than not."""
    found = simulation.held(population, 60, seed=1)
    if population in CLASSES:
        assert {*found} == {*PUBLISHED, "coefficients"}
    for figure, shares in found.items():
        assert np.mean(shares) >= 0.88, figure


def test_an_interval_that_is_too_narrow_fails(monkeypatch, capsys):
    """A third of its width is found out, by 40 tables of one population."""
    monkeypatch.setattr("training.evaluation.measures.intervals.Z", 0.65)
    monkeypatch.setattr(simulation, "CLASSES", [])
    monkeypatch.setattr(simulation, "NUMBERS", NUMBERS[:1])
    assert simulation.main(["40"]) == 1
    assert "in fewer than 93 of 100: mean absolute error, normal errors" in capsys.readouterr().out
    monkeypatch.undo()
    monkeypatch.setattr(simulation, "CLASSES", [])
    monkeypatch.setattr(simulation, "NUMBERS", NUMBERS[:1])
    assert simulation.main(["40"]) == 0
