"""docs/scale.md says what benchmarks/scale.py works out, and that is worked out right."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import scale
from deployment import cost

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("table", scale.TABLES)
def test_the_document_holds_the_tables_as_they_are_worked_out(table):
    assert table() in (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")


def test_the_document_dates_its_prices():
    text = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    assert f"{cost.REGION}, first tier, noted {cost.READ_ON}" in text


def test_a_million_predictions_by_hand():
    # 1,000,000 x 1 ms x 1/8 GB = 125 GB-seconds
    parts = scale.per_million("arm64", "REST API")
    assert parts["compute"] == pytest.approx(125 * 0.0000133334)
    assert sum(parts.values()) == pytest.approx(0.20 + 0.00166668 + 3.50 + 0.675)


def test_short_requests_are_held_to_lambdas_quota_and_long_ones_to_their_time():
    assert scale.requests_per_second(100, 1) == 1_000
    assert scale.requests_per_second(100, 500) == 200


def test_what_a_rate_needs_by_hand():
    assert scale.needed(100_000) == {"environments": 10_000, "regions": 10, "seconds": 100}


def test_bulk_by_hand():
    # 1,000 samples x 10 us / (128 / 1,769) = 138.2 ms, billed as 139; a thousand such requests
    work = scale.bulk(1_000_000)
    assert work["requests"] == 1_000
    assert work["minutes"] == pytest.approx(139 / 60)
    assert work["dollars"] == pytest.approx(0.0002 + 139 / 8 * 0.0000133334)
