"""CodeDeploy's pre-traffic hook: a new version gets no traffic before it has answered the model's golden rows.

A function of its own: it sends the golden rows of the model that the new version should serve over every route, as API
Gateway would, and compares with scikit-learn's probabilities.
"""

import json
import os
from binascii import b2a_base64
from collections.abc import Callable
from time import sleep
from typing import Any

from lambda_app.gateway.caller import proxy_event, status_of
from lambda_app.model.artefact.model_parameters import ModelParameters
from lambda_app.model.predict import GOLDEN_TOLERANCE
from lambda_app.model.store import PACKAGED_FALLBACK, LoadedModel, ModelStore
from lambda_app.routes import ROUTES
from lambda_app.telemetry import report

Call = Callable[[dict[str, Any]], dict[str, Any]]  # proxy event → proxy response

# Marks the hook's calls, which count in no metric.
CLIENT_CONTEXT = b2a_base64(json.dumps({"custom": {"purpose": "pre_traffic"}}).encode(), newline=False).decode()
TRIES, SECONDS_BETWEEN_TRIES = 4, 10  # IAM takes seconds to know a policy, the store 5 s to ask S3 again


class Refused(Exception):
    """The new version must not get traffic; the text says why."""


class NotYet(Refused):
    """A permission is missing: to read the model, or to call the new version. In a moment it may be there."""


def handler(event: dict[str, Any], context: Any) -> str:
    """Prove the version in NEW_VERSION and tell CodeDeploy: Succeeded or Failed. Returns what was told."""
    import boto3

    try:
        call = _caller(boto3.client("lambda"), os.environ["NEW_VERSION"])
        _prove_patiently(call, ModelStore(os.environ["MODEL_URI"], report=report))
        status, reason = "Succeeded", "every route answered as it should"
    except Exception as error:  # noqa: BLE001 – CodeDeploy must hear of anything: it waits out silence
        status, reason = "Failed", f"{type(error).__name__}: {error}"
    report({"hook": status, "reason": reason})
    boto3.client("codedeploy").put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status=status,
    )
    return status


def _prove_patiently(call: Call, store: ModelStore) -> None:
    tries_left = TRIES
    while True:
        try:
            prove(call, store.current())
            return
        except NotYet:
            tries_left -= 1
            if not tries_left:
                raise
            sleep(SECONDS_BETWEEN_TRIES)


def prove(call: Call, loaded: LoadedModel) -> None:
    """Raises Refused unless `call` serves this very model, on every route, to 1e-12."""
    if loaded.source == PACKAGED_FALLBACK:
        raise NotYet("the hook cannot read the model in S3; see its log")
    parameters = loaded.model.parameters
    served = {"version": parameters.digest, "source": loaded.source}
    health = _answer(call, "GET", "/health")
    if health.get("model", {}).get("source") == PACKAGED_FALLBACK:
        raise NotYet("the new version cannot read the model in S3; see its log")
    if health.get("status") != "pass" or health.get("model") != served:
        raise Refused("/health does not pass, or speaks of another model")
    rows = [row["features"] for row in parameters.golden_rows]
    for row in rows:
        _compare(parameters, [row], [_predict(call, {"features": row}, served)])
        _compare(parameters, [row], [_predict(call, {"features": _named(parameters, row)}, served)])
    _compare(parameters, rows, _predict(call, {"instances": rows}, served)["predictions"])

    model = _answer(call, "GET", "/model")
    if (model.get("version"), model.get("source")) != (served["version"], served["source"]):
        raise Refused("/model describes another model")
    if not set(ROUTES) <= set(_answer(call, "GET", "/openapi.json").get("paths", {})):
        raise Refused("/openapi.json does not describe every route")
    for route in ROUTES.values():
        if "GET" in route.methods:  # the page, and whatever is added to the table: what it says is its own affair
            _body(call, "GET", route.path)


def _named(parameters: ModelParameters, row: list[Any]) -> dict[str, Any]:
    """A golden row by names, backwards: their order must not count."""
    return dict(reversed([*zip(parameters.feature_names, row, strict=True)]))


def _compare(parameters: ModelParameters, rows: list[list[Any]], answers: list[dict[str, Any]]) -> None:
    """Raises Refused where an answer is not what scikit-learn said of that golden row."""
    expected = {tuple(row["features"]): row for row in parameters.golden_rows}
    for row, answer in zip(rows, answers, strict=True):
        golden = expected[tuple(row)]
        if "prediction" in golden:
            pairs = [(answer["prediction"], golden["prediction"])]
        else:
            named = zip(parameters.target_names, golden["probabilities"], strict=True)
            pairs = [(answer["probabilities"][name], p) for name, p in named]
        if not all(abs(given - wanted) <= GOLDEN_TOLERANCE * max(1, abs(wanted)) for given, wanted in pairs):
            raise Refused("a golden row is answered otherwise than by scikit-learn")


def _predict(call: Call, document: dict[str, Any], served: dict[str, str]) -> dict[str, Any]:
    answer = _answer(call, "POST", "/predict", json.dumps(document))
    if not served.items() <= answer["model_metadata"].items():
        raise Refused("/predict answers with another model")
    return answer


def _answer(call: Call, method: str, route: str, body: str | None = None) -> dict[str, Any]:
    """The document that a route answers with. Raises Refused unless it is a JSON object with 200."""
    document = json.loads(_body(call, method, route, body))
    if not isinstance(document, dict):
        raise Refused(f"{method} {route} answers no JSON object")
    return document


def _body(call: Call, method: str, route: str, body: str | None = None) -> str:
    """What a route answers with. Raises Refused unless the status is 200."""
    response = call(proxy_event(method, route, {"Content-Type": "application/json"}, (body or "").encode("ascii")))
    status = status_of(response)
    if status != 200:
        raise Refused(f"{method} {route} answers {status}")
    text: str = response["body"]
    return text


def _caller(client: Any, version: str) -> Call:
    """Calls one version of a function through Lambda."""
    from botocore.exceptions import ClientError

    def call(event: dict[str, Any]) -> dict[str, Any]:
        try:
            result = client.invoke(
                FunctionName=version, ClientContext=CLIENT_CONTEXT, Payload=json.dumps(event).encode()
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "AccessDeniedException":
                raise NotYet(error) from error
            raise
        payload = json.loads(result["Payload"].read())
        if "FunctionError" in result or not isinstance(payload, dict):
            raise Refused("the new version crashed or timed out")
        return payload

    return call
