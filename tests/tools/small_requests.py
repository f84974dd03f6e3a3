"""Events as small as they may be, for the tests of the modules; deployment/events/ has those that AWS sends."""

from __future__ import annotations

import json

SAMPLE = json.loads(
    "[13.54, 14.36, 87.46, 566.3, 0.09779, 0.08129, 0.06664, 0.04781, 0.1885, 0.05766, 0.2699, 0.7886, 2.058, 23.56, "
    "0.008462, 0.0146, 0.02387, 0.01315, 0.0198, 0.0023, 15.11, 19.26, 99.7, 711.2, 0.144, 0.1773, 0.239, 0.1288, "
    "0.2977, 0.07259]"
)


def request(path="/predict", body=None, method=None, headers=None) -> dict:
    """A REST event (payload 1.0): a POST where there is a body, else a GET."""
    method = method or ("GET" if body is None else "POST")
    text = body if body is None or isinstance(body, str) else json.dumps(body)
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "requestContext": {},
        "body": text,
    }
