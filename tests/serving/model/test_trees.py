"""Trees as they are served: sums, explanations checked against every subset of columns, and odd records refused."""

import gc
from itertools import combinations
from math import factorial
from types import SimpleNamespace

import pytest

from lambda_app.model.artefact.format_checks import InvalidModel
from lambda_app.model.trees import Trees

INFINITY = float("inf")
# Numbers 0, 1 and 2 are columns 0, 1 and 2; number 3 is the second side of column 0, which may be missing.
COLUMNS = SimpleNamespace(reference=[0.5, 0.5, 0.5, 0.5], columns_of_numbers=[0, 1, 2, 0], width=4)
#        0 <= 1.0?  then 1 <= 0.0? (leaf 0, leaf 1)  else 3 <= 2.0? (leaf 2, 0 <= 1.5? (leaf 3, leaf 1)); the stump 2
NODES = [0, 1, -1, -2, 3, -3, 0, -4, -2, 2, -1, -4]
THRESHOLDS = [1.0, 0.0, 2.0, 1.5, 0.25]
SINGLE = [[1.0], [2.5], [-3.0], [0.125]]
PAIRS = [[0.25, 0.75], [0.5, 0.5], [1.0, 0.0], [0.1, 0.9]]
VOTES = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
SHARES = [[0.5, 0.25, 0.25], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.125, 0.75, 0.125]]
KINDS = {
    "regression": (SINGLE, [10.0], 1),
    "boosting_of_several_scores": (SINGLE, [1.0, -1.0], 1),
    "forest_of_two_classes": (PAIRS, [0.0, 0.0], 2),
    "forest_of_sure_leaves": (VOTES, [0.0, 0.0, 0.0], 2),
    "forest_of_three_classes": (SHARES, [0.0, 0.0, 0.0], 2),
}
ROWS = [[0.0, -1.0, 0.0, 0.0], [3.0, 1.0, 1.0, 3.0], [1.2, 0.0, 0.25, 1.2], [-INFINITY, -1.0, 9.0, INFINITY]]


def record(leaves=SINGLE, start=(10.0,), divide_by=1, **changes):
    fields = {"kind": "trees", "nodes": NODES, "thresholds": THRESHOLDS, "leaves": leaves, "start": list(start)}
    return {**fields, "divide_by": divide_by, **changes}


@pytest.mark.parametrize(
    ("kind", "scores"),
    [
        ("regression", [[12.0], [12.625], [8.0], [12.625 + 0.0]]),
        ("boosting_of_several_scores", [[2.0, 0.0], [3.5, -0.875], [-2.0, 0.0], [2.0, -0.875]]),
        ("forest_of_two_classes", [[0.25, 0.75], [0.3, 0.7], [0.625, 0.375], [0.175, 0.825]]),
        ("forest_of_sure_leaves", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]]),
        (
            "forest_of_three_classes",
            [[0.5, 0.25, 0.25], [0.0625, 0.875, 0.0625], [0.25, 0.125, 0.625], [0.3125, 0.5, 0.1875]],
        ),
    ],
)
def test_scores(kind, scores):
    trees = Trees(record(*KINDS[kind]), COLUMNS)
    if kind == "regression":
        scores[3] = [10.0 + 1.0 + 0.125]
    assert [trees.scores(row) for row in ROWS] == scores


def test_sums_are_plain_and_in_the_order_of_the_trees():
    trees = Trees(record([[0.1], [0.2], [0.3]], [0.0], nodes=[-1, -2, -3], thresholds=[]), COLUMNS)
    assert trees.scores(ROWS[0]) == [0.1 + 0.2 + 0.3] == [0.6000000000000001]
    assert trees.comparisons == 0


def test_comparisons_are_the_deepest_paths():
    assert Trees(record(), COLUMNS).comparisons == 3 + 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("row", ROWS)
def test_contributions_are_the_shapley_values_of_the_columns(kind, row):
    trees = Trees(record(*KINDS[kind]), COLUMNS)
    weights = [1.0, -1.0, 0.5][: len(KINDS[kind][1])]

    def value(columns):
        mixed = zip(COLUMNS.columns_of_numbers, row, COLUMNS.reference, strict=True)
        numbers = [number if column in columns else usual for column, number, usual in mixed]
        return sum(weight * score for weight, score in zip(weights, trees.scores(numbers), strict=True))

    baseline, contributions = trees.contributions(row, weights)
    assert baseline == pytest.approx(value(()), abs=1e-12)
    assert baseline + sum(contributions) == pytest.approx(value((0, 1, 2)), abs=1e-9)
    for column, contribution in enumerate(contributions):
        others = [other for other in range(3) if other != column]
        expected = sum(
            factorial(size) * factorial(2 - size) / factorial(3) * (value((*some, column)) - value(some))
            for size in range(3)
            for some in combinations(others, size)
        )
        assert contribution == pytest.approx(expected, abs=1e-12)


def test_a_chain_as_deep_as_the_limit_of_nodes_is_walked_without_recursion():
    nodes = [number for _ in range(20_000) for number in (1, -1)]  # always right: its left child is a leaf
    trees = Trees(record(nodes=[*nodes, -2], thresholds=[0.0] * 20_000), COLUMNS)
    assert trees.scores([0.0, 1.0, 0.0, 0.0]) == [12.5]
    assert trees.contributions([0.0, -1.0, 0.0, 0.0], [1.0]) == (12.5, [0.0, -1.5, 0.0])


def test_a_thousand_columns_may_part_at_once():
    count = 1200
    columns = SimpleNamespace(reference=[1.0] * count, columns_of_numbers=range(count), width=count)
    nodes = [number for column in range(count) for number in (column, -1)]
    trees = Trees(record(nodes=[*nodes, -2], thresholds=[0.0] * count), columns)
    baseline, contributions = trees.contributions([-1.0] * count, [1.0])
    assert baseline + sum(contributions) == pytest.approx(11.0, abs=1e-9)


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_is_left_as_it_was(enabled):
    (gc.enable if enabled else gc.disable)()
    try:
        Trees(record(), COLUMNS)
        with pytest.raises(InvalidModel):
            Trees(record(nodes=[0, 0, 0, 0, 0]), COLUMNS)
        assert gc.isenabled() == enabled
    finally:
        gc.enable()


@pytest.mark.parametrize(
    "changes",
    [
        {"extra": 1},
        {"start": []},
        {"start": [0]},
        {"start": [INFINITY]},
        {"start": "0.0"},
        {"start": [0.0, 0.0, 0.0, 0.0], "nodes": [-1] * 6, "thresholds": []},  # 6 trees for 4 scores
        {"divide_by": 0},
        {"divide_by": True},
        {"divide_by": 2.0},
        {"divide_by": 10**7},
        {"leaves": []},
        {"leaves": {}},
        {"leaves": [[]]},
        {"leaves": [1.0, 2.0, 3.0, 4.0]},
        {"leaves": [[1.0], [1.0], [1.0], [float("nan")]]},
        {"leaves": [[1.0], [1.0], [1.0], [1.0, 2.0]]},
        {"leaves": [[1.0, 2.0]] * 4},
        {"leaves": [[1e308]] * 4},  # two trees of which overflow
        {"leaves": [[6e299]] * 4},  # and these lead beyond what the difference of two scores may be
        {"nodes": []},
        {"nodes": None},
        {"nodes": [True]},
        {"nodes": [*NODES[:-1], -5]},  # no such leaf
        {"nodes": [4, *NODES[1:]]},  # no such number
        {"nodes": [10**400, *NODES[1:]]},
        {"nodes": [*NODES, 0], "thresholds": [*THRESHOLDS, 0.0]},  # a split without subtrees
        {"nodes": [*NODES, 0, -1], "thresholds": [*THRESHOLDS, 0.0]},
        {"nodes": NODES[:-1]},
        {"thresholds": THRESHOLDS[:-1]},
        {"thresholds": [*THRESHOLDS, 0.0]},
        {"thresholds": [*THRESHOLDS[:-1], 1]},
        {"thresholds": [*THRESHOLDS[:-1], INFINITY]},
        {"thresholds": None},
    ],
)
def test_odd_records_are_refused(changes):
    with pytest.raises(InvalidModel):
        Trees(record(**changes), COLUMNS)


@pytest.mark.parametrize("field", record())
def test_a_missing_field_is_refused(field):
    with pytest.raises(InvalidModel):
        Trees({name: value for name, value in record().items() if name != field}, COLUMNS)
