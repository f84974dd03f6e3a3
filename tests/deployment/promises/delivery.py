"""How a new version goes live, and what stays of an old one."""

from __future__ import annotations

import json
from unittest import mock

from tests.deployment.promises.stacks import KEY, MODEL_URI, Stacks, statements
from tests.deployment.sam import Template, mutate, of_type

CANARY_ALARMS = {"FunctionErrorsAlarm", "ServerErrorRateAlarm", "ModelUnavailableAlarm", "ModelFallbackAlarm"}


def canary_goes_back_on_alarms_and_asks_the_hook_first(stacks: Stacks) -> None:
    """The alarms are outputs of the nested stack, which the canary brings even where nobody asked for alarms."""
    [group] = of_type(stacks.canary, "AWS::CodeDeploy::DeploymentGroup").values()
    assert group["DeploymentConfigName"] == "LambdaCanary10Percent5Minutes"
    assert group["AutoRollbackConfiguration"]["Enabled"] is True
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
    names = {alarm["Name"]["Fn::GetAtt"][1].split(".")[1] for alarm in group["AlarmConfiguration"]["Alarms"]}
    assert names == CANARY_ALARMS
    outputs = stacks.outputs_of_monitoring
    alarms = of_type(stacks.monitoring(stacks.canary), "AWS::CloudWatch::Alarm")
    assert {name: outputs[name]["Value"] for name in names} == {name: {"Ref": name} for name in names}
    errors = {item["Name"]: item["Value"] for item in alarms["FunctionErrorsAlarm"]["Dimensions"]}
    assert errors["Resource"] == "<PredictFunction>:live"
    update = stacks.canary["PredictFunctionAliaslive"]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    assert update["BeforeAllowTrafficHook"] == {"Ref": "PreTrafficHookFunction"}


def hook_may_be_called_and_prove_the_new_version(stacks: Stacks) -> None:
    hook = stacks.full["PreTrafficHookFunction"]["Properties"]
    assert hook["FunctionName"].startswith("CodeDeployHook_"), "the only prefix that CodeDeploy's role may call"
    assert hook["Handler"] == "lambda_app.pre_traffic_hook.handler"
    [version] = of_type(stacks.full, "AWS::Lambda::Version")
    assert hook["Environment"]["Variables"] == {"NEW_VERSION": {"Ref": version}, "MODEL_URI": MODEL_URI}
    granted = {s["Sid"]: s for name, s in statements(stacks.full) if name == "PreTrafficHookRole"}
    assert granted["CallTheNewVersion"]["Resource"] == {"Ref": version}
    assert granted["CallTheNewVersion"]["Action"] == "lambda:InvokeFunction"
    assert granted["ReportToCodeDeploy"]["Action"] == "codedeploy:PutLifecycleEventHookExecutionStatus"
    assert hook["Role"] == {"Fn::GetAtt": ["PreTrafficHookRole", "Arn"]}, "with the role, its permissions are there"
    [group] = of_type(stacks.full, "AWS::CodeDeploy::DeploymentGroup").values()
    assert group["ServiceRoleArn"] == {"Fn::GetAtt": ["CodeDeployRole", "Arn"]}, "SAM's own would have no boundary"


def default_is_nine_resources_that_cost_nothing_while_idle(stacks: Stacks) -> None:
    assert len(stacks.plain) == 9
    assert {resource["Type"] for resource in stacks.plain.values()} == {
        "AWS::Lambda::Function", "AWS::Lambda::Version", "AWS::Lambda::Alias", "AWS::Lambda::Permission", "AWS::IAM::Role",
        "AWS::Logs::LogGroup", "AWS::ApiGateway::RestApi", "AWS::ApiGateway::Deployment", "AWS::ApiGateway::Stage",
    }  # fmt: skip
    assert "codedeploy" not in json.dumps(stacks.plain).lower()
    assert "UpdatePolicy" not in stacks.plain["PredictFunctionAliaslive"]


def old_versions_go(stacks: Stacks) -> None:
    """Else they stay for ever, and one that a canary refused stands in the way of its next try."""
    [version] = [resource for resource in stacks.full.values() if resource["Type"] == "AWS::Lambda::Version"]
    assert version["DeletionPolicy"] == "Delete"
    assert version.get("UpdateReplacePolicy", "Delete") == "Delete"


def _version(resources: Template) -> tuple[str, str]:
    """What CloudFormation looks at: a version with another logical id or another description is a new one."""
    [(name, properties)] = of_type(resources, "AWS::Lambda::Version").items()
    return name, properties.get("Description", "")


def parameters_reach_a_new_version(stacks: Stacks) -> None:
    """CloudFormation replaces a version whose description changes; SAM's own hash does not see parameters."""
    longest = {
        "ModelUri": "s3://" + "m" * 66 + "a" * 64 + ".json", "CorsOrigin": "https://" + "o" * 48, "MemorySize": "10240",
        "KmsKeyArn": KEY,
    }  # fmt: skip
    limits = {name: stacks.template["Parameters"][name].get("MaxLength", 10_000) for name in longest}
    assert len(longest["ModelUri"]) == limits["ModelUri"]
    assert len(longest["CorsOrigin"]) == limits["CorsOrigin"]
    assert len(_version(stacks.deployed(**longest))[1]) <= 256
    for name, value in longest.items():
        assert _version(stacks.deployed(**{name: value})) != _version(stacks.plain), name


def what_is_written_here_reaches_a_new_version(stacks: Stacks) -> None:
    """SAM's own hash sees the code and the environment; the description says the rest, word for word."""
    function = stacks.plain["PredictFunction"]["Properties"]
    words = _version(stacks.plain)[1].split()
    assert words[:3] == [
        function["Runtime"].removeprefix("python"),
        *function["Architectures"],
        f"{function['Timeout']}s",
    ]


def what_versions_do_not_hold_makes_none(stacks: Stacks) -> None:
    """Lambda refuses a version that equals the one before it, and the whole update fails."""
    properties = ("Resources", "PredictFunction", "Properties")
    for name, value in {"Tags": {"team": "ours"}, "ReservedConcurrentExecutions": 5}.items():
        changed = mutate(stacks.template, (*properties, name), value)
        assert _version(Stacks.of(changed).plain) == _version(stacks.plain), name


def parameters_reach_the_stage(stacks: Stacks) -> None:
    """SAM makes a new deployment when its own text changes, and a parameter is no part of that."""

    def deployment(now: int) -> set[str]:
        with mock.patch("samtranslator.model.apigateway.time.time", return_value=now):
            return set(of_type(stacks.deployed(), "AWS::ApiGateway::Deployment"))

    assert deployment(1) != deployment(2)


def every_parameter_explains_and_limits_itself(stacks: Stacks) -> None:
    assert len(stacks.template["Parameters"]) <= 12
    for name, parameter in stacks.template["Parameters"].items():
        assert {"Type", "Default", "Description"} <= set(parameter), name
        assert {"AllowedValues", "AllowedPattern", "MinValue"} & set(parameter), name
        if "AllowedPattern" in parameter:
            assert "ConstraintDescription" in parameter, f"{name}: nobody reads a regular expression"


def outputs_name_their_region(stacks: Stacks) -> None:
    """A command that is copied must not run against another region."""
    commands = [o["Value"]["Fn::Sub"] for name, o in stacks.template["Outputs"].items() if name.endswith("Command")]
    assert len(commands) == 2
    assert all("--region ${AWS::Region}" in command for command in commands)
