"""From a name and a stream to rows: what kind of file it is, and what its first line says."""

import gzip
import io
import zlib
from collections.abc import Sequence
from typing import Any

from lambda_app.bulk.errors import BulkError, RunRefused
from lambda_app.bulk.rows.csv_rows import CsvRows
from lambda_app.bulk.rows.json_rows import JsonRows
from lambda_app.bulk.rows.lines import MAXIMUM_LINE_BYTES, Read, continued, first_line
from lambda_app.bulk.rows.samples import is_blank
from lambda_app.bulk.scoring import Scorer

KINDS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
GZIP = ".gz"


def kind_of(name: str) -> str | None:
    """csv or jsonl, by the name's end; None for anything else."""
    name = name.lower().removesuffix(GZIP)
    return next((kind for suffix, kind in KINDS.items() if name.endswith(suffix)), None)


def open_rows(kind: str, read: Read, scorer: Scorer, keep: Sequence[str]) -> tuple[CsvRows | JsonRows, int, Read]:
    """The file's rows, the offset at which they begin, and a `read` that goes on from there. Raises RunRefused."""
    line, offset, rest = first_line(read)
    if len(line) > MAXIMUM_LINE_BYTES:
        raise RunRefused(f"The first line is longer than {MAXIMUM_LINE_BYTES} bytes: this is no {kind} file.")
    if b"\0" in line:
        raise RunRefused("The first line is not UTF-8 text: save the file in UTF-8, without compression inside.")
    if kind == "csv":
        return CsvRows(line, scorer, keep), offset, rest
    rows = JsonRows(scorer, keep)
    if not is_blank(line):
        rows.check_first(line)
    return rows, 0, continued(line + b"\n" if offset > len(line) else line, rest)


class _Raw(io.RawIOBase):
    """A `read` as the file that gzip wants."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def unpacked(read: Read) -> Read:
    """A `read` of what a .gz holds. Raises BulkError where it is damaged or cut off."""
    packed = gzip.GzipFile(fileobj=io.BufferedReader(_Raw(read)))

    def unpack(size: int) -> bytes:
        try:
            return packed.read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BulkError("The .gz file is damaged or was cut off.") from error

    return unpack
