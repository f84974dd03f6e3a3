"""http_api.yaml: the same function behind an HTTP API, with tokens for who wants them."""

from __future__ import annotations

from typing import Any

import pytest

from lambda_app.gateway.events import read as read_event
from tests.deployment.promises.stacks import listed, statements
from tests.deployment.sam import GONE, HTTP_TEMPLATE, Template, deployed, mutate, of_type, read

ISSUER = "https://login.example.org"
FUNCTION = ("Resources", "PredictFunction", "Properties")
API = ("Resources", "Api", "Properties")
PATHS = (*API, "DefinitionBody", "paths")
SCHEMES = (*API, "DefinitionBody", "components", "securitySchemes")


def body(resources: Template) -> Template:
    [api] = of_type(resources, "AWS::ApiGatewayV2::Api").values()
    found: Template = api["Body"]
    return found


def everything_reaches_the_function(template: Template) -> None:
    paths = body(deployed(template))["paths"]
    default = paths["/$default"]["x-amazon-apigateway-any-method"]
    assert default["isDefaultRoute"] is True
    for operation in (default, paths["/{proxy+}"]["options"]):
        integration = operation["x-amazon-apigateway-integration"]
        assert (integration["type"], integration["payloadFormatVersion"]) == ("aws_proxy", "2.0")
        assert integration["uri"].endswith("/functions/${PredictFunction.Arn}/invocations")
    [permission] = of_type(deployed(template), "AWS::Lambda::Permission").values()
    assert permission["Principal"] == "apigateway.amazonaws.com"
    assert permission["SourceArn"] == "arn:aws:execute-api:eu-central-1:123456789012:${Api}/*"


def tokens_are_asked_for_everywhere_but_in_preflights(template: Template) -> None:
    open_to_all = body(deployed(template))
    assert open_to_all["paths"]["/$default"]["x-amazon-apigateway-any-method"]["security"] == []
    assert "securitySchemes" not in open_to_all["components"]
    guarded = body(deployed(template, JwtIssuer=ISSUER, JwtAudience="api"))
    assert guarded["paths"]["/$default"]["x-amazon-apigateway-any-method"]["security"] == [{"token": []}]
    assert guarded["paths"]["/{proxy+}"]["options"]["security"] == []
    authorizer = guarded["components"]["securitySchemes"]["token"]["x-amazon-apigateway-authorizer"]
    assert authorizer == {
        "type": "jwt",
        "identitySource": "$request.header.Authorization",
        "jwtConfiguration": {"issuer": ISSUER, "audience": ["api"]},
    }
    [rule] = template["Rules"].values()
    assert "JwtAudience" in str(rule["Assertions"]), "an issuer alone would take tokens meant for others"


def it_is_throttled_small_and_may_only_log(template: Template) -> None:
    resources = deployed(template)
    [stage] = of_type(resources, "AWS::ApiGatewayV2::Stage").values()
    assert stage["StageName"] == "Prod"
    settings = stage["DefaultRouteSettings"]
    assert (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == ("10", "20")
    [(_, log)] = statements(resources)
    assert listed(log["Action"]) == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert log["Resource"] == {"Fn::GetAtt": ["PredictLogGroup", "Arn"]}


def the_function_is_the_rest_api_s(template: Template) -> None:
    ours, theirs = (each["Resources"]["PredictFunction"]["Properties"] for each in (template, read()))
    shared = read()["Globals"]["Function"]
    for name in ("Handler", "Timeout", "LoggingConfig", "MemorySize"):
        assert ours[name] == theirs[name], name
    for name in ("Runtime", "Architectures", "CodeUri"):
        assert ours[name] == shared[name], name
    assert {**ours["Environment"]["Variables"], "MODEL_URI": {"Ref": "ModelUri"}} == theirs["Environment"]["Variables"]


PROMISES = [
    everything_reaches_the_function,
    tokens_are_asked_for_everywhere_but_in_preflights,
    it_is_throttled_small_and_may_only_log,
    the_function_is_the_rest_api_s,
]
CHANGES: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "no way for other paths": ((*PATHS, "/$default", "x-amazon-apigateway-any-method", "isDefaultRoute"), GONE),
    "another event": (
        (*PATHS, "/{proxy+}", "options", "x-amazon-apigateway-integration", "payloadFormatVersion"), "1.0",
    ),
    "tokens nobody looks at": ((*PATHS, "/$default", "x-amazon-apigateway-any-method", "security"), []),
    "preflights with tokens": ((*PATHS, "/{proxy+}", "options", "security"), [{"token": []}]),
    "tokens for others": (
        (*SCHEMES, "Fn::If", 1, "token", "x-amazon-apigateway-authorizer", "jwtConfiguration", "audience"), GONE,
    ),
    "an issuer without an audience": (("Rules", "TokensHaveAnAudience", "Assertions"), []),
    "no throttle": ((*API, "DefaultRouteSettings"), GONE),
    "any caller": (("Resources", "ApiMayCallPredict", "Properties", "SourceArn"), GONE),
    "all of CloudWatch Logs": (
        ("Resources", "PredictRole", "Properties", "Policies", 0, "PolicyDocument", "Statement", 0, "Resource"), "*",
    ),
    "another function": ((*FUNCTION, "Handler"), "lambda_app.pre_traffic_hook.handler"),
    "memory that is never given back": ((*FUNCTION, "Environment", "Variables", "MALLOC_MMAP_THRESHOLD_"), GONE),
    "another runtime": ((*FUNCTION, "Runtime"), "python3.12"),
}  # fmt: skip


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_promise(promise: Any) -> None:
    promise(read(HTTP_TEMPLATE))


@pytest.mark.parametrize("name", CHANGES)
def test_a_promise_breaks(name: str) -> None:
    mutant = mutate(read(HTTP_TEMPLATE), *CHANGES[name])
    broken = []
    for promise in PROMISES:
        try:
            promise(mutant)
        except (AssertionError, LookupError):
            broken.append(promise)
    assert broken


def test_the_function_finds_the_route_under_the_stage() -> None:
    """$default tells no path, and a named stage stands in front of it."""
    context = {"http": {"method": "POST"}, "stage": "Prod", "domainName": "id.execute-api.eu-central-1.amazonaws.com"}
    event = {"version": "2.0", "routeKey": "$default", "rawPath": "/Prod/predict", "requestContext": context}
    assert "/predict" in read_event(event).paths
