"""The store against a real S3 API over HTTP, and its permissions under enforcement (moto's server plays AWS).

The role's policy is the template's own, as it would be deployed: the one call it is meant for is allowed, others are not.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from deployment.runtime_emulator import free_port
from lambda_app.model.artefact.bucket import Bucket
from lambda_app.model.artefact.format_checks import InvalidModel
from tests.deployment.models import address, variant
from tests.deployment.promises.stacks import statements
from tests.deployment.sam import PSEUDO, deployed, read

REGION = PSEUDO["AWS::Region"]
MODEL = variant("wanted").to_json().encode()
URI = address(MODEL)
BUCKET, KEY = URI.split("/", 3)[2:]
ROOT_CREDENTIALS = {"AccessKeyId": "root", "SecretAccessKey": "root", "SessionToken": "root"}


class Moto:
    """moto's server in a process of its own, on a name and not an address: with an address it misreads bucket names."""

    def __init__(self) -> None:
        port = free_port()
        self.url = f"http://localhost:{port}"
        command = [sys.executable, "-m", "moto.server", "--host", "localhost", "--port", str(port)]
        # Enforcement starts off, and is switched on by moto's own API once the roles are made.
        environment = {**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": "100000"}
        self._process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with suppress(OSError), urllib.request.urlopen(f"{self.url}/moto-api/", timeout=2):
                return
            time.sleep(0.1)
        raise TimeoutError("moto's server does not answer")

    def client(self, service: str, credentials: dict[str, str] | None = None) -> Any:
        keys = credentials or ROOT_CREDENTIALS
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )

    def enforce(self, unchecked_requests: int) -> None:
        """Check permissions of every request after that many more."""
        request = urllib.request.Request(
            f"{self.url}/moto-api/reset-auth", str(unchecked_requests).encode(), {"Content-Type": "text/plain"}
        )
        urllib.request.urlopen(request, timeout=5).close()

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()


@pytest.fixture
def moto() -> Iterator[Moto]:
    server = Moto()
    try:
        yield server
    finally:
        server.close()


def put_models(moto: Moto) -> str:
    """Versioned bucket, models in it under a KMS key; the key's ARN."""
    key = str(moto.client("kms").create_key()["KeyMetadata"]["Arn"])
    s3 = moto.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key, "ChecksumAlgorithm": "SHA256"}
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=MODEL, **encryption)
    s3.put_object(Bucket=BUCKET, Key=KEY + ".bak", Body=MODEL, **encryption)
    return key


def use(moto: Moto, monkeypatch: pytest.MonkeyPatch, credentials: dict[str, str]) -> None:
    """Give this process what Lambda gives a function."""
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # which would remember the credentials of the test before
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", moto.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", credentials["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", credentials["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", credentials["SessionToken"])


def test_model_is_read_from_an_encrypted_versioned_bucket(moto: Moto, monkeypatch: pytest.MonkeyPatch) -> None:
    key = put_models(moto)
    stored = moto.client("s3").head_object(Bucket=BUCKET, Key=KEY)
    assert (stored["ServerSideEncryption"], stored["SSEKMSKeyId"]) == ("aws:kms", key)
    use(moto, monkeypatch, ROOT_CREDENTIALS)
    assert Bucket(URI).read().digest == variant("wanted").digest


def test_missing_model_is_named_by_s3s_own_code(moto: Moto, monkeypatch: pytest.MonkeyPatch) -> None:
    put_models(moto)
    use(moto, monkeypatch, ROOT_CREDENTIALS)
    with pytest.raises(InvalidModel, match="NoSuchKey"):
        Bucket(f"s3://{BUCKET}/prod/{'0' * 64}.json").read()
    with pytest.raises(InvalidModel, match="NoSuchBucket"):
        Bucket(URI.replace(BUCKET, "no-such-bucket")).read()


def function_role(moto: Moto, kms_key: str) -> dict[str, str]:
    """Credentials that carry exactly the statements which the template deploys for the function's role."""
    resources = deployed(read(), ModelUri=URI, KmsKeyArn=kms_key)
    granted = [s for name, s in statements(resources) if name == "PredictRole"]
    for statement in granted:
        if "Fn::GetAtt" in statement["Resource"]:
            statement["Resource"] = f"arn:aws:logs:{REGION}:123456789012:log-group:/aws/lambda/stack-predict:*"
    iam = moto.client("iam")
    document = resources["PredictRole"]["Properties"]["AssumeRolePolicyDocument"]
    role = iam.create_role(RoleName="function", AssumeRolePolicyDocument=json.dumps(document))["Role"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": granted})
    iam.put_role_policy(RoleName="function", PolicyName="template", PolicyDocument=policy)
    return dict(moto.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="sandbox")["Credentials"])


def call(service: str, operation: str, **arguments: Any) -> tuple[str, Callable[[Any], Any]]:
    return service, lambda client: getattr(client, operation)(**arguments)


OTHER = "another-bucket"
DENIED = {
    "read another bucket": call("s3", "get_object", Bucket=OTHER, Key=KEY),
    "list the bucket": call("s3", "list_objects_v2", Bucket=BUCKET),
    "list versions": call("s3", "list_object_versions", Bucket=BUCKET),
    "list buckets": call("s3", "list_buckets"),
    "write the model": call("s3", "put_object", Bucket=BUCKET, Key=KEY, Body=b"x"),
    "delete the model": call("s3", "delete_object", Bucket=BUCKET, Key=KEY),
    "delete the bucket": call("s3", "delete_bucket", Bucket=BUCKET),
    "make a bucket": call("s3", "create_bucket", Bucket="new", CreateBucketConfiguration={"LocationConstraint": REGION}),
    "read the bucket's policy": call("s3", "get_bucket_policy", Bucket=BUCKET),
    "publish the bucket": call("s3", "put_bucket_policy", Bucket=BUCKET, Policy="{}"),
    "stop versioning": call(
        "s3", "put_bucket_versioning", Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"}
    ),
    "read the model's tags": call("s3", "get_object_tagging", Bucket=BUCKET, Key=KEY),
    "make a key": call("kms", "create_key"),
    "list keys": call("kms", "list_keys"),
    "make a role": call("iam", "create_role", RoleName="x", AssumeRolePolicyDocument="{}"),
    "widen its own policy": call("iam", "put_role_policy", RoleName="function", PolicyName="x", PolicyDocument="{}"),
    "list users": call("iam", "list_users"),
    "list functions": call("lambda", "list_functions"),
    "read secrets": call("secretsmanager", "list_secrets"),
    "start instances": call("ec2", "run_instances", ImageId="ami-1", MinCount=1, MaxCount=1),
    "list tables": call("dynamodb", "list_tables"),
    "list queues": call("sqs", "list_queues"),
}  # fmt: skip
REFUSALS = {
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "403",
}  # 403: moto's, where AWS has a word


def test_the_role_may_read_models_and_nothing_else(moto: Moto, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials = function_role(moto, put_models(moto))
    moto.enforce(unchecked_requests=0)
    use(moto, monkeypatch, credentials)
    assert Bucket(URI).read().digest == variant("wanted").digest
    assert len(DENIED) >= 15
    for name, (service, attempt) in DENIED.items():
        with pytest.raises(ClientError) as refusal:
            attempt(moto.client(service, credentials))
        assert refusal.value.response["Error"]["Code"] in REFUSALS, name
    with pytest.raises(InvalidModel, match="AccessDenied"):
        Bucket(URI.replace(BUCKET, OTHER)).read()


def test_the_role_may_read_the_model_before_and_the_one_after(moto: Moto, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to name an old model, so nobody can forget to, while a canary's old version goes on reading it."""
    key = put_models(moto)
    other = variant("before").to_json().encode()
    other_uri = address(other)
    encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key, "ChecksumAlgorithm": "SHA256"}
    moto.client("s3").put_object(Bucket=BUCKET, Key=other_uri.split("/", 3)[3], Body=other, **encryption)
    credentials = function_role(moto, key)
    moto.enforce(unchecked_requests=0)
    use(moto, monkeypatch, credentials)
    for uri, name in ((URI, "wanted"), (other_uri, "before")):
        assert Bucket(uri).read().digest == variant(name).digest
