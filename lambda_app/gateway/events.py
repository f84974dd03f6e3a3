"""Lambda events → requests.

Sources: API Gateway's proxy formats 1.0 and 2.0, Lambda Function URLs (2.0), Application Load Balancer targets with
single or multi-value headers, and a bare document, as `aws lambda invoke` sends it.
"""

from __future__ import annotations

import json
from binascii import Error as Base64Error
from binascii import a2b_base64

from lambda_app.problems import InvalidEncoding, TooDeep, UnsupportedEvent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SINGLE, LOAD_BALANCER, LOAD_BALANCER_MULTI = "single", "load balancer", "load balancer, multi-value headers"


class Request:
    """What a caller asks, in our own words."""

    __slots__ = ("_body", "_headers", "_is_base64", "_lowered", "method", "paths", "shape")

    def __init__(
        self, method: str, paths: list[str], headers: Any, body: Any, *, is_base64: bool = False, shape: str = SINGLE
    ) -> None:
        self.method = method
        self.paths = paths  # what the path may be, the likeliest first
        self.shape = shape
        self._headers = headers if isinstance(headers, dict) else {}
        self._lowered: dict[str, Any] | None = None  # made at the first look
        self._body = body
        self._is_base64 = is_base64

    def header(self, name: str) -> str | None:
        """The value of a header, its name in lower case; the last one of several."""
        if self._lowered is None:
            self._lowered = {key.lower(): value for key, value in self._headers.items()}
        value = self._lowered.get(name)
        if isinstance(value, list) and value:
            value = value[-1]
        return value if isinstance(value, str) else None

    def body(self) -> str | bytes | None:
        """The body as it was sent. Raises InvalidEncoding or TooDeep."""
        if self._is_base64:
            try:
                return a2b_base64(self._body or "", strict_mode=True)
            except (Base64Error, ValueError, TypeError) as error:
                raise InvalidEncoding from error
        if self._body is None or isinstance(self._body, str):
            return self._body
        try:
            return json.dumps(self._body)  # a document that was parsed on its way here
        except RecursionError as error:
            raise TooDeep from error
        except (TypeError, ValueError) as error:  # nothing that JSON could have carried
            raise InvalidEncoding from error


def read(event: Any) -> Request:
    """The request in an event. Raises UnsupportedEvent."""
    if not isinstance(event, dict) or "methodArn" in event or "routeArn" in event:  # Arn: an authorizer is being asked
        raise UnsupportedEvent
    context = event.get("requestContext")
    context = context if isinstance(context, dict) else {}
    if "httpMethod" in event:
        return _load_balancer(event) if "elb" in context else _version_1(event, context)
    if isinstance(context.get("http"), dict):
        return _version_2(event, context)
    if "requestContext" not in event and ("features" in event or "instances" in event):
        return Request("POST", ["/predict"], {}, event)
    raise UnsupportedEvent


def _version_1(event: dict[str, Any], context: dict[str, Any]) -> Request:
    resource, path = event.get("resource"), event.get("path")
    if isinstance(resource, str) and "{" not in resource:
        paths = [resource]
    else:
        paths = _guesses(event, path, context.get("stage"))
    return _request(event, event["httpMethod"], paths, event.get("headers") or event.get("multiValueHeaders"))


def _version_2(event: dict[str, Any], context: dict[str, Any]) -> Request:
    route_key, path = event.get("routeKey"), event.get("rawPath")
    _, _, route = route_key.partition(" ") if isinstance(route_key, str) else ("", "", "")
    if route and "{" not in route:
        paths = [route]
    elif _is_function_url(context.get("domainName")):  # has neither stage nor base path
        paths = [str(path)]
    else:
        paths = _guesses(event, path, context.get("stage"))
    return _request(event, context["http"].get("method"), paths, event.get("headers"))


def _is_function_url(domain: Any) -> bool:
    return isinstance(domain, str) and ".lambda-url." in domain


def _load_balancer(event: dict[str, Any]) -> Request:
    multi = isinstance(event.get("multiValueHeaders"), dict)
    shape = LOAD_BALANCER_MULTI if multi else LOAD_BALANCER
    headers = event.get("multiValueHeaders" if multi else "headers")
    return _request(event, event["httpMethod"], [event.get("path")], headers, shape)


def _guesses(event: dict[str, Any], path: Any, stage: Any) -> list[Any]:
    """What a catch-all route's path may mean: its proxy parameter, or the path less a stage or a domain's base path."""
    parameters = event.get("pathParameters")
    proxy = parameters.get("proxy") if isinstance(parameters, dict) else None
    if isinstance(proxy, str):
        return ["/" + proxy.lstrip("/")]  # API Gateway leaves the first slash out, `sam local generate-event` does not
    if not isinstance(path, str):
        return [path]
    prefix = f"/{stage}/" if isinstance(stage, str) else "/"
    inner = path[len(prefix) - 1 :] or "/" if f"{path}/".startswith(prefix) else path  # /Prod is /Prod/
    return [path, inner, "/" + inner.rstrip("/").rpartition("/")[2]]


def _request(event: dict[str, Any], method: Any, paths: list[Any], headers: Any, shape: str = SINGLE) -> Request:
    if set(map(type, (method, *paths))) != {str}:
        raise UnsupportedEvent
    is_base64 = event.get("isBase64Encoded") is True
    return Request(method, paths, headers, event.get("body"), is_base64=is_base64, shape=shape)
