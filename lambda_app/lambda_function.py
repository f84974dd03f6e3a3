"""The Lambda function: read the event, find the route, answer, and say in one line what happened."""

from __future__ import annotations

import os
from time import perf_counter

from lambda_app.gateway import events
from lambda_app.gateway.cors import Cors, is_origin, preflight
from lambda_app.gateway.responses import JSON_HEADERS, Answer, respond
from lambda_app.model.store import ModelStore, NoModel
from lambda_app.problems import InternalError, MethodNotAllowed, ModelUnavailable, NotFound, Problem
from lambda_app.routes import ROUTES, Route
from lambda_app.service import Service
from lambda_app.telemetry import Telemetry, log_failure, report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambda_app.gateway.events import Request

PROBLEM_HEADERS = {**JSON_HEADERS, "Content-Type": "application/problem+json"}
PRE_TRAFFIC = "pre_traffic"  # the purpose of the deployment hook's calls, in a client context that no gateway can send


class Application:
    """The function's state between requests: the model it serves, its CORS origin, its telemetry."""

    def __init__(self, path: str | None = None) -> None:
        """`path`: of the model to serve unless MODEL_URI names one in S3; None: the packaged one."""
        self._store = ModelStore(os.environ.get("MODEL_URI", ""), path, report, Service)
        self._service: Service | None = None
        self._cors = _cors()
        self._telemetry = Telemetry()
        try:
            self._current()  # in Lambda's init phase, so that the first caller does not wait for it
        except NoModel:
            pass  # answered with 503 when a request comes

    def handle(self, event: Any, context: Any) -> dict[str, Any]:
        """The proxy response to any event. Never raises."""
        started = perf_counter()
        request_id = str(getattr(context, "aws_request_id", "none"))
        request, route, code = None, None, None
        try:
            request = events.read(event)
            route = _route(request)
            answer = self._answer(request, route)
        except Problem as problem:  # the name ends with this block, so that its traceback and this frame are no circle
            answer, code = _refusal(problem, request_id), problem.code
        except Exception as error:  # noqa: BLE001 – the last resort: only a problem document may leave the function
            log_failure(error, request_id)
            answer, code = _refusal(InternalError(), request_id), InternalError.code
        response = respond(request, answer, self._cors.headers)
        path, seconds = route.path if route else "unknown", perf_counter() - started
        is_measured = _purpose(context) != PRE_TRAFFIC
        self._telemetry.record(
            path, answer.status, code, seconds, request_id, self._service, answer.tally, is_measured=is_measured
        )
        return response

    def _answer(self, request: Request, route: Route) -> Answer:
        if request.method not in route.methods:
            allowed = [*route.methods, *self._cors.methods]
            if request.method not in allowed:
                raise MethodNotAllowed(allowed)
            return preflight(allowed)
        try:
            service = self._current()
        except NoModel as error:
            raise ModelUnavailable(error.retry_seconds) from None
        return route.endpoint(request, service)

    def _current(self) -> Service:
        """The service of the store's model of now. Raises NoModel."""
        service: Service = self._store.settled or self._store.current()
        self._service = service
        return service


def _route(request: Request) -> Route:
    for path in request.paths:
        route = ROUTES.get(path.rstrip("/") or "/")
        if route is not None:
            return route
    raise NotFound([*ROUTES])


def _refusal(problem: Problem, request_id: str) -> Answer:
    headers = {**PROBLEM_HEADERS, **problem.headers}
    return Answer(problem.to_json(request_id), headers, problem.status, problem.title)


def _cors() -> Cors:
    origin = os.environ.get("CORS_ORIGIN", "")
    if origin and not is_origin(origin):
        report({"level": "ERROR", "reason": "CORS_ORIGIN is neither * nor scheme://host: it is left out"})
        return Cors("")
    return Cors(origin)


def _purpose(context: Any) -> Any:
    custom = getattr(getattr(context, "client_context", None), "custom", None)
    return custom.get("purpose") if isinstance(custom, dict) else None


_APPLICATION = Application()


def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Lambda's entry point: any event in, a proxy response out."""
    return _APPLICATION.handle(event, context)
