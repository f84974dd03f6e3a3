"""Is the simple recipe tuned on the answers, or beaten by something else? Asked on one repeat of the ten folds."""

from __future__ import annotations

import numpy as np
import pytest

from training.evaluation.audit import audit
from training.evaluation.compare_kinds import EXAMPLE_SHA256, Peer, compare_kinds, verdict
from training.evaluation.cross_validation import folds_of
from training.evaluation.evaluate import evaluate
from training.evaluation.regularisation import EQUAL, GRID, Tried, chosen, try_all
from training.recipes.effort import Effort
from training.recipes.kinds import FOREST, INVERSE_REGULARISATION, LINEAR
from training.recipes.pipelines import recipe_for


@pytest.fixture(scope="module")
def once(example):
    return evaluate(example, amount=Effort(repeats=1, resamples=2, splits=1))


@pytest.fixture(scope="module")
def audited(example, once):
    return audit(example, once)


@pytest.fixture(scope="module")
def compared(example, once):
    return compare_kinds(example, once, LINEAR)


def test_c_is_what_the_rule_chooses_on_the_example(example):
    tried = try_all(example, example.features, example.labels, folds=10, repeats=10)
    assert chosen(tried) == INVERSE_REGULARISATION
    assert min(tried, key=lambda c: tried[c].log_loss) == INVERSE_REGULARISATION
    assert abs(tried[0.5].log_loss - tried[1.0].log_loss) < EQUAL  # so the slope had a word, too
    assert abs(tried[1.0].slope - 1) < abs(tried[0.5].slope - 1)


def test_the_rule_asks_for_the_log_loss_first_and_for_the_slope_among_equals():
    assert chosen({1.0: Tried(0.100, 1.5), 2.0: Tried(0.1009, 1.1), 3.0: Tried(0.102, 1.0)}) == 2.0
    assert chosen({1.0: Tried(0.100, None), 2.0: Tried(0.1009, 9.0)}) == 2.0
    assert chosen({1.0: Tried(0.100, None)}) == 1.0


def test_tuning_c_inside_each_fold_changes_no_figure_by_more_than_noise(audited):
    assert sum(audited.chosen.values()) == 10
    assert set(audited.chosen) <= set(GRID)
    assert audited.chosen.most_common(1)[0][0] in (0.5, 1.0)
    for name, value in audited.nested.items():
        assert value == pytest.approx(audited.published[name], abs=0.006)
        assert value != audited.published[name] or name == "accuracy"  # it is another procedure


def test_the_published_column_of_the_audit_is_the_evaluation(audited, once):
    assert audited.published["ROC AUC"] == once.metrics["roc_auc"].value
    assert audited.published["log loss"] == pytest.approx(once.metrics["log_loss"].value, abs=1e-15)


def test_no_other_kind_beats_the_recipe_beyond_noise(example, once, compared):
    own, forest, boosting, *published = compared
    assert own.figures[0] == once.metrics["accuracy"].value
    for peer in (forest, boosting):
        assert peer.gain_interval[0] <= 0  # the interval of what it gains reaches down to nothing
        assert peer.intervals[0][0] <= peer.figures[0] <= peer.intervals[0][1]
        assert peer.figures[0] > 0.94
    assert [peer.figures[0] for peer in published] == [0.962, 0.975]
    assert example.sha256 == EXAMPLE_SHA256
    assert "the simplest, logistic regression, is as good as the best" in verdict(compared, LINEAR)


def test_another_kind_s_accuracy_is_that_of_a_plain_loop_over_the_folds(example, compared):
    right = []
    model = recipe_for(example, FOREST).pipeline
    for training, held_out in folds_of(example.labels, 10, 1):
        predicted = model.fit(example.features[training], example.labels[training]).predict(example.features[held_out])
        right.extend(predicted == example.labels[held_out])
    assert compared[1].figures[0] == pytest.approx(np.mean(right), abs=1e-12)


def peer(name, gain=None):
    return Peer(
        name, f"the {name}", (0.5, 0.5), ((0.4, 0.6), (0.4, 0.6)), None if gain is None else sum(gain) / 2, gain
    )


@pytest.mark.parametrize(
    ("own", "others", "sentence"),
    [
        (
            LINEAR,
            [("forest", (0.1, 0.2)), ("boosting", (0.2, 0.4))],
            "better than chance explains: --estimator boosting",
        ),
        (
            FOREST,
            [("linear", (-0.1, 0.2)), ("boosting", (-0.2, 0.4))],
            "simpler the linear is as good, as far as these",
        ),
        (FOREST, [("linear", (-0.2, -0.1)), ("boosting", (-0.2, 0.4))], "the the forest is the best of these: keep it"),
        (LINEAR, [("forest", (-0.2, -0.1)), ("boosting", (-0.2, 0.4))], "the simplest, the linear, is as good"),
    ],
)
def test_the_verdict_is_for_the_simplest_that_is_as_good(own, others, sentence):
    assert sentence in verdict([peer(own.name), *(peer(*other) for other in others)], own)
