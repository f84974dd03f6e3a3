"""The error family: what went wrong, and what it is for the caller (RFC 9457, `application/problem+json`).

Raised wherever the trouble is noticed; only `lambda_function` turns one into an answer. A detail never holds anything
that came in: known names, limits and positions only.
"""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypedDict

    class ContentError(TypedDict):
        """One thing wrong with the document, and where (JSON Pointer, RFC 6901)."""

        code: str
        detail: str
        pointer: str


MAXIMUM_ERRORS = 100


class Problem(Exception):
    """A request that gets no answer, and why. `code` is stable, `detail` is for people."""

    status, title, code = 400, "Bad Request", "bad_request"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers: dict[str, str] = {}
        self.errors: list[ContentError] = []

    def to_json(self, request_id: str) -> str:
        """The problem document, ASCII only."""
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "request_id": request_id,
        }
        if self.errors:
            document["errors"] = self.errors
        return json.dumps(document)


class UnsupportedEvent(Problem):
    code = "unsupported_event"

    def __init__(self) -> None:
        super().__init__(
            "This function answers API Gateway, Function URL and load balancer requests, "
            'or a document like {"features": [...]}; this event is none of them.'
        )


class EmptyBody(Problem):
    code = "empty_body"

    def __init__(self) -> None:
        super().__init__('The request has no body. Send a JSON object such as {"features": [...]}.')


class InvalidEncoding(Problem):
    code = "invalid_encoding"

    def __init__(self) -> None:
        super().__init__("The body is not valid UTF-8 text, or not the base64 it is declared to be.")


class MalformedJson(Problem):
    code = "malformed_json"

    def __init__(self, line: int, column: int) -> None:
        super().__init__(f"The body is not valid JSON: the parser stopped at line {line}, column {column}.")


class TooDeep(Problem):
    code = "too_deep"

    def __init__(self) -> None:
        super().__init__("The body is nested too deeply to be read.")


class InvalidContent(Problem):
    """A readable document that breaks the contract: every error found, the first one's code for the whole."""

    def __init__(self, errors: list[ContentError]) -> None:
        total = len(errors)
        count = f"{total} problems in all" if total < MAXIMUM_ERRORS else f"The first {total} problems"
        more = f" ({count}, see errors.)" if total > 1 else ""
        super().__init__(errors[0]["detail"] + more)
        self.code = errors[0]["code"]
        self.errors = errors


class NotFound(Problem):
    status, title, code = 404, "Not Found", "not_found"

    def __init__(self, known: list[str]) -> None:
        super().__init__(f"There is nothing at this path. Known: {', '.join(known)}.")


class MethodNotAllowed(Problem):
    status, title, code = 405, "Method Not Allowed", "method_not_allowed"

    def __init__(self, allowed: list[str]) -> None:
        super().__init__(f"This path answers {', '.join(allowed)} only.")
        self.headers = {"Allow": ", ".join(allowed)}


class BodyTooLarge(Problem):
    status, title, code = 413, "Content Too Large", "body_too_large"

    def __init__(self, maximum: int) -> None:
        super().__init__(f"The body is larger than {maximum} bytes.")


class TooManyValues(Problem):
    """A body within its bytes that holds more than any valid one: refused before it is parsed."""

    status, title, code = 413, "Content Too Large", "body_too_large"

    def __init__(self, maximum: int) -> None:
        super().__init__(f"The body holds more than {maximum} values, lists and objects. Send several requests.")


class BatchTooLarge(Problem):
    status, title, code = 413, "Content Too Large", "batch_too_large"

    def __init__(self, maximum: int, explained: bool) -> None:
        condition = " when explain is true" if explained else ""
        super().__init__(f"instances may hold at most {maximum} samples{condition}. Send several requests.")
        self.errors = [{"code": self.code, "detail": self.detail, "pointer": "/instances"}]


class AnswerTooLarge(Problem):
    """A batch within its limit whose answer is not: a sample may have a warning for each feature."""

    status, title, code = 413, "Content Too Large", "batch_too_large"

    def __init__(self) -> None:
        super().__init__("The answer to these samples is larger than Lambda can send. Send several requests.")
        self.errors = [{"code": self.code, "detail": self.detail, "pointer": "/instances"}]


class UnsupportedMediaType(Problem):
    status, title, code = 415, "Unsupported Media Type", "unsupported_media_type"

    def __init__(self) -> None:
        super().__init__(
            "The body must be application/json in UTF-8, without Content-Encoding. "
            "With curl -d, add: -H 'Content-Type: application/json'."
        )
        self.headers = {"Accept": "application/json"}


class InternalError(Problem):
    status, title, code = 500, "Internal Server Error", "internal_error"

    def __init__(self) -> None:
        super().__init__("Something went wrong inside the function; its log has the request_id.")


class ModelUnavailable(Problem):
    status, title, code = 503, "Service Unavailable", "model_unavailable"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("No model could be loaded. Try again later.")
        self.headers = {"Retry-After": str(retry_after_seconds)}
