"""account.yaml: the one setting that all APIs of an account share, made once and never taken away with a stack."""

from __future__ import annotations

from typing import Any

import pytest

from tests.deployment.promises.stacks import BOUNDARY
from tests.deployment.sam import ACCOUNT_TEMPLATE, GONE, ROOT, Template, deployed, mutate, read

ROLE = ("Resources", "LogsRole")
CHANGES: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "a setting that goes with its stack": (("Resources", "Account", "DeletionPolicy"), GONE),
    "a role that goes with its stack": ((*ROLE, "DeletionPolicy"), "Delete"),
    "a role that is replaced": ((*ROLE, "UpdateReplacePolicy"), GONE),
    "a role for everything": (
        (*ROLE, "Properties", "AssumeRolePolicyDocument", "Statement", 0, "Principal", "Service"), "ec2.amazonaws.com",
    ),
    "a broad role": ((*ROLE, "Properties", "ManagedPolicyArns"), ["arn:aws:iam::aws:policy/AdministratorAccess"]),
    "a role beyond the boundary": ((*ROLE, "Properties", "PermissionsBoundary"), GONE),
    "a setting of nothing": (("Resources", "Account", "Properties", "CloudWatchRoleArn"), GONE),
}  # fmt: skip


def promise(template: Template) -> None:
    resources = deployed(template, PermissionsBoundaryArn=BOUNDARY)
    for resource in resources.values():
        assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"
    assert resources["Account"]["Properties"]["CloudWatchRoleArn"] == {"Fn::GetAtt": ["LogsRole", "Arn"]}
    role = resources["LogsRole"]["Properties"]
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "apigateway.amazonaws.com"}
    push = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
    assert role["ManagedPolicyArns"] == [push]
    assert role["PermissionsBoundary"] == BOUNDARY
    assert "PermissionsBoundary" not in deployed(template)["LogsRole"]["Properties"]


def test_the_account_s_setting_keeps_its_promise() -> None:
    promise(read(ACCOUNT_TEMPLATE))


@pytest.mark.parametrize("name", CHANGES)
def test_the_promise_breaks(name: str) -> None:
    with pytest.raises((AssertionError, LookupError)):
        promise(mutate(read(ACCOUNT_TEMPLATE), *CHANGES[name]))


def test_no_deployment_asks_for_more_than_it_needs() -> None:
    """CAPABILITY_NAMED_IAM would let a template take over a role that is there already."""
    configuration = (ROOT / "samconfig.toml").read_text()
    assert configuration.count('capabilities = "CAPABILITY_IAM"') == 3
    assert "NAMED" not in configuration
