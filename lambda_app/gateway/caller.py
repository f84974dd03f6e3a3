"""The other side: what API Gateway sends for a request, and what it reads in a response.

For the local server, which stands where API Gateway would, and for the deployment hook.
"""

from base64 import b64encode
from typing import Any


def proxy_event(method: str, path: str, headers: dict[str, str], body: bytes, stage: str = "local") -> dict[str, Any]:
    """An API Gateway REST proxy event (payload 1.0)."""
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
        "requestContext": {"stage": stage, "resourcePath": path, "httpMethod": method, "path": f"/{stage}{path}"},
        "body": text or None,
        "isBase64Encoded": is_base64,
    }


def status_of(response: dict[str, Any]) -> int:
    """The HTTP status of a proxy response; 502, as API Gateway has it, for what is none."""
    status = response.get("statusCode")
    return status if type(status) is int else 502
