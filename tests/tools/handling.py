"""The handler as the attacking tests see it: a sample, requests in every event shape, and what every answer must be."""

from __future__ import annotations

import base64
import json

from tests.tools import own_model

own_model.install()  # before the handler reads its model: the commands of tests/tools/ come without conftest.py

from lambda_app.documents.page import page  # noqa: E402
from lambda_app.lambda_function import lambda_handler  # noqa: E402
from lambda_app.model.store import read_packaged  # noqa: E402

MODEL = read_packaged()
PARAMETERS = MODEL.parameters
SAMPLE = PARAMETERS.golden_rows[0]["features"]
NAMES = PARAMETERS.feature_names
SPELLINGS = PARAMETERS.feature_spellings
REQUEST_ID = "11111111-1111-4111-8111-111111111111"

# What events are made of, and a few things that should not be in one.
EVENT_KEYS = [
    *("httpMethod", "resource", "path", "headers", "multiValueHeaders", "requestContext", "routeKey", "rawPath"),
    *("http", "method", "stage", "domainName", "elb", "pathParameters", "proxy", "body", "isBase64Encoded", "version"),
    *("Records", "methodArn", "features", "instances"),
]
EVENT_WORDS = [
    *("GET", "POST", "HEAD", "OPTIONS", "get", "post", "POST /predict", "ANY /{proxy+}", "/{proxy+}", "$default"),
    *("/predict", "/predict/", "/health", "/model", "/openapi.json", "/Prod/predict", "Prod", "x.lambda-url.on.aws"),
    *("content-type", "application/json", "application/json; charset=latin-1", "text/plain", "if-none-match", "*"),
    *("content-encoding", "gzip", "2.0", "\ud800"),
]

# The contract's table, less 503: the packaged model is there in all of these tests.
CODES = {
    "malformed_json": 400,
    "invalid_encoding": 400,
    "empty_body": 400,
    "too_deep": 400,
    "duplicate_key": 400,
    "body_not_object": 400,
    "missing_field": 400,
    "unknown_field": 400,
    "conflicting_fields": 400,
    "wrong_type": 400,
    "wrong_length": 400,
    "missing_feature": 400,
    "unknown_feature": 400,
    "duplicate_feature": 400,
    "not_a_number": 400,
    "number_out_of_range": 400,
    "empty_batch": 400,
    "unsupported_event": 400,
    "not_found": 404,
    "method_not_allowed": 405,
    "body_too_large": 413,
    "batch_too_large": 413,
    "unsupported_media_type": 415,
}
PROBLEM_KEYS = {"type", "title", "status", "detail", "code", "request_id"}
LARGEST_RESPONSE = 6_291_556  # bytes; Lambda refuses more


class Context:
    """Of Lambda's context, what the handler reads."""

    aws_request_id = REQUEST_ID


def call(event):
    return lambda_handler(event, Context())


def predict(body):
    """The answer to a body, or to bytes in base64, behind a REST API."""
    return call(rest(body))


def rest(body, method="POST", path="/predict", headers=None, **more):
    text, is_base64 = _transport(body)
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": {"Content-Type": "application/json"} if headers is None else headers,
        "requestContext": {"stage": "Prod", "resourcePath": path},
        "body": text,
        "isBase64Encoded": is_base64,
        **more,
    }


def http_api(body, method="POST", path="/predict", headers=None, **more):
    text, is_base64 = _transport(body)
    return {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": f"/stage{path}",
        "headers": {"content-type": "application/json"} if headers is None else headers,
        "requestContext": {"stage": "stage", "http": {"method": method, "path": f"/stage{path}"}},
        "body": text,
        "isBase64Encoded": is_base64,
        **more,
    }


def function_url(body, method="POST", path="/predict", headers=None, **more):
    context = {
        "domainName": "abc.lambda-url.eu-central-1.on.aws",
        "stage": "$default",
        "http": {"method": method, "path": path},
    }
    more = {"routeKey": "$default", "rawPath": path, "requestContext": context, **more}
    return http_api(body, method, path, headers, **more)


def load_balancer(body, method="POST", path="/predict", headers=None, **more):
    more = {"requestContext": {"elb": {"targetGroupArn": "arn"}}, **more}
    event = rest(body, method, path, headers, **more)
    del event["resource"]
    return event


def load_balancer_multi(body, method="POST", path="/predict", headers=None, **more):
    event = load_balancer(body, method, path, headers, **more)
    headers = event.pop("headers")
    return {**event, "multiValueHeaders": {name: [value] for name, value in headers.items()}}


SHAPES = [rest, http_api, function_url, load_balancer, load_balancer_multi]


def _transport(body):
    return (base64.b64encode(body).decode("ascii"), True) if isinstance(body, bytes) else (body, False)


def check(response):
    """What holds for every answer, whatever was asked; returns its document (None: no body, or the page)."""
    status, body = response["statusCode"], response["body"]
    assert response["isBase64Encoded"] is False
    assert type(status) is int
    assert type(body) is str
    assert body.isascii()
    assert len(json.dumps(response)) <= LARGEST_RESPONSE
    headers = _headers(response)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store" or (headers["Cache-Control"] == "no-cache" and headers["ETag"])
    if not body:
        return None
    if headers["Content-Type"] == "text/html; charset=utf-8":
        assert (status, body) == (200, page()[0])
        return None
    document = json.loads(body, parse_constant=_no_constant, object_pairs_hook=_no_repeated_key)
    if status == 200:
        assert headers["Content-Type"] == "application/json"
        return document
    assert headers["Content-Type"] == "application/problem+json"
    assert PROBLEM_KEYS <= document.keys() <= {*PROBLEM_KEYS, "errors"}
    assert document["status"] == status == CODES[document["code"]], document
    assert document["request_id"] == REQUEST_ID
    for error in document.get("errors", ()):
        assert error.keys() == {"code", "detail", "pointer"}
        assert error["code"] in CODES
        assert error["pointer"] == "" or error["pointer"].startswith("/")
    assert len(document.get("errors", ())) <= 100
    return document


def _headers(response):
    if "headers" in response:
        headers = response["headers"]
    else:
        assert all(len(values) == 1 for values in response["multiValueHeaders"].values())
        headers = {name: values[0] for name, values in response["multiValueHeaders"].items()}
    for name, value in headers.items():
        assert f"{name}{value}".isprintable()
        assert f"{name}{value}".isascii()
    return headers


def _no_constant(text):
    raise AssertionError(f"not strict JSON: {text}")


def _no_repeated_key(pairs):
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def check_log(text):
    """What holds for the log lines of the requests answered so far; returns their documents."""
    assert text.isascii()
    assert not text or text.endswith("\n")
    return [json.loads(line, parse_constant=_no_constant) for line in text.split("\n")[:-1]]


def deep(depth, opening, innermost, closing):
    return opening * depth + innermost + closing * depth


NASTY = [
    *(
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "-1e999",
        "9" * 400,
        "9" * 5000,
        "-" + "9" * 5000,
        "0." + "9" * 5000,
        "1e-999",
    ),
    *('"\\ud800"', '"' + "A" * 10_000 + '"', "null", "true", "[]", "{}", '{"":0,"":0}', "\0", "\ud800", "\ufeff"),
    *(
        deep(100_000, "[", "", "]"),
        "[" * 100_000,
        '{"a":' * 100_000,
        deep(900, "[", "", "]"),
        deep(900, '{"a":', "0", "}"),
    ),
]


def nasty_bodies(nasty):
    """Bodies with a piece of nasty text in every place there is."""
    good = json.dumps(SAMPLE)
    return [
        nasty,
        f'{{"features": {nasty}}}',
        f'{{"features": [{nasty}, {good[1:]}}}',
        f'{{"instances": [{good}, {nasty}]}}',
        f'{{"instances": [[{nasty}]]}}',
        f'{{"features": {good}, "explain": {nasty}}}',
        f'{{"features": {{"mean radius": {nasty}}}}}',
        f'{{"features": {{{nasty}: 1}}}}',
        f"{{{nasty}: 1}}",
        f'{{"features": {good}}} {nasty}',
    ]
