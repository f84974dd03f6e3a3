"""The golden pairs and the nasty cases through AWS's own runtime client, in both of its ways to write JSON."""

import json
import subprocess
import sys

import pytest

from tests.runtime.sandboxes import NEWER_MARSHALLING, sandboxes, unpack
from tests.tools import golden
from tests.tools.handling import NAMES, NASTY, SAMPLE, SHAPES, call, nasty_bodies, rest

GOOD = {"features": SAMPLE}
IMPORT = """
import importlib, json, pkgutil, sys
sys.path.insert(0, sys.argv[1])
before = set(sys.modules)
import lambda_app.lambda_function
response = lambda_app.lambda_function.lambda_handler(json.loads(sys.argv[2]), None)
import lambda_app.documents.openapi
names = {name.partition(".")[0] for name in set(sys.modules) - before}
print(json.dumps([response["statusCode"], lambda_app.__file__, sorted(names - set(sys.stdlib_module_names))]))
"""


@pytest.fixture(scope="module", params=[{}, NEWER_MARSHALLING], ids=["older", "newer"])
def sandbox(request):
    with sandboxes(1, request.param) as (only,):
        yield only


def with_request_id(expected, response):
    """The golden response with the request id that this invocation had."""
    if golden.REQUEST_ID not in expected["body"]:
        return expected
    actual = json.loads(response["body"]).get("request_id", "")
    return {**expected, "body": expected["body"].replace(golden.REQUEST_ID, actual)}


def test_there_are_golden_pairs():
    assert len(golden.names()) > 50


@pytest.mark.parametrize("name", golden.names())
def test_the_golden_event_has_its_golden_response(sandbox, name):
    event = golden.event_text(name).encode("ascii")
    response = sandbox.invoke(event)
    assert "errorType" not in response
    assert response == with_request_id(golden.expected(name), response)


def test_the_runtime_survives_whatever_is_in_a_body(sandbox):
    """Answered in the process that also answered what came before: nothing kills it."""
    expected = sandbox.invoke(GOOD)
    process = sandbox.runtime_process()
    assert expected["statusCode"] == 200
    for nasty in NASTY:
        for number, body in enumerate(nasty_bodies(nasty)):
            event = SHAPES[number % len(SHAPES)](body)
            if number % 3 == 2:
                event = SHAPES[number % len(SHAPES)](body.encode("utf-8", "surrogatepass"))
            response = sandbox.invoke(event)
            assert 200 <= response.get("statusCode", 599) < 500, (ascii(body[:60]), response)
    assert sandbox.invoke(GOOD) == expected
    assert sandbox.runtime_process() == process


@pytest.mark.parametrize(
    "event",
    [b"null", b"[]", b"0", b'"\\ud800"', b"{}", b'{"features": "\\ud800"}', b'{"Records": [{"s3": {}}]}'],
    ids=ascii,
)
def test_no_event_is_a_function_error(sandbox, event):
    response = sandbox.invoke(event)
    assert response["statusCode"] == 400


def test_the_log_is_one_line_of_json_a_request(sandbox):
    before = sandbox.log()
    sandbox.invoke(GOOD)
    sandbox.invoke({"features": {"\ud800": 1}})
    lines = sandbox.log()[len(before) :].splitlines()
    documents = [json.loads(line) for line in lines if '"_aws"' in line]
    assert [document["status"] for document in documents] == [200, 400]


def test_a_response_that_lambda_can_not_send_would_be_noticed(sandbox):
    """The runtime's own error document is no response; the tests above would see one."""
    response = sandbox.invoke(b"{" * 10)
    assert "errorType" in response
    assert "statusCode" not in response


@pytest.mark.parametrize("optimised", [[], ["-OO"]])
def test_the_package_needs_nothing_but_the_standard_library(tmp_path, optimised):
    """Isolated and without site-packages, from the unzipped package, in an empty folder."""
    unzipped = unpack(tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    command = [sys.executable, "-I", "-S", *optimised, "-c", IMPORT, str(unzipped), json.dumps(GOOD)]
    printed = subprocess.run(command, cwd=empty, capture_output=True, text=True, check=True).stdout
    status, file, foreign = json.loads(printed.splitlines()[-1])
    assert status == 200
    assert file == str(unzipped / "lambda_app" / "__init__.py")
    assert foreign == ["lambda_app"]


@pytest.mark.parametrize("explain", [False, True])
def test_the_largest_answer_is_one_that_lambda_sends(sandbox, explain):
    """The row that is one too many for an answer is refused; with a row less, the runtime accepts what is answered."""

    def event(rows):
        return rest(json.dumps({"instances": [[-9] * len(NAMES)] * rows, "explain": explain}))

    fits, too_many = 1, 1_000 if explain else 10_000
    while too_many - fits > 1:
        rows = (fits + too_many) // 2
        if call(event(rows))["statusCode"] == 200:
            fits = rows
        else:
            too_many = rows
    assert fits > 100
    assert sandbox.invoke(event(fits))["statusCode"] == 200
    assert json.loads(sandbox.invoke(event(too_many))["body"])["code"] == "batch_too_large"
