"""The checks check something: take one property away, and a promise is broken.

Each mutation is what a careless edit could do to the template: a line lost, a value loosened.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.deployment.promises import PROMISES
from tests.deployment.promises.stacks import Stacks
from tests.deployment.sam import GONE, Template, mutate, read

FUNCTION = ("Resources", "PredictFunction", "Properties")
API = ("Resources", "Api", "Properties")
BODY = (*API, "DefinitionBody")
ROUTE = (*BODY, "paths", "/model", "x-amazon-apigateway-any-method")
READ_MODEL = ("Resources", "ReadModelPolicy", "Properties", "PolicyDocument", "Statement", 0)
POLICY = (*BODY, "x-amazon-apigateway-policy", "Fn::If", 1, "Statement")
LOG = ("Resources", "PredictRole", "Properties", "Policies", 0, "PolicyDocument", "Statement", 0)

CHANGES: dict[str, tuple[tuple[str | int, ...], Any]] = {
    # who may call
    "a route without security": ((*ROUTE, "security"), GONE),
    "a route that is always open": ((*ROUTE, "security"), []),
    "a route that forgets IAM": ((*ROUTE, "security"), {"Fn::If": ["NeedsApiKey", [{"api_key": []}], []]}),
    "a route that forgets the key": ((*ROUTE, "security"), {"Fn::If": ["NeedsSignature", [{"sigv4": []}], []]}),
    "IAM in name only": (
        (*BODY, "components", "securitySchemes", "sigv4", "x-amazon-apigateway-authtype"), GONE,
    ),
    "an API key in another header": ((*BODY, "components", "securitySchemes", "api_key", "name"), "x-key"),
    "no quota": (("Resources", "UsagePlan", "Properties", "Quota"), GONE),
    "a plan without a rate": (("Resources", "UsagePlan", "Properties", "Throttle"), GONE),
    "a plan of no stage": (("Resources", "UsagePlan", "Properties", "ApiStages"), []),
    "a key of no plan": (("Resources", "UsagePlanKey"), GONE),
    "no source policy": ((*BODY, "x-amazon-apigateway-policy"), GONE),
    "a source policy that denies nobody": ((*POLICY, 1, "Condition"), {"IpAddress": {"aws:SourceIp": "0.0.0.0/32"}}),
    "a source policy that lets in every signature": ((*POLICY, 0, "Principal"), "*"),
    "a key that must be there but is not asked for": (("Conditions", "NeedsApiKey"), {"Fn::Equals": ["a", "b"]}),
    "an authentication that never reaches the stage": ((*API, "AlwaysDeploy"), GONE),
    # permissions
    "all of S3": ((*READ_MODEL, "Action"), "s3:*"),
    "all of the bucket": ((*READ_MODEL, "Resource"), "arn:aws:s3:::models/*"),
    "every bucket": ((*READ_MODEL, "Resource"), "*"),
    "writing models": ((*READ_MODEL, "Action"), ["s3:GetObject", "s3:PutObject"]),
    "a model policy without a model": (("Resources", "ReadModelPolicy", "Condition"), GONE),
    "decrypting outside S3": (
        ("Resources", "ReadModelPolicy", "Properties", "PolicyDocument", "Statement", 1, "Fn::If", 1, "Condition"), GONE,
    ),
    "a wildcard in ModelUri": (("Parameters", "ModelUri", "AllowedPattern"), "^$|^s3://.*$"),
    "every log": ((*LOG, "Resource"), "*"),
    "all of CloudWatch Logs": ((*LOG, "Action"), "logs:*"),
    "an administrator": (
        ("Resources", "PredictRole", "Properties", "ManagedPolicyArns"), ["arn:aws:iam::aws:policy/AdministratorAccess"],
    ),
    "a role for all services": (
        (
            "Resources", "PredictRole", "Properties", "AssumeRolePolicyDocument", "Statement", 0, "Principal", "Service",
        ),
        "ec2.amazonaws.com",
    ),
    "a permission for every API": (("Resources", "ApiMayCallPredict", "Properties", "SourceArn"), GONE),
    "a permission for every stage": (
        ("Resources", "ApiMayCallPredict", "Properties", "SourceArn"),
        {"Fn::Sub": "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:*"},
    ),
    "a permission past the alias": (
        ("Resources", "ApiMayCallPredict", "Properties", "FunctionName"), {"Ref": "PredictFunction"},
    ),
    "SAM's own broad role": ((*FUNCTION, "Role"), GONE),
    # the API
    "TLS 1.0": ((*API, "SecurityPolicy"), GONE),
    "an edge-optimised API": ((*API, "EndpointConfiguration"), GONE),
    "a stray stage": (("Globals",), GONE),
    "no throttle": ((*API, "MethodSettings", 0, "ThrottlingRateLimit"), GONE),
    "no burst limit": ((*API, "MethodSettings", 0, "ThrottlingBurstLimit"), GONE),
    "a throttle of one route": ((*API, "MethodSettings", 0, "ResourcePath"), "/health"),
    "requests in the execution log": ((*API, "MethodSettings", 0, "DataTraceEnabled"), True),
    "execution logs": ((*API, "MethodSettings", 0, "LoggingLevel"), "INFO"),
    "no access log": ((*API, "AccessLogSetting"), GONE),
    "addresses in the access log": (
        (*API, "AccessLogSetting", "Format"), '{"requestId":"$context.requestId","ip":"$context.identity.sourceIp"}',
    ),
    "no trace of the API": ((*API, "TracingEnabled"), GONE),
    "no CORS in refusals": (
        (*API, "GatewayResponses", "THROTTLED", "ResponseParameters", "Headers", "Access-Control-Allow-Origin"), GONE,
    ),
    "CORS for everybody": (
        (*API, "GatewayResponses", "DEFAULT_4XX", "ResponseParameters", "Headers", "Access-Control-Allow-Origin"), "'*'",
    ),
    "a refusal that is no problem document": (
        (*API, "GatewayResponses", "INVALID_API_KEY", "ResponseParameters", "Headers", "Content-Type"), GONE,
    ),
    "a refusal that repeats the request": (
        (*API, "GatewayResponses", "DEFAULT_4XX", "ResponseTemplates", "application/json"),
        '{"message":$context.error.messageString}',
    ),
    "the gateway's own 5xx": ((*API, "GatewayResponses", "DEFAULT_5XX"), GONE),
    "no answer for unknown paths": ((*BODY, "paths", "/{proxy+}"), GONE),
    # the function
    "an old runtime": ((*FUNCTION, "Runtime"), "python3.9"),
    "another architecture": ((*FUNCTION, "Architectures"), ["x86_64"]),
    "no timeout": ((*FUNCTION, "Timeout"), 900),
    "no trace of the function": ((*FUNCTION, "Tracing"), GONE),
    "environment in Lambda's own key": ((*FUNCTION, "KmsKeyArn"), GONE),
    "no reserve": ((*FUNCTION, "ReservedConcurrentExecutions"), GONE),
    "a log group of Lambda's own": ((*FUNCTION, "LoggingConfig", "LogGroup"), GONE),
    "metrics filtered away": ((*FUNCTION, "LoggingConfig", "ApplicationLogLevel"), "ERROR"),
    "logs for ever": (("Resources", "PredictLogGroup", "Properties", "RetentionInDays"), GONE),
    "access logs for ever": (("Resources", "AccessLogGroup", "Properties", "RetentionInDays"), GONE),
    "logs in CloudWatch's own key": (("Resources", "PredictLogGroup", "Properties", "KmsKeyId"), GONE),
    "a version that starts before its permission": (("Resources", "PredictFunction", "DependsOn"), GONE),
    # delivery
    "a new model that never arrives": ((*FUNCTION, "VersionDescription"), GONE),
    "no alias": ((*FUNCTION, "AutoPublishAlias"), "latest"),
    "no roll-back on alarms": ((*FUNCTION, "DeploymentPreference", "Alarms"), GONE),
    "no hook": ((*FUNCTION, "DeploymentPreference", "Hooks"), GONE),
    "all at once": ((*FUNCTION, "DeploymentPreference", "Type"), "AllAtOnce"),
    "a canary that cannot be switched off": ((*FUNCTION, "DeploymentPreference", "Enabled"), True),
    "a hook that CodeDeploy may not call": (("Resources", "PreTrafficHookFunction", "Properties", "FunctionName"), "hook"),
    "a hook that proves the old version": (
        ("Resources", "PreTrafficHookFunction", "Properties", "Environment", "Variables", "NEW_VERSION"),
        {"Ref": "PredictFunction"},
    ),
    "other APIs' logs lost with the stack": (("Resources", "ApiGatewayLogsRole", "DeletionPolicy"), GONE),
    # monitoring
    "an alarm that tells nobody": (("Resources", "LatencyAlarm", "Properties", "AlarmActions"), GONE),
    "an alarm that rings at night": (("Resources", "ThrottlesAlarm", "Properties", "TreatMissingData"), GONE),
    "an alarm for a metric that nobody emits": (
        ("Resources", "ModelFallbackAlarm", "Properties", "MetricName"), "ModelFallbacks",
    ),
    "an alarm for another API": (("Resources", "ServerErrorRateAlarm", "Properties", "Dimensions", 0, "Value"), "other"),
    "no alarm for drift": (("Resources", "OutOfRangeAlarm"), GONE),
    "no alarm for the class mix": (("Resources", "ClassMixAlarm"), GONE),
    "a share of one request": (("Resources", "UndecidedAlarm", "Properties", "Metrics", 0, "Expression"), "100 * some / all"),
    "a dashboard of nothing": (("Resources", "Dashboard", "Properties", "DashboardBody"), '{"widgets": []}'),
}  # fmt: skip


@pytest.fixture(scope="module")
def template() -> Template:
    return read()


@pytest.mark.parametrize("name", CHANGES)
def test_a_promise_breaks(name: str, template: Template) -> None:
    path, value = CHANGES[name]
    mutant = Stacks(mutate(template, path, value))
    assert any(breaks(promise, mutant) for promise in PROMISES), "no check noticed"


def breaks(promise: Callable[[Stacks], None], stacks: Stacks) -> bool:
    """True if the promise is broken, or if what it speaks of is not there any more."""
    try:
        promise(stacks)
    except (AssertionError, LookupError, ValueError):
        return True
    return False


def test_there_are_enough() -> None:
    assert len(CHANGES) >= 30
