"""Whether a body is JSON in UTF-8, by its headers."""

from __future__ import annotations

from lambda_app.problems import UnsupportedMediaType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambda_app.gateway.events import Request

LONGEST_HEADER = 256  # characters of a Content-Type that are worth reading


def require_json(request: Request) -> None:
    """Raises UnsupportedMediaType unless the body is JSON in UTF-8, as it came."""
    encoding = request.header("content-encoding")
    if encoding and encoding.strip().lower() != "identity":
        raise UnsupportedMediaType
    content_type = request.header("content-type")
    if not content_type or content_type == "application/json":
        return  # nearly everybody; the rest is judged word by word
    if len(content_type) > LONGEST_HEADER:
        raise UnsupportedMediaType
    media_type, *parameters = content_type.lower().split(";")
    media_type = media_type.strip()
    is_json = media_type == "application/json" or (media_type.endswith("+json") and "/" in media_type)
    charsets = [
        value.strip(' "') for name, _, value in (p.partition("=") for p in parameters) if name.strip() == "charset"
    ]
    if not is_json or any(charset not in ("utf-8", "utf8") for charset in charsets):
        raise UnsupportedMediaType(is_csv=media_type == "text/csv")
