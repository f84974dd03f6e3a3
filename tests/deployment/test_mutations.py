"""The checks check something: take one property away, and a promise is broken.

Each mutation is what a careless edit could do to the template: a line lost, a value loosened.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.deployment.promises import PROMISES
from tests.deployment.promises.stacks import Stacks, sources
from tests.deployment.sam import GONE, Template, mutate

FUNCTION = ("template.yaml", "Resources", "PredictFunction", "Properties")
API = ("template.yaml", "Resources", "Api", "Properties")
BODY = (*API, "DefinitionBody")
ROUTE = (*BODY, "paths", "/model", "x-amazon-apigateway-any-method")
POLICY = (*BODY, "x-amazon-apigateway-policy", "Fn::If", 1, "Statement")
ROLE = ("template.yaml", "Resources", "PredictRole", "Properties")
LOG = (*ROLE, "Policies", 0, "PolicyDocument", "Statement", 0)
READ_MODELS = (*ROLE, "Policies", 1, "Fn::If", 1, "PolicyDocument", "Statement")
REFUSALS = (*API, "GatewayResponses")
HOOK = ("template.yaml", "Resources", "PreTrafficHookFunction", "Properties")
HOOK_ROLE = ("template.yaml", "Resources", "PreTrafficHookRole", "Properties")
ALARMS = ("monitoring.yaml", "Resources")

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
    "no quota": (("template.yaml", "Resources", "UsagePlan", "Properties", "Quota"), GONE),
    "a plan without a rate": (("template.yaml", "Resources", "UsagePlan", "Properties", "Throttle"), GONE),
    "a plan of no stage": (("template.yaml", "Resources", "UsagePlan", "Properties", "ApiStages"), []),
    "a key of no plan": (("template.yaml", "Resources", "UsagePlanKey"), GONE),
    "no source policy": ((*BODY, "x-amazon-apigateway-policy"), GONE),
    "a source policy that denies nobody": ((*POLICY, 2, "Condition"), {"IpAddress": {"aws:SourceIp": "0.0.0.0/32"}}),
    "a source policy that lets in every signature": ((*POLICY, 0, "Principal"), "*"),
    "preflights that want a signature": ((*BODY, "paths", "/predict", "options", "security", "Fn::If", 1), [{"sigv4": []}]),
    "preflights that are always open": ((*BODY, "paths", "/predict", "options", "security"), []),
    "preflights from nowhere": ((*POLICY, 1), GONE),
    "no preflights": ((*BODY, "paths", "/model", "options"), GONE),
    "a key that must be there but is not asked for": (("template.yaml", "Conditions", "NeedsApiKey"), {"Fn::Equals": ["a", "b"]}),
    "an authentication that never reaches the stage": ((*API, "AlwaysDeploy"), GONE),
    # permissions
    "all of S3": ((*READ_MODELS, 0, "Action"), "s3:*"),
    "one model of the bucket": ((*READ_MODELS, 0, "Resource"), {"Fn::Sub": "arn:aws:s3:::models/only.json"}),
    "every bucket": ((*READ_MODELS, 0, "Resource"), "*"),
    "writing models": ((*READ_MODELS, 0, "Action"), ["s3:GetObject", "s3:PutObject"]),
    "a model policy without a model": ((*ROLE, "Policies", 1, "Fn::If", 0), "HasKmsKey"),
    "a hook that cannot read the model": ((*HOOK_ROLE, "Policies", 0), GONE),
    "decrypting outside S3": ((*READ_MODELS, 1, "Fn::If", 1, "Condition"), GONE),
    "a role without its boundary": ((*HOOK_ROLE, "PermissionsBoundary"), GONE),
    "CodeDeploy in SAM's own role": ((*FUNCTION, "DeploymentPreference", "Role"), GONE),
    "a role with a name": ((*ROLE, "RoleName"), "predict"),
    "a wildcard in ModelUri": (("template.yaml", "Parameters", "ModelUri", "AllowedPattern"), "^$|^s3://.*$"),
    "every log": ((*LOG, "Resource"), "*"),
    "all of CloudWatch Logs": ((*LOG, "Action"), "logs:*"),
    "an administrator": ((*ROLE, "ManagedPolicyArns"), ["arn:aws:iam::aws:policy/AdministratorAccess"]),
    "a role for all services": (
        (*ROLE, "AssumeRolePolicyDocument", "Statement", 0, "Principal", "Service"), "ec2.amazonaws.com",
    ),
    "a permission for every API": (("template.yaml", "Resources", "ApiMayCallPredict", "Properties", "SourceArn"), GONE),
    "a permission for every stage": (
        ("template.yaml", "Resources", "ApiMayCallPredict", "Properties", "SourceArn"),
        {"Fn::Sub": "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:*"},
    ),
    "a permission past the alias": (
        ("template.yaml", "Resources", "ApiMayCallPredict", "Properties", "FunctionName"), {"Ref": "PredictFunction"},
    ),
    "SAM's own broad role": ((*FUNCTION, "Role"), GONE),
    # the API
    "TLS 1.0": ((*API, "SecurityPolicy"), GONE),
    "an edge-optimised API": ((*API, "EndpointConfiguration"), GONE),
    "a stray stage": (("template.yaml", "Globals", "Api"), GONE),
    "no throttle": ((*API, "MethodSettings", 0, "ThrottlingRateLimit"), GONE),
    "no burst limit": ((*API, "MethodSettings", 0, "ThrottlingBurstLimit"), GONE),
    "an expensive open API": (("template.yaml", "Parameters", "Throttle", "Default"), "50/100"),
    "a throttle of one route": ((*API, "MethodSettings", 0, "ResourcePath"), "/health"),
    "requests in the execution log": ((*API, "MethodSettings", 0, "DataTraceEnabled"), True),
    "execution logs": ((*API, "MethodSettings", 0, "LoggingLevel"), "INFO"),
    "no access log": ((*API, "AccessLogSetting"), GONE),
    "an access log nobody asked for": ((*API, "AccessLogSetting", "Fn::If", 0), "HasAnything"),
    "addresses in the access log": (
        (*API, "AccessLogSetting", "Fn::If", 1, "Format"),
        '{"requestId":"$context.requestId","ip":"$context.identity.sourceIp"}',
    ),
    "one stack's setting for all": (
        ("template.yaml", "Resources", "Account"), {"Type": "AWS::ApiGateway::Account", "Properties": {}},
    ),
    "traces nobody asked for": ((*API, "TracingEnabled"), True),
    "no CORS in refusals": (
        (*REFUSALS, "THROTTLED", "ResponseParameters", "Headers", "Access-Control-Allow-Origin"), GONE,
    ),
    "CORS for everybody": (
        (*REFUSALS, "DEFAULT_4XX", "ResponseParameters", "Headers", "Access-Control-Allow-Origin"), "'*'",
    ),
    "a refusal that is no problem document": (
        (*REFUSALS, "INVALID_API_KEY", "ResponseParameters", "Headers", "Content-Type"), GONE,
    ),
    "a refusal that repeats the request": (
        (*REFUSALS, "DEFAULT_4XX", "ResponseTemplates", "application/json"),
        '{"message":$context.error.messageString}',
    ),
    "every other 4xx a 400": ((*REFUSALS, "DEFAULT_4XX", "StatusCode"), 400),
    "the gateway's own 5xx": ((*REFUSALS, "DEFAULT_5XX"), GONE),
    "no answer for unknown paths": ((*BODY, "paths", "/{proxy+}"), GONE),
    # the function
    "an old runtime": (("template.yaml", "Globals", "Function", "Runtime"), "python3.9"),
    "another architecture": (("template.yaml", "Globals", "Function", "Architectures"), ["x86_64"]),
    "no timeout": ((*FUNCTION, "Timeout"), 900),
    "memory that is never given back": ((*FUNCTION, "Environment", "Variables", "MALLOC_TRIM_THRESHOLD_"), GONE),
    "traces of the function nobody asked for": ((*FUNCTION, "Tracing"), "Active"),
    "environment in Lambda's own key": ((*FUNCTION, "KmsKeyArn"), GONE),
    "a log group of Lambda's own": ((*FUNCTION, "LoggingConfig", "LogGroup"), GONE),
    "metrics filtered away": ((*FUNCTION, "LoggingConfig", "ApplicationLogLevel"), "ERROR"),
    "logs for ever": (("template.yaml", "Resources", "PredictLogGroup", "Properties", "RetentionInDays"), GONE),
    "access logs for ever": (("template.yaml", "Resources", "AccessLogGroup", "Properties", "RetentionInDays"), GONE),
    "logs in CloudWatch's own key": (("template.yaml", "Resources", "PredictLogGroup", "Properties", "KmsKeyId"), GONE),
    "one parameter more": (
        ("template.yaml", "Parameters", "PreviousModelUri"),
        {"Type": "String", "Default": "", "AllowedValues": [""], "Description": "A trap."},
    ),
    "a command for another region": (
        ("template.yaml", "Outputs", "LogsCommand", "Value"), {"Fn::Sub": "aws logs tail ${PredictLogGroup}"},
    ),
    # delivery
    "a new model that never arrives": ((*FUNCTION, "VersionDescription"), GONE),
    "a timeout that never arrives": ((*FUNCTION, "Timeout"), 20),
    "a version for every tag": ((*FUNCTION, "AutoPublishAliasAllProperties"), True),
    "versions that stay": ((*FUNCTION, "VersionDeletionPolicy"), GONE),
    "no alias": ((*FUNCTION, "AutoPublishAlias"), "latest"),
    "no roll-back on alarms": ((*FUNCTION, "DeploymentPreference", "Alarms"), GONE),
    "no hook": ((*FUNCTION, "DeploymentPreference", "Hooks"), GONE),
    "all at once": ((*FUNCTION, "DeploymentPreference", "Type"), "AllAtOnce"),
    "a canary that cannot be switched off": ((*FUNCTION, "DeploymentPreference", "Enabled"), True),
    "a canary by default": (("template.yaml", "Parameters", "CanaryDeployment", "Default"), "true"),
    "alarms by default": (("template.yaml", "Parameters", "Alarms", "Default"), "console"),
    "a canary without its alarms": (
        ("template.yaml", "Conditions", "IsMonitored"), {"Fn::Not": [{"Fn::Equals": [{"Ref": "Alarms"}, "none"]}]},
    ),
    "an alarm that the canary does not find": (("monitoring.yaml", "Outputs", "ModelFallbackAlarm"), GONE),
    "a hook that CodeDeploy may not call": ((*HOOK, "FunctionName"), "hook"),
    "a hook that proves the old version": (
        (*HOOK, "Environment", "Variables", "NEW_VERSION"), {"Ref": "PredictFunction"},
    ),
    # monitoring
    "an alarm that tells nobody": ((*ALARMS, "LatencyAlarm", "Properties", "AlarmActions"), GONE),
    "an alarm that rings at night": ((*ALARMS, "ServerErrorRateAlarm", "Properties", "TreatMissingData"), GONE),
    "an alarm for a metric that nobody emits": (
        (*ALARMS, "ModelFallbackAlarm", "Properties", "MetricName"), "ModelFallbacks",
    ),
    "an alarm for another API": ((*ALARMS, "ServerErrorRateAlarm", "Properties", "Dimensions", 0, "Value"), "other"),
    "a percentile of three requests": (
        (*ALARMS, "LatencyAlarm", "Properties", "EvaluateLowSampleCountPercentile"), GONE,
    ),
    "no alarm for drift": ((*ALARMS, "OutOfRangeAlarm"), GONE),
    "a share of one request": (
        (*ALARMS, "ClientErrorSurgeAlarm", "Properties", "Metrics", 0, "Expression"), "100 * some / all",
    ),
    "drift by another's expectation": (
        (*ALARMS, "UndecidedAlarm", "Properties", "Metrics", 5, "MetricStat", "Metric", "MetricName"), "ExpectedOutOfRange",
    ),
    "drift by rows that nobody counted": (
        (*ALARMS, "ClassMixAlarm", "Properties", "Metrics", 6, "MetricStat", "Metric", "MetricName"), "Requests",
    ),
    "drift over five minutes": ((*ALARMS, "OutOfRangeAlarm", "Properties", "Metrics", 4, "MetricStat", "Period"), 300),
    "a dashboard of nothing": ((*ALARMS, "Dashboard", "Properties", "DashboardBody"), '{"widgets": []}'),
    "one dashboard for all regions": ((*ALARMS, "Dashboard", "Properties", "DashboardName"), {"Ref": "ApiName"}),
    "a console for Europe only": (
        ("monitoring.yaml", "Outputs", "DashboardUrl", "Value", "Fn::Sub", 1, "Host"), "console.aws.amazon.com",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def written() -> Template:
    return sources()


@pytest.mark.parametrize("name", CHANGES)
def test_a_promise_breaks(name: str, written: Template) -> None:
    path, value = CHANGES[name]
    mutant = Stacks(mutate(written, path, value))
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
