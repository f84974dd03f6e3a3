"""An S3 on loopback that misbehaves in one chosen way, at the level of bytes on the wire."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

Answer = Iterator[bytes]
ERROR = '<?xml version="1.0"?><Error><Code>{code}</Code><Message>No. 7f3a-canary</Message></Error>'


def http(status: str, body: bytes, content_type: str = "application/xml", length: int | None = None) -> bytes:
    length = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


def error(status: str, code: str) -> Answer:
    yield http(status, ERROR.format(code=code).encode())


def good(model: bytes) -> Answer:
    yield http("200 OK", model, "application/json")


def silent(model: bytes) -> Answer:
    time.sleep(60)
    yield b""


def dripping_header(model: bytes) -> Answer:
    for byte in http("200 OK", model):
        yield bytes([byte])
        time.sleep(0.1)


def dripping_body(model: bytes) -> Answer:
    whole = http("200 OK", model)
    yield whole[: -len(model)]
    for byte in model:
        yield bytes([byte])
        time.sleep(0.1)


def truncated(model: bytes) -> Answer:
    yield http("200 OK", model[: len(model) // 2], length=len(model))


def shortened(model: bytes) -> Answer:
    """Truncated, and the length says so: nothing but the address gives it away."""
    yield http("200 OK", model[: len(model) // 2])


def bit_flipped(model: bytes) -> Answer:
    middle = len(model) // 2
    yield http("200 OK", model[:middle] + bytes([model[middle] ^ 1]) + model[middle + 1 :])


def html_page(model: bytes) -> Answer:
    yield http("200 OK", b"<html><body>Please log in to the network</body></html>", "text/html")


def endless(model: bytes) -> Answer:
    yield http("200 OK", b"", length=1 << 40)
    while True:
        yield b"{" * 65536


def garbage(model: bytes) -> Answer:
    yield b"\x16\x03\x01\x02\x00" * 100


@contextmanager
def serving(answers: list[Answer]) -> Iterator[tuple[str, list[bytes]]]:
    """The endpoint's URL, and what was asked of it. The n-th connection gets the n-th answer, later ones the last."""
    asked: list[bytes] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            head = b""
            while b"\r\n\r\n" not in head:  # all of it: closing with something unread would reset the connection
                piece = self.request.recv(65536)
                if not piece:
                    return
                head += piece
            asked.append(head)
            with suppress(OSError):
                for piece in answers[min(len(asked), len(answers)) - 1]:
                    self.request.sendall(piece)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()
        thread.join()
