"""lambda_app.gateway: AWS's events → requests, answers → AWS's responses. deployment/events/ has whole events."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_app.gateway import events
from lambda_app.gateway.caller import proxy_event, status_of
from lambda_app.gateway.responses import Answer, respond
from lambda_app.problems import InvalidEncoding, TooDeep, UnsupportedEvent
from tests.tools import golden

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=10,
)
KEYS = [
    "version", "resource", "path", "rawPath", "httpMethod", "headers", "multiValueHeaders", "routeKey",
    "requestContext", "pathParameters", "proxy", "body", "isBase64Encoded", "http", "method", "stage", "elb",
    "domainName", "features", "instances", "methodArn", "routeArn",
]  # fmt: skip


def version_1(**changes):
    return {"resource": "/predict", "path": "/predict", "httpMethod": "POST", "requestContext": {}, **changes}


def version_2(stage="$default", domain="id.execute-api.eu-central-1.amazonaws.com", **changes):
    context = {"http": {"method": "POST"}, "stage": stage, "domainName": domain}
    return {"routeKey": "$default", "rawPath": "/predict", "requestContext": context, **changes}


@pytest.mark.parametrize(
    ("event", "paths"),
    [
        (version_1(path="/base/predict"), ["/predict"]),
        (version_1(resource="/{proxy+}", pathParameters={"proxy": "predict"}), ["/predict"]),
        (version_1(resource="/{proxy+}", pathParameters={"proxy": "/predict"}), ["/predict"]),
        (version_1(resource="/{proxy+}", pathParameters={"proxy": "a/predict/"}), ["/a/predict/"]),
        (version_1(resource="/{proxy+}", pathParameters={"proxy": None}), ["/predict", "/predict", "/predict"]),
        (version_1(resource="/{base}/predict", path="/v1/predict"), ["/v1/predict", "/v1/predict", "/predict"]),
        (
            version_1(resource=None, path="/Prod/predict", requestContext={"stage": "Prod"}),
            ["/Prod/predict", "/predict", "/predict"],
        ),
        (version_1(resource=None, requestContext=None), ["/predict"] * 3),
        (version_2(routeKey="POST /predict", rawPath="/dev/v1/predict"), ["/predict"]),
        (version_2(routeKey=None), ["/predict"] * 3),
        (version_2(stage=7, domain=7), ["/predict"] * 3),
        (version_2(stage="dev", rawPath="/dev/predict"), ["/dev/predict", "/predict", "/predict"]),
        (version_2(stage="Prod", rawPath="/Prod/"), ["/Prod/", "/", "/"]),
        (version_2(stage="Prod", rawPath="/Prod"), ["/Prod", "/", "/"]),
        (version_2(stage="Prod", rawPath="/Product"), ["/Product"] * 3),
        (version_2(routeKey="ANY /{proxy+}", pathParameters={"proxy": "health"}), ["/health"]),
        (version_2(domain="id.lambda-url.eu-central-1.on.aws", rawPath="/x/predict"), ["/x/predict"]),
        (version_1(requestContext={"elb": {}}, resource="/other"), ["/predict"]),
        ({"features": [1]}, ["/predict"]),
        ({"instances": [[1]]}, ["/predict"]),
    ],
)
def test_a_path_is_what_the_route_says_else_what_it_may_mean(event, paths):
    assert events.read(event).paths == paths


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        "text",
        7,
        {},
        {"Records": []},
        {"features": [1], "requestContext": {}},
        version_1(methodArn="arn:aws:execute-api:…"),
        version_2(routeArn="arn:aws:execute-api:…"),
        version_1(httpMethod=None),
        version_1(httpMethod=["POST"]),
        version_1(resource=None, path=None),
        version_2(rawPath=None),
        version_2(rawPath=7),
        {"requestContext": {"http": "POST"}},
        {"requestContext": {"http": {}}, "rawPath": "/predict"},
        {"requestContext": ["http"]},
        {"requestContext": {"elb": {}}, "httpMethod": "GET"},
    ],
)
def test_an_event_that_is_no_request_is_refused(event):
    with pytest.raises(UnsupportedEvent):
        events.read(event)


@given(st.dictionaries(st.sampled_from(KEYS), JSON | st.dictionaries(st.sampled_from(KEYS), JSON, max_size=5)) | JSON)
def test_any_event_is_read_or_refused(event):
    try:
        request = events.read(event)
    except UnsupportedEvent:
        return
    assert isinstance(request.method, str)
    assert all(isinstance(path, str) for path in request.paths)


@pytest.mark.parametrize(
    ("headers", "value"),
    [
        ({"Content-Type": "a"}, "a"),
        ({"CONTENT-TYPE": "a"}, "a"),
        ({"content-type": ["a", "b"]}, "b"),
        ({"content-type": []}, None),
        ({"content-type": None}, None),
        ({"content-type": 7}, None),
        ({"content-type": [7]}, None),
        ({}, None),
        (None, None),
        ("content-type: a", None),
    ],
)
def test_header_names_have_no_case_and_values_are_text_or_nothing(headers, value):
    assert events.read(version_1(headers=headers)).header("content-type") == value


def test_multi_value_headers_serve_where_single_ones_are_absent():
    request = events.read(version_1(headers=None, multiValueHeaders={"Accept": ["a", "b"]}))

    assert request.header("accept") == "b"
    assert request.header("host") is None


@pytest.mark.parametrize("name", ["load_balancer/list", "load_balancer/multi_value_headers"])
def test_a_load_balancer_s_headers_are_read_in_both_modes(name):
    assert events.read(golden.event(name)).header("content-type") == "application/json"


@pytest.mark.parametrize(
    ("body", "read"),
    [("text", "text"), ("", ""), (None, None), (7, "7"), ({"a": [1, None]}, '{"a": [1, null]}'), ("\ud800", "\ud800")],
)
def test_a_body_is_text_and_a_parsed_one_is_written_again(body, read):
    assert events.read(version_1(body=body)).body() == read


def test_a_base64_body_is_bytes():
    event = version_1(body=b64encode(b"\x00\xff").decode(), isBase64Encoded=True)
    assert events.read(event).body() == b"\x00\xff"


@pytest.mark.parametrize("body", [None, ""])
def test_an_absent_base64_body_is_empty(body):
    assert events.read(version_1(body=body, isBase64Encoded=True)).body() == b""


@pytest.mark.parametrize("body", ["a", "====", "YQ", "YQ==YQ==", "Y Q==", "é", "\ud800", 7, {"a": 1}])
def test_base64_is_strict(body):
    """Python's default would skip what it does not know."""
    with pytest.raises(InvalidEncoding):
        events.read(version_1(body=body, isBase64Encoded=True)).body()


@pytest.mark.parametrize("flag", [False, None, "true", 1])
def test_a_body_is_base64_only_where_the_event_says_exactly_so(flag):
    assert events.read(version_1(body="YQ==", isBase64Encoded=flag)).body() == "YQ=="


def test_a_parsed_body_that_is_too_deep():
    body = []
    for _ in range(100_000):
        body = [body]
    with pytest.raises(TooDeep):
        events.read(version_1(body=body)).body()


@pytest.mark.parametrize("body", [{1, 2}, 10**5000], ids=["set", "5,000 digits"])
def test_a_parsed_body_that_json_could_not_have_carried(body):
    with pytest.raises(InvalidEncoding):
        events.read(version_1(body=body)).body()


def test_a_response_to_api_gateway_has_single_headers():
    request = events.read(version_1())
    expected = {"statusCode": 200, "headers": {"A": "b"}, "body": "{}", "isBase64Encoded": False}

    assert respond(request, Answer("{}", {"A": "b"}), {}) == expected
    assert respond(None, Answer("{}", {}), {"A": "b"}) == expected


def test_a_load_balancer_is_answered_with_the_headers_it_asked_with():
    """A target group with multi-value headers ignores single ones, and the other way round."""
    single = events.read(golden.event("load_balancer/list"))
    multi = events.read(golden.event("load_balancer/multi_value_headers"))
    common = {"statusCode": 404, "statusDescription": "404 Not Found", "body": "{}", "isBase64Encoded": False}

    answer = Answer("{}", {"A": "b"}, 404, "Not Found")

    assert respond(single, answer, {}) == {**common, "headers": {"A": "b"}}
    assert respond(multi, answer, {}) == {
        **common,
        "multiValueHeaders": {"A": ["b"]},
    }


def test_the_event_has_every_key_of_api_gateway_s():
    event = proxy_event("POST", "/predict", {"Content-Type": "application/json"}, b'{"features": []}')

    assert set(event) == {
        "resource", "path", "httpMethod", "headers", "multiValueHeaders", "queryStringParameters",
        "multiValueQueryStringParameters", "pathParameters", "stageVariables", "requestContext", "body",
        "isBase64Encoded",
    }  # fmt: skip
    assert (event["path"], event["body"], event["isBase64Encoded"]) == ("/predict", '{"features": []}', False)
    assert events.read(event).header("content-type") == "application/json"


def test_a_request_without_a_body_has_null_for_one():
    assert proxy_event("GET", "/health", {}, b"")["body"] is None


def test_a_body_of_any_bytes_is_sent_as_base64():
    assert events.read(proxy_event("POST", "/predict", {}, b"\xff\x00")).body() == b"\xff\x00"


@pytest.mark.parametrize(("response", "status"), [({"statusCode": 404}, 404), ({"statusCode": "200"}, 502), ({}, 502)])
def test_a_response_without_a_status_is_a_bad_gateway_s(response, status):
    assert status_of(response) == status
