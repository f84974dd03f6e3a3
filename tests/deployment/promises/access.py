"""Who may call, and how the gateway refuses everybody else."""

from __future__ import annotations

import json

from tests.deployment.promises.stacks import Stacks, body, operations
from tests.deployment.sam import of_type

ROUTES = {"/predict", "/health", "/model", "/openapi.json", "/", "/{proxy+}"}

REFUSALS = {
    "UNAUTHORIZED": 401, "ACCESS_DENIED": 403, "INVALID_API_KEY": 403, "MISSING_AUTHENTICATION_TOKEN": 403,
    "REQUEST_TOO_LARGE": 413, "UNSUPPORTED_MEDIA_TYPE": 415, "THROTTLED": 429, "QUOTA_EXCEEDED": 429,
}  # fmt: skip
DEFAULTS = {"DEFAULT_4XX", "DEFAULT_5XX"}  # for all the others, each with the status that the gateway chose


def routes_are_these_six_for_any_method(stacks: Stacks) -> None:
    methods = ("x-amazon-apigateway-any-method", "options")
    assert set(operations(stacks.plain)) == {f"{method} {path}" for path in ROUTES for method in methods}


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


def preflight_needs_no_credentials_where_an_origin_may_call(stacks: Stacks) -> None:
    """Browsers send none; without an origin there is nothing to ask for, and OPTIONS is guarded like the rest."""
    for name, operation in operations(stacks.browser).items():
        assert operation["security"] == ([] if name.startswith("options ") else [{"sigv4": []}]), name
    statements = body(stacks.browser)["x-amazon-apigateway-policy"]["Statement"]
    [open_to_all] = [s for s in statements if s["Effect"] == "Allow" and s["Principal"] == "*"]
    assert open_to_all["Resource"] == "execute-api:/Prod/OPTIONS/*"
    for operation in operations(stacks.browser).values():
        assert operation["x-amazon-apigateway-integration"]["type"] == "aws_proxy", "the function answers, and says 204"


def api_key_has_a_plan_with_rate_and_quota(stacks: Stacks) -> None:
    [plan] = of_type(stacks.api_key, "AWS::ApiGateway::UsagePlan").values()
    [stage] = plan["ApiStages"]
    assert stage == {"ApiId": {"Ref": "Api"}, "Stage": {"Ref": "ApiProdStage"}}
    assert plan["Throttle"] == {"RateLimit": "10", "BurstLimit": "20"}
    assert plan["Quota"] == {"Limit": 100000, "Period": "DAY"}
    [key] = of_type(stacks.api_key, "AWS::ApiGateway::ApiKey").values()
    assert key["Enabled"] is True
    [link] = of_type(stacks.api_key, "AWS::ApiGateway::UsagePlanKey").values()
    assert link == {"KeyId": {"Ref": "ApiKey"}, "KeyType": "API_KEY", "UsagePlanId": {"Ref": "UsagePlan"}}
    assert not of_type(stacks.plain, "AWS::ApiGateway::ApiKey")


def source_cidrs_shut_others_out(stacks: Stacks) -> None:
    assert "x-amazon-apigateway-policy" not in body(stacks.plain)
    allow, preflight, deny = body(stacks.iam)["x-amazon-apigateway-policy"]["Statement"]
    assert (allow["Effect"], preflight["Effect"], deny["Effect"]) == ("Allow", "Allow", "Deny")
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


def one_throttled_stage(stacks: Stacks) -> None:
    [stage] = of_type(stacks.plain, "AWS::ApiGateway::Stage").values()
    assert stage["StageName"] == "Prod"
    assert "TracingEnabled" not in stage, "X-Ray only for who asks: it costs more than the gateway"
    [settings] = stage["MethodSettings"]
    assert (settings["HttpMethod"], settings["ResourcePath"]) == ("*", "/*")
    assert (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == ("10", "20")
    assert settings["MetricsEnabled"] is False, "metrics of each route cost, and nothing reads them"
    for deployment in of_type(stacks.plain, "AWS::ApiGateway::Deployment").values():
        assert "StageName" not in deployment, "a stray stage"


def api_is_regional_over_modern_tls(stacks: Stacks) -> None:
    [api] = of_type(stacks.plain, "AWS::ApiGateway::RestApi").values()
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert api["SecurityPolicy"] == "TLS_1_2"


def gateway_refuses_in_the_contracts_shape(stacks: Stacks) -> None:
    responses = body(stacks.full)["x-amazon-apigateway-gateway-responses"]
    assert set(responses) == set(REFUSALS) | DEFAULTS
    for name, response in responses.items():
        [(media_type, template)] = response["responseTemplates"].items()
        document = json.loads(template)
        assert media_type == "application/json", "the type that every caller accepts; the header says problem+json"
        assert {"type", "title", "detail", "code", "request_id"} <= set(document)
        assert document.get("status") == REFUSALS.get(name), (
            "a default one must not name a status that it does not know"
        )
        assert response.get("statusCode") == (str(REFUSALS[name]) if name in REFUSALS else None)
        assert document["request_id"] == "$context.requestId"
        assert template.count("$") == 1, "nothing of the request, nor of the gateway's own message"
        headers = {k.removeprefix("gatewayresponse.header."): v for k, v in response["responseParameters"].items()}
        assert headers["Content-Type"] == "'application/problem+json'"
        assert headers["Cache-Control"] == "'no-store'"
        assert headers["X-Content-Type-Options"] == "'nosniff'"
        assert headers["Access-Control-Allow-Origin"] == "'https://example.org'"
        assert ("Retry-After" in headers) == (name == "THROTTLED")
    plain = json.dumps(body(stacks.plain)["x-amazon-apigateway-gateway-responses"])
    assert "Access-Control" not in plain, "CORS is off by default"
