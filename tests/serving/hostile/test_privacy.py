"""Nothing that came in is sent back in an error, a header or a log line: canaries in every field of every event."""

import itertools
import json

import pytest

from lambda_app.gateway import events
from lambda_app.lambda_function import Application
from tests.tools import golden
from tests.tools.handling import NAMES, SAMPLE, SHAPES, Context, check, check_log

CANARY = "kanari8317"
NUMBER = 8317.53188317
HEADERS = {
    "Authorization": f"Bearer {CANARY}",
    "X-Api-Key": CANARY,
    "Cookie": f"session={CANARY}",
    "X-Forwarded-For": CANARY,
    "User-Agent": CANARY,
    "X-Amzn-Trace-Id": CANARY,
    "X-Request-Id": CANARY,
    "Origin": f"https://{CANARY}.example",
    "If-None-Match": f'"{CANARY}"',
    f"X-{CANARY}": CANARY,
}
MORE_HEADERS = [{}, {"Content-Type": f"text/{CANARY}"}, {"Content-Encoding": CANARY}]
METHODS = ["POST", "GET", CANARY]
PATHS = ["/predict", "/model", f"/{CANARY}", f"/predict/{CANARY}"]
EVERYWHERE = {
    "queryStringParameters": {CANARY: CANARY},
    "multiValueQueryStringParameters": {CANARY: [CANARY]},
    "rawQueryString": f"{CANARY}={CANARY}",
    "cookies": [CANARY],
    "stageVariables": {CANARY: CANARY},
    CANARY: CANARY,
}
IDENTITY = {
    "accountId": CANARY,
    "requestId": CANARY,
    "identity": {"sourceIp": CANARY, "userAgent": CANARY, "apiKey": CANARY},
    "authorizer": {"claims": {"sub": CANARY}, "principalId": CANARY},
    CANARY: CANARY,
}
BODIES = {
    "good": json.dumps({"features": SAMPLE, "explain": True}),
    "name": json.dumps({"features": {**dict(zip(NAMES, SAMPLE, strict=True)), CANARY: 1, f"mean radius {CANARY}": 2}}),
    "value": json.dumps({"features": [CANARY, *SAMPLE[1:]]}),
    "field": json.dumps({"features": SAMPLE, CANARY: CANARY}),
    "explain": json.dumps({"features": SAMPLE, "explain": CANARY}),
    "twice": f'{{"features": [], "{CANARY}": 1, "{CANARY}": 2}}',
    "malformed": f'{{"features": {CANARY}',
    "text": CANARY,
    "string": json.dumps(CANARY),
    "batch": json.dumps({"instances": [{CANARY: CANARY}, [CANARY], CANARY]}),
    "bytes": f"\xff{CANARY}".encode("latin-1"),
    "surrogate": json.dumps({"features": {f"\ud800{CANARY}": 1}}),
}


@pytest.fixture(params=["DEBUG", "INFO", "WARNING", "ERROR", CANARY])
def level(request, monkeypatch):
    monkeypatch.setenv("LOG_LEVEL", request.param)
    return request.param


@pytest.fixture
def application(level):
    return Application()


def examine(application, event, capfd, secret=CANARY):
    """Answer the event; the secret must be nowhere but in the event. Returns the response and the log lines."""
    capfd.readouterr()
    response = application.handle(event, Context())
    captured = capfd.readouterr()
    assert secret not in json.dumps(response)
    assert secret not in captured.out + captured.err
    assert captured.err == ""
    return response, check_log(captured.out)


@pytest.mark.parametrize("body", BODIES)
def test_nothing_that_came_in_goes_out(application, level, body, capfd):
    lowest = {"WARNING": 400, "ERROR": 500}.get(level, 0)
    for shape, method, path, more in itertools.product(SHAPES, METHODS, PATHS, MORE_HEADERS):
        event = shape(BODIES[body], method, path, {**HEADERS, **more}, **EVERYWHERE)
        event["requestContext"] = {**event["requestContext"], **IDENTITY}
        response, lines = examine(application, event, capfd)
        check(response)
        assert len(lines) == (response["statusCode"] >= lowest)


def places(value, path=()):
    """Where in a JSON value there is a member or an element, by its keys and indices."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield (*path, key)
        yield from places(member, (*path, key))


def replaced(value, path, new):
    """The value with something else at one place; `new` is told what was there."""
    if not path:
        return new(value)
    changed = value.copy()
    changed[path[0]] = replaced(value[path[0]], path[1:], new)
    return changed


@pytest.mark.slow
def test_a_canary_at_every_place_of_every_golden_event(monkeypatch, capfd):
    """In place of what was there, and behind it."""
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    application = Application()
    tried = 0
    for name in golden.names():
        event = golden.event(name)
        if len(json.dumps(event)) > 20_000:
            continue  # the large ones differ in their size only
        for path in places(event):
            for new in (lambda old: CANARY, lambda old: f"{old if isinstance(old, str) else ''}{CANARY}"):
                _, lines = examine(application, replaced(event, path, new), capfd)
                assert len(lines) == 1
                tried += 1
        for key in event if isinstance(event, dict) else ():
            examine(application, {**event, f"{key}{CANARY}": event[key]}, capfd)
    assert tried > 2_000


@pytest.mark.parametrize("number", [NUMBER, -NUMBER, int(NUMBER * 1e8)])
def test_numbers_are_in_no_error_and_no_log_line(number, monkeypatch, capfd):
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    application = Application()
    for document in [
        {"features": [number]},
        {"features": number},
        {"features": SAMPLE, "explain": number},
        {"instances": [[number] * len(NAMES), [number]]},
        {"features": {"mean radius": number}},
        {"features": {str(number): 1}},
        {"features": [number, *SAMPLE[1:]]},  # answered, and with a warning
        number,
    ]:
        for shape in SHAPES:
            examine(application, shape(json.dumps(document)), capfd, secret=str(number))


def test_an_unexpected_error_says_where_but_not_what(monkeypatch, capfd):
    def broken(event):
        raise ValueError(f"{CANARY}\n")

    application = Application()
    monkeypatch.setattr(events, "read", broken)
    response, lines = examine(application, {CANARY: CANARY}, capfd)
    assert response["statusCode"] == 500
    assert json.loads(response["body"])["code"] == "internal_error"
    assert [line["level"] for line in lines] == ["ERROR", "ERROR"]
    assert lines[0]["error"] == "ValueError"


def test_a_request_id_can_not_break_the_line(capfd):
    class Hostile:
        aws_request_id = '"}\n{"level": "\u2028\ud800%s%d'

    capfd.readouterr()
    Application().handle(None, Hostile())
    (line,) = check_log(capfd.readouterr().out)
    assert line["request_id"] == Hostile.aws_request_id


def test_the_canaries_are_found_where_they_may_be(capfd):
    """An explanation carries the caller's own number: the search would see a leak."""
    with pytest.raises(AssertionError):
        examine(
            Application(),
            SHAPES[0](json.dumps({"features": [NUMBER, *SAMPLE[1:]], "explain": True})),
            capfd,
            secret=str(NUMBER),
        )
