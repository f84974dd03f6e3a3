"""What a row source hands to the scorer: samples by line, and the lines that are none."""

from __future__ import annotations

from lambda_app.bulk.rows.lines import MAXIMUM_LINE_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from lambda_app.problems import ContentError


def content_error(code: str, detail: str, pointer: str = "") -> ContentError:
    """One thing wrong with a row, in the API's shape."""
    return {"code": code, "detail": detail, "pointer": pointer}


TOO_LONG = content_error("line_too_long", f"The line is longer than {MAXIMUM_LINE_BYTES} bytes.")


def is_blank(line: bytes) -> bool:
    """Whether a line is no row at all, as the last one of many files."""
    return not line or line.isspace()


class Samples:
    """Samples of one block of lines. `at`, `values` and `kept` go together."""

    __slots__ = ("at", "blank", "kept", "refused", "values")

    def __init__(self) -> None:
        self.at: list[int] = []  # the line's index in its block
        self.values: list[Any] = []  # a sample: values in column order, or an object
        self.kept: list[Sequence[Any]] = []
        self.refused: dict[int, list[ContentError]] = {}
        self.blank = 0

    def take(self, index: int, values: Any, kept: Sequence[Any]) -> None:
        """A line that may be a sample: the API's validator judges."""
        self.at.append(index)
        self.values.append(values)
        self.kept.append(kept)

    def refuse(self, index: int, errors: list[ContentError]) -> None:
        """A line that is no sample."""
        self.refused[index] = errors
