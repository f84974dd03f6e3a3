"""What the artefact expects of honest samples: recomputed here by plain loops, and held against what the API counts."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_wine
from sklearn.model_selection import RepeatedStratifiedKFold

from lambda_app.model.predict import load
from lambda_app.service import Service
from lambda_app.telemetry import Counts
from training.commands.run import train
from training.data.dataset import REGRESSION, Dataset
from training.evaluation.evaluate import evaluate
from training.evaluation.measures.decision import decide
from training.evaluation.measures.expected_shares import shares_of_numbers, unlike_training
from training.evaluation.regression import evaluate_regression
from training.export import export_model
from training.recipes.effort import Effort
from training.recipes.pipelines import recipe_for

LITTLE = Effort(folds=5, repeats=1, resamples=2, splits=1, nested_folds=3, outer_folds=5)


@pytest.fixture(scope="module")
def wine():
    bunch = load_wine()
    names = tuple(bunch.feature_names)
    return Dataset("wine", "", bunch.data, bunch.target, names, ("a", "b", "c"), 2, {}, "", "", "", "", ())


@pytest.fixture(scope="module")
def judged(example):
    return evaluate(example, amount=LITTLE)


def outer_folds(labels, folds):
    return RepeatedStratifiedKFold(n_splits=folds, n_repeats=1, random_state=0).split(labels, labels)


def tallied(parameters, rows):
    """What the service counts of these rows when it serves this model."""
    service = Service(SimpleNamespace(model=load(parameters), source="packaged"))
    return service.predict({"instances": rows.tolist()})[1]


def test_they_are_what_the_api_counts_of_rows_that_neither_model_nor_ranges_saw(example, judged):
    """A model a fold, exported as any other and served: its counts over all held-out rows are the published shares."""
    counts = np.zeros(5)
    features, labels = example.features, example.labels
    for fold, (training, held_out) in zip(judged.nested, outer_folds(labels, 5), strict=True):
        fitted = clone(recipe_for(example).pipeline).fit(features[training], labels[training])
        floors = []
        for label in (0, 1):
            own = np.sort(fold.inner[labels[training] == label, label])
            floors.append(float(own[int(0.01 * (len(own) + 1)) - 1]))
        served = export_model(
            fitted, features[training], labels[training],
            target_names=example.target_names, conformal_thresholds={"0.99": floors},
        )  # fmt: skip
        tally = tallied(served, features[held_out])
        counts += [tally.undecided, tally.out_of_range, tally.input_suspect, *tally.by_class]
    shares = judged.expected_shares
    expected = [shares["undecided"], shares["out_of_range"], shares["input_suspect"], *shares["by_class"]]
    assert counts / 569 == pytest.approx(expected, abs=1e-12)


def test_undecided_is_a_mean_over_the_splits_and_not_the_luck_of_the_first(example, evaluation):
    """As the card's table says it; suspects that the sets decide come on top, few."""
    decided = next(found.decided for found in evaluation.held_out_coverage if found.level == "0.99")
    extra = evaluation.expected_shares["undecided"] - (1 - decided.mean)
    assert -1e-12 <= extra <= evaluation.expected_shares["input_suspect"] + 1e-12
    assert decided.highest - decided.lowest > 0.01, "else the first would do"


def test_the_artefact_carries_them_and_telemetry_sends_them(example, judged):
    shares = judged.expected_shares
    parameters = train(example, judged)
    assert parameters.expected_shares == shares
    assert sum(shares["by_class"]) == pytest.approx(1)
    tally = tallied(parameters, example.features)
    tallied_here = tally.predictions, tally.out_of_range, tally.input_suspect, tally.undecided, *tally.by_class
    sent = json.loads(f"{{{Counts(parameters).written(*tallied_here).removeprefix(', ')}}}")
    assert sent["ExpectedUndecided"] == pytest.approx(569 * shares["undecided"], rel=1e-5)
    assert sent["ExpectedOutOfRange"] == pytest.approx(569 * shares["out_of_range"], rel=1e-5)
    assert sent["ExpectedCommonest"] == pytest.approx(569 * shares["by_class"][1], rel=1e-5)


def test_a_row_is_out_of_range_where_it_alone_holds_an_extreme(example):
    """One row held out at a time, against a plain loop over its values."""
    every = np.arange(569)
    folds = [(np.delete(every, row), every[[row]]) for row in range(60)]
    outside, _, judged = unlike_training(example, folds)
    values = example.features
    extreme = [
        any(
            (values[row, c] < np.delete(values[:, c], row).min())
            or (values[row, c] > np.delete(values[:, c], row).max())
            for c in range(30)
        )
        for row in range(60)
    ]
    assert outside[:60].tolist() == extreme
    assert judged[:60].all()
    assert not judged[60:].any()


def test_more_classes_get_a_share_each(wine):
    shares = evaluate(wine, amount=LITTLE).expected_shares
    assert len(shares["by_class"]) == 3
    assert sum(shares["by_class"]) == pytest.approx(1)
    assert shares["by_class"] == pytest.approx(np.bincount(wine.labels) / 178, abs=0.03)


def test_a_threshold_of_ones_own_changes_what_is_expected_of_the_classes_only(example, judged):
    decision = decide(example, judged, threshold=0.9)
    parameters = train(example, judged, decision=decision)
    called = float((judged.repeat_probabilities[..., 1] >= 0.9).mean())
    assert parameters.expected_shares["by_class"] == pytest.approx([1 - called, called])
    assert {**parameters.expected_shares, "by_class": 0} == {**judged.expected_shares, "by_class": 0}


def test_a_regression_expects_neither_undecided_rows_nor_classes(diabetes):
    judged = evaluate_regression(diabetes, amount=Effort(folds=5, repeats=1))
    shares = train(diabetes, judged).expected_shares
    assert shares["undecided"] is None
    assert shares["by_class"] == []
    assert 0 < shares["out_of_range"] < 0.2
    assert 0 <= shares["input_suspect"] <= 0.03
    assert json.dumps(shares) == json.dumps(judged.expected_shares)


@pytest.mark.slow
def test_a_share_is_as_uncertain_as_one_of_so_many_rows(wine, diabetes):
    """As the alarms take it: a model of half of a table, served, counts the other half; 20 halves.

    Two samples of the same size differ so much: 1 is chance alone. Floors and ranges, which are learnt, add little to it.
    """
    gaps = {name: [] for name in ("undecided", "out_of_range", "of numbers")}
    for seed in range(20):
        for data, judge in ((wine, evaluate), (diabetes, evaluate_regression)):
            rows = np.random.default_rng(seed).permutation(len(data.targets))
            learnt, others = np.array_split(rows, 2)
            part = Dataset(**{**data.__dict__, "features": data.features[learnt], "targets": data.targets[learnt]})
            judged = judge(part, amount=LITTLE)
            tally, shares = tallied(train(part, judged), data.features[others]), judged.expected_shares
            came = {
                "out_of_range" if shares["by_class"] else "of numbers": (tally.out_of_range, shares["out_of_range"])
            }
            came |= {"undecided": (tally.undecided, shares["undecided"])} if shares["by_class"] else {}
            for name, (count, expected) in came.items():
                share = (count / len(others) + expected) / 2
                spread = np.sqrt(max(share * (1 - share), 1e-9) * (1 / len(learnt) + 1 / len(others)))
                gaps[name].append((count / len(others) - expected) / spread)
    for name, found in gaps.items():
        assert np.std(found) <= 1.5, name
        assert np.mean(found) <= 0.5, f"{name}: more than expected, on the whole"


def table_of(features):
    names = tuple(map(str, features.columns))
    targets = np.arange(len(features)) * 1.0
    return Dataset("t", "", features, targets, names, (), 1, {}, "", "", "", "", (), task=REGRESSION, target_name="y")


def test_missing_values_and_categories_are_inside_every_range():
    rows = 40
    numbers = np.where(np.arange(rows) % 4 == 0, np.nan, np.linspace(0, 1, rows))
    one = np.where(np.arange(rows) == 7, 5.0, np.nan)  # known of one row only: held out, nothing is known of it
    frame = pd.DataFrame({"number": numbers, "rare": one, "word": np.array(["a", "b"] * 20, dtype=object)})
    every = np.arange(rows)
    outside, suspect, judged = unlike_training(
        table_of(frame), [(np.setdiff1d(every, own), own) for own in (every[:20], every[20:])]
    )
    low, high = numbers[20:], numbers[:20]
    expected = [value < np.nanmin(low) for value in high] + [value > np.nanmax(high) for value in low]
    assert outside.tolist() == expected
    assert judged.all()
    assert suspect.sum() < outside.sum()


def test_a_table_of_words_alone_has_no_range_to_leave():
    frame = pd.DataFrame({"word": np.array(["a", "b"] * 20, dtype=object)})
    shares = shares_of_numbers(
        table_of(frame), [(np.arange(20), np.arange(20, 40)), (np.arange(20, 40), np.arange(20))]
    )
    assert shares == {"undecided": None, "out_of_range": 0.0, "input_suspect": 0.0, "by_class": []}


def test_of_a_wide_table_fewer_folds_tell_about_suspicion_and_all_about_ranges(monkeypatch):
    monkeypatch.setattr("training.evaluation.measures.expected_shares.MOST_WORK", 1)
    generator = np.random.default_rng(0)
    table = table_of(pd.DataFrame(generator.normal(size=(60, 3))))
    halves = np.array_split(np.arange(60), 2)
    outside, _, judged = unlike_training(table, [(halves[1], halves[0]), (halves[0], halves[1])])
    assert judged.sum() == 30
    assert outside[:30].any()
    assert outside[30:].any()
