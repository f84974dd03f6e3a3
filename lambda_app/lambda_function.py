"""The Lambda function: read the event, find the route, answer, and say in one line what happened."""

from __future__ import annotations

import gc
import os
from time import perf_counter

from lambda_app import api_gateway, json_body
from lambda_app.model.store import ModelStore
from lambda_app.problems import (
    InternalError,
    MethodNotAllowed,
    ModelUnavailable,
    NotFound,
    Problem,
    UnsupportedMediaType,
)
from lambda_app.service import Service
from lambda_app.telemetry import Telemetry, log_failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambda_app.api_gateway import Request
    from lambda_app.service import Tally

ROUTES = {"/predict": ["POST"], "/health": ["GET", "HEAD"], "/model": ["GET", "HEAD"], "/openapi.json": ["GET", "HEAD"]}
SECURITY_HEADERS = {"X-Content-Type-Options": "nosniff"}
JSON_HEADERS = {"Content-Type": "application/json", **SECURITY_HEADERS, "Cache-Control": "no-store"}
PROBLEM_HEADERS = {**JSON_HEADERS, "Content-Type": "application/problem+json"}


class Answer:
    """What goes out: a status, headers, a body, and what was predicted."""

    __slots__ = ("body", "headers", "status", "tally", "title")

    def __init__(
        self,
        body: str,
        headers: dict[str, str] = JSON_HEADERS,
        status: int = 200,
        title: str = "OK",
        tally: Tally | None = None,
    ) -> None:
        self.body = body
        self.headers = headers
        self.status = status
        self.title = title
        self.tally = tally


class Application:
    """The function's state between requests: the model it serves, its CORS origin, its telemetry."""

    def __init__(self) -> None:
        self._store = ModelStore(os.environ.get("MODEL_URI", ""))
        self._service: Service | None = None
        self._cors_origin = os.environ.get("CORS_ORIGIN", "")
        self._telemetry = Telemetry()
        try:
            self._current()  # in Lambda's init phase, so that the first caller does not wait for it
        except ModelUnavailable:
            pass  # answered with 503 when a request comes

    def handle(self, event: Any, context: Any) -> dict[str, Any]:
        """The proxy response to any event. Never raises."""
        started = perf_counter()
        request_id = str(getattr(context, "aws_request_id", "none"))
        request, route, code = None, "unknown", None
        try:
            request = api_gateway.read(event)
            route = self._route(request)
            answer = self._answer(request, route)
        except Problem as problem:
            code, answer = problem.code, _refusal(problem, request_id)
        except Exception as error:  # noqa: BLE001 – the last resort: only a problem document may leave the function
            # Neither of the two may get another name here. An error holds this frame: a frame that holds the error
            # keeps the whole request alive until garbage is looked for, which lists of numbers alone never cause.
            log_failure(error, request_id)
            code, answer = InternalError.code, _refusal(InternalError(), request_id)
        headers = {**answer.headers, **self._cors_headers()} if self._cors_origin else answer.headers
        body = "" if request and request.method == "HEAD" else answer.body
        response = api_gateway.respond(request, answer.status, answer.title, headers, body)
        seconds = perf_counter() - started
        self._telemetry.record(route, answer.status, code, seconds, request_id, self._service, answer.tally)
        return response

    def _route(self, request: Request) -> str:
        for path in request.paths:
            route = path.rstrip("/")
            if route in ROUTES:
                return route
        raise NotFound(list(ROUTES))

    def _answer(self, request: Request, route: str) -> Answer:
        allowed = [*ROUTES[route], "OPTIONS"] if self._cors_origin else ROUTES[route]
        if request.method not in allowed:
            raise MethodNotAllowed(allowed)
        if request.method == "OPTIONS":
            return _preflight(allowed)
        service = self._current()
        return HANDLERS[route](request, service)

    def _current(self) -> Service:
        """The service around the store's model of now; built anew when the store has another one."""
        loaded = self._store.current()
        if self._service is None or self._service.loaded is not loaded:
            self._service = Service(loaded)
        return self._service

    def _cors_headers(self) -> dict[str, str]:
        headers = {"Access-Control-Allow-Origin": self._cors_origin}
        return headers if self._cors_origin == "*" else {**headers, "Vary": "Origin"}


def _refusal(problem: Problem, request_id: str) -> Answer:
    headers = {**PROBLEM_HEADERS, **problem.headers}
    return Answer(problem.to_json(request_id), headers, problem.status, problem.title)


def _predict(request: Request, service: Service) -> Answer:
    _check_media_type(request)
    body, tally = service.predict(json_body.read(request.body(), service.bound))
    return Answer(body, tally=tally)


def _health(request: Request, service: Service) -> Answer:
    return Answer(service.health())


def _model(request: Request, service: Service) -> Answer:
    return _cacheable(request, *service.model())


def _openapi(request: Request, service: Service) -> Answer:
    return _cacheable(request, *service.openapi())


HANDLERS: dict[str, Callable[[Request, Service], Answer]] = {
    "/predict": _predict,
    "/health": _health,
    "/model": _model,
    "/openapi.json": _openapi,
}


def _cacheable(request: Request, body: str, etag: str) -> Answer:
    """The document, or 304 where the caller has it already."""
    headers = {"Content-Type": "application/json", **SECURITY_HEADERS, "Cache-Control": "no-cache", "ETag": etag}
    known = [tag.strip().removeprefix("W/") for tag in (request.header("if-none-match") or "").split(",")]
    if etag in known or "*" in known:
        return Answer("", headers, 304, "Not Modified")
    return Answer(body, headers)


def _preflight(allowed: list[str]) -> Answer:
    headers = {
        **JSON_HEADERS,
        "Access-Control-Allow-Methods": ", ".join(allowed),
        "Access-Control-Allow-Headers": "Authorization, Content-Type, X-Api-Key",
        "Access-Control-Max-Age": "600",
    }
    return Answer("", headers, 204, "No Content")


def _check_media_type(request: Request) -> None:
    """Raises UnsupportedMediaType unless the body is JSON in UTF-8, as it came."""
    encoding = request.header("content-encoding")
    if encoding and encoding.strip().lower() != "identity":
        raise UnsupportedMediaType
    content_type = request.header("content-type")
    if not content_type or content_type == "application/json":
        return  # nearly everybody; the rest is judged word by word
    media_type, *parameters = content_type.lower().split(";")
    media_type = media_type.strip()
    is_json = media_type == "application/json" or (media_type.endswith("+json") and "/" in media_type)
    charsets = [
        value.strip(' "') for name, _, value in (p.partition("=") for p in parameters) if name.strip() == "charset"
    ]
    if not is_json or any(charset not in ("utf-8", "utf8") for charset in charsets):
        raise UnsupportedMediaType


_APPLICATION = Application()


def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Lambda's entry point: any event in, a proxy response out."""
    gc.disable()  # until it is answered: looking for garbage slows down a large batch
    try:
        return _APPLICATION.handle(event, context)
    finally:
        gc.enable()
