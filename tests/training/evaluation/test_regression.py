"""A number is predicted: figures recomputed without the evaluation's code, an honest interval, a card of its own."""

from __future__ import annotations

import re

import numpy as np
import pytest
import yaml
from sklearn.dummy import DummyRegressor
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.model_selection import KFold

from training.card.model_card import write_card
from training.card.regression_sections import base_rate, explanation
from training.card.style import LARGEST_FILE
from training.commands.run import train
from training.data.dataset import Dataset
from training.errors import TrainingError
from training.evaluation.compare_kinds import compare_kinds, verdict
from training.evaluation.regression import evaluate_regression, half_width
from training.recipes.effort import Effort
from training.recipes.kinds import LINEAR

ONCE = Effort(folds=5, repeats=2)


@pytest.fixture(scope="module")
def judged(diabetes):
    return evaluate_regression(diabetes, amount=ONCE)


def test_the_figures_are_scikit_learns(diabetes, judged):
    means = [
        np.mean([figure(diabetes.targets, own) for own in judged.repeat_predictions])
        for figure in (r2_score, mean_absolute_error, root_mean_squared_error)
    ]
    assert [metric.value for metric in judged.metrics.values()] == pytest.approx(means, rel=1e-12)
    errors = np.abs(judged.repeat_predictions - diabetes.targets).mean(axis=0)
    half = 1.25 * 1.959964 * errors.std(ddof=1) / np.sqrt(442) / errors.mean()
    expected = errors.mean() * np.exp([-half, half])
    assert judged.metrics["mean_absolute_error"].interval == pytest.approx(expected, rel=1e-6)
    for name in ("r2", "root_mean_squared_error"):  # none keeps its promise where errors are skewed
        assert judged.metrics[name].interval == ()


def test_the_gain_over_the_median_and_its_interval(diabetes, judged):
    of_median = np.abs(diabetes.targets - np.median(diabetes.targets))
    gains = of_median - np.abs(judged.repeat_predictions - diabetes.targets).mean(axis=0)
    half = 1.5 * 1.959964 * gains.std(ddof=1) / np.sqrt(442)
    value, ends = judged.gain
    assert value == pytest.approx(gains.mean())
    assert ends == pytest.approx([gains.mean() - half, gains.mean() + half], rel=1e-6)


def test_the_interval_is_judged_over_several_splits(diabetes, judged):
    """By plain loops: a repeat and a split at a time, each row by the width that the others give."""
    shares = []
    for seed, predictions in enumerate(judged.repeat_predictions, start=1):
        misses, held = np.abs(diabetes.targets - predictions), []
        for others, own in KFold(5, shuffle=True, random_state=seed).split(misses):
            held.extend(misses[own] <= np.sort(misses[others])[int(np.ceil(0.9 * (len(others) + 1))) - 1])
        shares.append(np.mean(held))
    found = judged.interval.held_out
    assert (found.mean, found.lowest, found.highest) == pytest.approx((np.mean(shares), min(shares), max(shares)))
    assert judged.interval.splits == 2


def test_the_interval_holds_about_nine_tenths_of_unseen_rows(diabetes):
    generator = np.random.default_rng(5)
    rows = generator.permutation(len(diabetes.targets))
    learnt, unseen = rows[:300], rows[300:]
    part = Dataset(**{**diabetes.__dict__, "features": diabetes.features[learnt], "targets": diabetes.targets[learnt]})
    judged = evaluate_regression(part, amount=ONCE)
    fitted = judged.recipe.pipeline.fit(part.features, part.targets)
    errors = np.abs(fitted.predict(diabetes.features[unseen]) - diabetes.targets[unseen])
    assert np.mean(errors <= judged.interval.half_width) == pytest.approx(0.9, abs=0.06)
    assert judged.interval.held_out.mean == pytest.approx(0.9, abs=0.04)


def test_the_half_width_is_the_conformal_rank():
    assert half_width(np.arange(1, 11) * -1.0) == 10  # ⌈0.9 · 11⌉ = 10
    assert half_width(np.arange(1, 100) * 1.0) == 90
    assert half_width(np.array([3.0])) == 3


def test_a_model_that_knows_nothing_is_not_called_better_than_the_median(diabetes):
    judged = evaluate_regression(diabetes, DummyRegressor(), amount=ONCE)
    assert judged.gain[1][0] <= 0
    assert "**This model is not surely better than that.**" in base_rate(diabetes, judged)
    assert judged.recipe is None


def test_too_few_rows_are_refused(diabetes):
    few = Dataset(**{**diabetes.__dict__, "features": diabetes.features[:19], "targets": diabetes.targets[:19]})
    with pytest.raises(TrainingError, match="19 rows are too few: 20 are the least"):
        evaluate_regression(few, folds=2)


def test_the_artefact_carries_the_interval_and_the_figures(diabetes, judged):
    artefact = train(diabetes, judged)
    assert artefact.task == "regression"
    assert artefact.target_name == "disease progression"
    assert artefact.interval == {"coverage": 0.9, "half_width": judged.interval.half_width}
    assert artefact.metrics["r2"]["value"] == judged.metrics["r2"].value


def test_the_card_of_a_regression_speaks_of_numbers_only(diabetes, judged, tmp_path):
    artefact = train(diabetes, judged)
    card = write_card(diabetes, judged, artefact, str(tmp_path / "model.json")).read_text(encoding="utf-8")
    front = yaml.safe_load(card.split("---\n")[1])
    assert front["pipeline_tag"] == "tabular-regression"
    assert [metric["type"] for metric in front["model-index"][0]["results"][0]["metrics"]] == ["r2", "mae", "rmse"]
    assert not re.search("sensitivity|specificity|log-odds|prediction set|class", card)
    assert f"± {judged.interval.half_width:.6g}" in card
    worst = int(np.argmax(np.abs(diabetes.targets - judged.predictions)))
    assert f"| {worst + 1} | {diabetes.targets[worst]:.6g} |" in card
    pictures = list((tmp_path / "model_card_images").iterdir())
    assert {path.name for path in pictures} == {
        "predictions.png",
        "residuals.png",
        "learning_curve.png",
        "coefficients.png",
    }
    for path in pictures:
        assert 5000 < path.stat().st_size <= LARGEST_FILE


def test_the_simplest_is_kept_where_it_is_as_good(diabetes, judged):
    compared = compare_kinds(diabetes, judged, LINEAR)
    assert [peer.name for peer in compared] == ["linear", "forest", "boosting"]
    assert compared[0].figures[0] == pytest.approx(judged.metrics["r2"].value, rel=1e-12)
    assert "the simplest, ridge regression, is as good as the best" in verdict(compared, LINEAR)


def test_its_coefficients_are_refitted_as_a_classifier_s_are(diabetes, judged):
    """By a loop with the same draws; the card says how many signs are not stable, and draws them."""
    generator, drawn = np.random.default_rng(0), []
    for _ in range(ONCE.resamples):
        rows = generator.choice(442, 442)
        drawn.append(judged.recipe.pipeline.fit(diabetes.features[rows], diabetes.targets[rows])[-1].coef_)
    estimates = judged.recipe.pipeline.fit(diabetes.features, diabetes.targets)[-1].coef_
    half = 1.25 * 1.959963984540054 * np.std(drawn, axis=0, ddof=1)
    low, high = estimates - half, estimates + half
    assert judged.coefficients.estimates == pytest.approx(estimates[None], rel=1e-9)
    assert judged.coefficients.low[0] == pytest.approx(low, rel=1e-9)
    assert judged.coefficients.high[0] == pytest.approx(high, rel=1e-9)
    unstable = int(((low <= 0) & (high >= 0)).sum())
    assert 0 < unstable < 10
    assert f"**The sign of {unstable} of 10 coefficients is not stable**" in explanation(diabetes, judged)


def test_an_estimator_of_ones_own_has_no_coefficients(diabetes):
    judged = evaluate_regression(diabetes, DummyRegressor(), amount=ONCE)
    assert judged.coefficients is None
    assert "not stable" not in explanation(diabetes, judged)
