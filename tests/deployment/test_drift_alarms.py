"""The drift alarms, simulated: they wake for a doubling, and neither for honest data nor for a table that is hard.

The formulas are read out of monitoring.yaml and worked out here for thousands of days at once. A day is drawn from a true
share; what the model expects was itself measured on a few hundred rows, as it is in training. Only chance is simulated.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.deployment.sam import MONITORING_TEMPLATE, Template, read

DAYS = 20_000
DRIFT = ("UndecidedAlarm", "OutOfRangeAlarm", "ClassMixAlarm")
SHARES = {  # the commonest class is never a rare one
    "UndecidedAlarm": (0.0, 0.005, 0.02, 0.1, 0.4, 0.83, 1.0),
    "OutOfRangeAlarm": (0.0, 0.005, 0.02, 0.1, 0.4, 0.83, 1.0),
    "ClassMixAlarm": (0.05, 0.1, 0.4, 0.63, 0.83, 0.99),
}
ROWS = 569  # of the table that the shares were measured on
FUNCTIONS = {"IF": np.where, "ABS": np.abs}


@pytest.fixture(scope="module")
def template() -> Template:
    return read(MONITORING_TEMPLATE)


def rings(template: Template, alarm: str, some: Any, expected: Any, instances: int) -> Any:
    """For each day whether the alarm goes off. CloudWatch's metric math is arithmetic that Python reads, too."""
    properties = template["Resources"][alarm]["Properties"]
    expressions = {metric["Id"]: metric["Expression"] for metric in properties["Metrics"] if "Expression" in metric}
    known: dict[str, Any] = {"some": some, "expected": expected, "all": np.full(len(some), float(instances))}
    with np.errstate(divide="ignore", invalid="ignore"):
        for name in ("pooled", "variance", "z"):
            known[name] = eval(expressions[name], {"__builtins__": {}}, {**FUNCTIONS, **known})
    assert properties["ComparisonOperator"] == "GreaterThanThreshold"
    return known["z"] > properties["Threshold"]  # not a number, as 0 / 0: CloudWatch has no point, and does not ring


def share_of_days(
    template: Template, alarm: str, measured: float, true: float, instances: int, rows: int = ROWS
) -> float:
    """How often it rings where the share was `measured` in training (but for chance) and is `true` today."""
    chance = np.random.default_rng(20261125)
    expected = chance.binomial(rows, measured, DAYS) / rows * instances
    return float(rings(template, alarm, chance.binomial(instances, true, DAYS), expected, instances).mean())


@pytest.mark.parametrize(("alarm", "share"), [(alarm, share) for alarm, shares in SHARES.items() for share in shares])
@pytest.mark.parametrize("instances", [200, 1_000, 20_000, 1_000_000])
def test_honest_days_do_not_ring(template: Template, alarm: str, instances: int, share: float) -> None:
    """About one false alarm in three years, at any traffic, on easy tables and on those where all is undecided."""
    assert share_of_days(template, alarm, share, share, instances) <= 0.001


@pytest.mark.parametrize("alarm", DRIFT)
def test_a_small_table_s_own_uncertainty_rings_seldom(template: Template, alarm: str) -> None:
    """150 rows measure a share worse than the 500 that the formula takes: few such tables ring under much traffic."""
    assert share_of_days(template, alarm, 0.1, 0.1, 100_000, rows=150) <= 0.06


@pytest.mark.parametrize("alarm", DRIFT)
@pytest.mark.parametrize(
    ("share", "instances", "power"),
    [(0.1, 300, 0.6), (0.1, 500, 0.8), (0.1, 1_000, 0.9), (0.1, 5_000, 0.98), (0.3, 200, 0.98)],
)
def test_a_doubling_rings(template: Template, alarm: str, share: float, instances: int, power: float) -> None:
    assert share_of_days(template, alarm, share, 2 * share, instances) >= power


def test_a_class_that_vanishes_rings_as_one_that_spreads(template: Template) -> None:
    for true in (0.4, 0.85):
        assert share_of_days(template, "ClassMixAlarm", 0.63, true, 1_000) >= 0.99
    assert share_of_days(template, "UndecidedAlarm", 0.63, 0.4, 1_000) == 0, "fewer doubts are no drift to wake for"


@pytest.mark.parametrize("alarm", DRIFT)
def test_a_handful_never_rings(template: Template, alarm: str) -> None:
    assert share_of_days(template, alarm, 0.05, 1.0, 199) == 0
