"""Where LocalStack's CloudFormation differs from AWS's, mended as far as this project's template needs it.

All concern private classes of the pinned version; each says what CloudFormation does instead.
"""

from __future__ import annotations

import re
import time
from types import SimpleNamespace
from typing import Any

from localstack.services.apigateway.resource_providers.aws_apigateway_stage import ApiGatewayStageProvider
from localstack.services.cloudformation.engine.v2.change_set_model import ChangeSetModel, ChangeType, Nothing
from localstack.services.cloudformation.engine.v2.change_set_model_preproc import ChangeSetModelPreproc
from localstack.services.cloudformation.engine.v2.change_set_model_transform import ChangeSetModelTransform
from localstack.services.cloudformation.engine.validations import ValidationError
from localstack.services.cloudformation.resource_provider import OperationStatus, ProgressEvent
from localstack.services.cloudformation.resource_providers.aws_cloudformation_stack import CloudFormationStackProvider
from localstack.services.cloudwatch.resource_providers.aws_cloudwatch_alarm import CloudWatchAlarmProvider
from localstack.services.lambda_.resource_providers.aws_lambda_version import LambdaVersionProvider
from localstack.services.lambda_.resource_providers.lambda_alias import LambdaAliasProvider

_visit = ChangeSetModel._retrieve_or_visit_resource
_change_of_ref = ChangeSetModel._resolve_intrinsic_function_ref
_change_of_attribute = ChangeSetModel._resolve_intrinsic_function_fn_get_att

_attribute = ChangeSetModelPreproc._resolve_attribute
_change_of_text = ChangeSetModel._resolve_intrinsic_function_fn_sub


def visit_once(model: ChangeSetModel, resource_name: str) -> Any:
    """Circles of references are no error before SAM's transform, which breaks them: a function's canary names alarms,
    whose dimension names the function. LocalStack walks round and round.
    """
    visiting = model.__dict__.setdefault("_visiting", set())
    if resource_name in visiting:
        return SimpleNamespace(change_type=ChangeType.UNCHANGED, requires_replacement=False)
    visiting.add(resource_name)
    try:
        return _visit(model, resource_name)
    finally:
        visiting.remove(resource_name)


def _exists(model: ChangeSetModel, name: Any) -> bool:
    return isinstance(name, str) and name in model._before_template.get("Resources", {})


def change_of_ref(model: ChangeSetModel, arguments: Any) -> ChangeType:
    """A changed resource keeps its name unless it is replaced; LocalStack replaces whatever refers to it as well."""
    change = _change_of_ref(model, arguments)
    name = getattr(arguments, "value", None)
    if change == ChangeType.MODIFIED and _exists(model, name):
        return change if model._retrieve_or_visit_resource(name).requires_replacement else ChangeType.UNCHANGED
    return change


def change_of_attribute(model: ChangeSetModel, arguments: Any) -> ChangeType:
    """A replaced resource has other attributes: a new version another number."""
    name = getattr(arguments.array[0], "value", None)
    if _exists(model, name) and model._retrieve_or_visit_resource(name).requires_replacement:
        return ChangeType.MODIFIED
    return _change_of_attribute(model, arguments)


def change_of_text(model: ChangeSetModel, arguments: Any) -> ChangeType:
    """A text changes with the parameters in it: LocalStack looks at what stands around them."""
    template = arguments.array[0] if hasattr(arguments, "array") else arguments
    for name in re.findall(r"\$\{(\w+)\}", str(getattr(template, "value", ""))):
        parameter = model._retrieve_parameter_if_exists(parameter_name=name)
        if getattr(parameter, "change_type", ChangeType.UNCHANGED) != ChangeType.UNCHANGED:
            return ChangeType.MODIFIED
    return _change_of_text(model, arguments)


def attribute(preprocessor: ChangeSetModelPreproc, arguments: Any, select_before: bool) -> Any:
    """A resource that a condition leaves out has no attributes, before or after. An output under the same condition asks
    for none; LocalStack looks it up all the same, and refuses the change that makes the resource.
    """
    try:
        return _attribute(preprocessor, arguments, select_before)
    except ValidationError as error:
        if "Unresolved resource dependencies" not in str(error):
            raise
        return Nothing


def update_alias(provider: LambdaAliasProvider, request: Any) -> ProgressEvent:
    """An alias can be pointed to another version. LocalStack says so, and leaves it where it is."""
    wanted = request.desired_state
    place = {"FunctionName": wanted["FunctionName"], "Name": wanted["Name"]}
    request.aws_client_factory.lambda_.update_alias(**place, FunctionVersion=wanted["FunctionVersion"])
    return ProgressEvent(status=OperationStatus.SUCCESS, resource_model={**request.previous_state, **wanted})


def update_stage(provider: ApiGatewayStageProvider, request: Any) -> ProgressEvent:
    """A stage can be given another deployment. LocalStack leaves it with the old one, which is then deleted."""
    wanted = request.desired_state
    change = {"op": "replace", "path": "/deploymentId", "value": wanted["DeploymentId"]}
    place = {"restApiId": wanted["RestApiId"], "stageName": wanted["StageName"]}
    request.aws_client_factory.apigateway.update_stage(**place, patchOperations=[change])
    return ProgressEvent(status=OperationStatus.SUCCESS, resource_model={**request.previous_state, **wanted})


def update_nested_stack(provider: CloudFormationStackProvider, request: Any) -> ProgressEvent:
    """A nested stack gets its template and parameters anew. LocalStack leaves it as it is."""
    wanted = {**request.previous_state, **request.desired_state, "Id": request.previous_state["Id"]}
    parameters = [{"ParameterKey": name, "ParameterValue": str(value)} for name, value in wanted["Parameters"].items()]
    cloudformation, stack = request.aws_client_factory.cloudformation, {"StackName": wanted["Id"]}
    cloudformation.update_stack(**stack, TemplateURL=wanted["TemplateURL"], Parameters=parameters)
    while True:
        [described] = cloudformation.describe_stacks(**stack)["Stacks"]
        if not described["StackStatus"].endswith("IN_PROGRESS"):
            break
        time.sleep(0.2)
    is_done = described["StackStatus"] == "UPDATE_COMPLETE"
    wanted["Outputs"] = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    return ProgressEvent(
        status=OperationStatus.SUCCESS if is_done else OperationStatus.FAILED,
        resource_model=wanted,
        message=described["StackStatus"],
    )


def update_alarm(provider: CloudWatchAlarmProvider, request: Any) -> ProgressEvent:
    """An alarm can be put anew under its name. LocalStack leaves it as it is."""
    request.desired_state["AlarmName"] = request.previous_state["AlarmName"]
    return provider.create(request)


def apply() -> None:
    """Mend them all."""
    ChangeSetModel._retrieve_or_visit_resource = visit_once
    ChangeSetModel._resolve_intrinsic_function_ref = change_of_ref
    ChangeSetModel._resolve_intrinsic_function_fn_get_att = change_of_attribute
    ChangeSetModel._resolve_intrinsic_function_fn_sub = change_of_text
    ChangeSetModelPreproc._resolve_attribute = attribute
    # AWS's own schema of a version also names its description (cfn-lint ships a copy).
    LambdaVersionProvider.SCHEMA["createOnlyProperties"].append("/properties/Description")
    LambdaAliasProvider.update = update_alias
    ApiGatewayStageProvider.update = update_stage
    CloudFormationStackProvider.update = update_nested_stack
    CloudWatchAlarmProvider.update = update_alarm
    # LocalStack resolves every reference before SAM's transform, and stumbles over `!Ref PredictFunction.Alias`, which
    # only SAM can resolve. That pass serves Fn::Transform inside resources, of which this template has none.
    ChangeSetModelTransform._execute_local_transforms = lambda self: None
