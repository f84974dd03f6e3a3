"""Every route, once: its path, its methods, what answers it, and what OpenAPI says of it.

404, 405, OpenAPI, the deployment hook, the documents and the tests read this table. A route is a function and a line.
"""

from __future__ import annotations

import gc
import json

from lambda_app.body import json_body
from lambda_app.body.media_type import require_json
from lambda_app.gateway.responses import JSON, SECURITY_HEADERS, Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from lambda_app.gateway.events import Request
    from lambda_app.service import Service

    Endpoint = Callable[[Request, Service], Answer]

LARGE_BODY = 64 * 1024  # characters; from here on, looking for garbage while the body is read costs more than it finds
READ = ("GET", "HEAD")


class Route:
    """`cached` says whether its answer has an ETag."""

    __slots__ = ("cached", "endpoint", "methods", "name", "path", "summary")

    def __init__(
        self, path: str, methods: tuple[str, ...], endpoint: Endpoint, summary: str, *, cached: bool = False
    ) -> None:
        self.path, self.methods, self.endpoint = path, methods, endpoint
        self.name = endpoint.__name__.strip("_")
        self.summary, self.cached = summary, cached


def _predict(request: Request, service: Service) -> Answer:
    require_json(request)
    body = request.body()
    is_large = body is not None and len(body) > LARGE_BODY
    if is_large:
        gc.disable()
    try:
        text, tally = service.predict(json_body.read(body, service.bound))
    finally:
        if is_large:
            gc.enable()
    return Answer(text, tally=tally)


def _health(request: Request, service: Service) -> Answer:
    return Answer(service.health())


def _model(request: Request, service: Service) -> Answer:
    def generate() -> str:
        from lambda_app.documents.description import describe  # when first asked for: a cold start need not pay

        return json.dumps(describe(service.loaded, service.limits))

    return _cacheable(request, *service.document("model", generate))


def _openapi(request: Request, service: Service) -> Answer:
    def generate() -> str:
        from lambda_app.documents.description import describe
        from lambda_app.documents.openapi import document

        example = {"features": service.loaded.model.parameters.golden_rows[0]["features"]}
        examples = {"predict": (example, json.loads(service.predict(example)[0]))}
        return json.dumps(document(describe(service.loaded, service.limits), [*ROUTES.values()], examples))

    return _cacheable(request, *service.document("openapi", generate))


def _page(request: Request, service: Service) -> Answer:
    from lambda_app.documents.page import page

    body, etag, headers = page()
    return _cacheable(request, body, etag, headers)


def _cacheable(request: Request, body: str, etag: str, own: dict[str, str] | None = None) -> Answer:
    """The document, or 304 where the caller has it already."""
    headers = {"Content-Type": JSON, **SECURITY_HEADERS, "Cache-Control": "no-cache", "ETag": etag, **(own or {})}
    known = request.header("if-none-match") or ""
    if etag in known or known.strip() == "*":  # an ETag stands in quotes, and in no other one
        return Answer("", headers, 304, "Not Modified")
    return Answer(body, headers)


ROUTES = {
    route.path: route
    for route in (
        Route("/predict", ("POST",), _predict, "Predict one sample, or a batch."),
        Route("/health", READ, _health, "Whether the model is loaded and proved."),
        Route("/model", READ, _model, "What the model is, and how well it does.", cached=True),
        Route("/openapi.json", READ, _openapi, "This API in OpenAPI 3.1.", cached=True),
        Route("/", READ, _page, "The page in the browser: look, try, understand.", cached=True),
    )
}
