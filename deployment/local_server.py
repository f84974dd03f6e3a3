"""The API on this machine: HTTP → the proxy event API Gateway would send → the handler → HTTP. For development only.

`python -m lambda_app` starts it. It stands outside that folder because everything there is sent to Lambda.
"""

from __future__ import annotations

import argparse
import errno
import json
import signal
import sys
import uuid
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from lambda_app.lambda_function import lambda_handler
from lambda_app.limits import MAXIMUM_BODY_BYTES
from lambda_app.model.store import read_packaged

HOST = "127.0.0.1"
SLOW_CLIENT_SECONDS = 30
MAXIMUM_READ = 2 * MAXIMUM_BODY_BYTES  # the handler refuses more than 5 MiB itself; API Gateway cuts off at 10 MB


class LocalContext:
    """What the handler uses of the context that Lambda hands in."""

    def __init__(self) -> None:
        self.aws_request_id = str(uuid.uuid4())


def proxy_event(method: str, target: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """An API Gateway REST proxy event (payload 1.0) for a request to stage `local`."""
    path = _path(target)
    try:
        text, is_base64 = body.decode("utf-8"), False
    except UnicodeDecodeError:
        text, is_base64 = b64encode(body).decode("ascii"), True
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {"stage": "local", "resourcePath": path, "httpMethod": method, "path": f"/local{path}"},
        "body": text or None,
        "isBase64Encoded": is_base64,
    }


def _path(target: str) -> str:
    """The path of a request's target; empty, and so unknown to the handler, where the target is no URL."""
    try:
        return urlsplit(target).path
    except ValueError:  # http://[
        return ""


class ProxyHandler(BaseHTTPRequestHandler):
    """Turns one HTTP request into an event and the handler's response into HTTP. Any method goes to the handler."""

    protocol_version = "HTTP/1.1"
    server_version = "sklearn-lambda"
    timeout = SLOW_CLIENT_SECONDS

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._proxy
        raise AttributeError(name)

    def _proxy(self) -> None:
        body = self._read_body()
        if body is None:
            return
        try:
            event = proxy_event(self.command, self.path, dict(self.headers.items()), body)
        except ValueError:
            self._refuse(400, "The URL cannot be read.")
            return
        response = lambda_handler(event, LocalContext())
        content = response["body"].encode("ascii")
        self.send_response(response["statusCode"])
        for name, value in response["headers"].items():
            self.send_header(name, value)
        if response["statusCode"] not in (204, 304) and self.command != "HEAD":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _read_body(self) -> bytes | None:
        """The body, or None when the request can't be read and was refused."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers:
            self._refuse(411, "This server needs a Content-Length.")
        elif not (length.isascii() and length.isdigit()):
            self._refuse(400, "Content-Length must be a number.")
        elif len(length) > 20 or int(length) > MAXIMUM_READ:  # int() refuses thousands of digits
            self._refuse(413, "The body is larger than API Gateway would accept.")
        else:
            body = self.rfile.read(int(length))
            if len(body) == int(length):
                return body
            self.close_connection = True  # the client hung up half-way: nothing to answer, and nobody
        return None

    def _refuse(self, status: int, sentence: str) -> None:
        self.close_connection = True
        self.send_error(status, sentence)

    def log_message(self, *arguments: Any) -> None:
        """Nothing: the handler's own line says what happened, without repeating what came in."""


class LocalServer(ThreadingHTTPServer):
    """A thread a connection, so that one slow client does not stop another."""

    daemon_threads = True
    allow_reuse_port = False  # else newer Pythons share a port that is in use, and half the requests go astray

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Silence where a client hung up before its answer; a traceback for anything else."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def serve(port: int) -> LocalServer:
    """A server bound to this machine's port (0: any free one). Raises OSError where the port is taken."""
    return LocalServer((HOST, port), ProxyHandler)


def main() -> int:
    """Serve until Ctrl-C; 0 then, 1 where the port can't be had."""
    parser = argparse.ArgumentParser(
        prog="python -m lambda_app", description="Serve the API on this machine, exactly as the Lambda function would."
    )
    parser.add_argument("--port", type=_port, default=8000, help="where to listen (default 8000; 0: any free port)")
    port = parser.parse_args().port
    try:
        server = serve(port)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "is in use by another program" if taken else f"can't be opened: {error.strerror}"
        print(f"Port {port} {why}. Choose another one: python -m lambda_app --port {port + 1}", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stopped by a supervisor: as by Ctrl-C
    url = f"http://{HOST}:{server.server_port}"
    print(f"Serving {url} – Ctrl-C stops. Try:\n\n{_curl_line(url)}\n", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("\nStopped.")
    finally:
        server.server_close()
    return 0


def _curl_line(url: str) -> str:
    """A line to paste: the model's first golden row as a request."""
    example = json.dumps({"features": read_packaged().parameters.golden_rows[0]["features"]})
    return f"curl -X POST {url}/predict -H 'Content-Type: application/json' -d '{example}'"


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)
