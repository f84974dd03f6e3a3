"""The published figures: recomputed, within what was promised, and the same as in the committed artefact."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from lambda_app.model.artefact.model_parameters import ModelParameters
from lambda_app.model.store import PACKAGED_PATH
from training.data.dataset import Dataset
from training.errors import TrainingError
from training.evaluation.cross_validation import folds_of, out_of_fold
from training.evaluation.evaluate import evaluate
from training.recipes.effort import Effort, effort
from training.recipes.kinds import KINDS
from training.recipes.pipelines import recipe_for

QUICK = Effort(folds=3, repeats=1, resamples=5, splits=1)


@pytest.fixture(scope="module")
def committed():
    return ModelParameters.from_json(Path(PACKAGED_PATH).read_text(encoding="ascii"))


@pytest.fixture(scope="module")
def iris():
    bunch = load_iris()
    names = tuple(bunch.feature_names)
    labels = tuple(str(name) for name in bunch.target_names)
    return Dataset("iris", "", bunch.data, bunch.target, names, labels, 1, {}, "", "", "", "", ())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("accuracy", 0.9780),
        ("roc_auc", 0.9947),
        ("log_loss", 0.0760),
        ("brier", 0.0198),
        ("ece", 0.0156),
        ("sensitivity", 0.9599),
        ("specificity", 0.9888),
        ("calibration_slope", 1.1235),
        ("calibration_intercept", -0.1630),
    ],
)
def test_the_figures_are_the_ones_that_were_measured_for_the_recipe(evaluation, name, expected):
    assert evaluation.metrics[name].value == pytest.approx(expected, abs=5e-5)


def test_they_are_as_good_as_promised(evaluation):
    value = {name: metric.value for name, metric in evaluation.metrics.items()}
    assert value["accuracy"] >= 0.975
    assert value["roc_auc"] >= 0.994
    assert value["log_loss"] <= 0.080
    assert value["brier"] <= 0.0205
    assert value["ece"] <= 0.025
    low, high = evaluation.metrics["calibration_slope"].interval
    assert low <= 1 <= high


def test_the_committed_artefact_holds_these_figures(evaluation, committed):
    assert set(committed.metrics) == set(evaluation.metrics)
    for name, metric in evaluation.metrics.items():
        published = committed.metrics[name]
        assert published["value"] == pytest.approx(metric.value, abs=1e-9)
        assert published.get("interval", []) == pytest.approx(list(metric.interval), abs=1e-9)
        assert (published["n"], published["method"]) == (metric.n, metric.method)
    assert [*committed.conformal_thresholds] == ["0.99"]
    assert committed.conformal_thresholds["0.99"] == pytest.approx(evaluation.conformal_floors["0.99"], abs=1e-9)


def test_the_committed_coefficients_are_what_training_gives(committed, fitted):
    classifier = fitted[-1]
    assert np.abs(np.array(committed.model["coefficients"]) - classifier.coef_).max() <= 1e-9
    assert np.abs(np.array(committed.model["intercepts"]) - classifier.intercept_).max() <= 1e-9
    assert committed.model["intercepts"][0] == pytest.approx(0.2145, abs=5e-5)
    assert np.linalg.norm(committed.model["coefficients"]) == pytest.approx(3.8416, abs=2e-4)


def test_every_interval_holds_its_value_and_says_whose_it_is(evaluation):
    for metric in evaluation.metrics.values():
        low, high = metric.interval or (0, 1)
        assert low <= metric.value <= high
        assert metric.n in (212, 357, 569)
    assert evaluation.metrics["sensitivity"].label == "malignant"
    assert evaluation.metrics["specificity"].label == "benign"


def test_no_row_is_judged_by_a_model_that_saw_it():
    """A 1-nearest-neighbour on noise is always right about rows it saw, and right by chance about others."""
    from sklearn.neighbors import KNeighborsClassifier  # noqa: PLC0415 – for this one test

    generator = np.random.default_rng(0)
    features, labels = generator.random((300, 3)), np.repeat([0, 1], 150)
    probabilities = out_of_fold(KNeighborsClassifier(1), features, labels, folds_of(labels, 5, 2), repeats=2)
    assert 0.3 < (probabilities.argmax(axis=-1) == labels).mean() < 0.7


def test_operating_points_count_every_patient_and_find_more_at_lower_thresholds(evaluation):
    half, _, careful = evaluation.operating_points
    for point in evaluation.operating_points:
        assert point.label == "malignant"
        assert point.true_positives + point.false_negatives == pytest.approx(212)
        assert point.true_negatives + point.false_positives == pytest.approx(357)
    assert careful.threshold == pytest.approx(0.059, abs=0.005)
    assert careful.sensitivity >= 0.985 > half.sensitivity  # 0.9896: of one model, not of an average of ten
    assert careful.specificity < half.specificity
    assert careful.sensitivity_interval[0] < 0.99  # 212 cases can't certify it


def test_there_is_one_sensitivity_at_one_half(example, evaluation):
    """By a loop over repeats and rows: the metric and the operating point are the same mean over the models."""
    half = evaluation.operating_points[0]
    found = [
        sum(own[row, 0] >= 0.5 for row in np.flatnonzero(example.labels == 0)) / 212
        for own in evaluation.repeat_probabilities
    ]
    assert half.sensitivity == pytest.approx(np.mean(found), abs=1e-12)
    assert evaluation.metrics["sensitivity"].value == pytest.approx(half.sensitivity, abs=1e-12)
    assert evaluation.metrics["sensitivity"].interval == pytest.approx(half.sensitivity_interval, abs=1e-12)
    assert evaluation.metrics["specificity"].value == pytest.approx(half.specificity, abs=1e-12)


def test_calibration_bins_hold_every_row_once(evaluation):
    assert sum(part.count for part in evaluation.calibration) == 569
    for part in evaluation.calibration:
        assert part.low <= part.predicted <= part.high
        assert part.interval[0] <= part.observed <= part.interval[1]
    assert evaluation.calibration_event == "benign"


def test_coefficient_intervals_are_around_the_coefficients_and_not_all_have_a_stable_sign(evaluation, fitted):
    steadiness = evaluation.coefficients
    assert np.allclose(steadiness.estimates, fitted[-1].coef_, rtol=0, atol=1e-12)
    inside = (steadiness.low <= steadiness.estimates) & (steadiness.estimates <= steadiness.high)
    assert inside.mean() >= 0.9
    assert 5 <= steadiness.sign_stable.sum() <= 25


def test_more_classes_get_a_recall_each_and_no_operating_point(iris):
    evaluation = evaluate(iris, amount=QUICK, folds=3)
    assert evaluation.operating_points == []
    assert [evaluation.metrics[f"recall_{k}"].label for k in range(3)] == ["setosa", "versicolor", "virginica"]
    assert evaluation.metrics["accuracy"].value > 0.9
    assert evaluation.coefficients.estimates.shape == (3, 4)
    assert evaluation.repeat_probabilities.shape == (1, 150, 3)


def test_another_estimator_can_be_judged(iris):
    evaluation = evaluate(iris, LogisticRegression(C=1e-6), folds=3, amount=QUICK)
    assert evaluation.metrics["log_loss"].value == pytest.approx(np.log(3), abs=0.01)  # it knows next to nothing
    assert evaluation.coefficients is None


def test_a_class_with_fewer_rows_than_folds_is_refused_by_name(iris):
    few = np.flatnonzero((iris.labels != 2) | (np.arange(150) < 104))
    thin = Dataset(**{**iris.__dict__, "features": iris.features[few], "targets": iris.labels[few]})
    with pytest.raises(TrainingError, match=r"class 'virginica' has too few rows, 4, for 10 folds"):
        evaluate(thin)


@pytest.mark.parametrize(("rows", "folds"), [(10, 10), (3, 3), (3, 2)])
def test_a_class_with_just_enough_rows_is_judged(iris, rows, folds):
    few = np.flatnonzero((iris.labels != 2) | (np.arange(150) < 100 + rows))
    thin = Dataset(**{**iris.__dict__, "features": iris.features[few], "targets": iris.labels[few]})
    evaluation = evaluate(thin, folds=folds, amount=Effort(folds, repeats=1, resamples=2, splits=1))
    assert evaluation.metrics["recall_2"].n == rows
    assert evaluation.held_out_coverage[0].coverage[2].lowest == 1.0  # too few to be ruled out


def test_a_class_that_can_not_be_judged_is_refused_whatever_the_folds(iris):
    few = np.flatnonzero((iris.labels != 2) | (np.arange(150) < 102))
    thin = Dataset(**{**iris.__dict__, "features": iris.features[few], "targets": iris.labels[few]})
    with pytest.raises(TrainingError, match="class 'virginica' has too few rows, 2: 3 are the least"):
        evaluate(thin, folds=2)


def test_no_convergence_stops_the_evaluation(iris):
    with pytest.raises(TrainingError, match="did not converge"):
        evaluate(iris, LogisticRegression(max_iter=1), folds=3, amount=QUICK)


def test_numbers_beyond_arithmetic_stop_the_evaluation(iris):
    huge = Dataset(**{**iris.__dict__, "features": iris.features * 1e200})
    with pytest.raises(TrainingError):
        evaluate(huge, folds=3, amount=QUICK)


def test_effort_depends_on_the_size_of_the_problem_only(example, iris):
    assert effort(recipe_for(example)) == Effort()
    assert effort(recipe_for(iris), folds=4) == Effort(folds=4)
    wide = Dataset(**{**example.__dict__, "features": np.zeros((569, 20_000)), "feature_names": ("x",) * 20_000})
    assert effort(recipe_for(wide)).repeats < Effort().repeats


def test_the_quick_effort_is_small_and_keeps_fewer_folds(iris):
    amount = effort(recipe_for(iris), folds=3, quick=True)
    assert (amount.folds, amount.repeats) == (3, 1)
    assert effort(recipe_for(iris), quick=True).fits() < 80


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_costly_problem_is_given_minutes_and_not_hours(kind, iris):
    """32 classes, 49 columns, 1,907 rows: what took hours."""
    large = Dataset(
        **{
            **iris.__dict__,
            "features": np.zeros((1907, 49)),
            "targets": np.arange(1907) % 32,
            "feature_names": ("x",) * 49,
            "target_names": tuple(map(str, range(32))),
        }
    )
    recipe = recipe_for(large, kind)
    amount = effort(recipe)
    assert amount.fits(linear=kind.is_linear) * kind.seconds(recipe.size) < 10 * 60


def test_a_problem_too_large_for_the_artefact_is_refused_before_it_is_tried(iris):
    huge = Dataset(**{**iris.__dict__, "features": np.zeros((150, 40_000)), "feature_names": ("x",) * 40_000})
    with pytest.raises(TrainingError, match="40000 numbers × 3 classes are too many coefficients"):
        evaluate(huge)
