"""Models of a size that people have, made from a seed without fitting anything: what the budgets of time are about.

All have 30 columns, as the shipped model has, so that their answers and floors are alike.
"""

from __future__ import annotations

from random import Random

from tests import small_models

COLUMNS, CATEGORY_COLUMNS, TREES = 30, 8, 100
FOREST_DEPTH, BOOSTING_DEPTH = 6, 5  # as on breast cancer: leaves some six splits down; of boosting, 31 leaves a tree
TEXTS = [f"value {n}" for n in range(10)]


def numbers():
    """A linear model of numbers alone: what the others are compared with."""
    return _model(columns=_numbers(COLUMNS), model=_linear(Random(0)))


def categories():
    """The same, but eight of its columns hold one of ten texts."""
    chance = Random(0)
    columns = _numbers(COLUMNS - CATEGORY_COLUMNS)
    for n in range(CATEGORY_COLUMNS):
        known = [[text, [chance.uniform(-1, 1)]] for text in TEXTS]
        columns.append(small_models.category(f"text {n}", categories=known, typical=TEXTS[0], unseen=[0.0]))
    return _model(columns=columns, model=_linear(chance))


def forest():
    """A hundred trees of 64 leaves, each with the shares of two classes."""
    chance = Random(0)
    leaves = [[share, 1 - share] for share in (chance.randrange(257) / 256 for _ in range(200))]
    link = {"kind": "shares", "decides": "largest"}
    return _model(columns=_numbers(COLUMNS), model=_trees(chance, FOREST_DEPTH, leaves, TREES, 2), link=link)


def boosting():
    """A hundred trees of 32 leaves, whose sum is the log-odds."""
    chance = Random(0)
    leaves = [[chance.gauss(0, 0.1)] for _ in range(TREES * 2**BOOSTING_DEPTH)]
    link = {"kind": "softmax", "decides": "above_zero"}
    return _model(columns=_numbers(COLUMNS), model=_trees(chance, BOOSTING_DEPTH, leaves, 1, 1), link=link)


MODELS = {make.__name__: make for make in (numbers, categories, forest, boosting)}


def _numbers(count):
    return [small_models.number(f"number {n}") for n in range(count)]


def _linear(chance):
    return small_models.linear([[chance.uniform(-1, 1) for _ in range(COLUMNS)]], [0.5])


def _trees(chance, depth, leaves, divide_by, scores):
    nodes: list[int] = []
    thresholds: list[float] = []

    def grow(left):  # in preorder
        if not left:
            nodes.append(-1 - chance.randrange(len(leaves)))
            return
        nodes.append(chance.randrange(COLUMNS))
        thresholds.append(chance.uniform(-4, 4))
        grow(left - 1)
        grow(left - 1)

    for _ in range(TREES):
        grow(depth)
    fields = {"nodes": nodes, "thresholds": thresholds, "leaves": leaves}
    return {"kind": "trees", **fields, "start": [0.0] * scores, "divide_by": divide_by}


def _model(columns, **fields):
    chance = Random(1)
    row = [chance.uniform(-4, 4) if column["kind"] == "number" else chance.choice(TEXTS) for column in columns]
    return small_models.model(rows=[row] * 5, columns=columns, **fields)
