"""The inspection's parts on tables whose answer is known, and its intervals on simulated ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as students_t
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from training.card.inspection.sections import fields
from training.card.model_card import write_card
from training.commands.run import judge, train
from training.data.dataset import REGRESSION, Dataset
from training.evaluation.evaluate import evaluate
from training.evaluation.inspection.inspect import inspect
from training.evaluation.inspection.learning import learn
from training.evaluation.inspection.residuals import FEWEST_ROWS, by_group, by_prediction
from training.evaluation.inspection.shared_weight import shared_weight, variance_inflation
from training.evaluation.inspection.shuffling import shuffled
from training.evaluation.inspection.stems import stems
from training.evaluation.inspection.subgroups import grouping, thirds
from training.evaluation.measures.conformal import Spread
from training.evaluation.regression import Interval, RegressionEvaluation, evaluate_regression
from training.recipes.effort import Effort
from training.recipes.kinds import FOREST, KINDS
from training.recipes.pipelines import recipe_for

QUICK = Effort(folds=3, repeats=2, resamples=2, splits=1, nested_folds=2, outer_folds=2, learning_folds=2)


def dataset(features, targets, task="classification", target_names=("no", "yes")):
    """A data set of made-up names."""
    names = tuple(features.columns) if isinstance(features, pd.DataFrame) else tuple("abcdefgh"[: features.shape[1]])
    classes = () if task == REGRESSION else tuple(target_names)
    return Dataset("t", "", features, targets, names, classes, 1, {}, "", "", "", "", (), task=task, target_name="y")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["mean radius", "radius error", "worst radius", "mean concave points", "concave points error", "worst area"],
         ["radius", "radius", "radius", "concave points", "concave points", "worst area"]),
        (["lag_1", "lag_2", "price", "size"], ["lag", "lag", "price", "size"]),
        (["radius", "mean radius", "a", "b", "c"], ["radius", "radius", "a", "b", "c"]),
        (["x_1", "x_2", "x_3"], ["x_1", "x_2", "x_3"]),  # all of them: no stem
        (["total phenols", "nonflavanoid phenols", "ash", "hue", "alcalinity of ash"],
         ["phenols", "phenols", "ash", "hue", "alcalinity of ash"]),
        (["年 龄", "", "$"], ["年 龄", "", "$"]),
    ],
)  # fmt: skip
def test_columns_belong_together_by_their_names(names, expected):
    assert stems(names) == expected


def test_variance_inflation_is_infinite_for_sums_of_others_only():
    numbers = np.random.default_rng(0).normal(size=(200, 5))
    numbers[:, 2] = numbers[:, 0] + numbers[:, 1]
    numbers[:, 4] = 7
    found = variance_inflation(numbers)
    assert found[:3] == [np.inf] * 3
    assert found[3] == pytest.approx(1, abs=0.05)
    assert found[4] == 1
    assert variance_inflation(numbers[:3]) == [np.inf, np.inf, np.inf, np.inf, 1]  # fewer rows than columns
    assert variance_inflation(numbers[:, :1]) == [1.0]
    r = np.corrcoef(numbers[:, [0, 3]].T)[0, 1]
    assert variance_inflation(numbers[:, [0, 3]]) == pytest.approx([1 / (1 - r**2)] * 2)


def test_a_coefficient_that_contradicts_its_column_is_noticed_and_a_categorys_numbers_are_one_group():
    generator = np.random.default_rng(0)
    hidden = generator.normal(size=500)
    table = pd.DataFrame({"a": hidden + generator.normal(size=500) / 4, "b": hidden})
    table["city"] = pd.Series(generator.choice(["x", "y"], 500), dtype=object)
    y = (hidden - 3 * (table.a - hidden) + generator.normal(size=500) / 2 > 0).to_numpy().astype(np.int64)
    data = dataset(table, y)
    found = shared_weight(data, recipe_for(data))
    members = {member.name: member for group in found.groups for member in group.members}
    assert members["a"].alone == (1,)
    assert members["a"].contradictions == 1
    assert members["b"].contradictions == 0
    city = next(group for group in found.groups if group.name == "city")
    assert [member.name for member in city.members] == ["city_x", "city_y"]
    assert city.inflation is None
    assert len(found.inflations) == 2
    assert [group.moves for group in found.groups] == sorted((group.moves for group in found.groups), reverse=True)


def test_thirds_keep_equal_values_together_and_missing_ones_apart():
    codes, names = thirds(np.array([1, 1, 2, 2, 3, 3, np.nan]))
    assert codes.tolist() == [0, 0, 1, 1, 2, 2, 3]
    assert names == ("1", "2", "3", "missing")
    assert thirds(np.full(3, np.nan))[1] == ("missing",)


def test_the_column_that_says_most_parts_the_rows_unless_one_is_named():
    generator = np.random.default_rng(0)
    features = generator.normal(size=(200, 3))
    data = dataset(features, (features[:, 1] > 0).astype(np.int64))
    assert grouping(data).column == "b"
    named = Dataset(**{**data.__dict__, "subgroups_by": ("c", "it was asked for")})
    assert (grouping(named).column, grouping(named).why) == ("c", "it was asked for")
    text = pd.DataFrame({"a": features[:, 0], "city": pd.Series(np.where(data.labels, "x", None), dtype=object)})
    found = grouping(dataset(text, data.labels))
    assert (found.column, sorted(found.names)) == ("city", ["missing", "x"])
    assert grouping(dataset(np.ones((200, 1)), data.labels)) is None


def test_a_class_of_five_rows_is_in_every_size_of_the_learning_curve():
    generator = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], [150, 60, 5])
    data = dataset(generator.normal(size=(215, 2)) + labels[:, None], labels, target_names=("x", "y", "z"))
    curve = learn(data, recipe_for(data), Effort(folds=5, learning_folds=2))
    assert curve.rows == (17, 34, 69, 120, 172)
    assert curve.held_out[-1] < curve.held_out[0]
    few = dataset(generator.normal(size=(12, 2)), np.repeat([0, 1], 6))
    assert learn(few, recipe_for(few), Effort(folds=3)) is None


def test_what_a_forest_does_not_need_rises_nothing_when_shuffled():
    generator = np.random.default_rng(0)
    features = generator.normal(size=(200, 3))
    data = dataset(features, (features[:, 2] > 0).astype(np.int64))
    found = shuffled(data, recipe_for(data, FOREST), QUICK)
    assert [found[0].column, found[0].rose, found[0].folds] == ["c", 2, 2]
    assert found[0].rise > 10 * max(abs(other.rise) for other in found[1:])
    assert shuffled(data, recipe_for(data), QUICK) == []


def judged(data, predictions, half_width):
    """An evaluation that predicted so."""
    held = np.abs(data.targets - predictions) <= half_width
    interval = Interval(0.9, half_width, held, Spread(0.9, 0.8, 1.0), 2, "")
    return RegressionEvaluation(QUICK, predictions, {}, (1.0, (0.5, 1.5)), interval, {}, None, None)


def test_residuals_by_part_are_those_of_the_loop_over_rows(diabetes):
    evaluation = evaluate_regression(diabetes, amount=QUICK)
    parts = by_prediction(diabetes, evaluation)
    assert len(parts) == 5
    order = sorted(range(442), key=lambda row: evaluation.predictions[row])[:89]
    errors = [[diabetes.targets[row] - own[row] for row in order] for own in evaluation.repeat_predictions]
    first = parts[0]
    assert (first.rows, first.mean) == (89, pytest.approx(np.mean(errors)))
    assert first.absolute == pytest.approx(np.mean(np.abs(errors)))
    assert first.root_mean_square == pytest.approx(np.sqrt(np.mean(np.square(errors))))
    held = np.zeros((2, 442), dtype=bool)  # by a width that the row's own residual had no part in
    for repeat, inside in enumerate(held):
        residuals = diabetes.targets - evaluation.repeat_predictions[repeat]
        for others, own in KFold(3, shuffle=True, random_state=repeat + 1).split(residuals):
            width = sorted(map(abs, residuals[others]))[int(np.ceil(0.9 * (len(others) + 1))) - 1]
            inside[own] = np.abs(residuals[own]) <= width
    assert first.inside == pytest.approx(held[:, order].mean())
    own = (diabetes.targets - evaluation.repeat_predictions).mean(axis=0)[order]
    half = 1.25 * students_t.ppf(0.975, 88) * own.std(ddof=1) / np.sqrt(89)
    assert first.mean_interval == pytest.approx((own.mean() - half, own.mean() + half))
    sizes = np.abs(diabetes.targets - evaluation.repeat_predictions).mean(axis=0)[order]
    factor = np.exp(1.25 * students_t.ppf(0.975, 88) * sizes.std(ddof=1) / np.sqrt(89) / sizes.mean())
    assert first.absolute_interval == pytest.approx((sizes.mean() / factor, sizes.mean() * factor))
    hits, n, z2 = held[:, order].sum() / 2, 89, (1.25 * 1.959964) ** 2
    ends = np.roots([1 + z2 / n, -(2 * hits / n + z2 / n), (hits / n) ** 2])
    assert first.inside_interval == pytest.approx(sorted(ends), abs=1e-6)
    assert np.average([part.inside for part in parts], weights=[part.rows for part in parts]) == pytest.approx(
        evaluation.interval.held_out.mean
    )


@pytest.mark.parametrize(
    "draw",
    [
        lambda g, size: g.normal(0, 1, size),
        lambda g, size: g.laplace(0, 1, size),
        lambda g, size: g.standard_t(5, size),
    ],
    ids=["normal", "laplace", "student"],
)
def test_intervals_of_residuals_hold_the_truth_as_often_as_they_say(draw):
    """1,000 tables of the fewest rows that get an interval, all in one call: a group each."""
    generator = np.random.default_rng(1)
    rows = 1000 * FEWEST_ROWS
    targets = draw(generator, rows)
    data = dataset(np.zeros((rows, 1)), targets, REGRESSION)
    codes = np.repeat(np.arange(1000), FEWEST_ROWS)
    found = by_group(data, judged(data, np.zeros((1, rows)), 1.0), [""] * 1000, codes)
    magnitude = float(np.abs(draw(generator, 1_000_000)).mean())
    assert np.mean([part.mean_interval[0] <= 0 <= part.mean_interval[1] for part in found]) >= 0.93
    assert np.mean([part.absolute_interval[0] <= magnitude <= part.absolute_interval[1] for part in found]) >= 0.93


def test_the_net_benefits_interval_holds_the_truth_as_often_as_it_says(example):
    """On as many rows of each class as the example has, at a rare and at a frequent false alarm."""
    from training.evaluation.inspection.net_benefit import net_benefit  # noqa: PLC0415 – for this one test

    generator = np.random.default_rng(0)
    for threshold, sensitivity, specificity in ((0.1, 0.985, 0.92), (0.5, 0.96, 0.989)):
        truth = (212 * sensitivity - threshold / (1 - threshold) * 357 * (1 - specificity)) / 569
        held = []
        for _ in range(1000):
            called = generator.random(569) < np.where(example.labels == 0, sensitivity, 1 - specificity)
            low, high = net_benefit(called[None].astype(float), example.labels == 0, threshold).interval
            held.append(low <= truth <= high)
        assert np.mean(held) >= 0.93


def test_too_few_rows_have_no_interval_of_a_mean():
    data = dataset(np.zeros((30, 1)), np.arange(30.0), REGRESSION)
    evaluation = judged(data, np.zeros((1, 30)), 1.0)
    assert by_prediction(data, evaluation) == []
    (part,) = by_group(data, evaluation, ["all"], np.zeros(30, dtype=int))
    assert (part.mean_interval, part.absolute_interval) == (None, None)
    assert part.mean == 14.5


def odd_tables():
    generator = np.random.default_rng(0)
    normal = generator.normal
    texts = np.array(["x|", "$y$", None], dtype=object)[generator.integers(0, 3, 60)]
    gaps = np.where(normal(size=60) > 1, np.nan, normal(size=60))
    text = pd.DataFrame({"a|b": pd.Series(texts, dtype=object), "n": gaps})
    numbers = generator.integers(0, 2, 60)
    return {
        "one column": dataset(normal(size=(60, 1)), numbers),
        "text and gaps": dataset(text, numbers),
        "only text": dataset(text[["a|b"]], numbers),
        "five rows of a class": dataset(normal(size=(65, 2)), np.repeat([0, 1, 2], [40, 20, 5]), target_names="abc"),
        "told apart": dataset(np.r_[normal(size=(30, 1)), normal(99, 1, (30, 1))], np.repeat([0, 1], 30)),
        "more columns than rows": dataset(
            pd.DataFrame(normal(size=(60, 200)), columns=[f"c{n}" for n in range(200)]).astype(float), numbers
        ),
        "few numbers": dataset(normal(size=(30, 2)), normal(size=30), REGRESSION),
        "numbers from text": dataset(text, normal(size=60), REGRESSION),
    }


ODD = odd_tables()
CASES = [(name, "linear") for name in ODD]
CASES += [
    (name, kind) for name in ("text and gaps", "only text", "numbers from text") for kind in ("forest", "boosting")
]


@pytest.mark.parametrize(("name", "kind"), CASES, ids=[f"{name}, {kind}" for name, kind in CASES])
def test_any_table_gets_its_card(name, kind, tmp_path):
    data = ODD[name]
    recipe = recipe_for(data, KINDS[kind])
    evaluation = judge(data, recipe, QUICK)
    card = write_card(data, evaluation, train(data, evaluation, recipe), str(tmp_path / "m.json")).read_text("utf-8")
    assert "nan" not in card.lower().replace("domina", "")
    assert ("variance inflation" in card) == (kind == "linear")
    assert ("when its values are shuffled" in card) == (kind != "linear")
    assert ("acting on none" in card) == (data.classes == 2)
    assert "## Subgroups" in card
    assert len(card.split("In short:\n\n")[1].split("\n\n")[0].splitlines()) <= 10
    for table in (block for block in card.split("\n\n") if block.startswith("| ")):
        widths = {line.replace("\\|", "").count("|") for line in table.splitlines()}
        assert len(widths) == 1, table


def test_an_estimator_of_ones_own_is_not_fitted_again(example):
    evaluation = evaluate(example, LogisticRegression(C=1e-3, max_iter=2000), amount=QUICK)
    inspection = inspect(example, evaluation)
    assert (inspection.learning, inspection.shared_weight, inspection.shuffled) == (None, None, [])
    parts = fields(example, evaluation, inspection)
    assert (parts["learning"], parts["weights"]) == ("", "")
    assert parts["subgroups"].startswith("## Subgroups")
