"""docs/scale.md says what benchmarks/scale.py works out, and that is worked out right."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import scale
from deployment import cost

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("table", scale.TABLES)
def test_the_document_holds_the_tables_as_they_are_worked_out(table):
    assert table() in (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")


def test_the_document_dates_its_prices():
    text = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    assert f"{cost.REGION}, first tier, noted {cost.READ_ON}" in text


def test_a_million_predictions_by_hand():
    # 1,000,000 x 2 ms x 1/8 GB = 250 GB-seconds; lines of 1240 + 26 bytes; 900 bytes out
    parts = scale.per_million("arm64", "REST API")
    assert parts["compute"] == pytest.approx(250 * 0.0000133334)
    expected = 0.20 + 0.00333335 + 3.50 + 1.266 * (0.50 + 0.03) + 0.9 * 0.09
    assert sum(parts.values()) == pytest.approx(expected)


def test_only_the_front_door_differs():
    url, gateway = scale.per_million("arm64", "Function URL"), scale.per_million("arm64", "REST API")
    assert url["front door"] == 0
    assert {what: dollars for what, dollars in url.items() if dollars != gateway[what]} == {"front door": 0}


def test_short_requests_are_held_to_lambdas_quota_and_long_ones_to_their_time():
    assert scale.requests_per_second(100, 1) == 1_000
    assert scale.requests_per_second(100, 500) == 200


def test_what_a_rate_needs_by_hand():
    assert scale.needed(100_000) == {"environments": 10_000, "regions": 10, "seconds": 10}


def test_batches_by_hand():
    # 1,000 samples x 10 us / (128 / 1,769) = 138.2 ms, billed as 139; a thousand such requests; 300 MB out
    work = scale.batches(1_000_000)
    assert work["requests"] == 1_000
    assert work["minutes"] == pytest.approx(139 / 60)
    assert work["dollars"] == pytest.approx(0.0037 + 139 / 8 * 0.0000133334 + 0.3 * 0.09)


def test_the_throttle_is_the_template_s():
    template = (ROOT / "deployment" / "template.yaml").read_text(encoding="utf-8")
    assert f"Default: {scale.THROTTLE}/" in template


def test_bulk_by_hand():
    # a billion rows of 236 bytes are 3,517 parts of 64 MiB; 33,333 s of work and one second a part, on 1,769 / 1,024 GB
    work = scale.bulk(1_000_000_000)
    assert work["parts"] == 3_517
    assert work["minutes"] == pytest.approx((1e9 / 30_000 + 3_517) / 60)
    assert work["compute"] == pytest.approx((1e9 / 30_000 + 3_517) * 1_769 / 1_024 * 0.0000133334)
    assert work["transitions"] == pytest.approx(3_517 * 3 * 0.000025)
    assert work["storage requests"] == pytest.approx(3_517 * (4 * 0.000005 + 3 * 0.0000004))
    assert scale.bulk_dollars(1_000_000_000) == pytest.approx(1.18, abs=0.01)


def test_the_guide_to_bulk_scoring_holds_the_table_of_ways():
    assert scale.ways_table() in (ROOT / "docs" / "bulk.md").read_text(encoding="utf-8")
