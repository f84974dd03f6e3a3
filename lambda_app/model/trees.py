"""Decision trees and sums of them: forests and boosting, to the last bit as scikit-learn adds them up.

Words: m numbers (what the model sees of a row), R scores, T trees. The record of the artefact:

    {"kind": "trees",
     "nodes": [...]       every tree in preorder, one behind the other. j ≥ 0: a split on number j, its left subtree
                          follows, then its right one. -1 - i: a leaf that adds row i of `leaves`.
     "thresholds": [...]  one float a split, in the same order: number <= threshold goes left, and nothing else does
     "leaves": [[...]]    distinct rows of R values, added to all scores; or, for boosting of R > 1 scores, of one
                          value each: tree t then adds to score t mod R
     "start": [R]         where the sums begin
     "divide_by": d}      what they are divided by: the number of trees for forests, else 1

Preorder needs no indices of children, so no record can loop or lead outside itself.
"""

from __future__ import annotations

import gc
from math import comb
from operator import add, mul

from lambda_app.model.artefact.format_checks import InvalidModel, are_numbers, require

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    # A split is (number, threshold, left, right), a leaf (-1, 0.0, value, second value): one shape, so that a step
    # down is one unpacking, which is a third faster than arrays of indices.
    Node = tuple[int, float, Any, Any]

ROUNDING = 1e-9  # that a tree's probabilities may be away from a sum of 1
LARGEST_SUM = 1e300  # of one score: the difference of two must be finite, too
FIELDS = {"kind", "nodes", "thresholds", "leaves", "start", "divide_by"}


class Trees:
    """The trees of a record, ready to add up. `comparisons` is the most that one row can need."""

    def __init__(self, record: dict[str, Any], columns: Any) -> None:
        """`columns`: reference (m numbers), columns_of_numbers (m) and width (m). Raises InvalidModel if odd."""
        _check(record, columns.width)
        leaves, self._start = record["leaves"], record["start"]
        self._divide_by, scores, width = record["divide_by"], len(self._start), len(leaves[0])
        self._reference, self._owners = columns.reference, columns.columns_of_numbers
        self._each_adds_to_one = width == 1
        self._value: Callable[[Any, Any, Sequence[float]], float] = _value_of_row
        ends: list[tuple[Any, Any]]
        if width == 1:
            ends, self.scores = [(row[0], None) for row in leaves], self._singles if scores > 1 else self._single
        elif scores == 2:
            ends, self.scores, self._value = [(row[0], row[1]) for row in leaves], self._pairs, _value_of_pair
        elif not any(self._start) and all(_is_vote(row) for row in leaves):
            ends, self.scores, self._value = [(row.index(1), None) for row in leaves], self._votes, _value_of_vote
        else:
            ends, self.scores = [(row, None) for row in leaves], self._rows
        self._roots, self.comparisons = _build(record["nodes"], record["thresholds"], ends)
        if self._each_adds_to_one and len(self._roots) % scores:
            raise InvalidModel("the number of trees must be a multiple of the number of scores")
        largest = max(abs(value) for row in leaves for value in row) * len(self._roots) + max(map(abs, self._start))
        require(largest <= LARGEST_SUM, f"the sums of the leaves must not exceed {LARGEST_SUM:g}")
        self._leaves = leaves

    def gives_shares(self) -> bool:
        """Whether every score is an average of the trees' probabilities, and so between 0 and 1."""
        if any(self._start) or self._divide_by != len(self._roots) or self._each_adds_to_one:
            return False
        return all(min(row) >= 0 and max(row) <= 1 and abs(sum(row) - 1) <= ROUNDING for row in self._leaves)

    def _single(self, numbers: Sequence[float]) -> list[float]:
        return [_sum(self._roots, self._start[0], numbers) / self._divide_by]

    def _singles(self, numbers: Sequence[float]) -> list[float]:
        step = len(self._start)
        return [_sum(self._roots[k::step], start, numbers) / self._divide_by for k, start in enumerate(self._start)]

    def _pairs(self, numbers: Sequence[float]) -> list[float]:
        """Both classes are added up: zero's share is not, to the last bit, 1 minus one's."""
        zero, one = self._start
        for number, threshold, left, right in self._roots:
            while number >= 0:
                number, threshold, left, right = left if numbers[number] <= threshold else right  # noqa: PLW2901
            zero += left
            one += right
        return [zero / self._divide_by, one / self._divide_by]

    def _votes(self, numbers: Sequence[float]) -> list[float]:
        """Every leaf is sure of one class: counting is exact then, and quicker than adding rows."""
        votes = [0] * len(self._start)
        for number, threshold, left, right in self._roots:
            while number >= 0:
                number, threshold, left, right = left if numbers[number] <= threshold else right  # noqa: PLW2901
            votes[left] += 1
        return [count / self._divide_by for count in votes]

    def _rows(self, numbers: Sequence[float]) -> list[float]:
        totals = self._start
        for number, threshold, left, right in self._roots:
            while number >= 0:
                number, threshold, left, right = left if numbers[number] <= threshold else right  # noqa: PLW2901
            totals = list(map(add, totals, left))
        return [total / self._divide_by for total in totals]

    def contributions(self, numbers: Sequence[float], weights: Sequence[float]) -> tuple[float, list[float]]:
        """Baseline and one contribution a column of the sum weight · score; together they are that sum.

        Shapley values against one reference, the typical row: Lundberg et al., "From local explanations to global
        understanding with explainable AI for trees" (2020), the interventional form. `weights` holds R floats.
        """
        baseline = sum(map(mul, weights, self.scores(self._reference)))
        totals = [0.0] * (max(self._owners) + 1)
        for tree, root in enumerate(self._roots):
            own = weights[tree % len(weights) :] if self._each_adds_to_one else weights
            self._share_out(root, numbers, own, totals)
        return baseline, [total / self._divide_by for total in totals]

    def _share_out(self, root: Node, numbers: Sequence[float], weights: Sequence[float], totals: list[float]) -> None:
        """Walk one tree with the row and the reference at once, and branch where they part.

        A leaf is reached by every mix that takes the columns `given` from the row and the columns `usual` from the
        reference. Of all orders in which columns may be changed one by one, those in which the leaf is entered
        (or left) by changing a certain column are g! u! / (g + u)! times 1/g (or 1/u).
        """
        stack: list[tuple[Node, tuple[int, ...], tuple[int, ...]]] = [(root, (), ())]
        while stack:
            (number, threshold, left, right), given, usual = stack.pop()
            while number >= 0:
                goes_left = numbers[number] <= threshold
                node = left if goes_left else right
                if goes_left != (self._reference[number] <= threshold):
                    column, other = self._owners[number], right if goes_left else left
                    if column in usual:
                        node = other
                    elif column not in given:
                        stack.append((other, given, (*usual, column)))
                        given = (*given, column)
                number, threshold, left, right = node
            value, count = self._value(left, right, weights), len(given) + len(usual)
            for column in given:  # integers divide without overflow, however many columns part
                totals[column] += value * (1 / (count * comb(count - 1, len(usual))))
            for column in usual:
                totals[column] -= value * (1 / (count * comb(count - 1, len(given))))


def _sum(roots: Sequence[Node], total: float, numbers: Sequence[float]) -> float:
    for number, threshold, left, right in roots:
        while number >= 0:
            number, threshold, left, right = left if numbers[number] <= threshold else right  # noqa: PLW2901
        total += left
    return total


def _value_of_row(row: Any, _: Any, weights: Sequence[float]) -> float:
    return float(sum(map(mul, row, weights))) if type(row) is list else float(row * weights[0])


def _value_of_pair(zero: float, one: float, weights: Sequence[float]) -> float:
    return zero * weights[0] + one * weights[1]


def _value_of_vote(label: int, _: Any, weights: Sequence[float]) -> float:
    return weights[label]


def _is_vote(row: list[float]) -> bool:
    return row.count(1) == 1 and row.count(0) == len(row) - 1


def _build(nodes: list[int], thresholds: list[float], ends: list[tuple[Any, Any]]) -> tuple[list[Node], int]:
    """The roots, and the sum of the trees' depths: backwards, so that a split finds its subtrees on the stack."""
    was_enabled = gc.isenabled()
    gc.disable()  # it would look at every new tuple again and again: 5 times as long for 150,000 nodes
    try:
        stack: list[Node] = []
        depths: list[int] = []
        following = reversed(thresholds)
        for number in reversed(nodes):
            if number < 0:
                stack.append((-1, 0.0, *ends[-1 - number]))
                depths.append(0)
            else:
                left, right = stack.pop(), stack.pop()
                stack.append((number, next(following), left, right))
                depths.append(1 + max(depths.pop(), depths.pop()))
    except IndexError:
        raise InvalidModel("a split must have two subtrees") from None
    finally:
        if was_enabled:
            gc.enable()
    return stack[::-1], sum(depths)


def _check(record: dict[str, Any], width: int) -> None:
    require(type(record) is dict and set(record) == FIELDS, "a model of trees must have its own fields and no others")
    nodes, thresholds, leaves, start = (record[name] for name in ("nodes", "thresholds", "leaves", "start"))
    divide_by = record["divide_by"]
    require(start != [] and are_numbers(start), "start must hold floats")
    require(type(divide_by) is int and 1 <= divide_by <= 10**6, "divide_by must be a number of trees")
    require(type(leaves) is list and len(leaves) > 0, "leaves must hold rows")
    require(all(map(are_numbers, leaves)), "leaves must hold floats")
    widths = {len(row) for row in leaves}
    require(widths in ({1}, {len(start)}), "each leaf must hold one value, or one a score")
    whole = type(nodes) is list and set(map(type, nodes)) == {int}  # JSON's true is no number
    require(whole, "nodes must hold whole numbers")
    require(-len(leaves) <= min(nodes) and max(nodes) < width, "a node must name a number or a leaf")
    splits = sum(node >= 0 for node in nodes)
    require(are_numbers(thresholds), "thresholds must hold floats")
    require(len(thresholds) == splits, "there must be one threshold a split")
