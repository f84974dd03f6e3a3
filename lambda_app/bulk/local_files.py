"""One file on this machine → predictions and rejects, whole or not at all."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from lambda_app.bulk.errors import RunRefused
from lambda_app.bulk.output import check_keep, writer
from lambda_app.bulk.rows.lines import Block, blocks
from lambda_app.bulk.score_part import Counts, Part
from lambda_app.bulk.scoring import Scorer
from lambda_app.bulk.sources import GZIP, open_rows, unpacked

STREAM = "-"
PARTIAL = ".partial"


class Target:
    """A file that gets its name when it is whole; until then it is called NAME.partial. `-` is standard output."""

    def __init__(self, path: str) -> None:
        """Raises OSError."""
        self._path = path
        self._file: BinaryIO = sys.stdout.buffer if path == STREAM else open(path + PARTIAL, "wb")  # noqa: SIM115 – kept open
        self._written = False

    def write(self, text: str) -> None:
        """Text, in UTF-8."""
        self._written = True
        self._file.write(text.encode("utf-8"))

    def flush(self) -> None:
        """Everything on the disk, still under the partial name."""
        self._file.flush()
        if self._path != STREAM:
            os.fsync(self._file.fileno())
            self._file.close()

    def rename(self, *, only_if_written: bool = False) -> None:
        """The file under its name. One that holds nothing leaves nothing, if so wished, not even an older one."""
        if self._path == STREAM:
            return
        if only_if_written and not self._written:
            os.unlink(self._path + PARTIAL)
            _forget(self._path)
        else:
            os.replace(self._path + PARTIAL, self._path)

    def discard(self) -> None:
        """No file at all."""
        if self._path != STREAM:
            self._file.close()
            _forget(self._path + PARTIAL)


def _forget(path: str) -> None:
    if os.path.exists(path):
        os.unlink(path)


def score_file(
    scorer: Scorer,
    source: str,
    target: str,
    rejects: str,
    kinds: tuple[str, str],
    keep: Sequence[str],
    progress: Callable[[Counts, int], None],
) -> Counts:
    """Scores `source` into `target`. `kinds`: csv or jsonl, in and out. Raises BulkError or OSError, and then leaves no file."""
    check_keep(scorer, keep)
    with _open(source) as file:
        rows, offset, read = open_rows(
            kinds[0], unpacked(file.read) if source.endswith(GZIP) else file.read, scorer, keep
        )
        written = writer(kinds[1], scorer, keep)
        part = Part(rows, scorer, written)
        lines = _reported(blocks(read, offset), part.counts, progress)
        out, refused = Target(target), None
        try:
            refused = Target(rejects)
            out.write(written.header)
            counts = part.score(lines, out.write, refused.write)
            if not counts.rows:
                raise RunRefused("There is no row to score.")
            out.flush()
            refused.flush()
        except BaseException:
            for file_of_ours in (out, refused):
                if file_of_ours:
                    file_of_ours.discard()
            raise
    if target != STREAM:
        _forget(target)  # never an old file beside new rejects
    refused.rename(only_if_written=True)
    out.rename()
    return counts


def _open(source: str) -> BinaryIO:
    return sys.stdin.buffer if source == STREAM else open(source, "rb")


def _reported(lines: Iterator[Block], counts: Counts, progress: Callable[[Counts, int], None]) -> Iterator[Block]:
    for offset, block in lines:
        progress(counts, offset)
        yield offset, block
