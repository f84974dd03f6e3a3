"""lambda_app.lambda_function: the routes, and that no event ever gets an exception for an answer."""

import gc
import json
import shutil
import tracemalloc
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_app import lambda_function, routes
from lambda_app.body.limits import MAXIMUM_BODY_BYTES
from lambda_app.lambda_function import Application, lambda_handler
from lambda_app.model.store import PACKAGED_PATH
from lambda_app.service import Service
from tests.tools.small_requests import SAMPLE, request

CANARY = "canary-7f3a"
CONTEXT = SimpleNamespace(aws_request_id="id-1")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=12,
)


@pytest.fixture
def application(monkeypatch):
    """Makes an application as a fresh Lambda environment would, with these variables and perhaps another model file."""

    def make(path=PACKAGED_PATH, **variables):
        for name in ("MODEL_URI", "CORS_ORIGIN", "LOG_LEVEL"):
            monkeypatch.setenv(name, variables.get(name, ""))
        return Application(str(path))

    return make


def answer(*arguments, **keywords):
    """Status, headers and document of a small request's answer."""
    return read(lambda_handler(request(*arguments, **keywords), CONTEXT))


def read(response):
    body = response["body"]
    return response["statusCode"], response["headers"], json.loads(body) if body else None


def test_the_readme_s_sample_is_answered():
    status, headers, document = answer(body={"features": SAMPLE})

    assert (status, document["prediction"], document["label"]) == (200, 1, "benign")
    assert headers["Content-Type"] == "application/json"
    assert document["model_metadata"]["target_names"] == "malignant, benign"


@pytest.mark.parametrize("event", [request(body={"features": SAMPLE}), request(body="["), None])
def test_garbage_is_collected_again_after_any_request(event):
    lambda_handler(event, CONTEXT)
    assert gc.isenabled()


@pytest.mark.parametrize(("padding", "looked_for"), [(0, True), (100_000, False)])
def test_garbage_is_not_looked_for_while_a_large_body_is_read(monkeypatch, padding, looked_for):
    seen = []
    monkeypatch.setattr(routes.json_body, "read", lambda body, bound: seen.append(gc.isenabled()) or {})
    lambda_handler(request(body=" " * padding + "{}"), CONTEXT)
    assert seen == [looked_for]
    assert gc.isenabled()


@pytest.mark.parametrize("path", ["/health", "/model"])
def test_head_is_get_without_the_body(path):
    got = lambda_handler(request(path), CONTEXT)
    head = lambda_handler(request(path, method="HEAD"), CONTEXT)

    assert got["body"]
    assert head == {**got, "body": ""}


@pytest.mark.parametrize("path", ["/predic", "/predict/more", "/Predict", "//predict", "/health/predict/x"])
def test_an_unknown_path_is_not_found(path):
    status, _, document = answer(path, method="GET")
    assert (status, document["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "post", "Post", "BREW", " "]
)
def test_another_method_is_told_which_are_allowed(method):
    status, headers, _ = answer(method=method)
    assert (status, headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "get", "head"])
def test_a_route_to_read_allows_get_and_head(method):
    status, headers, _ = answer("/health", method=method)
    assert (status, headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/json; charset=utf8; profile=x",
        "application/json;",
        "application/vnd.example+json",
        "application/problem+json; charset=utf-8",
    ],
)
def test_json_is_taken_under_all_its_names(content_type):
    assert answer(body={"features": SAMPLE}, headers={"content-type": content_type})[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/jsonp"},
        {"Content-Type": "json"},
        {"Content-Type": "+json"},
        {"Content-Type": "application/json; charset=iso-8859-1"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json; charset="},
        {"Content-Encoding": "gzip"},
        {"Content-Encoding": "br, gzip"},
    ],
)
def test_anything_else_is_an_unsupported_media_type(headers):
    status, answered, document = answer(body={"features": SAMPLE}, headers=headers)

    assert (status, document["code"]) == (415, "unsupported_media_type")
    assert answered["Accept"] == "application/json"


@pytest.mark.parametrize("encoding", ["identity", " Identity ", ""])
def test_no_content_encoding_is_fine(encoding):
    assert answer(body={"features": SAMPLE}, headers={"Content-Encoding": encoding})[0] == 200


def test_a_body_over_five_mebibytes_is_refused():
    status, _, document = answer(body=" " * (MAXIMUM_BODY_BYTES + 1))
    assert (status, document["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("pattern", ["{}", "W/{}", '"other", {}', '"other" , W/{} ', "*"])
def test_a_document_that_the_caller_has_already_is_not_sent_again(pattern):
    _, headers, _ = answer("/model")
    status, again, document = answer("/model", headers={"If-None-Match": pattern.format(headers["ETag"])})

    assert (status, document) == (304, None)
    assert again["ETag"] == headers["ETag"]


@pytest.mark.parametrize("value", ['"other"', "", "W/", "{"])
def test_a_document_that_the_caller_has_not_is_sent(value):
    status, headers, document = answer("/model", headers={"If-None-Match": value})

    assert (status, headers["Cache-Control"]) == (200, "no-cache")
    assert document["feature_names"][0] == "mean radius"


def test_the_openapi_document_is_served_with_an_etag():
    status, headers, document = answer("/openapi.json")

    assert (status, document["openapi"]) == (200, "3.1.0")
    assert answer("/openapi.json", headers={"If-None-Match": headers["ETag"]})[0] == 304
    assert list(document["paths"]) == [*routes.ROUTES]


@pytest.mark.parametrize("path", ["/", ""])
def test_the_page_allows_nothing_but_itself(path):
    response = lambda_handler(request(path), CONTEXT)
    headers = response["headers"]

    assert (response["statusCode"], headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert response["body"].startswith("<!doctype html>")
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert lambda_handler(request(path, headers={"If-None-Match": headers["ETag"]}), CONTEXT)["statusCode"] == 304
    assert lambda_handler(request(path, method="HEAD"), CONTEXT)["body"] == ""


def test_a_wrapper_can_t_change_what_the_next_caller_gets():
    """Headers are handed out as a copy."""
    first = lambda_handler(request("/health"), CONTEXT)
    first["headers"]["X-Wrapped"] = "yes"
    assert "X-Wrapped" not in lambda_handler(request("/health"), CONTEXT)["headers"]


@pytest.mark.parametrize(
    "origin", ["example.org", "https://", "https://a b", "https://a/b", "https://a\r\nX: y", "null"]
)
def test_what_is_no_origin_is_left_out_and_said(application, capsys, origin):
    made = application(CORS_ORIGIN=origin)
    assert "CORS_ORIGIN is neither" in capsys.readouterr().out
    assert "Access-Control-Allow-Origin" not in made.handle(request("/health"), CONTEXT)["headers"]


def test_the_deployment_hook_s_calls_are_logged_and_not_counted(capsys):
    context = SimpleNamespace(aws_request_id="id-1", client_context=SimpleNamespace(custom={"purpose": "pre_traffic"}))
    lambda_handler(request(body={"features": SAMPLE}), context)
    line = json.loads(capsys.readouterr().out)
    assert "_aws" not in line
    assert (line["status"], line["Predictions"]) == (200, 1)


@pytest.mark.parametrize("context", [None, 5, SimpleNamespace(custom=None), SimpleNamespace(custom={"purpose": "x"})])
def test_any_other_client_context_is_counted(capsys, context):
    lambda_handler(request("/health"), SimpleNamespace(aws_request_id="id-1", client_context=context))
    assert "_aws" in json.loads(capsys.readouterr().out)


def test_a_csv_is_told_what_to_do():
    status, _, document = answer(body="1,2,3", headers={"Content-Type": "text/csv"})
    assert (status, document["code"]) == (415, "unsupported_media_type")
    assert "lambda_app.score" in document["detail"]


def test_a_header_without_end_is_not_read():
    assert answer(body={"features": SAMPLE}, headers={"Content-Type": "application/json" + ";" * 10**6})[0] == 415


@pytest.mark.parametrize("text", [",", "W/", '"a",'])
def test_a_list_of_etags_is_not_taken_apart(text):
    """A megabyte of commas would be a million texts: ten times its memory, and 60 ms."""
    event = request("/model", headers={"If-None-Match": text * (2**20 // len(text))})
    tracemalloc.start()
    status = lambda_handler(event, CONTEXT)["statusCode"]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert status == 200
    assert peak < 2**20


def test_without_an_origin_nothing_is_said_of_cors():
    _, headers, _ = answer(body={"features": SAMPLE}, headers={"Origin": "https://example.org"})
    assert not [name for name in headers if name.startswith("Access-Control") or name == "Vary"]


def test_options_is_answered_with_what_the_page_may_send(application):
    made = application(CORS_ORIGIN="https://example.org")
    status, headers, document = read(made.handle(request(method="OPTIONS"), CONTEXT))

    assert (status, document) == (204, None)
    assert headers["Access-Control-Allow-Origin"] == "https://example.org"
    assert headers["Access-Control-Allow-Methods"] == "POST, OPTIONS"
    assert headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type, X-Api-Key"
    assert headers["Vary"] == "Origin"


@pytest.mark.parametrize(
    ("event", "status"),
    [(request(body={"features": SAMPLE}), 200), (request("/nothing"), 404), (request(method="PUT"), 405), (None, 400)],
    ids=["200", "404", "405", "400"],
)
def test_every_answer_carries_the_origin(application, event, status):
    """A page must be able to read what went wrong, too."""
    response = application(CORS_ORIGIN="https://example.org").handle(event, CONTEXT)

    assert response["statusCode"] == status
    assert response["headers"]["Access-Control-Allow-Origin"] == "https://example.org"


def test_any_origin_needs_no_vary(application):
    _, headers, _ = read(application(CORS_ORIGIN="*").handle(request("/health"), CONTEXT))

    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Vary" not in headers


def test_with_cors_the_allowed_methods_name_options(application):
    _, headers, _ = read(application(CORS_ORIGIN="*").handle(request(method="PUT"), CONTEXT))
    assert headers["Allow"] == "POST, OPTIONS"


@pytest.mark.parametrize("content", [None, "", "{}", "ünïcödé", '{"format_version": 2}'])
def test_without_a_usable_model_every_route_that_needs_one_answers_503(application, tmp_path, content):
    """Missing or broken: no exception at import, and callers are told when to come again."""
    path = tmp_path / "model.json"
    if content is not None:
        path.write_text(content, "utf-8")
    made = application(path)

    for event in (request(body={"features": SAMPLE}), request("/health"), request("/model")):
        status, headers, document = read(made.handle(event, CONTEXT))
        assert (status, document["code"], headers["Retry-After"]) == (503, "model_unavailable", "30")
        assert str(tmp_path) not in json.dumps(document)
    assert made.handle(request("/nothing"), CONTEXT)["statusCode"] == 404
    assert made.handle(request(method="GET"), CONTEXT)["statusCode"] == 405


def test_a_model_that_comes_back_is_served(application, tmp_path):
    """The file is tried again at each request, without a new environment."""
    path = tmp_path / "model.json"
    made = application(path)
    before = made.handle(request("/health"), CONTEXT)["statusCode"]
    shutil.copy(PACKAGED_PATH, path)
    after = made.handle(request("/health"), CONTEXT)["statusCode"]

    assert (before, after) == (503, 200)


def test_a_warm_function_does_not_read_its_model_again(application, tmp_path):
    path = tmp_path / "model.json"
    shutil.copy(PACKAGED_PATH, path)
    made = application(path)
    path.unlink()

    assert made.handle(request("/health"), CONTEXT)["statusCode"] == 200


def test_a_warm_function_builds_nothing_again(application, monkeypatch):
    """All that is constant in answers is worked out once a model, not once a request."""
    built = []
    monkeypatch.setattr(lambda_function, "Service", lambda loaded: built.append(loaded) or Service(loaded))
    made = application()
    for _ in range(3):
        assert made.handle(request("/health"), CONTEXT)["statusCode"] == 200

    assert len(built) == 1


@pytest.mark.parametrize("error", [OverflowError, IndexError, KeyError, TypeError, ValueError, AttributeError])
def test_a_model_that_cannot_be_served_is_none(application, monkeypatch, error):
    """Whatever an odd artefact got past the proof of its rows: 503, not a function that crashes at its import."""

    def fail(loaded):
        raise error(CANARY)

    monkeypatch.setattr(lambda_function, "Service", fail)
    status, headers, document = read(application().handle(request("/health"), CONTEXT))

    assert (status, document["code"], headers["Retry-After"]) == (503, "model_unavailable", "30")
    assert CANARY not in json.dumps(document)


def test_an_unexpected_error_is_a_plain_500_and_its_text_stays_inside(monkeypatch, capsys):
    def fail(event, service):
        raise RuntimeError(CANARY)

    monkeypatch.setattr(routes.ROUTES["/predict"], "endpoint", fail)
    response = lambda_handler(request(body={"features": SAMPLE}), CONTEXT)
    log = capsys.readouterr().out

    assert (response["statusCode"], json.loads(response["body"])["code"]) == (500, "internal_error")
    assert CANARY not in response["body"] + log
    assert "RuntimeError" in log
    assert "id-1" in log


def test_one_line_is_written_a_request(capsys):
    for event in (request(body={"features": SAMPLE}), request("/nothing"), None, []):
        lambda_handler(event, CONTEXT)
        assert len(capsys.readouterr().out.splitlines()) == 1


def test_the_request_id_is_lambda_s():
    assert answer("/nothing")[2]["request_id"] == "id-1"
    assert json.loads(lambda_handler(None, None)["body"])["request_id"] == "none"


def test_nothing_that_came_in_comes_out_or_is_logged(capsys):
    """A canary in every place that a caller can write to."""
    headers = {CANARY: CANARY, "Content-Type": "application/json"}
    bodies = [CANARY, {CANARY: 1}, {"features": {CANARY: 1}}, {"features": [CANARY]}, {"features": CANARY}, [CANARY]]
    events = [request(body=body, headers=headers) for body in bodies]
    events += [request(f"/{CANARY}"), request(method=CANARY), {CANARY: CANARY}, CANARY, [CANARY]]
    events += [request(body={"features": SAMPLE}, headers={"Content-Type": CANARY, "Content-Encoding": CANARY})]
    events += [request("/model", headers={"If-None-Match": CANARY})]

    for event in events:
        assert CANARY not in json.dumps(lambda_handler(event, CONTEXT))
    assert CANARY not in capsys.readouterr().out


@given(JSON)
def test_any_event_has_a_well_formed_answer(event):
    check_well_formed(lambda_handler(event, CONTEXT))


@given(JSON | st.dictionaries(st.sampled_from(["features", "instances", "explain"]), JSON))
def test_any_document_has_a_well_formed_answer(document):
    check_well_formed(lambda_handler(request(body=document), CONTEXT))


@given(st.text(st.characters(), max_size=200), st.dictionaries(st.text(), JSON), st.booleans())
def test_any_body_and_headers_have_a_well_formed_answer(body, headers, is_base64):
    event = {**request(body=body, headers=headers), "isBase64Encoded": is_base64}
    check_well_formed(lambda_handler(event, CONTEXT))


def check_well_formed(response):
    """Never a 5xx; strict ASCII JSON, a problem document where it is no answer; or the page."""
    if response["headers"]["Content-Type"].startswith("text/html"):
        return
    document = json.loads(response["body"], parse_constant=pytest.fail)

    assert response["body"].isascii()
    assert response["statusCode"] < 500
    if response["statusCode"] != 200:
        assert (document["status"], document["request_id"]) == (response["statusCode"], "id-1")
