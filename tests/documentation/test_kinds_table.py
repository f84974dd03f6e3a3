"""The table of kinds in docs/your_own_model.md: what can be fitted again is, and times are those of docs/performance.md."""

import math

import pytest

from benchmarks.kinds import matrix
from benchmarks.page import own_model
from training.recipes.fitting import THREADS

FIGURES = own_model.figures(own_model.DOCUMENT.read_text("utf-8"))
# Another processor's sums lead to fits that differ in their last bits: what is not 0 is held to its size only.
TIMES, ROUNDING, BYTES = 10, 1e-15, 0.02


def test_the_table_has_every_kind_for_every_task_that_it_knows():
    assert list(FIGURES) == matrix.cells()


@pytest.mark.parametrize(("kind", "task"), matrix.cells())
def test_exactness_and_size_are_what_comes_out_again(kind, task):
    """Fitted, exported, and every row asked through the handler."""
    with THREADS.limit(limits=1):
        fitted, features, parameters = matrix.exported(kind, task)
    shown, _, size = FIGURES[kind, task]
    assert is_like(matrix.difference(fitted, features, parameters), shown), "python -m benchmarks.page.own_model"
    assert math.isclose(matrix.kilobytes(parameters), size, rel_tol=BYTES, abs_tol=1)


def test_times_are_those_that_were_measured():
    measured = own_model.times(own_model.TIMES.read_text("utf-8"))
    assert {key: us for key, (_, us, _) in FIGURES.items()} == measured, "python -m benchmarks.page.own_model"


def test_trees_are_exact_but_for_boosting_s_exponential():
    exact = [key for key in FIGURES if "tree" in key[0] and "boosting" not in key[0]]
    exact += [key for key in FIGURES if key[0].startswith("random forest") and "calibrated" not in key[0]]
    exact += [key for key in FIGURES if "boosting" in key[0] and key[1] == "regression"]
    assert len(exact) > 12
    assert {key: FIGURES[key][0] for key in exact} == dict.fromkeys(exact, 0)
    assert max(difference for difference, _, _ in FIGURES.values()) <= 1e-12


@pytest.mark.parametrize(
    ("found", "shown", "alike"),
    [(0.0, 0.0, True), (0.0, 1e-16, False), (2e-16, 0.0, False), (2e-16, 9e-16, True), (1e-13, 1e-15, False)],
)
def test_a_difference_is_zero_or_not_and_of_the_same_size(found, shown, alike):
    assert is_like(found, shown) == alike


def is_like(found, shown):
    if not found or not shown:
        return found == shown
    return found <= max(ROUNDING, TIMES * shown) and shown <= max(ROUNDING, TIMES * found)
