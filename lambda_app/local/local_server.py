"""The API on this machine: HTTP → the proxy event API Gateway would send → the handler → HTTP. For development only.

What API Gateway refuses itself is refused here, in the same shape. Only this machine reaches the server, and only under
this machine's own names: else any web page could use the model through a name that it points at 127.0.0.1.
"""

import io
import json
import socket
import sys
import uuid
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from time import monotonic, perf_counter
from typing import Any
from urllib.parse import urlsplit

from lambda_app.body.limits import MAXIMUM_BODY_BYTES
from lambda_app.gateway.caller import proxy_event, status_of

Handle = Callable[[Any, Any], dict[str, Any]]

HOST = "127.0.0.1"
OWN_NAMES = frozenset({"localhost", HOST, "[::1]"})
SLOW_CLIENT_SECONDS = 30  # for a whole request, however it comes
MAXIMUM_READ = 2 * MAXIMUM_BODY_BYTES  # the handler refuses more than 5 MiB itself; API Gateway cuts off at 10 MB
LARGE_BODY = 64 * 1024  # such bodies are answered one at a time, as one function would
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})


class LocalContext:
    """What the handler uses of the context that Lambda hands in."""

    def __init__(self) -> None:
        self.aws_request_id = str(uuid.uuid4())


def _path(target: str) -> str:
    """The path of a request's target; one that the handler does not know where the target is no URL."""
    try:
        return urlsplit(target).path
    except ValueError:  # http://[
        return "?"


class _InTime(io.RawIOBase):
    """A connection that is read until a deadline: a client that sends a byte now and then does not move it."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.deadline = 0.0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        seconds = self.deadline - monotonic()
        if seconds <= 0:
            raise TimeoutError
        self._connection.settimeout(seconds)
        return self._connection.recv_into(buffer)


class ProxyHandler(BaseHTTPRequestHandler):
    """Turns one HTTP request into an event and the handler's response into HTTP. Any method goes to the handler."""

    server: "LocalServer"
    protocol_version = "HTTP/1.1"
    timeout = SLOW_CLIENT_SECONDS

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._proxy
        raise AttributeError(name)

    def setup(self) -> None:
        """Like its parent's, but whole requests have the deadline, not single reads."""
        super().setup()
        self._in_time = _InTime(self.connection)
        self.rfile = io.BufferedReader(self._in_time)

    def handle_one_request(self) -> None:
        """Wait for a request, read it and answer it."""
        self._in_time.deadline = monotonic() + self.timeout
        super().handle_one_request()

    def version_string(self) -> str:
        """The server's name, and nothing of the Python that it runs on."""
        return "sklearn-lambda"

    def _proxy(self) -> None:
        body = self._read_body() if self._is_for_us() else None
        if body is None:
            return
        path = _path(self.path)
        event = proxy_event(self.command, path, dict(self.headers.items()), body)
        with self.server.one_at_a_time if len(body) > LARGE_BODY else nullcontext():
            started = perf_counter()
            response = self.server.handle(event, LocalContext())
            seconds = perf_counter() - started
        status = status_of(response)
        # A path that is none of ours stays out of the terminal, as it stays out of the log.
        known = path if status != HTTPStatus.NOT_FOUND else "…"
        method = self.command if self.command in METHODS else "…"
        self.server.say(f"{method} {known} {status} {1000 * seconds:.1f} ms")
        content = response["body"].encode("utf-8")
        self.connection.settimeout(self.timeout)
        self.send_response(status)
        for name, value in response["headers"].items():
            self.send_header(name, value)
        if status not in (204, 304) and self.command != "HEAD":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _is_for_us(self) -> bool:
        """Whether the request names this machine; else it was refused."""
        hosts = self.headers.get_all("Host") or [HOST]  # HTTP/1.0 has none, and no browser speaks it
        name = hosts[0].strip().lower()
        if not name.endswith("]"):
            name = name.rpartition(":")[0] or name
        if len(hosts) == 1 and name in self.server.names:
            return True
        self._refuse(421, "This server answers to this machine's own names only; --name adds another.")
        return False

    def _read_body(self) -> bytes | None:
        """The body, or None when the request can't be read and was refused."""
        lengths = self.headers.get_all("Content-Length") or ["0"]
        length = lengths[0]
        if "Transfer-Encoding" in self.headers:
            self._refuse(411, "This server needs a Content-Length.")
        elif len(lengths) > 1 or not (length.isascii() and length.isdigit()):
            self._refuse(400, "Content-Length must be one number.")
        elif len(length) > 20 or int(length) > MAXIMUM_READ:  # int() refuses thousands of digits
            self._refuse(413, "The body is larger than API Gateway would accept.")
        else:
            body = self.rfile.read(int(length))
            if len(body) == int(length):
                return body
            self.close_connection = True  # the client hung up half-way: nothing to answer, and nobody
        return None

    def _refuse(self, status: int, sentence: str) -> None:
        problem = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": sentence,
            "code": "gateway_refused",
            "request_id": str(uuid.uuid4()),
        }
        content = json.dumps(problem).encode("ascii")
        self.request_version = self.protocol_version  # else a line that is no request gets no status for an answer
        self.close_connection = True
        self.connection.settimeout(self.timeout)
        self.send_response(status)
        self.send_header("Content-Type", "application/problem+json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        self.server.say(f"refused {status}")

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What Python's server refuses itself, such as a line that is no request. Its message would repeat that line."""
        self._refuse(code, "The request cannot be read as HTTP.")

    def log_message(self, *arguments: Any) -> None:
        """Nothing: `say` writes the line of a request, without repeating what came in."""


class LocalServer(ThreadingHTTPServer):
    """A thread a connection, so that one slow client does not stop another."""

    daemon_threads = True
    allow_reuse_port = False  # else newer Pythons share a port that is in use, and half the requests go astray

    def __init__(
        self, port: int, handle: Handle, names: Iterable[str] = (), say: Callable[[str], None] = lambda line: None
    ) -> None:
        """Bound to this machine's port (0: any free one). Raises OSError where the port is taken.

        `names`: other host names to answer to; `say` is told one line a request.
        """
        self.handle = handle
        self.names = OWN_NAMES | {name.lower() for name in names}
        self.say = say
        self.one_at_a_time = Lock()
        super().__init__((HOST, port), ProxyHandler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Silence where a client hung up before its answer; a traceback for anything else."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)
