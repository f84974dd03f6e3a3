"""lambda_app.local.local_server: real HTTP on the loopback interface, through real proxy events, to the same handler."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection
from threading import Thread

import pytest

from lambda_app.lambda_function import lambda_handler
from lambda_app.local import local_server
from lambda_app.local.local_server import LocalContext, LocalServer
from tests.tools.small_requests import SAMPLE

PREDICT = json.dumps({"features": SAMPLE})


@pytest.fixture(scope="module")
def port():
    """The port of a server that runs as long as this module's tests."""
    with LocalServer(0, lambda_handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def call(port, method="POST", path="/predict", body=None, headers=None):
    """Status, headers and body of one answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode("ascii")
    finally:
        connection.close()


def raw(port, request):
    """All that comes back for bytes sent as they are."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    return received


def test_a_prediction_over_http(port):
    status, headers, body = call(port, body=PREDICT, headers={"Content-Type": "application/json"})

    assert status == 200
    assert json.loads(body)["label"] == "benign"
    assert headers["Content-Length"] == str(len(body))
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health", 200),
        ("GET", "/health?verbose=1", 200),
        ("GET", "/model", 200),
        ("GET", "/predict", 405),
        ("BREW", "/predict", 405),
        ("post", "/predict", 405),
        ("GET", "/nothing", 404),
        ("GET", "/predict/%2e%2e/health", 404),
        ("POST", "/predict/", 400),
        ("POST", "http://localhost/predict", 400),
    ],
)
def test_every_method_and_path_reaches_the_handler(port, method, path, status):
    answered, headers, body = call(port, method, path)

    assert answered == status
    assert headers["Content-Type"] == ("application/json" if status == 200 else "application/problem+json")
    assert json.loads(body)


def test_a_target_that_is_no_url_is_an_unknown_path(port):
    answer = raw(port, b"GET http://[ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 404 ")


def test_head_has_no_body_and_no_length_of_another_body(port):
    status, headers, body = call(port, "HEAD", "/health")

    assert (status, body) == (200, "")
    assert "Content-Length" not in headers


def test_not_modified_has_no_body(port):
    etag = call(port, "GET", "/model")[1]["ETag"]
    status, headers, body = call(port, "GET", "/model", headers={"If-None-Match": etag})

    assert (status, body) == (304, "")
    assert "Content-Length" not in headers


def test_a_connection_serves_several_requests(port):
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    answers = []
    for path in ("/health", "/nothing", "/health"):
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        answers.append(response.status)
    connection.close()

    assert answers == [200, 404, 200]


def test_a_body_of_any_bytes_reaches_the_handler(port):
    """As API Gateway does, what is no text is sent on as base64."""
    status, _, body = call(port, body=b"\xff\xfe\x00")
    assert (status, json.loads(body)["code"]) == (400, "invalid_encoding")


def test_a_slow_client_does_not_stop_another(port):
    """One sends half a request and waits; the others are answered meanwhile, many at once."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
        slow.sendall(b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda _: call(port, body=PREDICT)[0], range(32)))

    assert statuses == [200] * 32


def test_a_client_that_never_ends_is_let_go(port, monkeypatch):
    monkeypatch.setattr(local_server.ProxyHandler, "timeout", 0.05)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
        slow.sendall(b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        assert slow.recv(1000) == b""


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (b"Transfer-Encoding: chunked", b"411"),
        (b"Content-Length: ten", b"400"),
        (b"Content-Length: -1", b"400"),
        (b"Content-Length: " + "²".encode("latin-1"), b"400"),
        (b"Content-Length: 99999999", b"413"),
        (b"Content-Length: " + b"9" * 5000, b"413"),
    ],
)
def test_a_body_of_unknown_or_excessive_length_is_refused(port, header, status):
    """Before it is read, and the connection is closed, as nobody knows where the next request would begin."""
    answer = raw(port, b"POST /predict HTTP/1.1\r\nHost: localhost\r\n" + header + b"\r\n\r\n{}")
    assert answer.split(b" ")[1] == status
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("host", ["localhost", "LocalHost:80", "127.0.0.1:8000", "[::1]", "[::1]:8000", "127.0.0.1"])
def test_this_machine_s_own_names_are_answered_to(port, host):
    assert call(port, "GET", "/health", headers={"Host": host})[0] == 200


def test_a_request_without_a_host_is_no_browser_s(port):
    assert raw(port, b"GET /health HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("host", ["model.example", "127.0.0.1.example", "example:127.0.0.1", "[::2]", ""])
def test_a_name_that_somebody_points_at_this_machine_is_refused(port, host):
    """DNS rebinding: a web page could else read and use the model."""
    status, headers, body = call(port, "GET", "/model", headers={"Host": host})

    assert (status, headers["Content-Type"]) == (421, "application/problem+json")
    assert json.loads(body)["code"] == "gateway_refused"
    assert "--name" in json.loads(body)["detail"]


@pytest.mark.parametrize(
    "request_line", [b"canary-7f3a", b"GET /canary-7f3a HTTP/9.canary", b"GET /" + b"a" * 70_000 + b" HTTP/1.1"]
)
def test_what_is_no_request_gets_a_problem_document_that_repeats_nothing(port, request_line):
    answer = raw(port, request_line + b"\r\nHost: localhost\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")

    assert head.split(b" ")[1][:1] == b"4"
    assert json.loads(body)["status"] == int(head.split(b" ")[1])
    assert b"canary" not in answer
    assert b"Python" not in answer


def test_a_refusal_of_head_has_no_body(port):
    answer = raw(port, b"HEAD /health HTTP/1.1\r\nHost: model.example\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 421 ")
    assert answer.endswith(b"\r\n\r\n")


def test_nothing_is_told_of_python(port):
    assert call(port, "GET", "/health")[1]["Server"] == "sklearn-lambda"


@pytest.mark.parametrize("start", [b"", b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n"])
def test_a_client_that_sends_a_byte_now_and_then_is_let_go(port, monkeypatch, start):
    """The deadline is for the whole request: each single byte comes in time."""
    monkeypatch.setattr(local_server.ProxyHandler, "timeout", 0.3)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
        slow.sendall(start)
        sent = 0
        with suppress(ConnectionError):
            while sent < 40:
                slow.sendall(b"x")
                sent += 1
                time.sleep(0.05)
    assert 2 < sent < 40


def test_after_the_deadline_nothing_is_read_even_where_there_is_something():
    here, there = socket.socketpair()
    with here, there:
        there.sendall(b"x")
        with pytest.raises(TimeoutError):
            local_server._InTime(here).readinto(bytearray(1))


def test_a_small_request_does_not_wait_for_large_ones(monkeypatch):
    """One large body is answered at a time, as by one function, and the rest of them wait; small ones do not."""
    running, most = [], []

    def handle(event, context):
        running.append(event["path"])
        most.append(running.count("/predict"))
        time.sleep(0.02 if event["body"] else 0)
        running.remove(event["path"])
        return {"statusCode": 200, "headers": {}, "body": "{}"}

    with LocalServer(0, handle) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        large = " " * (local_server.LARGE_BODY + 1)
        with ThreadPoolExecutor(8) as pool:
            answers = [pool.submit(call, server.server_port, body=large) for _ in range(6)]
            assert call(server.server_port, "GET", "/health")[0] == 200
            assert [answer.result()[0] for answer in answers] == [200] * 6
        server.shutdown()
        thread.join()
    assert max(most) == 1


def test_half_a_body_is_not_taken_for_a_whole_one(port):
    """The client hung up; what came so far may well be valid JSON of another meaning."""
    assert raw(port, b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{}") == b""


@pytest.mark.parametrize(
    ("error", "printed"), [(BrokenPipeError, False), (ConnectionResetError, False), (KeyError, True)]
)
def test_a_client_that_hangs_up_is_no_news_but_a_bug_is(capsys, error, printed):
    with LocalServer(0, lambda_handler) as server:
        try:
            raise error
        except error:
            server.handle_error(None, ("127.0.0.1", 1))

    assert (error.__name__ in capsys.readouterr().err) is printed


def test_a_body_over_the_limit_is_the_handler_s_to_refuse(port):
    status, _, body = call(port, body=b" " * (5 * 1024 * 1024 + 1))
    assert (status, json.loads(body)["code"]) == (413, "body_too_large")


def test_an_unknown_attribute_is_still_an_error():
    """Only the methods of HTTP are made up as they are needed."""
    handler = local_server.ProxyHandler.__new__(local_server.ProxyHandler)
    with pytest.raises(AttributeError):
        _ = handler.does_not_exist


def test_requests_are_not_printed_by_the_server(port, capsys):
    call(port, "GET", "/nothing?canary-7f3a")
    assert "canary-7f3a" not in "".join(capsys.readouterr())


def test_every_request_has_an_id_of_its_own():
    assert LocalContext().aws_request_id != LocalContext().aws_request_id


def test_only_this_machine_can_reach_the_server():
    with LocalServer(0, lambda_handler) as server:
        assert server.server_address[0] == "127.0.0.1"


def test_a_port_is_not_shared():
    with LocalServer(0, lambda_handler) as server, pytest.raises(OSError, match="in use"):
        LocalServer(server.server_port, lambda_handler)
