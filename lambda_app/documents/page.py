"""The page in the browser, and the header that allows nothing in it but itself."""

import re
from binascii import b2a_base64
from functools import cache
from hashlib import sha256
from os.path import dirname, join
from typing import Any

# Everything of the page stands in the one file; each inline script and style is allowed by its hash, nothing else is.
POLICY = (
    "default-src 'none'; connect-src 'self'; img-src data:; script-src {script}; style-src {style}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@cache
def page() -> tuple[str, str, dict[str, str]]:
    """The text (ASCII), its ETag, and the headers that are its own."""
    loader: Any = __spec__.loader  # reads it from a zip, too
    content = loader.get_data(join(dirname(__file__), "page.html")).decode("utf-8")
    policy = POLICY.format(script=_hashes(content, "script"), style=_hashes(content, "style"))
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
    }
    return content, f'"{sha256(content.encode()).hexdigest()}"', headers


def _hashes(content: str, element: str) -> str:
    parts = re.findall(rf"<{element}>(.*?)</{element}>", content, re.DOTALL)
    hashes = (b2a_base64(sha256(part.encode()).digest(), newline=False).decode() for part in parts)
    return " ".join(f"'sha256-{value}'" for value in hashes) or "'none'"
