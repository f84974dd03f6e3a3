"""Which other origin's pages may call from a browser: one, all (`*`), or none."""

from __future__ import annotations

from lambda_app.gateway.responses import JSON_HEADERS, Answer


class Cors:
    """What an origin adds to answers: headers, and OPTIONS to the methods of every route. Nothing without one."""

    def __init__(self, origin: str) -> None:
        self.methods = ["OPTIONS"] if origin else []
        self.headers = {"Access-Control-Allow-Origin": origin} if origin else {}
        if origin not in ("", "*"):
            self.headers["Vary"] = "Origin"


def is_origin(text: str) -> bool:
    """Whether it is `*` or scheme://host[:port]: a header must not carry anything else."""
    host = text.removeprefix("https://").removeprefix("http://")
    is_host = host != text and host.isascii() and host.isprintable() and not set(host) & set(" ,/\\\"'<>")
    return text == "*" or (is_host and host != "")


def preflight(allowed: list[str]) -> Answer:
    """The answer to OPTIONS: the allowed methods and headers, and nothing else."""
    headers = {
        **JSON_HEADERS,
        "Access-Control-Allow-Methods": ", ".join(allowed),
        "Access-Control-Allow-Headers": "Authorization, Content-Type, X-Api-Key",
        "Access-Control-Max-Age": "600",
    }
    return Answer("", headers, 204, "No Content")
