"""The drift alarms, simulated: they wake for a doubling, and neither for honest data nor for a table that is hard.

tests/tools/drift_table.py works the formulas of monitoring.yaml out for thousands of days; its table stands in the guide.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.deployment.sam import MONITORING_TEMPLATE, Template, mutate, read
from tests.tools.drift_table import CHANGED, DOCUMENT, TRAFFIC, Expected, expectations, rings, table, years
from tests.tools.tables import replaced

DAYS = 20_000
DRIFT = ("UndecidedAlarm", "OutOfRangeAlarm", "ClassMixAlarm")
SHARES = {  # the commonest class is never a rare one
    "UndecidedAlarm": (0.0, 0.005, 0.02, 0.1, 0.4, 0.83, 1.0),
    "OutOfRangeAlarm": (0.0, 0.005, 0.02, 0.1, 0.4, 0.83, 1.0),
    "ClassMixAlarm": (0.05, 0.1, 0.4, 0.63, 0.83, 0.99),
}
ROWS = 569  # of the table that the shares were measured on


@pytest.fixture(scope="module")
def template() -> Template:
    return read(MONITORING_TEMPLATE)


@pytest.fixture(scope="module")
def models() -> list[Expected]:
    return expectations()


def share_of_days(
    template: Template, alarm: str, measured: float, true: float, instances: int, rows: int = ROWS
) -> float:
    """How often it rings where the share was `measured` in training (but for chance) and is `true` today."""
    chance = np.random.default_rng(20261125)
    expected = chance.binomial(rows, measured, DAYS) / rows * instances
    return float(rings(template, alarm, chance.binomial(instances, true, DAYS), expected, instances, rows).mean())


@pytest.mark.parametrize(("alarm", "share"), [(alarm, share) for alarm, shares in SHARES.items() for share in shares])
@pytest.mark.parametrize("instances", [200, 1_000, 20_000, 1_000_000])
def test_honest_days_do_not_ring(template: Template, alarm: str, instances: int, share: float) -> None:
    """About one false alarm in three years, at any traffic, on easy tables and on those where all is undecided."""
    assert share_of_days(template, alarm, share, share, instances) <= 0.001


@pytest.mark.parametrize("alarm", DRIFT)
@pytest.mark.parametrize("rows", [60, 150, 300])
def test_a_small_table_s_own_uncertainty_does_not_ring(template: Template, alarm: str, rows: int) -> None:
    """Few rows measure a share badly; taken as 500, 6 in 100 tables of 150 rows rang for ever under much traffic."""
    assert share_of_days(template, alarm, 0.1, 0.1, 100_000, rows) <= 0.002


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


def test_an_honest_year_seldom_rings_whatever_the_kind_of_model(template: Template, models: list[Expected]) -> None:
    """Two classes, three, and numbers. At most one model in ten, once in a year; where traffic is high, one in 40."""
    assert {own.model for own in models} == {"breast cancer", "wine", "diabetes"}
    assert [own.alarm for own in models if own.model == "diabetes"] == ["OutOfRangeAlarm"]
    for own in models:
        few, some, many = (years(template, own, own.share, instances).any(axis=1).mean() for instances in TRAFFIC)
        assert few <= 0.10, own
        assert some <= 0.025, own
        assert many <= 0.005, own


def test_without_the_rows_one_model_in_four_would_ring_for_ever(template: Template, models: list[Expected]) -> None:
    """The mistake that is made easily: the expectation taken as if it were known."""
    path = ("Resources", "ClassMixAlarm", "Properties", "Metrics", 3, "Expression")
    sure = mutate(template, path, "all * pooled * (1 - pooled)")
    own = next(own for own in models if own.model == "breast cancer" and own.alarm == "ClassMixAlarm")
    always = years(sure, own, own.share, 10_000).mean(axis=1) > 0.9
    assert always.mean() >= 0.2


def test_what_changes_clearly_is_seen_the_same_day(template: Template, models: list[Expected]) -> None:
    """Of the shipped model; what its rows can't tell (twice 5 % out of range) is not seen, and the guide says so."""
    for own in models:
        if own.model == "breast cancer" and own.alarm != "OutOfRangeAlarm":
            seen = years(template, own, own.share * CHANGED[own.alarm], 1_000, days=20).mean()
            assert seen >= 0.95, own


def test_the_guide_s_table_is_what_is_simulated() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert text == replaced(text, table()), "python -m tests.tools.drift_table writes it"
