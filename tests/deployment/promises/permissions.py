"""What the functions themselves may do: as little as they need, each on its own resource."""

from __future__ import annotations

import json
import re

from tests.deployment.promises.stacks import KEY, MODEL_URI, PREVIOUS_URI, Stacks, listed, statements
from tests.deployment.sam import of_type


def no_wildcards_in_permissions(stacks: Stacks) -> None:
    """Two exceptions, both because AWS leaves no choice, and both by name."""
    everything = list(statements(stacks.full))
    assert len(everything) >= 6
    for name, statement in everything:
        actions, places = listed(statement["Action"]), listed(statement["Resource"])
        assert not any("*" in action for action in actions), name
        if statement["Sid"] == "WriteItsTrace":
            assert actions == ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
            assert places == ["*"]
        elif statement["Sid"] == "ReportToCodeDeploy":
            assert places == [
                "arn:aws:codedeploy:eu-central-1:123456789012:deploymentgroup:stack-ServerlessDeploymentApplication-*/*"
            ]
        else:
            assert not any("*" in json.dumps(place) for place in places), name


def roles_are_trusted_to_one_service_and_hold_no_broad_policy(stacks: Stacks) -> None:
    allowed = {
        "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
        "arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda",
    }
    for role in of_type(stacks.full, "AWS::IAM::Role").values():
        [trust] = role["AssumeRolePolicyDocument"]["Statement"]
        [service] = listed(trust["Principal"]["Service"])
        assert service in {"lambda.amazonaws.com", "apigateway.amazonaws.com", "codedeploy.amazonaws.com"}
        assert set(role.get("ManagedPolicyArns", [])) <= allowed


def function_may_only_log_and_trace_by_default(stacks: Stacks) -> None:
    granted = {
        action for name, s in statements(stacks.direct) for action in listed(s["Action"]) if name == "PredictRole"
    }
    assert granted == {
        "logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords",
    }  # fmt: skip
    [log] = [s for name, s in statements(stacks.direct) if name == "PredictRole" and s["Sid"] == "WriteItsLog"]
    assert log["Resource"] == {"Fn::GetAtt": ["PredictLogGroup", "Arn"]}
    assert not of_type(stacks.plain, "AWS::IAM::Policy"), "no model in S3, no permission to read one"


def model_is_read_from_its_one_key(stacks: Stacks) -> None:
    [policy] = of_type(stacks.full, "AWS::IAM::Policy").values()
    assert policy["Roles"] == [{"Ref": "PredictRole"}, {"Ref": "PreTrafficHookRole"}]
    read, decrypt = policy["PolicyDocument"]["Statement"]
    assert read["Action"] == "s3:GetObject"
    assert read["Resource"] == [uri.replace("s3://", "arn:aws:s3:::") for uri in (MODEL_URI, PREVIOUS_URI)]
    assert (decrypt["Action"], decrypt["Resource"]) == ("kms:Decrypt", KEY)
    assert decrypt["Condition"] == {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}}
    [alone] = of_type(stacks.deployed(ModelUri=MODEL_URI), "AWS::IAM::Policy").values()
    [statement] = alone["PolicyDocument"]["Statement"]
    assert statement["Resource"] == ["arn:aws:s3:::models/prod/" + "a" * 64 + ".json"]
    assert listed(stacks.full["PredictFunction"]["DependsOn"]) == ["ReadModelPolicy"]


def model_uri_cannot_smuggle_a_wildcard(stacks: Stacks) -> None:
    for name in ("ModelUri", "PreviousModelUri"):
        pattern = re.compile(stacks.template["Parameters"][name]["AllowedPattern"])
        digest = "0" * 64
        assert pattern.search("")
        assert pattern.search(f"s3://my-models/{digest}.json")
        assert pattern.search(f"s3://my-models/a/b/{digest}.json")
        for bad in ("*", "?", "latest", digest[1:], digest.upper().replace("0", "A")):
            assert not pattern.search(f"s3://my-models/a/{bad}.json"), bad
        assert not pattern.search(f"s3://my-models/*/{digest}.json")
        assert not pattern.search(f"https://my-models/{digest}.json")
