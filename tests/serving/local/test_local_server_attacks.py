"""Raw bytes at the local server: an answer to each, no traceback, and it goes on serving."""

import socket
import threading

import pytest

from lambda_app.lambda_function import lambda_handler
from lambda_app.local.local_server import LocalServer

COMMON = "Host: localhost\r\nConnection: close\r\n"
ATTACKS = {
    "a URL that is none": (f"GET http://[ HTTP/1.1\r\n{COMMON}\r\n", 40),  # 400, or 404 where Python can read it
    "a length of 5,000 digits": (f"POST /predict HTTP/1.1\r\nContent-Length: {'9' * 5000}\r\n{COMMON}\r\n", 413),
    "a length over the limit": (f"POST /predict HTTP/1.1\r\nContent-Length: 99999999\r\n{COMMON}\r\n", 413),
    "a negative length": (f"POST /predict HTTP/1.1\r\nContent-Length: -1\r\n{COMMON}\r\n", 400),
    "a length in other digits": (f"POST /predict HTTP/1.1\r\nContent-Length: \u00b2\r\n{COMMON}\r\n", 400),
    "two lengths": (f"GET /health HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n{COMMON}\r\n{{}}", 400),
    "a length twice": (f"GET /health HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 0\r\n{COMMON}\r\n", 400),
    "another host": ("GET /health HTTP/1.1\r\nHost: model.example\r\n\r\n", 421),
    "two hosts": (f"GET /health HTTP/1.1\r\nHost: model.example\r\n{COMMON}\r\n", 421),
    "a host that begins like ours": ("GET /health HTTP/1.1\r\nHost: localhost.example:80\r\n\r\n", 421),
    "an empty host": ("GET /health HTTP/1.1\r\nHost: \r\n\r\n", 421),
    "no HTTP": ("canary-7f3a\r\n\r\n", 400),
    "a version that is none": (f"GET /health HTTP/canary\r\n{COMMON}\r\n", 400),
    "a line without an end": (f"GET /{'a' * 70_000}", 414),
    "a hundred headers too many": ("GET /health HTTP/1.1\r\n" + "a: b\r\n" * 200 + f"{COMMON}\r\n", 431),
    "chunks": (f"POST /predict HTTP/1.1\r\nTransfer-Encoding: chunked\r\n{COMMON}\r\n0\r\n\r\n", 411),
    "a path in Latin-1": (f"GET /\u00e9 HTTP/1.1\r\n{COMMON}\r\n", 404),
    "a header in Latin-1": (f"GET /health HTTP/1.1\r\nX-\u00e9: \u00e9\r\n{COMMON}\r\n", 200),
    "no path": (f"GET ? HTTP/1.1\r\n{COMMON}\r\n", 200),
    "an absolute URL": (f"GET http://x/health HTTP/1.1\r\n{COMMON}\r\n", 200),
    "a made-up method": (f"__class__ /predict HTTP/1.1\r\n{COMMON}\r\n", 405),
    "a body in Latin-1": (f"POST /predict HTTP/1.1\r\nContent-Length: 1\r\n{COMMON}\r\n\u00e9", 400),
    "a body longer than said": (f"POST /predict HTTP/1.1\r\nContent-Length: 1\r\n{COMMON}\r\n{{}}", 400),
}


@pytest.fixture(scope="module")
def port():
    server = LocalServer(0, lambda_handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def answer(port, text):
    """The status line that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(text.encode("latin-1"))
        received = b""
        while b"\r\n" not in received and (piece := connection.recv(4096)):
            received += piece
    return received.partition(b"\r\n")[0].decode("latin-1")


@pytest.mark.parametrize("name", ATTACKS)
def test_it_is_answered(port, name, capfd):
    text, status = ATTACKS[name]
    assert answer(port, text).split(" ")[1].startswith(str(status))
    assert answer(port, f"GET /health HTTP/1.1\r\n{COMMON}\r\n").startswith("HTTP/1.1 200 ")
    assert "Traceback" not in capfd.readouterr().err
