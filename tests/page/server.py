"""The API as the page meets it: the real handler with a model of the test's, behind HTTP, and faults where asked for."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import urlsplit

from lambda_app.gateway.caller import proxy_event
from lambda_app.lambda_function import Application
from lambda_app.local.local_server import LocalContext

STAGE = "/Prod"


class Fault:
    """What happens to one request in the place of the API's answer, or, without a status, before it."""

    def __init__(self, status=None, body="", headers=None, *, is_gone=False, is_held=False):
        self.status, self.body, self.headers = status, body, headers or {}
        self.is_gone = is_gone
        self.released = Event()
        if not is_held:
            self.released.set()


class Api:
    """One running API. `faults`: path → those of its next requests; `requests`: what came in, [(path, body)]."""

    def __init__(self, path=None):
        self.application = Application(None if path is None else str(path))
        self.faults = {}
        self.requests = []
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                api._answer(self, b"")

            def do_POST(self):
                api._answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *arguments):
                """Nothing: the tests look at `requests`."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def _answer(self, handler, body):
        path = urlsplit(handler.path).path
        if path == STAGE or path.startswith(f"{STAGE}/"):  # as API Gateway: the stage is not part of the path
            path = path.removeprefix(STAGE) or "/"
        self.requests.append((path, body.decode()))
        faults = self.faults.get(path, [])
        fault = faults.pop(0) if faults else Fault()
        fault.released.wait(20)
        if fault.is_gone:
            return
        if fault.status is None:
            event = proxy_event(handler.command, path, dict(handler.headers.items()), body)
            response = self.application.handle(event, LocalContext())
        else:
            response = {"statusCode": fault.status, "headers": fault.headers, "body": fault.body}
        content = response["body"].encode("ascii")
        try:
            handler.send_response(response["statusCode"])
            for name, value in {**response["headers"], "Content-Length": str(len(content))}.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(content)
        except ConnectionError:
            pass  # the page did not wait

    def described(self):
        """What GET /model says."""
        return json.loads(self.application.handle(proxy_event("GET", "/model", {}, b""), LocalContext())["body"])

    def bodies(self, path="/predict"):
        return [body for other, body in self.requests if other == path]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
