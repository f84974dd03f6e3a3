"""The function's setting, its logs, alarms and dashboard."""

from __future__ import annotations

import json
import re

from lambda_app import metrics
from tests.deployment.promises.stacks import KEY, TOPIC, Stacks, body
from tests.deployment.sam import Template, of_type

# What the function emits, and what AWS documents for the two services in front of it.
OUR_METRICS = {
    value for name, value in vars(metrics).items() if name.isupper() and isinstance(value, str) and name != "NAMESPACE"
} - {metrics.PREDICTED_CLASS} | {f"{metrics.PREDICTED_CLASS}{label}" for label in (0, 1)}

METRICS = {
    metrics.NAMESPACE: OUR_METRICS,
    "AWS/ApiGateway": {"Count", "4XXError", "5XXError", "Latency", "IntegrationLatency"},
    "AWS/Lambda": {"Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions"},
}

WATCHED = {  # issue: what must wake a person
    "5XXError", "4XXError", "Latency", "Errors",
    metrics.MODEL_UNAVAILABLE, metrics.MODEL_FALLBACK, metrics.OUT_OF_RANGE, metrics.UNDECIDED,
    metrics.PREDICTED_COMMONEST,
}  # fmt: skip

LOGGED = {
    "requestId", "requestTime", "httpMethod", "resourcePath", "status", "error.responseType", "responseLatency",
    "integrationLatency", "integration.status", "responseLength", "identity.apiKeyId",
}  # fmt: skip


def function_is_small_and_current(stacks: Stacks) -> None:
    for properties in of_type(stacks.full, "AWS::Lambda::Function").values():
        assert properties["Runtime"] == "python3.13"
        assert properties["Architectures"] == ["arm64"]
        assert "TracingConfig" not in properties, "X-Ray only for who asks: nothing follows this function in a trace"
        assert properties["LoggingConfig"]["LogGroup"]["Ref"].endswith("LogGroup")
        assert properties["LoggingConfig"]["LogFormat"] == "JSON"
        assert properties["KmsKeyArn"] == KEY
    function = stacks.plain["PredictFunction"]["Properties"]
    assert function["Handler"] == "lambda_app.lambda_function.lambda_handler"
    assert function["MemorySize"] == 256, (
        "the runtime alone takes 152 MB for the worst event, and a quarter stays spare"
    )
    assert 5 <= function["Timeout"] <= 29, "API Gateway gives up after 29 s"
    assert function["Environment"]["Variables"] == {
        "MODEL_URI": "", "CORS_ORIGIN": "", "MALLOC_MMAP_THRESHOLD_": "393216", "MALLOC_TRIM_THRESHOLD_": "1310720",
    }, "what large bodies took stays with the process (tests/runtime/memory.py)"  # fmt: skip
    assert function["LoggingConfig"]["ApplicationLogLevel"] == "INFO", "anything higher swallows the metrics"


def logs_are_forgotten_in_time_and_encrypted(stacks: Stacks) -> None:
    groups = of_type(stacks.full, "AWS::Logs::LogGroup")
    assert len(groups) == 3
    for name, group in groups.items():
        assert group["RetentionInDays"] == "90"
        assert group["KmsKeyId"] == KEY
        assert stacks.full[name].get("DeletionPolicy", "Delete") == "Delete"


def access_log_tells_nothing_of_the_caller(stacks: Stacks) -> None:
    [stage] = of_type(stacks.full, "AWS::ApiGateway::Stage").values()
    setting = stage["AccessLogSetting"]
    assert setting["DestinationArn"] == {"Fn::GetAtt": ["AccessLogGroup", "Arn"]}
    line = json.loads(setting["Format"])
    assert {value.removeprefix("$context.") for value in line.values()} == LOGGED
    [settings] = stage["MethodSettings"]
    assert (settings["LoggingLevel"], settings["DataTraceEnabled"]) == ("OFF", False)


def access_log_is_only_for_who_asks(stacks: Stacks) -> None:
    """It needs a role that is the account's, so a stack that wants one by default would fail in a new account."""
    [stage] = of_type(stacks.plain, "AWS::ApiGateway::Stage").values()
    assert "AccessLogSetting" not in stage
    assert not of_type(stacks.full, "AWS::ApiGateway::Account"), "one stack must not set what all share"


def metric_stats(alarm: Template) -> list[Template]:
    """Namespace, name and dimensions of each metric that an alarm reads."""
    if "MetricName" in alarm:
        return [alarm]
    return [metric["MetricStat"]["Metric"] for metric in alarm["Metrics"] if "MetricStat" in metric]


def alarms_ring_for_real_metrics(stacks: Stacks) -> None:
    alarms = of_type(stacks.watched, "AWS::CloudWatch::Alarm")
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


def alarms_come_when_they_are_asked_for(stacks: Stacks) -> None:
    assert not of_type(stacks.plain, "AWS::CloudFormation::Stack")
    for resources in (stacks.canary, stacks.deployed(Alarms="console")):
        for alarm in of_type(stacks.monitoring(resources), "AWS::CloudWatch::Alarm").values():
            assert "AlarmActions" not in alarm, "no topic, no action"


def percentile_of_a_handful_does_not_ring(stacks: Stacks) -> None:
    for alarm in of_type(stacks.watched, "AWS::CloudWatch::Alarm").values():
        assert ("ExtendedStatistic" in alarm) == (alarm.get("EvaluateLowSampleCountPercentile") == "ignore")
    assert "p99" in {
        alarm.get("ExtendedStatistic") for alarm in of_type(stacks.watched, "AWS::CloudWatch::Alarm").values()
    }


def shares_are_of_enough_requests(stacks: Stacks) -> None:
    expression = stacks.watched["ClientErrorSurgeAlarm"]["Properties"]["Metrics"][0]["Expression"]
    assert re.fullmatch(r"IF\(all >= \d\d, 100 \* some / all, 0\)", expression)


def drift_is_held_against_what_the_model_expects(stacks: Stacks) -> None:
    """Not against a number of ours: a hard table would ring for ever. test_drift_alarms.py simulates the formula."""
    pairs = {
        "UndecidedAlarm": (metrics.UNDECIDED, metrics.EXPECTED_UNDECIDED),
        "OutOfRangeAlarm": (metrics.OUT_OF_RANGE, metrics.EXPECTED_OUT_OF_RANGE),
        "ClassMixAlarm": (metrics.PREDICTED_COMMONEST, metrics.EXPECTED_COMMONEST),
    }
    for name, pair in pairs.items():
        alarm = stacks.watched[name]["Properties"]
        counts = {m["Id"]: m["MetricStat"] for m in alarm["Metrics"] if "MetricStat" in m}
        assert tuple(counts[i]["Metric"]["MetricName"] for i in ("some", "expected")) == pair, name
        assert counts["measured"]["Metric"]["MetricName"] == metrics.EXPECTED_ROWS
        assert counts["all"]["Metric"]["MetricName"] == metrics.PREDICTIONS
        assert {(count["Period"], count["Stat"]) for count in counts.values()} == {(86400, "Sum")}, "a day's sums"
        assert alarm["Metrics"][0]["Expression"].startswith("IF(all >= 200, "), name


def dashboard_shows_api_function_and_model(stacks: Stacks) -> None:
    dashboard = stacks.watched["Dashboard"]["Properties"]
    assert dashboard["DashboardName"] == "stack-eu-central-1", "an account has one dashboard of a name, in all regions"
    url, parts = stacks.outputs_of_monitoring["DashboardUrl"]["Value"]["Fn::Sub"]
    assert url.endswith("?region=${AWS::Region}#dashboards:name=${ApiName}-${AWS::Region}")
    assert parts == {"Host": {"Fn::FindInMap": ["Console", {"Ref": "AWS::Partition"}, "Host"]}}, (
        "not the same everywhere"
    )
    text = dashboard["DashboardBody"].replace("<PredictFunction>", "function")
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
