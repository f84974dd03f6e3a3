"""Untrusted bytes or text → a JSON document, or the one reason why there is none."""

from __future__ import annotations

import json
import re

from lambda_app.body.faults import repeated_keys
from lambda_app.body.hints import hint_at_json
from lambda_app.body.limits import MAXIMUM_BODY_BYTES
from lambda_app.problems import BodyTooLarge, EmptyBody, InvalidEncoding, MalformedJson, TooDeep, TooManyValues

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MOST_OBJECTS = 20_002  # twice the largest batch and its document: one sample too many is still told as that
BYTE_ORDER_MARK = "\ufeff"
STRUCTURE = "{[,"  # each begins or parts what takes memory: a list, an object, an item
# What stands before a structural character of JSON: at most two texts, a name and its value. Possessive, so linear.
_BEFORE = r'[^"[{,]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"[{,]*+){0,2}+'


class Bound:
    """How many structural characters a body may have to be parsed: lists in lists take 50 times the memory of brackets."""

    __slots__ = ("_maximum", "_skips_text")

    def __init__(self, samples: int, columns: int, has_text: bool) -> None:
        """`samples`: of the largest batch; `has_text`: whether names or values may hold a structural character."""
        self._maximum = samples * (columns + 3)  # a value has one, a sample one or two, the document three
        self._skips_text = has_text

    def check(self, text: str) -> None:
        """Raises TooManyValues."""
        self._require(text, STRUCTURE, "", self._maximum, "values, lists and objects")
        self._require(text, "{", rf"(?:{_BEFORE}[,[])*+", MOST_OBJECTS, "objects")

    def _require(self, text: str, marks: str, others: str, maximum: int, what: str) -> None:
        if len(text) <= maximum or sum(map(text.count, marks)) <= maximum:
            return
        # Those in texts do not count. Where the pattern stops before, so does the parser.
        if not self._skips_text or re.match(rf"(?s)(?:{others}{_BEFORE}[{marks}]){{{maximum + 1}}}+", text):
            raise TooManyValues(maximum, what)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    return members if len(members) == len(pairs) else repeated_keys(pairs)


# Every number becomes a float: an integer of 5,000 digits is then infinite, not an exception, and 13 equals 13.0.
_decode = json.JSONDecoder(object_pairs_hook=_object, parse_int=float).decode


def read(body: str | bytes | None, bound: Bound | None = None) -> Any:
    """The document in a body; its numbers are all floats, perhaps not finite (`NaN`, `1e999`).

    Raises BodyTooLarge or TooManyValues (before parsing), EmptyBody, InvalidEncoding, MalformedJson or TooDeep.
    """
    text = _text(body or "").removeprefix(BYTE_ORDER_MARK)
    if not text or text.isspace():
        raise EmptyBody
    if "\0" in text:  # never in JSON: UTF-16 or UTF-32 that happens to decode as UTF-8
        raise InvalidEncoding
    if bound is not None:
        bound.check(text)
    try:
        return _decode(text)
    except json.JSONDecodeError as error:
        raise MalformedJson(error.lineno, error.colno, hint_at_json(text, error.pos)) from error
    except RecursionError as error:
        raise TooDeep from error


def _text(body: str | bytes) -> str:
    if len(body) > MAXIMUM_BODY_BYTES:
        raise BodyTooLarge(MAXIMUM_BODY_BYTES)
    try:
        if isinstance(body, bytes):
            return body.decode("utf-8")
        if not body.isascii() and len(body.encode("utf-8")) > MAXIMUM_BODY_BYTES:
            raise BodyTooLarge(MAXIMUM_BODY_BYTES)
    except UnicodeError as error:  # a lone surrogate in text is no UTF-8 either
        raise InvalidEncoding from error
    return body
