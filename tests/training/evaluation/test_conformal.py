"""Prediction sets: the floors, and that they keep their promise on rows they never saw."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_wine
from sklearn.model_selection import RepeatedStratifiedKFold

from lambda_app.model.predict import load
from training.commands.run import train
from training.data.dataset import Dataset
from training.evaluation.evaluate import evaluate
from training.evaluation.measures import conformal
from training.evaluation.nested import NestedFold, nested_splits
from training.export import export_model
from training.recipes.effort import Effort
from training.recipes.pipelines import recipe_for


@pytest.mark.parametrize(("n", "rank"), [(99, 1), (100, 1), (199, 2), (212, 2), (357, 3), (1000, 10)])
def test_the_floor_at_99_percent_is_one_of_the_smallest_probabilities(n, rank):
    assert conformal.floor_of(np.arange(1, n + 1) / n, 0.99) == rank / n


def test_too_few_rows_for_a_level_put_the_class_in_every_set():
    assert conformal.floor_of(np.full(98, 0.9), 0.99) == 0.0


@pytest.mark.parametrize(
    ("rows", "level"),
    [(99, "0.99"), (98, "0.95"), (19, "0.95"), (18, "0.9"), (9, "0.9"), (8, None)],
)
def test_the_highest_level_is_served_that_the_smallest_class_allows(rows, level):
    """By the definition: the smallest of n new probabilities is undercut with a chance of 1 in n + 1."""
    assert conformal.served_level([1000, rows]) == level
    enough = [own for own in ("0.99", "0.95", "0.9") if 1 / (rows + 1) <= 1 - float(own) + 1e-12]
    assert (enough or [None])[0] == level
    text = conformal.why_not_higher(["many", "few"], [1000, rows])
    assert (text == "") is (level == "0.99")
    assert not text or f"and few has {rows}: " in text


def test_a_fold_with_just_too_few_rows_takes_the_smallest_probability_as_all_rows_do():
    fold = NestedFold(np.arange(3), np.zeros((3, 2)), np.full((96, 2), 0.25), np.repeat([0, 1], 48))
    assert conformal.fold_floors(fold, [99, 98], "0.99") == [0.25, 0.0]


@pytest.mark.parametrize(("rows", "level"), [(48, "0.95"), (12, "0.9"), (6, None)])
def test_one_level_travels_and_decides(rows, level):
    """Wine had 0 of 178 decided at 99 %."""
    bunch = load_wine()
    kept = np.flatnonzero((bunch.target != 2) | (np.arange(178) < 130 + rows))
    names = tuple(bunch.feature_names)
    wine = Dataset("wine", "", bunch.data[kept], bunch.target[kept], names, ("a", "b", "c"), 2, {}, "", "", "", "", ())
    judged = evaluate(wine, folds=3, amount=Effort(3, repeats=1, resamples=2, splits=1))
    parameters = train(wine, judged)
    assert [*parameters.conformal_thresholds] == ([level] if level else [])
    assert load(parameters).coverage == (float(level) if level else None)
    assert judged.expected_shares["undecided"] <= 0.15
    assert ((judged.members.sum(axis=1) == 1).mean()) >= 0.85
    if level:
        own = next(held_out for held_out in judged.held_out_coverage if held_out.level == level)
        assert own.decided.mean >= 0.85


def test_sets_are_never_empty():
    inside = conformal.members(np.array([[0.5, 0.5], [0.9, 0.1]]), [0.6, 0.6])
    assert inside.tolist() == [[True, True], [True, False]]


def test_floors_keep_their_promise_on_new_rows_of_made_up_probabilities():
    generator = np.random.default_rng(1)
    covered = []
    for _ in range(300):
        known, new = generator.random(250), generator.random()
        covered.append(new >= conformal.floor_of(known, 0.95))
    assert 0.92 <= np.mean(covered) <= 0.98


def test_held_out_sets_at_99_percent_cover_each_class_and_leave_few_undecided_whatever_the_split(evaluation):
    held_out = next(judged for judged in evaluation.held_out_coverage if judged.level == "0.99")
    assert (held_out.splits, held_out.n) == (10, 569)
    for found in held_out.coverage:
        assert found.lowest >= 0.975
        assert found.mean >= 0.98
    assert held_out.decided.mean >= 0.87
    assert held_out.decided_accuracy.lowest >= 0.98
    assert held_out.decided.lowest < held_out.decided.mean < held_out.decided.highest


def test_a_judgement_is_the_mean_and_the_ends_of_plain_counts():
    labels = np.array([0, 0, 1])
    tables = [np.array([[1, 0], [1, 1], [1, 0]], dtype=bool), np.array([[1, 0], [0, 1], [1, 1]], dtype=bool)]
    judged = conformal.judge("0.9", tables, labels, "")
    assert judged.coverage == (conformal.Spread(0.75, 0.5, 1.0), conformal.Spread(0.5, 0.0, 1.0))
    assert judged.decided == conformal.Spread(2 / 3, 2 / 3, 2 / 3)
    assert judged.decided_accuracy == conformal.Spread(0.5, 0.5, 0.5)
    undecided = [tables[0], np.ones((3, 2), dtype=bool)]
    assert conformal.judge("0.9", undecided, labels, "").decided_accuracy is None


def test_each_split_parts_the_rows_anew(example):
    """By plain loops over scikit-learn's folds, one split after the other."""
    amount = Effort(folds=3, repeats=1, splits=2, outer_folds=4, nested_folds=3)
    model = recipe_for(example).pipeline
    found = conformal.held_out_coverage(
        nested_splits(model, example.features, example.labels, amount), example.labels, amount
    )
    inside, folds = (
        [np.zeros((569, 2), dtype=bool) for _ in range(2)],
        RepeatedStratifiedKFold(n_splits=4, n_repeats=2, random_state=0),
    )
    for number, (training, held_out) in enumerate(folds.split(example.features, example.labels)):
        own, truth = example.features[training], example.labels[training]
        scores = np.empty((len(training), 2))
        for seen, left in RepeatedStratifiedKFold(n_splits=3, n_repeats=1, random_state=0).split(own, truth):
            scores[left] = clone(model).fit(own[seen], truth[seen]).predict_proba(own[left])
        floors = [np.sort(scores[truth == k, k])[int(0.05 * ((truth == k).sum() + 1)) - 1] for k in (0, 1)]
        reached = clone(model).fit(own, truth).predict_proba(example.features[held_out]) >= floors
        inside[number // 4][held_out] = reached | ~reached.any(axis=1, keepdims=True)
    shares = [[table[example.labels == k, k].mean() for table in inside] for k in (0, 1)]
    judged = next(own for own in found if own.level == "0.95")
    for share, spread in zip(shares, judged.coverage, strict=True):
        assert (spread.mean, spread.lowest, spread.highest) == pytest.approx((np.mean(share), min(share), max(share)))


def test_the_published_floors_are_where_they_are_expected(evaluation):
    malignant, benign = evaluation.conformal_floors["0.99"]
    assert malignant == pytest.approx(0.0589, abs=0.001)
    assert 1 - benign == pytest.approx(0.5537, abs=0.001)
    malignant, benign = evaluation.conformal_floors["0.95"]
    assert malignant == pytest.approx(0.5325, abs=0.001)
    assert 1 - benign == pytest.approx(0.2207, abs=0.001)


def test_the_handler_s_sets_are_the_ones_that_were_judged(example, evaluation, fitted):
    parameters = export_model(fitted, example.features, example.labels, **example.as_fields(), **evaluation.as_fields())
    classifier = load(parameters)
    inside = conformal.members(fitted.predict_proba(example.features), evaluation.conformal_floors["0.99"])
    for sample, row in zip(example.features.tolist(), inside, strict=True):
        _, _, labels = classifier.predict(sample)
        assert list(labels) == np.flatnonzero(row).tolist()
