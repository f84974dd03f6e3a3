"""The whole life of a deployment, with the real SAM CLI, a local cloud and the real Lambda runtime.

Each story is told once because a deployment takes half a minute: the packaged model behind an API key, beside a second
stack; a model in an encrypted bucket, rotated twice; monitoring that comes, changes and goes; an HTTP API; and the
account's own setting.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lambda_app.model.artefact.model_parameters import ModelParameters
from lambda_app.model.store import read_packaged
from tests.integration.cloud import Cloud
from tests.tools.small_requests import SAMPLE


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with tempfile.TemporaryDirectory() as folder:
        running = Cloud(Path(folder))
        try:
            running.run("sam", "build")
            yield running
        finally:
            running.close()


def deploy(cloud: Cloud, stack: str, **parameters: str) -> None:
    """The canary stays off: LocalStack has no CodeDeploy. Everything else is as a user deploys it."""
    overrides = [f"{name}={value}" for name, value in {"AuthMode": "open", **parameters}.items()]
    options = ["--no-confirm-changeset", "--no-fail-on-empty-changeset", "--parameter-overrides", *overrides]
    cloud.run("sam", "deploy", "--stack-name", stack, *options)


def versions(cloud: Cloud, stack: str) -> list[str]:
    """The published versions of a stack's function; $LATEST is none."""
    function = cloud.outputs(stack)["FunctionName"]
    found = cloud.client("lambda").list_versions_by_function(FunctionName=function)["Versions"]
    return [version["Version"] for version in found if version["Version"] != "$LATEST"]


def delete(cloud: Cloud, stack: str) -> None:
    """As `sam delete` does, which itself stumbles here: it takes no address of a nested template but AWS's own for S3."""
    cloudformation = cloud.client("cloudformation")
    cloudformation.delete_stack(StackName=stack)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 120}
    )


def live_version(cloud: Cloud, stack: str) -> str:
    function = cloud.outputs(stack)["FunctionName"]
    return str(cloud.client("lambda").get_alias(FunctionName=function, Name="live")["FunctionVersion"])


def logged(cloud: Cloud, stack: str, requests: int) -> list[dict[str, Any]]:
    """The line of each request so far; logs arrive a moment after the answers."""
    lines: list[str] = []
    until = time.monotonic() + 20
    while len(lines) < requests and time.monotonic() < until:
        lines = [line for line in cloud.log_lines(f"/aws/lambda/{stack}-predict") if '"_aws"' in line]
        time.sleep(0.2)
    return [json.loads(line) for line in lines]


def expected_benign() -> float:
    return float(read_packaged().predict(SAMPLE)[1][1])


def test_packaged_model_behind_an_api_key(cloud: Cloud) -> None:
    stack = "packaged"
    before = cloud.inventory()
    deploy(cloud, stack, AuthMode="api-key", CorsOrigin="https://before.example")
    deploy(cloud, "beside")  # another stack of the same template: nothing that both name may be the same

    get_key = cloud.outputs(stack)["ApiKeyCommand"].split()
    assert get_key[get_key.index("--region") + 1] == "us-east-1"
    key = cloud.client("apigateway").get_api_key(apiKey=get_key[-1], includeValue=True)["value"]
    for headers in ({}, {"x_api_key": "wrong"}):
        for path, document in (("/predict", {"features": SAMPLE}), ("/health", None), ("/model", None), ("/no", None)):
            refused = cloud.call(stack, path, document, **headers)
            assert refused.status == 403, (path, headers)

    good = cloud.call(stack, "/predict", {"features": SAMPLE}, x_api_key=key)
    assert good.status == 200
    assert (good.document["prediction"], good.document["label"]) == (1, "benign")
    assert abs(good.document["probability"] - expected_benign()) <= 1e-12
    assert good.document["model_metadata"]["source"] == "packaged"

    short = cloud.call(stack, "/predict", {"features": SAMPLE[1:]}, x_api_key=key)
    assert (short.status, short.document["code"]) == (400, "wrong_length")
    broken = cloud.call(stack, "/predict", b'{"features": [', x_api_key=key)
    assert (broken.status, broken.document["code"]) == (400, "malformed_json")
    assert broken.headers["Content-Type"] == "application/problem+json"
    assert cloud.call(stack, "/predict", method="DELETE", x_api_key=key).status == 405
    assert cloud.call(stack, "/nothing/here", x_api_key=key).status == 404
    assert cloud.call(stack, "/health", x_api_key=key).document["status"] == "pass"
    assert "/predict" in cloud.call(stack, "/openapi.json", x_api_key=key).document["paths"]

    lines = logged(cloud, stack, 8)
    assert {line["Code"] for line in lines} >= {"none", "wrong_length", "malformed_json", "not_found"}
    assert "13.54" not in json.dumps(lines)

    first = live_version(cloud, stack)
    deploy(cloud, stack, AuthMode="api-key", CorsOrigin="https://example.org")
    assert live_version(cloud, stack) != first, "a changed environment must reach the alias"
    answer = cloud.call(stack, "/health", x_api_key=key)
    assert answer.headers["Access-Control-Allow-Origin"] == "https://example.org"
    assert cloud.call(stack, "/health").status == 403
    preflight = cloud.call(stack, "/predict", method="OPTIONS", Origin="https://example.org")
    assert (preflight.status, preflight.document) == (204, None), "browsers ask without credentials"
    assert preflight.headers["Access-Control-Allow-Origin"] == "https://example.org"

    assert versions(cloud, stack) == [live_version(cloud, stack)], "an old version would stand in the way of a retry"
    deploy(cloud, stack, AuthMode="api-key", CorsOrigin="https://before.example")  # the same code and settings, again
    assert versions(cloud, stack) == [live_version(cloud, stack)]

    delete(cloud, stack)
    assert cloud.call("beside", "/health").document["status"] == "pass", "one stack goes, the other does not notice"
    delete(cloud, "beside")
    assert {thing for thing in cloud.inventory() - before if "aws-sam-cli-managed-default" not in thing} == set()


def variant(folder: Path, name: str) -> tuple[Path, str]:
    """Another valid model: the packaged one under another name. Its path and version."""
    model = ModelParameters(**{**read_packaged().parameters.fields(), "name": name})
    model.save(folder / f"{name}.json")
    return folder / f"{name}.json", model.digest


def publish(cloud: Cloud, model: Path, bucket: str, kms_key: str) -> str:
    """What the publish command says to deploy. The key is named because LocalStack passes over a bucket's own."""
    command = [sys.executable, "-m", "lambda_app.model.publish", f"s3://{bucket}/models"]
    printed = cloud.run(*command, "--model", str(model), "--kms-key", kms_key)
    name, _, uri = printed.strip().splitlines()[-1].partition("=")
    assert name == "ModelUri"
    return uri


def test_model_in_an_encrypted_bucket(cloud: Cloud, tmp_path: Path) -> None:
    stack, bucket_stack = "from-s3", "models"
    kms_key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    template = ["--template-file", "deployment/models_bucket.yaml", "--stack-name", bucket_stack]
    cloud.run("sam", "deploy", *template, "--no-confirm-changeset", "--parameter-overrides", f"KmsKeyArn={kms_key}")
    bucket = cloud.outputs(bucket_stack)["BucketName"]
    old_path, old_version = variant(tmp_path, "old")
    new_path, new_version = variant(tmp_path, "new")
    old_uri, new_uri = publish(cloud, old_path, bucket, kms_key), publish(cloud, new_path, bucket, kms_key)
    stored = cloud.client("s3").head_object(Bucket=bucket, Key=old_uri.split("/", 3)[3])
    assert (stored["ServerSideEncryption"], stored["SSEKMSKeyId"]) == ("aws:kms", kms_key)

    before = cloud.inventory()
    deploy(cloud, stack, ModelUri=old_uri, KmsKeyArn=kms_key)
    answer = cloud.call(stack, "/predict", {"features": SAMPLE})
    assert answer.status == 200
    metadata = answer.document["model_metadata"]
    assert (metadata["source"], metadata["version"]) == ("s3", old_version)

    for uri, version in ((new_uri, new_version), (old_uri, old_version)):  # nobody names the one before
        deploy(cloud, stack, ModelUri=uri, KmsKeyArn=kms_key)
        metadata = cloud.call(stack, "/predict", {"features": SAMPLE}).document["model_metadata"]
        assert (metadata["source"], metadata["version"]) == ("s3", version)

    nowhere = new_uri.replace(new_uri[-69:-5], "0" * 64)
    deploy(cloud, stack, ModelUri=nowhere, KmsKeyArn=kms_key)
    metadata = cloud.call(stack, "/predict", {"features": SAMPLE}).document["model_metadata"]
    assert (metadata["source"], metadata["version"]) == ("packaged-fallback", read_packaged().parameters.digest)
    assert sum(line.get("ModelFallback", 0) for line in logged(cloud, stack, 4)) == 1

    delete(cloud, stack)
    assert cloud.inventory() - before == set()
    assert f"bucket {bucket}" in cloud.inventory()


def test_monitoring_comes_changes_and_goes(cloud: Cloud) -> None:
    stack = "watched"
    before = cloud.inventory()
    deploy(cloud, stack)
    assert not alarms(cloud, stack)

    deploy(cloud, stack, Alarms="console")
    watched = alarms(cloud, stack)
    assert len(watched) >= 4
    assert not any(alarm["AlarmActions"] for alarm in watched)
    assert cloud.outputs(stack)["DashboardUrl"].endswith(f"dashboards:name={stack}-us-east-1")
    assert cloud.call(stack, "/health").document["status"] == "pass"

    topic = cloud.client("sns").create_topic(Name="alarms")["TopicArn"]
    deploy(cloud, stack, Alarms=topic)
    assert [alarm["AlarmActions"] for alarm in alarms(cloud, stack)] == [[topic]] * len(watched)

    # LocalStack takes a nested stack away only with the one around it, AWS with Alarms=none, too.
    delete(cloud, stack)
    assert {thing for thing in cloud.inventory() - before if "aws-sam-cli-managed-default" not in thing} == set()


def alarms(cloud: Cloud, stack: str) -> list[dict[str, Any]]:
    """The alarms on a stack's function or API."""
    names = {stack, cloud.outputs(stack)["FunctionName"]}
    found = cloud.client("cloudwatch").describe_alarms()["MetricAlarms"]
    return [alarm for alarm in found if names & set(_dimensions(alarm))]


def _dimensions(alarm: dict[str, Any]) -> list[str]:
    metrics = [metric.get("MetricStat", {}).get("Metric", {}) for metric in alarm.get("Metrics", [])]
    return [dimension["Value"] for metric in [alarm, *metrics] for dimension in metric.get("Dimensions", [])]


def test_access_log_has_its_account_wide_role(cloud: Cloud) -> None:
    """The setting outlives its stack, as every API of the account depends on it."""
    template = ["--template-file", "deployment/account.yaml", "--stack-name", "api-gateway-logs"]
    cloud.run("sam", "deploy", *template, "--no-confirm-changeset", "--capabilities", "CAPABILITY_IAM")
    role = cloud.outputs("api-gateway-logs")["RoleArn"]
    stack = "audited"
    deploy(cloud, stack, AccessLog="true")
    assert f"log group /aws/apigateway/{stack}-access" in cloud.inventory()
    assert cloud.call(stack, "/health").status == 200
    delete(cloud, stack)
    delete(cloud, "api-gateway-logs")
    assert f"role {role.rpartition('/')[2]}" in cloud.inventory()


def test_http_api_as_far_as_the_local_cloud_goes(cloud: Cloud, tmp_path: Path) -> None:
    """It has no HTTP APIs: the function is deployed, and called as one would call it. test_http_api.py has the rest."""
    before = cloud.inventory()
    stack = "http"
    cloud.run("sam", "build", "--template", "deployment/http_api.yaml", "--build-dir", str(tmp_path / "build"))
    template = ["--template-file", str(tmp_path / "build" / "template.yaml"), "--stack-name", stack, "--resolve-s3"]
    cloud.run("sam", "deploy", *template, "--no-confirm-changeset", "--capabilities", "CAPABILITY_IAM")
    resources = cloud.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
    [function] = [r["PhysicalResourceId"] for r in resources if r["ResourceType"] == "AWS::Lambda::Function"]
    context = {"http": {"method": "POST"}, "stage": "Prod", "domainName": "id.execute-api.us-east-1.amazonaws.com"}
    event = {"version": "2.0", "routeKey": "$default", "rawPath": "/Prod/predict", "requestContext": context}
    payload = json.dumps({**event, "body": json.dumps({"features": SAMPLE})})
    answer = json.loads(cloud.client("lambda").invoke(FunctionName=function, Payload=payload)["Payload"].read())
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["label"] == "benign"
    cloud.run("sam", "delete", "--stack-name", stack, "--no-prompts", "--region", "us-east-1")
    assert {thing for thing in cloud.inventory() - before if "aws-sam-cli-managed-default" not in thing} == set()
