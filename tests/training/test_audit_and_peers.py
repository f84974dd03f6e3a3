"""Is the simple recipe tuned on the answers, or beaten by something else? Asked on one repeat of the ten folds."""

from __future__ import annotations

import numpy as np
import pytest

from training.evaluation.audit import GRID, audit
from training.evaluation.cross_validation import folds_of
from training.evaluation.evaluate import evaluate
from training.evaluation.peers import EXAMPLE_SHA256, candidates, peers
from training.recipes.effort import Effort


@pytest.fixture(scope="module")
def once(example):
    return evaluate(example, amount=Effort(repeats=1, resamples=2, nested_repeats=1))


@pytest.fixture(scope="module")
def audited(example, once):
    return audit(example, once)


@pytest.fixture(scope="module")
def compared(example, once):
    return peers(example, once)


def test_tuning_c_inside_each_fold_changes_no_figure_by_more_than_noise(audited):
    assert sum(audited.chosen.values()) == 10
    assert set(audited.chosen) <= set(GRID)
    assert audited.chosen.most_common(1)[0][0] in (0.1**0.5, 1.0)  # C = 0.5 lies between
    for name, value in audited.nested.items():
        assert value == pytest.approx(audited.published[name], abs=0.006)
        assert value != audited.published[name] or name == "accuracy"  # it is another procedure


def test_the_published_column_of_the_audit_is_the_evaluation(audited, once):
    assert audited.published["ROC AUC"] == once.metrics["roc_auc"].value
    assert audited.published["log loss"] == pytest.approx(once.metrics["log_loss"].value, abs=1e-15)


def test_no_peer_beats_the_recipe_beyond_noise(example, once, compared):
    own, svm, forest, boosting, *published = compared
    assert own.accuracy == once.metrics["accuracy"].value
    for peer in (svm, forest, boosting):
        assert peer.difference[0] <= 0  # the interval of what it gains reaches down to nothing
        assert peer.accuracy_interval[0] <= peer.accuracy <= peer.accuracy_interval[1]
        assert peer.accuracy > 0.94
    assert [peer.accuracy for peer in published] == [0.962, 0.975]
    assert example.sha256 == EXAMPLE_SHA256


def test_a_peer_s_accuracy_is_that_of_a_plain_loop_over_the_folds(example, compared):
    right = []
    model = candidates(None)["SVM (RBF)"]
    for training, held_out in folds_of(example.labels, 10, 1):
        predicted = model.fit(example.features[training], example.labels[training]).predict(example.features[held_out])
        right.extend(predicted == example.labels[held_out])
    assert compared[1].accuracy == pytest.approx(np.mean(right), abs=1e-12)
