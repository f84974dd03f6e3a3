"""How a new version goes live, and what outlives a stack."""

from __future__ import annotations

import json
from unittest import mock

from tests.deployment.promises.stacks import KEY, MODEL_URI, Stacks, listed, statements
from tests.deployment.sam import of_type


def canary_goes_back_on_alarms_and_asks_the_hook_first(stacks: Stacks) -> None:
    [group] = of_type(stacks.plain, "AWS::CodeDeploy::DeploymentGroup").values()
    assert group["DeploymentConfigName"] == "LambdaCanary10Percent5Minutes"
    assert group["AutoRollbackConfiguration"]["Enabled"] is True
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
    names = {alarm["Name"]["Ref"] for alarm in group["AlarmConfiguration"]["Alarms"]}
    assert names == {"FunctionErrorsAlarm", "ServerErrorRateAlarm", "ModelUnavailableAlarm", "ModelFallbackAlarm"}
    errors = {item["Name"]: item["Value"] for item in stacks.plain["FunctionErrorsAlarm"]["Properties"]["Dimensions"]}
    assert errors["Resource"] == "${PredictFunction}:live"
    update = stacks.plain["PredictFunctionAliaslive"]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    assert update["BeforeAllowTrafficHook"] == {"Ref": "PreTrafficHookFunction"}


def hook_may_be_called_and_prove_the_new_version(stacks: Stacks) -> None:
    hook = stacks.full["PreTrafficHookFunction"]["Properties"]
    assert hook["FunctionName"].startswith("CodeDeployHook_"), "the only prefix that CodeDeploy's role may call"
    assert hook["Handler"] == "lambda_app.pre_traffic_hook.handler"
    [version] = of_type(stacks.full, "AWS::Lambda::Version")
    assert hook["Environment"]["Variables"] == {"NEW_VERSION": {"Ref": version}, "MODEL_URI": MODEL_URI}
    granted = {s["Sid"]: s for name, s in statements(stacks.full) if name == "ProveTheNewVersionPolicy"}
    assert granted["CallTheNewVersion"]["Resource"] == {"Ref": version}
    assert granted["CallTheNewVersion"]["Action"] == "lambda:InvokeFunction"
    assert granted["ReportToCodeDeploy"]["Action"] == "codedeploy:PutLifecycleEventHookExecutionStatus"
    assert listed(stacks.full["PreTrafficHookFunction"]["DependsOn"]) == ["ProveTheNewVersionPolicy"]


def without_canary_there_is_no_codedeploy(stacks: Stacks) -> None:
    assert not any("CodeDeploy" in resource["Type"] for resource in stacks.direct.values())
    assert "codedeploy" not in json.dumps(stacks.direct).lower()
    assert "UpdatePolicy" not in stacks.direct["PredictFunctionAliaslive"]
    assert len(of_type(stacks.direct, "AWS::Lambda::Function")) == 1


def parameters_reach_a_new_version(stacks: Stacks) -> None:
    """CloudFormation replaces a version whose description changes; SAM's own hash does not see parameters."""

    def version(**parameters: str) -> tuple[str, str]:
        [(name, properties)] = of_type(stacks.deployed(**parameters), "AWS::Lambda::Version").items()
        return name, properties.get("Description", "")

    longest = {
        "ModelUri": "s3://" + "m" * 66 + "a" * 64 + ".json", "CorsOrigin": "https://" + "o" * 52, "LogLevel": "WARNING",
        "MemorySize": "10240", "KmsKeyArn": KEY,
    }  # fmt: skip
    limits = {name: stacks.template["Parameters"][name].get("MaxLength", 10_000) for name in longest}
    assert len(longest["ModelUri"]) == limits["ModelUri"]
    assert len(longest["CorsOrigin"]) == limits["CorsOrigin"]
    assert len(version(**longest)[1]) <= 256
    for name, value in longest.items():
        assert version(**{name: value}) != version(), name


def parameters_reach_the_stage(stacks: Stacks) -> None:
    """SAM makes a new deployment when its own text changes, and a parameter is no part of that."""

    def deployment(now: int) -> set[str]:
        with mock.patch("samtranslator.model.apigateway.time.time", return_value=now):
            return set(of_type(stacks.deployed(), "AWS::ApiGateway::Deployment"))

    assert deployment(1) != deployment(2)


def account_setting_outlives_the_stack(stacks: Stacks) -> None:
    for name in ("ApiGatewayAccount", "ApiGatewayLogsRole"):
        assert stacks.plain[name]["DeletionPolicy"] == stacks.plain[name]["UpdateReplacePolicy"] == "Retain"
    assert stacks.plain["Api"]["DependsOn"] == "ApiGatewayAccount"
    assert not of_type(stacks.deployed(ApiGatewayLogRole="keep"), "AWS::ApiGateway::Account")


def every_parameter_explains_and_limits_itself(stacks: Stacks) -> None:
    grouped = [
        name
        for group in stacks.template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
        for name in group["Parameters"]
    ]
    assert sorted(grouped) == sorted(stacks.template["Parameters"])
    for name, parameter in stacks.template["Parameters"].items():
        assert {"Type", "Default", "Description"} <= set(parameter), name
        assert {"AllowedValues", "AllowedPattern", "MinValue"} & set(parameter), name
