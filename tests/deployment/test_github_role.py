"""The role that GitHub deploys with: one environment's stack and nothing else, and no way to more."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.deployment.promises.stacks import listed, statements
from tests.deployment.sam import GONE, ROLE_TEMPLATE, ROOT, Template, deployed, mutate, of_type, read

GIVEN = {"Repository": "owner/name", "Environment": "dev"}
STATEMENTS = ("Resources", "DeployRole", "Properties", "Policies", 0, "PolicyDocument", "Statement")
TRUST = ("Resources", "DeployRole", "Properties", "AssumeRolePolicyDocument", "Statement", 0)
BOUNDED = ("Resources", "Boundary", "Properties", "PolicyDocument", "Statement")
# What knows no names of ours: said in the template, or it only looks.
UNNAMED = {"Transform", "LookAtTemplates", "FindSamsBucket", "SeeSamsBucket", "Apis", "FindLogGroups"}
POWER_TO_MAKE_ROLES = {"iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutRolePermissionsBoundary"}
POWER_TO_ESCAPE = {
    "iam:*", "*", "iam:DeleteRolePermissionsBoundary", "iam:CreatePolicyVersion", "iam:CreateUser", "iam:CreateAccessKey",
    "iam:UpdateAssumeRolePolicy", "sts:AssumeRole",
}  # fmt: skip


def granted(resources: Template) -> dict[str, Template]:
    return {s["Sid"]: s for name, s in statements(resources) if name == "DeployRole"}


def an_environment_s_role_touches_its_own_stack(template: Template) -> None:
    for sid, statement in granted(deployed(template, **GIVEN)).items():
        for place in listed(statement["Resource"]):
            named = "sklearn-lambda-dev" in json.dumps(place) or "deploymentconfig:" in place
            assert named or sid in UNNAMED, f"{sid}: {place}"
            assert "sklearn-lambda-*" not in place, "every environment"
    assert "dev-" in json.dumps(granted(deployed(template, **GIVEN))["Functions"]), "and no stack that begins like it"


def roles_are_made_within_the_boundary(template: Template) -> None:
    everything = granted(deployed(template, **GIVEN))
    for sid, statement in everything.items():
        actions = set(listed(statement["Action"]))
        assert not actions & POWER_TO_ESCAPE, sid
        if actions & POWER_TO_MAKE_ROLES:
            assert statement["Condition"] == {"StringEquals": {"iam:PermissionsBoundary": {"Ref": "Boundary"}}}
    passed = everything["HandRolesOver"]["Condition"]["StringEquals"]["iam:PassedToService"]
    assert set(passed) == {"lambda.amazonaws.com", "codedeploy.amazonaws.com"}
    apis = listed(everything["Apis"]["Resource"])
    assert not any("/account" in place or place.endswith("::/*") for place in apis), (
        "the account's setting is everybody's"
    )


def boundary_holds_what_the_stack_s_roles_need_and_no_more(template: Template) -> None:
    [boundary] = of_type(deployed(template, **GIVEN), "AWS::IAM::ManagedPolicy").values()
    allowed = {a for s in boundary["PolicyDocument"]["Statement"] for a in listed(s["Action"])}
    stack = deployed(
        read(), CanaryDeployment="true", ModelUri=f"s3://sklearn-lambda-models-x/{'a' * 64}.json", KmsKeyArn="arn"
    )
    needed = {a for _, s in statements(stack) for a in listed(s["Action"])}
    assert needed <= allowed
    assert not any("*" in action or action.startswith(("iam:", "sts:")) for action in allowed)
    for statement in boundary["PolicyDocument"]["Statement"]:
        assert statement["Resource"] != "*" or statement["Action"] == "cloudwatch:DescribeAlarms"


def only_this_environment_of_this_repository_takes_it_on(template: Template) -> None:
    [trust] = deployed(template, **GIVEN)["DeployRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["StringEquals"] == {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": "repo:owner/name:environment:dev",
    }
    provider = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    assert "GitHubProvider" not in deployed(template, **GIVEN, GitHubProviderArn=provider), "an account has one"


PROMISES = [
    an_environment_s_role_touches_its_own_stack,
    roles_are_made_within_the_boundary,
    boundary_holds_what_the_stack_s_roles_need_and_no_more,
    only_this_environment_of_this_repository_takes_it_on,
]


def index(sid: str, path: tuple[str | int, ...] = STATEMENTS) -> int:
    place: Any = read(ROLE_TEMPLATE)
    for step in path:
        place = place[step]
    return [statement["Sid"] for statement in place].index(sid)


CHANGES: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "an administrator": ((*STATEMENTS, index("Stack"), "Action"), "*"),
    "every stack": ((*STATEMENTS, index("Stack"), "Resource"), "*"),
    "every environment's functions": (
        (*STATEMENTS, index("Functions"), "Resource"), "arn:aws:lambda:*:123456789012:function:sklearn-lambda-*",
    ),
    "the other environment's uploads": (
        (*STATEMENTS, index("UploadUnderItsPrefix"), "Resource"), "arn:aws:s3:::aws-sam-cli-managed-default-*/*",
    ),
    "roles without a boundary": ((*STATEMENTS, index("MakeRolesWithinTheBoundary"), "Condition"), GONE),
    "a boundary that can be taken off": (
        (*STATEMENTS, index("KeepRoles"), "Action"), ["iam:GetRole", "iam:DeleteRolePermissionsBoundary"],
    ),
    "roles for any service": ((*STATEMENTS, index("HandRolesOver"), "Condition"), GONE),
    "the account's access log role": ((*STATEMENTS, index("Apis"), "Resource"), "arn:aws:apigateway:*::/*"),
    "a boundary that bounds nothing": ((*BOUNDED, index("CallAndSwitchVersions", BOUNDED), "Action"), ["lambda:*"]),
    "a boundary without logs": ((*BOUNDED, index("Log", BOUNDED)), GONE),
    "a boundary around everything": ((*BOUNDED, index("ReadModels", BOUNDED), "Resource"), "*"),
    "any branch of the repository": (
        (*TRUST, "Condition", "StringEquals", "token.actions.githubusercontent.com:sub"), "repo:owner/name:*",
    ),
    "any repository": ((*TRUST, "Condition", "StringEquals", "token.actions.githubusercontent.com:sub"), GONE),
    "a second provider": (("Conditions", "MakesProvider"), {"Fn::Equals": ["a", "a"]}),
}  # fmt: skip


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_promise(promise: Any) -> None:
    promise(read(ROLE_TEMPLATE))


@pytest.mark.parametrize("name", CHANGES)
def test_a_promise_breaks(name: str) -> None:
    mutant = mutate(read(ROLE_TEMPLATE), *CHANGES[name])
    broken = []
    for promise in PROMISES:
        try:
            promise(mutant)
        except (AssertionError, LookupError):
            broken.append(promise)
    assert broken


def test_the_names_are_those_of_samconfig() -> None:
    configuration = (ROOT / "samconfig.toml").read_text()
    for environment in ("dev", "prod"):
        for key in ("stack_name", "s3_prefix"):
            assert f'{key} = "sklearn-lambda-{environment}"' in configuration
