"""What the template promises, each promise a function that raises AssertionError where it is broken.

test_template.py holds them against the template, test_mutations.py against templates with one property taken away.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from unittest import mock

from lambda_app import telemetry
from tests.deployment.sam import Template, deployed, of_type

MODEL_URI = "s3://models/prod/" + "a" * 64 + ".json"
PREVIOUS_URI = "s3://models/prod/" + "b" * 64 + ".json"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:alarms"
ROUTES = {"/predict", "/health", "/model", "/openapi.json", "/", "/{proxy+}"}

# What the function emits, and what AWS documents for the two services in front of it.
OUR_METRICS = {
    value
    for name, value in vars(telemetry).items()
    if name.isupper() and isinstance(value, str) and name != "NAMESPACE"
} - {telemetry.PREDICTED_CLASS} | {f"{telemetry.PREDICTED_CLASS}{label}" for label in (0, 1)}
METRICS = {
    telemetry.NAMESPACE: OUR_METRICS,
    "AWS/ApiGateway": {"Count", "4XXError", "5XXError", "Latency", "IntegrationLatency"},
    "AWS/Lambda": {"Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions"},
}
WATCHED = {  # issue: what must wake a person
    "5XXError", "4XXError", "Latency", "Throttles", "Errors", "ConcurrentExecutions",
    telemetry.MODEL_UNAVAILABLE, telemetry.MODEL_FALLBACK, telemetry.OUT_OF_RANGE, telemetry.UNDECIDED,
    telemetry.PREDICTED_CLASS + "1",
}  # fmt: skip
LOGGED = {
    "requestId", "requestTime", "httpMethod", "resourcePath", "status", "error.responseType", "responseLatency",
    "integrationLatency", "integration.status", "responseLength", "identity.apiKeyId", "xrayTraceId",
}  # fmt: skip
REFUSALS = {
    "DEFAULT_4XX": 400, "DEFAULT_5XX": 500, "ACCESS_DENIED": 403, "INVALID_API_KEY": 403,
    "MISSING_AUTHENTICATION_TOKEN": 403, "INVALID_SIGNATURE": 403, "EXPIRED_TOKEN": 403, "WAF_FILTERED": 403,
    "RESOURCE_NOT_FOUND": 404, "REQUEST_TOO_LARGE": 413, "THROTTLED": 429, "QUOTA_EXCEEDED": 429,
    "INTEGRATION_FAILURE": 502, "INTEGRATION_TIMEOUT": 504,
}  # fmt: skip


class Stacks:
    """A template deployed in the ways that matter, each worked out when first asked for."""

    def __init__(self, template: Template) -> None:
        self.template = template

    def deployed(self, **parameters: str) -> Template:
        return deployed(self.template, **parameters)

    @cached_property
    def plain(self) -> Template:
        """As `sam deploy --guided` deploys it when every question is answered with Enter."""
        return self.deployed()

    @cached_property
    def api_key(self) -> Template:
        return self.deployed(AuthMode="api-key")

    @cached_property
    def iam(self) -> Template:
        return self.deployed(AuthMode="iam", AllowedSourceCidrs="192.0.2.0/24,198.51.100.0/24")

    @cached_property
    def full(self) -> Template:
        """Everything that can be switched on."""
        return self.deployed(
            ModelUri=MODEL_URI, PreviousModelUri=PREVIOUS_URI, KmsKeyArn=KEY, AlarmTopicArn=TOPIC, LogRetentionDays="90",
            CorsOrigin="https://example.org", ReservedConcurrency="5", AllowedSourceCidrs="192.0.2.0/24",
        )  # fmt: skip

    @cached_property
    def direct(self) -> Template:
        return self.deployed(CanaryDeployment="false")


def body(resources: Template) -> Template:
    return resources["Api"]["Properties"]["Body"]


def operations(resources: Template) -> dict[str, Template]:
    """Each `METHOD path` of the API and its definition, as API Gateway gets it."""
    return {
        f"{method} {path}": operation
        for path, methods in body(resources)["paths"].items()
        for method, operation in methods.items()
    }


def routes_are_these_six_for_any_method(stacks: Stacks) -> None:
    assert set(operations(stacks.plain)) == {f"x-amazon-apigateway-any-method {path}" for path in ROUTES}


def default_is_open(stacks: Stacks) -> None:
    assert all(operation["security"] == [] for operation in operations(stacks.plain).values())


def api_key_mode_guards_every_route(stacks: Stacks) -> None:
    assert operations(stacks.api_key)
    assert all(operation.get("security") == [{"api_key": []}] for operation in operations(stacks.api_key).values())
    scheme = body(stacks.api_key)["components"]["securitySchemes"]["api_key"]
    assert scheme == {"type": "apiKey", "name": "x-api-key", "in": "header"}


def iam_mode_guards_every_route(stacks: Stacks) -> None:
    assert operations(stacks.iam)
    assert all(operation.get("security") == [{"sigv4": []}] for operation in operations(stacks.iam).values())
    scheme = body(stacks.iam)["components"]["securitySchemes"]["sigv4"]
    assert scheme["x-amazon-apigateway-authtype"] == "awsSigv4"
    assert (scheme["type"], scheme["name"], scheme["in"]) == ("apiKey", "Authorization", "header")


def api_key_has_a_plan_with_rate_and_quota(stacks: Stacks) -> None:
    [plan] = of_type(stacks.api_key, "AWS::ApiGateway::UsagePlan").values()
    [stage] = plan["ApiStages"]
    assert stage == {"ApiId": {"Ref": "Api"}, "Stage": {"Ref": "ApiStage"}}
    assert plan["Throttle"] == {"RateLimit": 50, "BurstLimit": 100}
    assert plan["Quota"] == {"Limit": 100000, "Period": "DAY"}
    [key] = of_type(stacks.api_key, "AWS::ApiGateway::ApiKey").values()
    assert key["Enabled"] is True
    [link] = of_type(stacks.api_key, "AWS::ApiGateway::UsagePlanKey").values()
    assert link == {"KeyId": {"Ref": "ApiKey"}, "KeyType": "API_KEY", "UsagePlanId": {"Ref": "UsagePlan"}}
    assert not of_type(stacks.plain, "AWS::ApiGateway::ApiKey")


def source_cidrs_shut_others_out(stacks: Stacks) -> None:
    assert "x-amazon-apigateway-policy" not in body(stacks.plain)
    allow, deny = body(stacks.iam)["x-amazon-apigateway-policy"]["Statement"]
    assert (allow["Effect"], deny["Effect"]) == ("Allow", "Deny")
    assert deny["Principal"] == "*"
    assert deny["Condition"] == {"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "198.51.100.0/24"]}}
    assert allow["Action"] == deny["Action"] == "execute-api:Invoke"
    assert allow["Resource"] == deny["Resource"] == "execute-api:/Prod/*"
    assert allow["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}, "* would let in whoever can sign"
    assert body(stacks.full)["x-amazon-apigateway-policy"]["Statement"][0]["Principal"] == "*"


def requests_go_to_the_alias_with_no_caller_credentials(stacks: Stacks) -> None:
    for operation in operations(stacks.plain).values():
        integration = operation["x-amazon-apigateway-integration"]
        assert (integration["type"], integration["httpMethod"]) == ("aws_proxy", "POST")
        assert integration["uri"].endswith("/functions/${PredictFunction.Arn}:live/invocations")
        assert "credentials" not in integration
    assert stacks.plain["PredictFunctionAliaslive"]["Properties"]["Name"] == "live"


def only_this_api_and_stage_may_call_the_function(stacks: Stacks) -> None:
    permissions = of_type(stacks.full, "AWS::Lambda::Permission")
    assert permissions
    for permission in permissions.values():
        assert permission["Principal"] == "apigateway.amazonaws.com"
        assert permission["Action"] == "lambda:InvokeFunction"
        assert permission["FunctionName"] == {"Ref": "PredictFunctionAliaslive"}
        source = permission["SourceArn"].replace("${Api}", "api")
        assert source == "arn:aws:execute-api:eu-central-1:123456789012:api/Prod/*"


def statements(resources: Template) -> Iterator[tuple[str, Template]]:
    """Every IAM statement that grants something to a role, with the resource it stands in."""
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
        if resource["Type"] in ("AWS::IAM::Policy", "AWS::IAM::RolePolicy"):
            documents.append(properties["PolicyDocument"])
        for document in documents:
            yield from ((name, statement) for statement in document["Statement"])


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


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


def function_is_small_current_and_traced(stacks: Stacks) -> None:
    for properties in of_type(stacks.full, "AWS::Lambda::Function").values():
        assert properties["Runtime"] == "python3.13"
        assert properties["Architectures"] == ["arm64"]
        assert properties["TracingConfig"] == {"Mode": "Active"}
        assert properties["LoggingConfig"]["LogGroup"]["Ref"].endswith("LogGroup")
        assert properties["LoggingConfig"]["LogFormat"] == "JSON"
        assert properties["KmsKeyArn"] == KEY
    function = stacks.plain["PredictFunction"]["Properties"]
    assert function["Handler"] == "lambda_app.lambda_function.lambda_handler"
    assert function["MemorySize"] == 128
    assert 5 <= function["Timeout"] <= 29, "API Gateway gives up after 29 s"
    assert function["Environment"]["Variables"] == {"MODEL_URI": "", "CORS_ORIGIN": "", "LOG_LEVEL": "INFO"}
    assert function["LoggingConfig"]["ApplicationLogLevel"] == "INFO", "anything higher swallows the metrics"
    assert "ReservedConcurrentExecutions" not in function
    assert stacks.full["PredictFunction"]["Properties"]["ReservedConcurrentExecutions"] == "5"


def logs_are_forgotten_in_time_and_encrypted(stacks: Stacks) -> None:
    groups = of_type(stacks.full, "AWS::Logs::LogGroup")
    assert len(groups) == 3
    for name, group in groups.items():
        assert group["RetentionInDays"] == "90"
        assert group["KmsKeyId"] == KEY
        assert stacks.full[name]["DeletionPolicy"] == "Delete"


def access_log_tells_nothing_of_the_caller(stacks: Stacks) -> None:
    [stage] = of_type(stacks.plain, "AWS::ApiGateway::Stage").values()
    setting = stage["AccessLogSetting"]
    assert setting["DestinationArn"] == {"Fn::GetAtt": ["AccessLogGroup", "Arn"]}
    line = json.loads(setting["Format"])
    assert {value.removeprefix("$context.") for value in line.values()} == LOGGED
    [settings] = stage["MethodSettings"]
    assert (settings["LoggingLevel"], settings["DataTraceEnabled"]) == ("OFF", False)


def one_throttled_traced_stage(stacks: Stacks) -> None:
    [stage] = of_type(stacks.plain, "AWS::ApiGateway::Stage").values()
    assert stage["StageName"] == "Prod"
    assert stage["TracingEnabled"] is True
    [settings] = stage["MethodSettings"]
    assert (settings["HttpMethod"], settings["ResourcePath"]) == ("*", "/*")
    assert (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == (50, 100)
    assert settings["MetricsEnabled"] is True
    for deployment in of_type(stacks.plain, "AWS::ApiGateway::Deployment").values():
        assert "StageName" not in deployment, "a stray stage"


def api_is_regional_over_modern_tls(stacks: Stacks) -> None:
    [api] = of_type(stacks.plain, "AWS::ApiGateway::RestApi").values()
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert api["SecurityPolicy"] == "TLS_1_2"


def gateway_refuses_in_the_contracts_shape(stacks: Stacks) -> None:
    responses = body(stacks.full)["x-amazon-apigateway-gateway-responses"]
    assert {name: int(response["statusCode"]) for name, response in responses.items()} == REFUSALS
    for name, response in responses.items():
        [(media_type, template)] = response["responseTemplates"].items()
        document = json.loads(template)
        assert media_type == "application/json", "the type that every caller accepts; the header says problem+json"
        assert set(document) == {"type", "title", "status", "detail", "code", "request_id"}
        assert (document["status"], document["request_id"]) == (REFUSALS[name], "$context.requestId")
        assert template.count("$") == 1, "nothing of the request, nor of the gateway's own message"
        headers = {k.removeprefix("gatewayresponse.header."): v for k, v in response["responseParameters"].items()}
        assert headers["Content-Type"] == "'application/problem+json'"
        assert headers["Cache-Control"] == "'no-store'"
        assert headers["X-Content-Type-Options"] == "'nosniff'"
        assert headers["Access-Control-Allow-Origin"] == "'https://example.org'"
        assert ("Retry-After" in headers) == (name == "THROTTLED")
    plain = json.dumps(body(stacks.plain)["x-amazon-apigateway-gateway-responses"])
    assert "Access-Control" not in plain, "CORS is off by default"


def metric_stats(alarm: Template) -> list[Template]:
    """Namespace, name and dimensions of each metric that an alarm reads."""
    if "MetricName" in alarm:
        return [alarm]
    return [metric["MetricStat"]["Metric"] for metric in alarm["Metrics"] if "MetricStat" in metric]


def alarms_ring_for_real_metrics(stacks: Stacks) -> None:
    alarms = of_type(stacks.full, "AWS::CloudWatch::Alarm")
    watched = set()
    for name, alarm in alarms.items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [TOPIC], name
        assert alarm["TreatMissingData"] == "notBreaching", name
        assert len(alarm["AlarmDescription"]) > 40, name
        for metric in metric_stats(alarm):
            assert metric["MetricName"] in METRICS[metric["Namespace"]], name
            dimensions = {item["Name"]: item["Value"] for item in metric["Dimensions"]}
            if metric["Namespace"] == "AWS/ApiGateway":
                assert dimensions == {"ApiName": "stack", "Stage": "Prod"}, name
            else:
                assert dimensions["FunctionName"] == {"Ref": "PredictFunction"}, name
            watched.add(metric["MetricName"])
    assert watched >= WATCHED
    assert body(stacks.full)["info"]["title"] == "stack", "the ApiName that the alarms look at"
    for alarm in of_type(stacks.plain, "AWS::CloudWatch::Alarm").values():
        assert "AlarmActions" not in alarm, "no topic, no action"


def shares_are_of_enough_requests(stacks: Stacks) -> None:
    for name in ("ClientErrorSurgeAlarm", "OutOfRangeAlarm", "UndecidedAlarm"):
        expression = stacks.plain[name]["Properties"]["Metrics"][0]["Expression"]
        assert re.fullmatch(r"IF\(all >= \d\d, 100 \* some / all, 0\)", expression), name


def concurrency_is_held_against_its_limit(stacks: Stacks) -> None:
    reserved = stacks.full["ConcurrencyAlarm"]["Properties"]["Metrics"][0]["Expression"]
    account = stacks.plain["ConcurrencyAlarm"]["Properties"]["Metrics"][0]["Expression"]
    assert (reserved, account) == ("100 * running / 5", "100 * running / 1000")


def dashboard_shows_api_function_and_model(stacks: Stacks) -> None:
    text = stacks.plain["Dashboard"]["Properties"]["DashboardBody"].replace("${PredictFunction}", "function")
    assert "${" not in text
    widgets = json.loads(text)["widgets"]
    assert [w["properties"]["markdown"] for w in widgets if w["type"] == "text"] == [
        "## API",
        "## Function",
        "## Model",
    ]
    shown = [metric for w in widgets if w["type"] == "metric" for metric in w["properties"]["metrics"]]
    for namespace, name, *_ in (metric for metric in shown if isinstance(metric[0], str)):
        assert name in METRICS[namespace]


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


PROMISES = [
    value
    for name, value in list(globals().items())
    if callable(value) and getattr(value, "__annotations__", {}).get("stacks")
]
