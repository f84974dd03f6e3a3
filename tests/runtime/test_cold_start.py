"""A cold start as users have it: what `make build` built, read-only, in AWS's runtime with its runtime client.

In processor time from the start of the runtime client to the first answer, as a ratio to a handler that does nothing.
"""

from __future__ import annotations

import pytest

from benchmarks.as_deployed import first_answers, packages, runtime_python, starts
from tests.serving.times.test_budgets import at_most

WITH_BYTECODE, WITHOUT = 1.25, 2.2
MILLISECONDS_OVER_FLOOR = 10
ROUNDS = 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("as_deployed")


@pytest.fixture(scope="module")
def made(folder):
    return packages(folder, runtime_python())


@pytest.mark.parametrize(("name", "limit"), [("compiled", WITH_BYTECODE), ("plain", WITHOUT)])
def test_a_cold_start_costs_little_more_than_an_empty_handlers(made, folder, name, limit):
    kept, ratio = at_most(limit, lambda: starts(folder, made, runtime_python(), ROUNDS)[name]["processor_ratio"])
    assert kept, f"the {name} package starts in {ratio:.2f} times an empty handler's time; the budget is {limit}"


def test_import_and_first_answer_cost_little_more_than_reading_and_writing_json(made):
    def over_the_floor():
        found = first_answers(made, runtime_python())
        return found["compiled"] - found["floor"]

    kept, milliseconds = at_most(MILLISECONDS_OVER_FLOOR, over_the_floor)
    assert kept, f"{milliseconds:.1f} ms more than the floor; the budget is {MILLISECONDS_OVER_FLOOR}"


def test_nobody_can_write_bytecode_into_a_deployed_package(made):
    """The measurement's folders are read-only, as Lambda's is: no start makes the next one cheaper."""
    assert not list(made["plain"].rglob("*.pyc"))
    assert len(list(made["compiled"].rglob("*.pyc"))) == len(list(made["compiled"].rglob("*.py")))
    assert all(path.stat().st_mode & 0o222 == 0 for package in made.values() for path in package.rglob("*"))
