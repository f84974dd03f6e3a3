"""What a row source hands to the scorer: samples by line, and the lines that are none."""

from collections.abc import Callable, Sequence
from typing import Any, Self

from lambda_app.bulk.rows.lines import MAXIMUM_LINE_BYTES
from lambda_app.problems import ContentError, InvalidContent, Problem

Read = Callable[[bytes], tuple[Any, Sequence[Any]]]  # a line → a sample and what is kept of the row; raises Problem


def fault(code: str, detail: str) -> ContentError:
    """One thing wrong with a row, in the API's shape."""
    return {"code": code, "detail": detail, "pointer": ""}


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
        self.refused: dict[int, list[ContentError]] = {}  # what is wrong with a line, by its index
        self.blank = 0

    @classmethod
    def of(cls, lines: list[bytes], read: Read) -> Self:
        """The lines as `read` understands them; whether a sample is one, the API's validator judges."""
        found = cls()
        for index, line in enumerate(lines):
            if is_blank(line):
                found.blank += 1
                continue
            try:
                if len(line) > MAXIMUM_LINE_BYTES:
                    raise InvalidContent(
                        [fault("line_too_long", f"The line is longer than {MAXIMUM_LINE_BYTES} bytes.")]
                    )
                values, kept = read(line)
            except Problem as problem:
                found.refused[index] = problem.errors or [fault(problem.code, problem.detail)]
                continue
            found.at.append(index)
            found.values.append(values)
            found.kept.append(kept)
        return found
