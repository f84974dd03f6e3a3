"""The calculator's arithmetic, and that what it assumes is what is deployed."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout

import pytest

from deployment import cost
from lambda_app.lambda_function import lambda_handler
from lambda_app.model.store import read_packaged
from tests.deployment.promises.monitoring import metric_stats
from tests.deployment.sam import deployed, of_type, read


def test_a_million_predictions_worked_out_by_hand() -> None:
    costs = cost.monthly(1e6, 1, 128, 30, cost.PRICES)
    assert costs["API Gateway"] == 3.50
    assert costs["Lambda requests"] == 0.20
    assert costs["Lambda compute"] == pytest.approx(1e6 * 0.001 * 0.125 * 0.0000133334)
    assert costs["log ingestion"] == pytest.approx(1_432e-9 * 1e6 * 0.50)
    assert costs["X-Ray traces (at most)"] == pytest.approx(5.00), "0.4 requests a second: each one is traced"


def test_compute_is_billed_by_the_started_millisecond() -> None:
    compute = [cost.monthly(1e6, ms, 128, 30, cost.PRICES)["Lambda compute"] for ms in (0.2, 1, 1.2, 2)]
    assert compute[0] == compute[1] < compute[2] == compute[3]


def test_traces_of_much_traffic_are_sampled() -> None:
    traces = cost.monthly(100e6, 1, 128, 30, cost.PRICES)["X-Ray traces (at most)"]
    assert traces == pytest.approx((2.592e6 + 0.05 * 97.408e6) * 5 / 1e6)


def test_alarms_and_dashboards_are_those_of_the_template() -> None:
    resources = deployed(read())
    alarms = of_type(resources, "AWS::CloudWatch::Alarm").values()
    assert len(alarms) == cost.ALARMS
    # An alarm on a learned band is billed for its metric, and for the band's two edges.
    bands = sum("ThresholdMetricId" in alarm for alarm in alarms)
    assert sum(len(metric_stats(alarm)) for alarm in alarms) + 2 * bands == cost.ALARM_METRICS
    assert len(of_type(resources, "AWS::CloudWatch::Dashboard")) == cost.DASHBOARDS


def test_a_request_is_about_as_long_as_assumed() -> None:
    features = read_packaged().parameters.golden_rows[0]["features"]
    event = {"httpMethod": "POST", "resource": "/predict", "headers": {}, "body": json.dumps({"features": features})}
    written = io.StringIO()
    with redirect_stdout(written):
        lambda_handler(event, None)  # a cold start has one metric more
        response = lambda_handler(event, None)
    line = written.getvalue().splitlines()[-1]
    names = 36 - len("none") + len("sklearn-lambda-PredictFunction-0123456789ab") - len("local")  # longer in Lambda
    assert len(line) + names == pytest.approx(cost.FUNCTION_LOG_BYTES, rel=0.15)
    headers = sum(len(name) + len(value) for name, value in response["headers"].items())
    assert len(response["body"]) + headers + 250 == pytest.approx(cost.ANSWER_BYTES, rel=0.25)  # 250: the gateway's own


def test_prices_can_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert cost.main(["--requests", "1e6", "--price", "rest_api_million_requests=1"]) == 0
    out = capsys.readouterr().out
    [gateway] = [line for line in out.splitlines() if line.startswith("API Gateway")]
    assert gateway.split()[-1] == "1.00"
    assert cost.REGION in out
    assert cost.READ_ON in out


@pytest.mark.parametrize("price", ["gold=1", "metric_month=cheap"])
def test_a_price_that_is_none_is_refused(price: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        cost.main(["--price", price])
    assert stopped.value.code == 2
