"""The state machine of deployment/bulk_scoring.yaml on moto, in this process: its definition, its function's handler."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
from botocore.awsrequest import AWSResponse
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend

from lambda_app import bulk_function
from tests.deployment.sam import PSEUDO, Template, deployed, of_type, read

TEMPLATE = Path(__file__).parents[2] / "deployment" / "bulk_scoring.yaml"
BUCKET, REGION, ACCOUNT = "rows", "us-east-1", PSEUDO["AWS::AccountId"]
MOTO = {"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}}
Event = dict[str, Any]


def resources(**parameters: str) -> Template:
    """What the template would create."""
    return deployed(read(TEMPLATE), **{"InputBucket": BUCKET, "OutputBucket": BUCKET, **parameters})


def definition(alias: str) -> str:
    """The machine's definition as CloudFormation fills it in."""
    [machine] = of_type(read(TEMPLATE)["Resources"], "AWS::Serverless::StateMachine").values()
    text = json.dumps(machine["Definition"])
    values = {
        "FunctionAlias": alias,
        "OutputBucket": BUCKET,
        "OutputPrefix": resources()["BulkFunction"]["Properties"]["Environment"]["Variables"]["OUTPUT_PREFIX"],
        "Partition": PSEUDO["AWS::Partition"],
    }
    assert set(machine["DefinitionSubstitutions"]) == set(values)
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    return text


class Machine:
    """Runs, their objects, and every invocation that they made. `meddle` is called before each one."""

    def __init__(self) -> None:
        self.s3 = boto3.client("s3")
        self._states = boto3.client("stepfunctions")
        self.invoked: list[Event] = []
        self.meddle: Callable[[Event], None] = lambda event: None
        here = self.s3.meta.region_name
        more = {"CreateBucketConfiguration": {"LocationConstraint": here}} if here != REGION else {}
        self.s3.create_bucket(Bucket=BUCKET, **more)
        self._function = _function()
        role = f"arn:aws:iam::123456789012:role/{self._function}"
        created = self._states.create_state_machine(name="bulk", definition=definition(self._function), roleArn=role)
        self._arn = created["stateMachineArn"]

    def invoke(self, payload: str) -> str:
        """What Lambda does: the handler's answer, or an error document."""
        event = json.loads(payload)
        self.invoked.append(event)
        assert len(payload) < 4_000, "rows do not go through states"
        try:
            self.meddle(event)
            return json.dumps(bulk_function.handler(event, None))
        except Exception as error:  # noqa: BLE001 – as the runtime does
            return json.dumps({"errorType": type(error).__name__, "errorMessage": str(error)})

    def put(self, key: str, text: str | bytes) -> None:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=text if isinstance(text, bytes) else text.encode())

    def elsewhere(self, bucket: str, region: str) -> None:
        """A bucket in another region."""
        where = {"LocationConstraint": region}
        boto3.client("s3", region_name=region).create_bucket(Bucket=bucket, CreateBucketConfiguration=where)

    def start(self, **settings: Any) -> Event:
        """One execution, waited for: its status, and its output or its error and cause."""
        arguments = {"stateMachineArn": self._arn, "name": uuid.uuid4().hex, "input": json.dumps(settings)}
        started = self._states.start_execution(**arguments)
        until = time.monotonic() + 120
        while time.monotonic() < until:
            found = self._states.describe_execution(executionArn=started["executionArn"])
            if found["status"] != "RUNNING":
                return dict(found)
            time.sleep(0.05)
        raise TimeoutError("the execution does not end")

    def objects(self, prefix: str = "scored/") -> dict[str, bytes]:
        """Every object below a prefix, by its key without the prefix and the run's id."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
        return {key.split("/", 2)[2]: self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}

    def steps(self, name: str) -> list[Event]:
        return [event for event in self.invoked if event["step"] == name]


def _refuse_others(params: dict[str, Any], **more: Any) -> tuple[AWSResponse, Event] | None:
    """What S3 answers to a request that expects another owner of the bucket, and moto does not."""
    if params["headers"].get("x-amz-expected-bucket-owner", ACCOUNT) == ACCOUNT:
        return None
    return AWSResponse(params["url"], 403, {}, None), {
        "Error": {"Code": "AccessDenied", "Message": "Access Denied"}, "ResponseMetadata": {"HTTPHeaders": {}},
    }  # fmt: skip


def _function() -> str:
    """A function for moto to know; its code is the handler in this process."""
    role = boto3.client("iam").create_role(RoleName="bulk", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    made = boto3.client("lambda").create_function(
        FunctionName="bulk", Runtime="python3.13", Role=role, Handler="x", Code={"ZipFile": b""}
    )
    return str(made["FunctionArn"])


@contextmanager
def machine(**environment: str) -> Iterator[Machine]:
    """A fresh cloud, and the function's environment as the template gives it."""
    variables = resources()["BulkFunction"]["Properties"]["Environment"]["Variables"]
    credentials = dict.fromkeys(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"], "test")
    given = {**variables, **credentials, "AWS_DEFAULT_REGION": REGION, **environment}
    with mock.patch.dict(os.environ, given), mock_aws(config=MOTO):
        boto3.setup_default_session()
        boto3.DEFAULT_SESSION.events.register_first("before-call.s3", _refuse_others)  # type: ignore[union-attr]
        bulk_function._STEPS.clear()
        running = Machine()

        def invoke(
            self: Any, function_name: str, qualifier: str, body: Any, headers: Any, response_headers: Any
        ) -> Any:
            answer = running.invoke(body)
            if '"errorType"' in answer:
                response_headers["x-amz-function-error"] = "Handled"
            return answer.encode()

        with mock.patch.object(LambdaSimpleBackend, "invoke", invoke):
            yield running
        bulk_function._STEPS.clear()
