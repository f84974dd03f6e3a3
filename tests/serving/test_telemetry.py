"""lambda_app.telemetry: one JSON line a request, which is also CloudWatch's embedded metrics."""

import json

import pytest

from lambda_app.model.predict import load
from lambda_app.model.store import LoadedModel
from lambda_app.service import Service, Tally
from lambda_app.telemetry import Telemetry, log_failure
from tests.small_models import MORE, REGRESSION, linear, model

CANARY = "canary-7f3a"


SHARES = {"undecided": 0.1, "out_of_range": 0.05, "input_suspect": 0.01, "by_class": [0.4, 0.6]}


def service(source="packaged", **changes):
    return Service(LoadedModel(load(model(**changes)), source))


@pytest.fixture
def record(monkeypatch, capsys):
    """Records one request and returns its line, read, or None where nothing was written."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", 'a "function" of 100 %')
    telemetry = []

    def write(status=200, code=None, served=None, tally=None, request_id="id-1", level="INFO", route="/predict"):
        monkeypatch.setenv("LOG_LEVEL", level)
        if not telemetry:
            telemetry.append(Telemetry())
        telemetry[0].record(route, status, code, 0.0123456, request_id, served, tally)
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) <= 1
        return json.loads(lines[0]) if lines else None

    return write


def directives(line):
    return line["_aws"]["CloudWatchMetrics"]


def test_a_line_is_a_log_entry(record):
    line = record(served=service())

    assert line["level"] == "INFO"
    assert (line["route"], line["status"], line["Code"], line["request_id"]) == ("/predict", 200, "none", "id-1")
    assert (line["model_version"], line["model_source"]) == (model().digest, "packaged")
    assert line["FunctionName"] == 'a "function" of 100 %'


def test_a_line_is_embedded_metrics(record):
    """Each metric that is declared has its value, a unit, and its dimensions are fields of the line."""
    line = record(status=404, code="not_found")

    assert 1.6e12 < line["_aws"]["Timestamp"] < 1e13
    for directive in directives(line):
        assert directive["Namespace"] == "SklearnLambda"
        for dimensions in directive["Dimensions"]:
            assert all(isinstance(line[dimension], str) for dimension in dimensions)
        for metric in directive["Metrics"]:
            assert isinstance(line[metric["Name"]], int | float)
            assert metric["Unit"] == ("Milliseconds" if metric["Name"] == "Latency" else "Count")


@pytest.mark.parametrize(
    ("status", "code", "names"),
    [
        (200, None, {"Requests", "Latency"}),
        (404, "not_found", {"Requests", "Latency", "BadRequests"}),
        (500, "internal_error", {"Requests", "Latency", "ServerErrors"}),
        (503, "model_unavailable", {"Requests", "Latency", "ServerErrors", "ModelUnavailable"}),
    ],
)
def test_a_warm_request_counts_what_it_was_and_nothing_else(record, status, code, names):
    record()
    line = record(status=status, code=code)
    assert {metric["Name"] for metric in directives(line)[0]["Metrics"]} == names


def test_latency_is_in_milliseconds(record):
    assert record()["Latency"] == 12.346


def test_only_the_first_request_is_a_cold_start(record):
    assert record()["ColdStart"] == 1
    assert "ColdStart" not in record()


def test_bad_requests_are_counted_by_code_too(record):
    line = record(status=400, code="wrong_length")

    assert (line["level"], line["BadRequests"], line["Code"]) == ("WARNING", 1, "wrong_length")
    assert [directive["Dimensions"] for directive in directives(line)] == [
        [["FunctionName"]],
        [["FunctionName", "Code"]],
    ]
    assert "ServerErrors" not in line


def test_server_errors_are_errors(record):
    line = record(status=500, code="internal_error")

    assert (line["level"], line["ServerErrors"]) == ("ERROR", 1)
    assert "BadRequests" not in line


def test_a_model_that_could_not_be_loaded_is_counted(record):
    line = record(status=503, code="model_unavailable")

    assert (line["ModelUnavailable"], line["ServerErrors"], line["model_version"]) == (1, 1, "none")


@pytest.mark.parametrize("source", ["packaged", "s3", "packaged-fallback"])
def test_a_fallback_is_counted_on_every_request_that_it_serves(record, source):
    line = record(served=service(source))
    assert ("ModelFallback" in line) is (source == "packaged-fallback")


@pytest.mark.parametrize("level", ["INFO", "WARNING"])
def test_a_fallback_is_a_warning_so_that_its_alarm_still_hears_of_it(record, level):
    assert record(served=service("packaged-fallback"), level=level)["level"] == "WARNING"


def test_predictions_are_counted_by_class(record):
    served = service()
    _, tally = served.predict({"instances": [[1.0, 1.0], [2.0, 2.0], [-1.0, 99.0]]})
    line = record(served=served, tally=tally)

    assert {name: line[name] for name in line if name.startswith("Predict")} == {
        "Predictions": 3,
        "PredictedClass0": 0,
        "PredictedClass1": 3,
    }
    assert (line["Undecided"], line["OutOfRange"], line["InputSuspect"]) == (1, 1, 1)


def test_predictions_stand_beside_what_the_model_expects(record):
    served = service(expected_shares=SHARES)
    _, tally = served.predict({"instances": [[1.0, 1.0], [2.0, 2.0], [-1.0, 99.0]]})
    line = record(served=served, tally=tally)

    assert (line["ExpectedUndecided"], line["ExpectedOutOfRange"]) == (0.3, 0.15)
    assert line["ExpectedRows"] == 3 * 5, "of a table of five rows, once a prediction"
    assert (line["PredictedCommonest"], line["ExpectedCommonest"]) == (3, 1.8)
    declared = {metric["Name"] for metric in directives(line)[0]["Metrics"]}
    assert {"ExpectedUndecided", "PredictedCommonest"} <= declared
    assert "ExpectedUndecided" not in record(served=served), "no predictions, nothing expected of them"


def test_more_rows_than_500_count_as_so_many(record):
    served = service(expected_shares=SHARES, data_set={"name": "none", "sha256": "0" * 64, "rows": 10**9})
    assert record(served=served, tally=Tally(2, 2))["ExpectedRows"] == 1000


def test_a_model_that_expects_nothing_sends_no_rows_either(record):
    served = service()
    assert "ExpectedRows" not in record(served=served, tally=Tally(2, 2))


def test_a_regression_expects_nothing_of_classes(record):
    served = service(**REGRESSION, expected_shares={**SHARES, "undecided": None, "by_class": []})
    line = record(served=served, tally=Tally(3, 0))

    assert {name for name in line if name.startswith("Predict")} == {"Predictions"}
    assert {name for name in line if name.startswith("Expected")} == {"ExpectedOutOfRange", "ExpectedRows"}
    assert "PredictedCommonest" not in line


def many(classes):
    """A linear model of that many classes."""
    return linear([[index / classes, 1.0] for index in range(classes)], [0.0] * classes)


def test_a_line_never_holds_more_metrics_than_cloudwatch_takes(record):
    """With many classes the counts by class stay out: the commonest one's is there for any number of them."""
    for classes in (20, 21, 500):
        made = {"target_names": [f"kind {index}" for index in range(classes)], "link": MORE, "model": many(classes)}
        served = service(**made, expected_shares={**SHARES, "by_class": [1 / classes] * classes})
        tally = Tally(classes, classes)
        tally.by_class = [1] * classes
        line = record(served=served, tally=tally, status=400, code="x")
        assert len(directives(line)[0]["Metrics"]) <= 100
        assert ("PredictedClass0" in line) is (classes <= 20)
        assert (line["Predictions"], line["PredictedCommonest"]) == (classes, 1)


@pytest.mark.parametrize(
    ("level", "statuses"),
    [
        ("DEBUG", [200, 404, 500]),
        ("INFO", [200, 404, 500]),
        ("info", [200, 404, 500]),
        ("WARNING", [404, 500]),
        ("ERROR", [500]),
        ("nonsense", [200, 404, 500]),
        ("", [200, 404, 500]),
    ],
)
def test_the_log_level_says_which_lines_are_written(record, level, statuses):
    written = [status for status in (200, 404, 500) if record(status=status, code="x", level=level)]
    assert written == statuses


def test_a_request_id_of_any_text_stays_inside_its_field(record):
    """One line, valid JSON: Lambda's own ids are harmless, a test tool's may not be."""
    assert record(request_id='"\n\r{}%s\u2028\ud800')["request_id"] == '"\n\r{}%s\u2028\ud800'


def test_a_failure_is_located_but_not_quoted(capsys):
    """The error's text may hold what came in, so its type and its places must do."""
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        log_failure(error, "id-1")
    text = capsys.readouterr().out
    line = json.loads(text)

    assert CANARY not in text
    assert (line["level"], line["request_id"], line["error"]) == ("ERROR", "id-1", "ValueError")
    assert line["at"][0].startswith("test_telemetry.py:")
