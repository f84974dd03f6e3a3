"""What the functions themselves may do: as little as they need, each on its own resource."""

from __future__ import annotations

import json
import re

from tests.deployment.promises.stacks import BOUNDARY, KEY, MODEL_URI, Stacks, listed, statements
from tests.deployment.sam import of_type


def no_wildcards_in_permissions(stacks: Stacks) -> None:
    """Two exceptions, by name: what SAM leaves to chance, and a bucket that holds nothing but models."""
    everything = list(statements(stacks.full))
    assert len(everything) >= 6
    for name, statement in everything:
        actions, places = listed(statement["Action"]), listed(statement["Resource"])
        assert not any("*" in action for action in actions), name
        if statement["Sid"] == "ReadModels":
            assert places == ["arn:aws:s3:::models/*"]
        elif statement["Sid"] == "ReportToCodeDeploy":
            assert places == [
                "arn:aws:codedeploy:eu-central-1:123456789012:deploymentgroup:stack-ServerlessDeploymentApplication-*/*"
            ]
        else:
            assert not any("*" in json.dumps(place) for place in places), name


def roles_are_trusted_to_one_service_and_hold_no_broad_policy(stacks: Stacks) -> None:
    allowed = {"arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda"}
    for role in of_type(stacks.full, "AWS::IAM::Role").values():
        [trust] = role["AssumeRolePolicyDocument"]["Statement"]
        [service] = listed(trust["Principal"]["Service"])
        assert service in {"lambda.amazonaws.com", "codedeploy.amazonaws.com"}
        assert set(role.get("ManagedPolicyArns", [])) <= allowed


def every_role_stays_within_the_boundary(stacks: Stacks) -> None:
    roles = of_type(stacks.full, "AWS::IAM::Role")
    assert len(roles) == 3
    assert {role["PermissionsBoundary"] for role in roles.values()} == {BOUNDARY}
    assert not any("PermissionsBoundary" in role for role in of_type(stacks.canary, "AWS::IAM::Role").values())


def nothing_has_a_name_that_iam_knows(stacks: Stacks) -> None:
    """CAPABILITY_IAM is enough, and two regions or two stacks do not meet."""
    for kind, name in (("Role", "RoleName"), ("ManagedPolicy", "ManagedPolicyName")):
        assert not any(name in properties for properties in of_type(stacks.full, f"AWS::IAM::{kind}").values())


def function_may_only_log_by_default(stacks: Stacks) -> None:
    [(name, log)] = statements(stacks.plain)
    assert (name, log["Sid"]) == ("PredictRole", "WriteItsLog")
    assert log["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert log["Resource"] == {"Fn::GetAtt": ["PredictLogGroup", "Arn"]}


def models_are_read_from_their_bucket_alone(stacks: Stacks) -> None:
    """The whole bucket: no deployment has to name the model before it, so that none can forget to."""
    for role in ("PredictRole", "PreTrafficHookRole"):
        granted = {s["Sid"]: s for name, s in statements(stacks.full) if name == role}
        read, decrypt = granted["ReadModels"], granted["DecryptModelsThroughS3"]
        assert (read["Action"], read["Resource"]) == ("s3:GetObject", "arn:aws:s3:::models/*")
        assert (decrypt["Action"], decrypt["Resource"]) == ("kms:Decrypt", KEY)
        assert decrypt["Condition"] == {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}}
    without_key = [s["Sid"] for _, s in statements(stacks.deployed(ModelUri=MODEL_URI))]
    assert without_key == ["WriteItsLog", "ReadModels"]


def model_uri_cannot_smuggle_a_wildcard(stacks: Stacks) -> None:
    pattern = re.compile(stacks.template["Parameters"]["ModelUri"]["AllowedPattern"])
    digest = "0" * 64
    assert pattern.search("")
    assert pattern.search(f"s3://my-models/{digest}.json")
    assert pattern.search(f"s3://my-models/a/b/{digest}.json")
    for bad in ("*", "?", "latest", digest[1:], digest.upper().replace("0", "A")):
        assert not pattern.search(f"s3://my-models/a/{bad}.json"), bad
    for bad in ("*", "my-*", "my?models"):
        assert not pattern.search(f"s3://{bad}/{digest}.json"), bad
    assert not pattern.search(f"https://my-models/{digest}.json")
