"""The calculator's arithmetic, and that what it assumes is what is deployed."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from deployment import cost
from lambda_app.lambda_function import lambda_handler
from lambda_app.model.artefact.model_parameters import ModelParameters
from lambda_app.model.predict import load
from lambda_app.model.store import LoadedModel, read_packaged
from lambda_app.service import Service
from lambda_app.telemetry import Telemetry
from tests.deployment.promises.monitoring import metric_stats
from tests.deployment.promises.stacks import Stacks, sources
from tests.deployment.sam import of_type


def test_a_million_predictions_worked_out_by_hand() -> None:
    deployment = cost.Deployment(milliseconds=1, has_access_log=True, has_alarms=True)
    costs = cost.monthly(1e6, deployment, cost.PRICES)
    assert costs["API Gateway"] == 3.50
    assert costs["Lambda requests"] == 0.20
    assert costs["Lambda compute"] == pytest.approx(1e6 * 0.001 * 0.125 * 0.0000133334)
    assert costs["log ingestion"] == pytest.approx(1_712e-9 * 1e6 * 0.50)
    assert costs["dashboard"] == 3.00
    free = cost.monthly(1e6, deployment, cost.PRICES, is_free_counted=True)
    assert free["API Gateway"] == costs["API Gateway"], "an HTTP call is never free"
    assert (free["Lambda requests"], free["Lambda compute"], free["dashboard"]) == (0, 0, 0)
    assert free["metrics"] == pytest.approx((cost.METRICS - 10) * 0.30)


def test_an_idle_default_costs_nothing_and_a_watched_one_its_alarms() -> None:
    assert sum(cost.monthly(0, cost.Deployment(), cost.PRICES).values()) == 0
    idle = cost.monthly(0, cost.Deployment(has_alarms=True, has_access_log=True), cost.PRICES)
    assert {what for what, dollars in idle.items() if dollars} == {"alarms", "dashboard"}


def test_metrics_are_billed_in_hours_with_requests() -> None:
    metrics = [cost.monthly(requests, cost.Deployment(), cost.PRICES)["metrics"] for requests in (0, 360, 720, 1e6)]
    assert metrics == pytest.approx([0, metrics[2] / 2, cost.METRICS * 0.30, metrics[2]])


def test_an_http_api_is_cheaper() -> None:
    deployment = cost.Deployment(gateway="http_api_million_requests")
    assert cost.monthly(1e6, deployment, cost.PRICES)["API Gateway"] == 1.00


def test_compute_is_billed_by_the_started_millisecond() -> None:
    compute = [cost.monthly(1e6, cost.Deployment(ms), cost.PRICES)["Lambda compute"] for ms in (0.2, 1, 1.2, 2)]
    assert compute[0] == compute[1] < compute[2] == compute[3]


def test_alarms_and_dashboards_are_those_of_the_template() -> None:
    resources = Stacks(sources()).watched
    alarms = of_type(resources, "AWS::CloudWatch::Alarm").values()
    assert not any("ThresholdMetricId" in alarm for alarm in alarms), "a learned band is billed threefold"
    assert sum(len(metric_stats(alarm)) for alarm in alarms) == cost.ALARM_METRICS
    assert len(of_type(resources, "AWS::CloudWatch::Dashboard")) == cost.DASHBOARDS


def test_a_rate_is_held_all_month(capsys: pytest.CaptureFixture[str]) -> None:
    assert cost.main(["--rate", "10"]) == 0
    by_rate = capsys.readouterr().out
    assert cost.main(["--requests", str(10 * 30 * 24 * 3600)]) == 0
    assert capsys.readouterr().out == by_rate


def test_what_prod_switches_on_is_more_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert cost.main(["--requests", "0", "--prod", "--http-api"]) == 0
    out = capsys.readouterr().out
    assert "alarms" in out
    assert "a million" not in out, "nothing divided by nothing"


def test_a_request_is_about_as_long_as_assumed() -> None:
    features = read_packaged().parameters.golden_rows[0]["features"]
    event = {"httpMethod": "POST", "resource": "/predict", "headers": {}, "body": json.dumps({"features": features})}
    response = lambda_handler(event, None)
    headers = sum(len(name) + len(value) for name, value in response["headers"].items())
    assert len(response["body"]) + headers + 250 == pytest.approx(cost.ANSWER_BYTES, rel=0.25)  # 250: the gateway's own


def test_a_line_is_about_as_long_as_assumed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """That of a model which says what it expects, in a function whose name is as long as CloudFormation makes it."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "sklearn-lambda-PredictFunction-0123456789ab")
    shares = {"undecided": 0.0912, "out_of_range": 0.0544, "input_suspect": 0.0053, "by_class": [0.3726, 0.6274]}
    parameters = ModelParameters(**{**read_packaged().parameters.fields(), "expected_shares": shares})
    service = Service(LoadedModel(load(parameters), "packaged"))
    _, tally = service.predict({"features": parameters.golden_rows[0]["features"]})
    telemetry = Telemetry()
    for _ in range(2):  # a cold start has one metric more
        telemetry.record("/predict", 200, None, 0.0012345, str(UUID(int=0)), service, tally)
    line = capsys.readouterr().out.splitlines()[-1]
    assert len(line) == pytest.approx(cost.FUNCTION_LOG_BYTES, rel=0.05)


def test_prices_can_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert cost.main(["--requests", "1e6", "--price", "rest_api_million_requests=1"]) == 0
    out = capsys.readouterr().out
    [gateway] = [line for line in out.splitlines() if line.startswith("API Gateway")]
    assert gateway.split()[-2:] == ["1.00", "1.00"]
    assert cost.REGION in out
    assert cost.READ_ON in out


@pytest.mark.parametrize("price", ["gold=1", "metric_month=cheap"])
def test_a_price_that_is_none_is_refused(price: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        cost.main(["--price", price])
    assert stopped.value.code == 2
