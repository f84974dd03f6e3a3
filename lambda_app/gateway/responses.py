"""Answers → Lambda responses."""

from __future__ import annotations

from lambda_app.gateway.events import LOAD_BALANCER_MULTI, SINGLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambda_app.gateway.events import Request
    from lambda_app.service import Tally

JSON = "application/json"
SECURITY_HEADERS = {"X-Content-Type-Options": "nosniff"}
JSON_HEADERS = {"Content-Type": JSON, **SECURITY_HEADERS, "Cache-Control": "no-store"}


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


def respond(request: Request | None, answer: Answer, more_headers: dict[str, str]) -> dict[str, Any]:
    """The response in the shape that the request's sender understands; None: the request could not be read."""
    headers = {**answer.headers, **more_headers}  # a copy: a wrapper may add to it
    body = "" if request and request.method == "HEAD" else answer.body
    response: dict[str, Any] = {"statusCode": answer.status, "headers": headers, "body": body, "isBase64Encoded": False}
    if request is None or request.shape == SINGLE:
        return response
    response["statusDescription"] = f"{answer.status} {answer.title}"
    if request.shape == LOAD_BALANCER_MULTI:
        response["multiValueHeaders"] = {name: [value] for name, value in response.pop("headers").items()}
    return response
