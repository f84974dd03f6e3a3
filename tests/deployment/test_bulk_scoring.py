"""bulk_scoring.yaml: rows stay in two prefixes and out of every state, nothing is opened, a failed run is seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.deployment.promises.stacks import KEY, MODEL_URI, TOPIC, listed, statements
from tests.deployment.sam import GONE, Template, deployed, mutate, of_type, read

TEMPLATE = Path(__file__).parents[2] / "deployment" / "bulk_scoring.yaml"
GIVEN = {"InputBucket": "in", "OutputBucket": "out", "InputPrefix": "a/", "OutputPrefix": "b/"}
EVERYTHING = {
    **GIVEN,
    "InputBucketOwner": "999999999999",
    "ModelUri": MODEL_URI,
    "KmsKeyArn": KEY,
    "AlarmTopicArn": TOPIC,
}
R = "Resources"
MAP = (R, "BulkMachine", "Properties", "Definition", "States", "Score")
FUNCTION_STATEMENTS = (R, "BulkRole", "Properties", "Policies", 0, "PolicyDocument", "Statement")
MACHINE_STATEMENTS = (R, "BulkMachineRole", "Properties", "Policies", 0, "PolicyDocument", "Statement")
THROUGH_S3 = {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}}

# What each role may do: action → where, and under which condition.
FUNCTION = {
    "WriteItsLog": (["logs:CreateLogStream", "logs:PutLogEvents"], [{"Fn::GetAtt": ["BulkLogGroup", "Arn"]}], None),
    "ReadRows": (["s3:GetObject"], ["arn:aws:s3:::in/a/*"], None),
    "ListRows": (["s3:ListBucket"], ["arn:aws:s3:::in"], {"StringLike": {"s3:prefix": "a/*"}}),
    "ReadAndWritePredictions": (["s3:GetObject", "s3:PutObject"], ["arn:aws:s3:::out/b/*"], None),
    "ListPredictions": (["s3:ListBucket"], ["arn:aws:s3:::out"], {"StringLike": {"s3:prefix": "b/*"}}),
    "ReadTheModel": (["s3:GetObject"], [MODEL_URI.replace("s3://", "arn:aws:s3:::")], None),
    "UseTheKeyThroughS3": (["kms:Decrypt", "kms:GenerateDataKey"], [KEY], THROUGH_S3),
}
STATES = "arn:aws:states:eu-central-1:123456789012"
MACHINE = {
    "CallTheFunction": (["lambda:InvokeFunction"], ["${BulkFunction.Arn}:live"], None),
    "ReadThePlan": (["s3:GetObject"], ["arn:aws:s3:::out/b/*/_parts.json"], None),
    "StartItsChildren": (["states:StartExecution"], [f"{STATES}:stateMachine:stack-bulk"], None),
    "WatchAndStopItsChildren": (
        ["states:DescribeExecution", "states:StopExecution"],
        [f"{STATES}:execution:stack-bulk:*", f"{STATES}:execution:stack-bulk/Parts:*"],
        None,
    ),
    "ReadTheEncryptedPlanThroughS3": (["kms:Decrypt"], [KEY], THROUGH_S3),
}
OPTIONAL = {"ReadTheModel", "UseTheKeyThroughS3", "ReadTheEncryptedPlanThroughS3"}


def granted(resources: Template, role: str) -> dict[str, Any]:
    return {
        s["Sid"]: (listed(s["Action"]), listed(s["Resource"]), s.get("Condition"))
        for name, s in statements(resources)
        if name == role and s["Effect"] == "Allow"
    }


def roles_hold_what_is_needed_and_no_more(template: Template) -> None:
    full, plain = deployed(template, **EVERYTHING), deployed(template, **GIVEN)
    for role, expected in (("BulkRole", FUNCTION), ("BulkMachineRole", MACHINE)):
        assert granted(full, role) == expected
        assert set(granted(plain, role)) == set(expected) - OPTIONAL
        assert "ManagedPolicyArns" not in full[role]["Properties"]
    trust = {
        name: [
            (listed(s["Principal"]["Service"]), s.get("Condition"))
            for s in role["AssumeRolePolicyDocument"]["Statement"]
        ]
        for name, role in of_type(full, "AWS::IAM::Role").items()
    }
    assert trust == {
        "BulkRole": [(["lambda.amazonaws.com"], None)],
        "BulkMachineRole": [(["states.amazonaws.com"], {"StringEquals": {"aws:SourceAccount": "123456789012"}})],
    }


def nothing_is_opened_and_no_bucket_is_made(template: Template) -> None:
    kinds = {resource["Type"] for resource in deployed(template, **EVERYTHING).values()}
    assert kinds == {
        "AWS::Lambda::Function", "AWS::Lambda::Version", "AWS::Lambda::Alias", "AWS::IAM::Role", "AWS::Logs::LogGroup",
        "AWS::StepFunctions::StateMachine", "AWS::CloudWatch::Alarm",
    }  # fmt: skip


def one_part_stops_no_other_and_rows_stay_out_of_states(template: Template) -> None:
    [machine] = of_type(template["Resources"], "AWS::Serverless::StateMachine").values()
    assert machine["Type"] == "STANDARD"
    states = machine["Definition"]["States"]
    score = states["Score"]
    assert score["ToleratedFailurePercentage"] == 100
    assert score["ItemProcessor"]["ProcessorConfig"] == {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    assert score["ItemReader"]["ReaderConfig"] == {"InputType": "JSON"}
    assert score["ItemReader"]["Parameters"]["Key.$"].endswith("{}/_parts.json', $.run.id)")
    assert score["ItemSelector"] == {"step": "score", "run.$": "$.run", "part.$": "$$.Map.Item.Value"}
    assert score["MaxConcurrencyPath"] == "$.run.max_concurrency"
    assert (score["ResultSelector"], score["ResultPath"]) == ({"answered.$": "States.ArrayLength($)"}, "$.parts")
    part = score["ItemProcessor"]["States"]["ScorePart"]
    assert part["ResultSelector"] == {"part.$": "$.Payload.part"}
    for task in (states["Plan"], part, states["Finish"]):
        assert task["Parameters"]["FunctionName"] == "${FunctionAlias}"
        assert task["TimeoutSeconds"] > template["Resources"]["BulkFunction"]["Properties"]["Timeout"]
        patient, once = task["Retry"]
        assert {"TryAgain", "Lambda.TooManyRequestsException"} <= set(patient["ErrorEquals"])
        assert (patient["MaxAttempts"], patient["JitterStrategy"]) == (6, "FULL")
        assert once["MaxAttempts"] == 1
        assert not {"PartFailed", "RunRefused", "RunFailed", "States.ALL"} & {
            *patient["ErrorEquals"],
            *once["ErrorEquals"],
        }


def a_failed_run_is_seen_and_the_log_is_kept_apart(template: Template) -> None:
    resources = deployed(template, **EVERYTHING)
    [alarm] = of_type(resources, "AWS::CloudWatch::Alarm").values()
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/States", "ExecutionsFailed")
    assert alarm["Dimensions"] == [{"Name": "StateMachineArn", "Value": {"Ref": "BulkMachine"}}]
    assert (alarm["Threshold"], alarm["Statistic"], alarm["AlarmActions"]) == (1, "Sum", [TOPIC])
    [log] = of_type(resources, "AWS::Logs::LogGroup").values()
    assert (log["LogGroupName"], log["KmsKeyId"], log["RetentionInDays"]) == ("/aws/lambda/stack-bulk", KEY, 30)
    function = resources["BulkFunction"]["Properties"]
    assert function["LoggingConfig"]["LogGroup"] == {"Ref": "BulkLogGroup"}
    assert (function["KmsKeyArn"], function["Timeout"]) == (KEY, 900)
    assert function["Environment"]["Variables"] == {
        "INPUT_BUCKET": "in", "INPUT_PREFIX": "a/", "OUTPUT_BUCKET": "out", "OUTPUT_PREFIX": "b/", "MODEL_URI": MODEL_URI,
        "INPUT_BUCKET_OWNER": "999999999999", "OUTPUT_BUCKET_OWNER": "123456789012",
    }  # fmt: skip


def the_buckets_are_the_account_s_unless_it_is_said(template: Template) -> None:
    variables = deployed(template, **GIVEN)["BulkFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["INPUT_BUCKET_OWNER"] == variables["OUTPUT_BUCKET_OWNER"] == "123456789012"


def prefixes_cannot_smuggle_a_wildcard(template: Template) -> None:
    import re  # noqa: PLC0415 – needed here only

    for name in ("InputPrefix", "OutputPrefix"):
        pattern = re.compile(template["Parameters"][name]["AllowedPattern"])
        assert pattern.search("a/b-1/")
        for bad in ("", "/", "a", "*/", "a/?/", "a/*", "${x}/", "it's/"):
            assert not pattern.search(bad), bad


PROMISES = [
    roles_hold_what_is_needed_and_no_more,
    nothing_is_opened_and_no_bucket_is_made,
    one_part_stops_no_other_and_rows_stay_out_of_states,
    a_failed_run_is_seen_and_the_log_is_kept_apart,
    the_buckets_are_the_account_s_unless_it_is_said,
    prefixes_cannot_smuggle_a_wildcard,
]
MUTATIONS: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "reads any key": ((*FUNCTION_STATEMENTS, 1, "Resource"), "arn:aws:s3:::in/*"),
    "lists the whole bucket": ((*FUNCTION_STATEMENTS, 2, "Condition"), GONE),
    "may delete": ((*FUNCTION_STATEMENTS, 3, "Action"), ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]),
    "lists all predictions": ((*FUNCTION_STATEMENTS, 4, "Condition"), GONE),
    "uses the key for anything": ((*FUNCTION_STATEMENTS, 6, "Fn::If", 1, "Condition"), GONE),
    "calls any function": ((*MACHINE_STATEMENTS, 0, "Resource"), "*"),
    "calls an unproved version": ((*MACHINE_STATEMENTS, 0, "Resource"), {"Fn::GetAtt": ["BulkFunction", "Arn"]}),
    "reads predictions": ((*MACHINE_STATEMENTS, 1, "Resource"), "arn:aws:s3:::out/*"),
    "starts any machine": ((*MACHINE_STATEMENTS, 2, "Resource"), "*"),
    "stops any execution": ((*MACHINE_STATEMENTS, 3, "Resource"), "*"),
    "trusted by other accounts": (
        (R, "BulkMachineRole", "Properties", "AssumeRolePolicyDocument", "Statement", 0, "Condition"), GONE,
    ),
    "a bad part stops the map": ((*MAP, "ToleratedFailurePercentage"), 5),
    "express children stop after five minutes": ((*MAP, "ItemProcessor", "ProcessorConfig", "ExecutionType"), "EXPRESS"),
    "unbounded": ((*MAP, "MaxConcurrencyPath"), GONE),
    "the map's results are kept": ((*MAP, "ResultSelector"), GONE),
    "children answer with all": ((*MAP, "ItemProcessor", "States", "ScorePart", "ResultSelector"), GONE),
    "a throttled child is lost": ((*MAP, "ItemProcessor", "States", "ScorePart", "Retry"), []),
    "a refusal is tried again": (
        (*MAP, "ItemProcessor", "States", "ScorePart", "Retry", 0, "ErrorEquals"), ["States.ALL", "TryAgain"],
    ),
    "no alarm": ((R, "RunFailedAlarm"), GONE),
    "an alarm nobody hears": ((R, "RunFailedAlarm", "Properties", "AlarmActions"), GONE),
    "an alarm on another machine": ((R, "RunFailedAlarm", "Properties", "Dimensions"), []),
    "a log in the open": ((R, "BulkLogGroup", "Properties", "KmsKeyId"), GONE),
    "logs for ever": ((R, "BulkLogGroup", "Properties", "RetentionInDays"), GONE),
    "another model": ((R, "BulkFunction", "Properties", "Environment", "Variables", "MODEL_URI"), ""),
    "anybody's bucket of this name": ((R, "BulkFunction", "Properties", "Environment", "Variables", "OUTPUT_BUCKET_OWNER"), GONE),
    "a prefix of wildcards": (("Parameters", "InputPrefix", "AllowedPattern"), ".*"),
}  # fmt: skip


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_promise(promise: Any) -> None:
    promise(read(TEMPLATE))


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_promise_breaks(name: str) -> None:
    mutant = mutate(read(TEMPLATE), *MUTATIONS[name])
    broken = []
    for promise in PROMISES:
        try:
            promise(mutant)
        except (AssertionError, LookupError, ValueError):
            broken.append(promise)
    assert broken


def test_three_commands_are_printed() -> None:
    outputs = read(TEMPLATE)["Outputs"]
    commands = [json.dumps(outputs[name]["Value"]) for name in ("StartCommand", "WatchCommand", "ReadCommand")]
    for command, words in zip(commands, ("start-execution", "describe-execution", "s3 sync"), strict=True):
        assert words in command
