"""The function's setting, its logs, alarms and dashboard."""

from __future__ import annotations

import json
import re

from lambda_app import telemetry
from tests.deployment.promises.stacks import KEY, TOPIC, Stacks, body
from tests.deployment.sam import Template, of_type

# What the function emits, and what AWS documents for the two services in front of it.
OUR_METRICS = {
    value
    for name, value in vars(telemetry).items()
    if name.isupper() and isinstance(value, str) and name != "NAMESPACE"
} - {telemetry.PREDICTED_CLASS} | {f"{telemetry.PREDICTED_CLASS}{label}" for label in (0, 1)}

METRICS = {
    telemetry.NAMESPACE: OUR_METRICS,
    "AWS/ApiGateway": {"Count", "4XXError", "5XXError", "Latency", "IntegrationLatency"},
    "AWS/Lambda": {"Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions"},
}

WATCHED = {  # issue: what must wake a person
    "5XXError", "4XXError", "Latency", "Throttles", "Errors", "ConcurrentExecutions",
    telemetry.MODEL_UNAVAILABLE, telemetry.MODEL_FALLBACK, telemetry.OUT_OF_RANGE, telemetry.UNDECIDED,
    telemetry.PREDICTED_CLASS + "1",
}  # fmt: skip

LOGGED = {
    "requestId", "requestTime", "httpMethod", "resourcePath", "status", "error.responseType", "responseLatency",
    "integrationLatency", "integration.status", "responseLength", "identity.apiKeyId", "xrayTraceId",
}  # fmt: skip


def function_is_small_current_and_traced(stacks: Stacks) -> None:
    for properties in of_type(stacks.full, "AWS::Lambda::Function").values():
        assert properties["Runtime"] == "python3.13"
        assert properties["Architectures"] == ["arm64"]
        assert properties["TracingConfig"] == {"Mode": "Active"}
        assert properties["LoggingConfig"]["LogGroup"]["Ref"].endswith("LogGroup")
        assert properties["LoggingConfig"]["LogFormat"] == "JSON"
        assert properties["KmsKeyArn"] == KEY
    function = stacks.plain["PredictFunction"]["Properties"]
    assert function["Handler"] == "lambda_app.lambda_function.lambda_handler"
    assert function["MemorySize"] == 128
    assert 5 <= function["Timeout"] <= 29, "API Gateway gives up after 29 s"
    assert function["Environment"]["Variables"] == {"MODEL_URI": "", "CORS_ORIGIN": "", "LOG_LEVEL": "INFO"}
    assert function["LoggingConfig"]["ApplicationLogLevel"] == "INFO", "anything higher swallows the metrics"
    assert "ReservedConcurrentExecutions" not in function
    assert stacks.full["PredictFunction"]["Properties"]["ReservedConcurrentExecutions"] == "5"


def logs_are_forgotten_in_time_and_encrypted(stacks: Stacks) -> None:
    groups = of_type(stacks.full, "AWS::Logs::LogGroup")
    assert len(groups) == 3
    for name, group in groups.items():
        assert group["RetentionInDays"] == "90"
        assert group["KmsKeyId"] == KEY
        assert stacks.full[name]["DeletionPolicy"] == "Delete"


def access_log_tells_nothing_of_the_caller(stacks: Stacks) -> None:
    [stage] = of_type(stacks.plain, "AWS::ApiGateway::Stage").values()
    setting = stage["AccessLogSetting"]
    assert setting["DestinationArn"] == {"Fn::GetAtt": ["AccessLogGroup", "Arn"]}
    line = json.loads(setting["Format"])
    assert {value.removeprefix("$context.") for value in line.values()} == LOGGED
    [settings] = stage["MethodSettings"]
    assert (settings["LoggingLevel"], settings["DataTraceEnabled"]) == ("OFF", False)


def metric_stats(alarm: Template) -> list[Template]:
    """Namespace, name and dimensions of each metric that an alarm reads."""
    if "MetricName" in alarm:
        return [alarm]
    return [metric["MetricStat"]["Metric"] for metric in alarm["Metrics"] if "MetricStat" in metric]


def alarms_ring_for_real_metrics(stacks: Stacks) -> None:
    alarms = of_type(stacks.full, "AWS::CloudWatch::Alarm")
    watched = set()
    for name, alarm in alarms.items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [TOPIC], name
        assert alarm["TreatMissingData"] == "notBreaching", name
        assert len(alarm["AlarmDescription"]) > 40, name
        for metric in metric_stats(alarm):
            assert metric["MetricName"] in METRICS[metric["Namespace"]], name
            dimensions = {item["Name"]: item["Value"] for item in metric["Dimensions"]}
            if metric["Namespace"] == "AWS/ApiGateway":
                assert dimensions == {"ApiName": "stack", "Stage": "Prod"}, name
            else:
                assert dimensions["FunctionName"] == {"Ref": "PredictFunction"}, name
            watched.add(metric["MetricName"])
    assert watched >= WATCHED
    assert body(stacks.full)["info"]["title"] == "stack", "the ApiName that the alarms look at"
    for alarm in of_type(stacks.plain, "AWS::CloudWatch::Alarm").values():
        assert "AlarmActions" not in alarm, "no topic, no action"


def shares_are_of_enough_requests(stacks: Stacks) -> None:
    for name in ("ClientErrorSurgeAlarm", "OutOfRangeAlarm", "UndecidedAlarm"):
        expression = stacks.plain[name]["Properties"]["Metrics"][0]["Expression"]
        assert re.fullmatch(r"IF\(all >= \d\d, 100 \* some / all, 0\)", expression), name


def concurrency_is_held_against_its_limit(stacks: Stacks) -> None:
    reserved = stacks.full["ConcurrencyAlarm"]["Properties"]["Metrics"][0]["Expression"]
    account = stacks.plain["ConcurrencyAlarm"]["Properties"]["Metrics"][0]["Expression"]
    assert (reserved, account) == ("100 * running / 5", "100 * running / 1000")


def dashboard_shows_api_function_and_model(stacks: Stacks) -> None:
    text = stacks.plain["Dashboard"]["Properties"]["DashboardBody"].replace("${PredictFunction}", "function")
    assert "${" not in text
    widgets = json.loads(text)["widgets"]
    assert [w["properties"]["markdown"] for w in widgets if w["type"] == "text"] == [
        "## API",
        "## Function",
        "## Model",
    ]
    shown = [metric for w in widgets if w["type"] == "metric" for metric in w["properties"]["metrics"]]
    for namespace, name, *_ in (metric for metric in shown if isinstance(metric[0], str)):
        assert name in METRICS[namespace]
