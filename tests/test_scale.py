"""docs/scale.md says what benchmarks/scale.py works out, and that is worked out right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import scale
from deployment import cost
from lambda_app.lambda_function import lambda_handler
from tests.tools.small_requests import SAMPLE

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("table", scale.TABLES)
def test_the_document_holds_the_tables_as_they_are_worked_out(table):
    assert table() in (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")


def test_the_document_dates_its_prices():
    text = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    assert f"{cost.REGION}, first tier, noted {cost.READ_ON}" in text


def test_a_million_predictions_by_hand():
    # 1,000,000 x 2 ms x 1/8 GB = 250 GB-seconds; lines of 930 + 26 bytes; 900 bytes out
    parts = scale.per_million("arm64", "REST API")
    assert parts["compute"] == pytest.approx(250 * 0.0000133334)
    expected = 0.20 + 0.00333335 + 3.50 + 0.956 * (0.50 + 0.03) + 0.9 * 0.09
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


def test_bulk_by_hand():
    # 500 samples x 10 us / (128 / 1,769) = 69.1 ms, billed as 70; two thousand such requests
    work = scale.bulk(1_000_000)
    assert work["requests"] == 2_000
    assert work["minutes"] == pytest.approx(140 / 60)
    assert work["dollars"] == pytest.approx(0.0004 + 140 / 8 * 0.0000133334)


def test_the_state_machine_s_batches_are_answered_and_fit():
    text = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    score = json.loads(text.split("```json\n")[1].split("```")[0])["States"]["Score"]
    states = score["ItemProcessor"]["States"]
    assert score["ItemBatcher"]["MaxItemsPerBatch"] == scale.BULK_BATCH
    assert states["Predict"]["Parameters"]["Payload"] == {"instances.$": "$.Items"}

    batch = {"instances": [SAMPLE] * scale.BULK_BATCH}
    answer = lambda_handler(batch, None)
    [choice] = states["WasItAnswered"]["Choices"]
    assert (choice["Variable"], choice["NumericEquals"]) == ("$.statusCode", answer["statusCode"])
    assert len(json.dumps(batch)) <= score["ItemBatcher"]["MaxInputBytesPerBatch"]
    assert len(json.dumps(answer)) <= 256 * 1024 * 0.8, "the rest is for warnings"
    assert lambda_handler({"instances": [SAMPLE, SAMPLE[1:]]}, None)["statusCode"] == 400
