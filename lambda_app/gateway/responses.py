"""Answers → Lambda responses."""

from __future__ import annotations

from lambda_app.gateway.events import LOAD_BALANCER_MULTI, SINGLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambda_app.gateway.events import Request


def respond(request: Request | None, status: int, title: str, headers: dict[str, str], body: str) -> dict[str, Any]:
    """The response in the shape that the request's sender understands; None: the request could not be read."""
    response: dict[str, Any] = {"statusCode": status, "headers": headers, "body": body, "isBase64Encoded": False}
    if request is None or request.shape == SINGLE:
        return response
    response["statusDescription"] = f"{status} {title}"
    if request.shape == LOAD_BALANCER_MULTI:
        response["multiValueHeaders"] = {name: [value] for name, value in response.pop("headers").items()}
    return response
