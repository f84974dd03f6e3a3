"""What may go wrong, once: each code with its status and what to do about it.

OpenAPI, docs/api.md's table and the tests read this table. The exceptions below it are raised wherever the trouble is
noticed; only `lambda_function` turns one into an answer (RFC 9457, `application/problem+json`). A detail never holds
anything that came in: known names, limits and positions only.
"""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ContentError = dict[str, str]  # one thing wrong with the document: code, detail, pointer (JSON Pointer, RFC 6901)

TITLES = {
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
ERRORS: dict[str, tuple[int, str]] = {
    "malformed_json": (400, "mend the JSON at the line and column named"),
    "invalid_encoding": (400, "send UTF-8, not UTF-16 or broken base64"),
    "empty_body": (400, "send a body"),
    "too_deep": (400, "send flat JSON"),
    "duplicate_key": (400, "name each key once"),
    "body_not_object": (400, "send an object, not a list or a number"),
    "missing_field": (400, "send `features` or `instances`"),
    "unknown_field": (400, "send nothing but `features`, `instances`, `explain`"),
    "conflicting_fields": (400, "send `features` or `instances`, not both"),
    "wrong_type": (400, "a sample is a list or an object; `instances` is a list; `explain` is true or false"),
    "wrong_length": (400, "send as many values as the model has features"),
    "missing_feature": (400, "add the feature named"),
    "unknown_feature": (400, "correct the name; the closest known one is suggested"),
    "duplicate_feature": (400, "send each feature in one spelling only"),
    "not_a_number": (400, "send a JSON number: no string, true, false or NaN; null only where the model takes it"),
    "number_out_of_range": (400, "send a number that fits a 64-bit float"),
    "not_a_category": (400, "send a text, a number, true or false; null only where the model takes it"),
    "unknown_category": (400, "send one of the categories named"),
    "empty_batch": (400, "send at least one sample"),
    "explanation_unavailable": (400, "send the request without `explain`: this kind of model has none"),
    "unsupported_event": (400, "(direct invocations) send an HTTP event or a bare document"),
    "not_found": (404, "use one of the routes named"),
    "method_not_allowed": (405, "use a method from the `Allow` header"),
    "body_too_large": (413, "stay below 5 MiB, and below what the largest batch needs"),
    "batch_too_large": (
        413,
        "split the batch; its answer must fit into 6 MB too, which warnings and explanations fill",
    ),
    "unsupported_media_type": (415, "send `Content-Type: application/json`, uncompressed"),
    "internal_error": (500, "report it with its `request_id`"),
    "model_unavailable": (503, "try again after the seconds in `Retry-After`"),
}
MAXIMUM_ERRORS = 100


class Problem(Exception):
    """A request that gets no answer, and why. `code` is stable, `detail` is for people."""

    code = ""
    detail = ""

    def __init__(self, detail: str = "") -> None:
        self.detail = detail or self.detail
        super().__init__(self.detail)
        self.headers: dict[str, str] = {}
        self.errors: list[ContentError] = []

    @property
    def status(self) -> int:
        """The HTTP status of the code."""
        return ERRORS[self.code][0]

    @property
    def title(self) -> str:
        """The HTTP status in words."""
        return TITLES[self.status]

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
    detail = (
        "This function answers API Gateway, Function URL and load balancer requests, "
        'or a document like {"features": [...]}; this event is none of them.'
    )


class EmptyBody(Problem):
    code = "empty_body"
    detail = 'The request has no body. Send a JSON object such as {"features": [...]}.'


class InvalidEncoding(Problem):
    code = "invalid_encoding"
    detail = "The body is not valid UTF-8 text, or not the base64 it is declared to be."


class MalformedJson(Problem):
    code = "malformed_json"

    def __init__(self, line: int, column: int, hint: str = "") -> None:
        where = f"The body is not valid JSON: the parser stopped at line {line}, column {column}."
        super().__init__(f"{where} {hint}" if hint else where)


class TooDeep(Problem):
    code = "too_deep"
    detail = "The body is nested too deeply to be read."


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
    code = "not_found"

    def __init__(self, known: list[str]) -> None:
        super().__init__(f"There is nothing at this path. Known: {', '.join(known)}.")


class MethodNotAllowed(Problem):
    code = "method_not_allowed"

    def __init__(self, allowed: list[str]) -> None:
        super().__init__(f"This path answers {', '.join(allowed)} only.")
        self.headers = {"Allow": ", ".join(allowed)}


class BodyTooLarge(Problem):
    code = "body_too_large"

    def __init__(self, maximum: int) -> None:
        super().__init__(f"The body is larger than {maximum} bytes.")


class TooManyValues(Problem):
    """A body within its bytes that holds more than any valid one: refused before it is parsed."""

    code = "body_too_large"

    def __init__(self, maximum: int, what: str) -> None:
        super().__init__(f"The body holds more than {maximum} {what}. Send several requests.")


class BatchTooLarge(Problem):
    code = "batch_too_large"

    def __init__(self, maximum: int, explained: bool) -> None:
        condition = " when explain is true" if explained else ""
        super().__init__(f"instances may hold at most {maximum} samples{condition}. Send several requests.")
        self.errors = [{"code": self.code, "detail": self.detail, "pointer": "/instances"}]


class AnswerTooLarge(Problem):
    """A batch within its limit whose answer is not: a sample may have a warning for each feature."""

    code = "batch_too_large"

    def __init__(self) -> None:
        super().__init__("The answer to these samples is larger than Lambda can send. Send several requests.")
        self.errors = [{"code": self.code, "detail": self.detail, "pointer": "/instances"}]


class UnsupportedMediaType(Problem):
    code = "unsupported_media_type"

    def __init__(self, is_csv: bool = False) -> None:
        what = "The body must be application/json in UTF-8, without Content-Encoding. "
        csv = 'Send the rows of a CSV file as {"instances": [[...], ...]}; `python -m lambda_app.score` takes whole files.'
        super().__init__(what + (csv if is_csv else "With curl -d, add: -H 'Content-Type: application/json'."))
        self.headers = {"Accept": "application/json"}


class InternalError(Problem):
    code = "internal_error"
    detail = "Something went wrong inside the function; its log has the request_id."


class ModelUnavailable(Problem):
    code = "model_unavailable"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("No model could be loaded. Try again later.")
        self.headers = {"Retry-After": str(retry_after_seconds)}
