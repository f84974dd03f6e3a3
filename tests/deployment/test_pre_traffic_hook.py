"""The hook lets a good version through, stops every other one, and always tells CodeDeploy."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from lambda_app import pre_traffic_hook
from lambda_app.lambda_function import Application
from lambda_app.model.predict import load
from lambda_app.model.store import LoadedModel, read_packaged
from lambda_app.pre_traffic_hook import Refused, prove
from lambda_app.routes import ROUTES
from tests.small_models import REGRESSION, model

Event = dict[str, Any]
EVENT = {"DeploymentId": "d-123", "LifecycleEventHookExecutionId": "execution"}
Change = Callable[[str, Any], Any]


def new_version(
    change: Change = lambda route, document: document, status: int = 200, broken: str = ""
) -> Callable[[Event], Event]:
    """The real handler; `change` spoils the documents that it answers with, and the route `broken` is 500."""
    application = Application()

    def call(event: Event) -> Event:
        response = application.handle(event, None)
        if event["resource"] == broken:
            return {**response, "statusCode": 500}
        if event["resource"] == "/":  # the page, which is no document
            return {**response, "statusCode": status}
        document = change(event["resource"], json.loads(response["body"]))
        return {**response, "statusCode": status, "body": json.dumps(document)}

    return call


def loaded(source: str = "packaged") -> LoadedModel:
    return LoadedModel(read_packaged(), source)


def test_good_version_passes_on_every_route() -> None:
    called = []
    call = new_version()
    prove(lambda event: called.append(f"{event['httpMethod']} {event['resource']}") or call(event), loaded())
    assert set(called) == {f"{route.methods[0]} {route.path}" for route in ROUTES.values()}
    assert called.count("POST /predict") == 2 * len(read_packaged().parameters.golden_rows) + 1


def test_a_regression_is_proved_by_its_predictions(tmp_path: Path) -> None:
    parameters = model(**REGRESSION)
    parameters.save(tmp_path / "model.json")
    application, served = Application(str(tmp_path / "model.json")), LoadedModel(load(parameters), "packaged")
    prove(lambda event: application.handle(event, None), served)

    def spoiled(event: Event) -> Event:
        response = application.handle(event, None)
        return {**response, "body": response["body"].replace('"prediction": 2.0', '"prediction": 2.1')}

    with pytest.raises(Refused, match="otherwise than by scikit-learn"):
        prove(spoiled, served)


def nudge_probability(amount: float) -> Change:
    def change(route: str, document: Any) -> Any:
        if "probabilities" in document:
            document["probabilities"]["benign"] += amount
        return document

    return change


def test_an_answer_off_by_more_than_1e_12_is_refused() -> None:
    prove(new_version(nudge_probability(1e-13)), loaded())
    with pytest.raises(Refused, match="otherwise than by scikit-learn"):
        prove(new_version(nudge_probability(3e-12)), loaded())


def spoil(route: str, edit: Callable[[Any], Any]) -> Change:
    return lambda asked, document: edit(document) if asked == route else document


def spoil_batch(document: Any) -> Any:
    for row in document.get("predictions", [])[-1:]:
        row["probabilities"]["benign"] += 1e-9
    return document


def swap_labels(document: Any) -> Any:
    if "probabilities" in document:
        document["probabilities"] = dict(
            zip(document["probabilities"], [*document["probabilities"].values()][::-1], strict=True)
        )
    return document


SPOILED = {
    "last row of a batch": spoil("/predict", spoil_batch),
    "labels swapped": spoil("/predict", swap_labels),
    "another model predicts": spoil(
        "/predict", lambda d: {**d, "model_metadata": {**d["model_metadata"], "version": "0" * 64}}
    ),
    "a fallback predicts": spoil(
        "/predict", lambda d: {**d, "model_metadata": {**d["model_metadata"], "source": "packaged-fallback"}}
    ),
    "ill": spoil("/health", lambda d: {**d, "status": "fail"}),
    "another model is well": spoil("/health", lambda d: {**d, "model": {**d["model"], "version": "0" * 64}}),
    "another model is described": spoil("/model", lambda d: {**d, "version": "0" * 64}),
    "another source is described": spoil("/model", lambda d: {**d, "source": "s3"}),
    "no OpenAPI document": spoil("/openapi.json", lambda d: {}),
    "a list for a document": spoil("/openapi.json", lambda d: []),
}


@pytest.mark.parametrize("name", SPOILED)
def test_spoiled_answer_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        prove(new_version(SPOILED[name]), loaded())


@pytest.mark.parametrize("status", [400, 403, 500, 503])
def test_any_other_status_is_refused(status: int) -> None:
    with pytest.raises(Refused, match=str(status)):
        prove(new_version(status=status), loaded())


@pytest.mark.parametrize("route", ROUTES)
def test_a_route_that_is_broken_is_refused(route: str) -> None:
    with pytest.raises(Refused, match=f"{route} answers 500"):
        prove(new_version(broken=route), loaded())


def test_a_hook_that_cannot_read_the_model_refuses() -> None:
    with pytest.raises(Refused, match="cannot read"):
        prove(new_version(), loaded("packaged-fallback"))


class Aws:
    """Lambda and CodeDeploy, as far as the hook knows them."""

    def __init__(self, call: Callable[[Event], Any], function_error: str | None = None) -> None:
        self.reports: list[Event] = []
        self._call = call
        self._error = {"FunctionError": function_error} if function_error else {}

    def __call__(self, service: str) -> Aws:
        assert service in ("lambda", "codedeploy")
        return self

    def invoke(self, FunctionName: str, ClientContext: str, Payload: bytes) -> Event:  # noqa: N803 – boto3's names
        assert FunctionName == "arn:function:7"
        assert json.loads(base64.b64decode(ClientContext)) == {"custom": {"purpose": "pre_traffic"}}
        answer = json.dumps(self._call(json.loads(Payload))).encode()
        return {"Payload": io.BytesIO(answer), **self._error}

    def put_lifecycle_event_hook_execution_status(self, **report: str) -> None:
        self.reports.append(report)


def run(monkeypatch: pytest.MonkeyPatch, aws: Aws, model_uri: str = "") -> str:
    monkeypatch.setattr(boto3, "client", aws)
    monkeypatch.setattr(pre_traffic_hook, "sleep", lambda seconds: None)
    monkeypatch.setenv("NEW_VERSION", "arn:function:7")
    monkeypatch.setenv("MODEL_URI", model_uri)
    return pre_traffic_hook.handler(EVENT, None)


def report(status: str) -> Event:
    return {"deploymentId": "d-123", "lifecycleEventHookExecutionId": "execution", "status": status}


def test_codedeploy_hears_of_success(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Aws(new_version())
    assert run(monkeypatch, aws) == "Succeeded"
    assert aws.reports == [report("Succeeded")]


@pytest.mark.parametrize(
    "aws",
    [
        Aws(new_version(nudge_probability(1e-9))),
        Aws(new_version(), function_error="Unhandled"),
        Aws(lambda event: None),
        Aws(lambda event: {"statusCode": 200, "body": "no JSON"}),
        Aws(lambda event: {"statusCode": 200, "body": "{}"}),
    ],
    ids=["wrong probability", "crash", "no answer", "no JSON", "empty answer"],
)
def test_codedeploy_hears_of_failure(monkeypatch: pytest.MonkeyPatch, aws: Aws) -> None:
    assert run(monkeypatch, aws) == "Failed"
    assert aws.reports == [report("Failed")]


def test_permission_that_arrives_late_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """IAM takes seconds to know a new policy; until then a new version answers with its fallback."""
    answers = iter(["packaged-fallback", "packaged-fallback"])

    def late(route: str, document: Any) -> Any:
        if route == "/health":
            document["model"]["source"] = next(answers, "packaged")
        return document

    aws = Aws(new_version(late))
    assert run(monkeypatch, aws) == "Succeeded"
    assert aws.reports == [report("Succeeded")]


def denied(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Invoke")


def test_permission_to_call_that_arrives_late_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each deployment makes a new version, and with it a new permission for the hook."""
    good, refusals = new_version(), iter([denied("AccessDeniedException")] * 2)

    def late(event: Event) -> Any:
        for refusal in refusals:
            raise refusal
        return good(event)

    aws = Aws(late)
    assert run(monkeypatch, aws) == "Succeeded"
    assert aws.reports == [report("Succeeded")]


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException"])
def test_a_version_that_can_never_be_called_is_a_failure(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    calls = []

    def never(event: Event) -> Any:
        calls.append(event)
        raise denied(code)

    aws = Aws(never)
    assert run(monkeypatch, aws) == "Failed"
    assert aws.reports == [report("Failed")]
    assert len(calls) == (pre_traffic_hook.TRIES if code == "AccessDeniedException" else 1)


def test_permission_that_never_arrives_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(route: str, document: Any) -> Any:
        if route == "/health":
            document["model"]["source"] = "packaged-fallback"
        return document

    aws = Aws(new_version(never))
    assert run(monkeypatch, aws) == "Failed"
    assert aws.reports == [report("Failed")]
