"""One part of a run: a range of an object in S3 → predictions, rejects, and a marker that says so, written last."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from lambda_app.bulk.errors import BulkError, PartFailed
from lambda_app.bulk.machine.run import DONE, FAILED, PREDICTIONS, REJECTS, Run, Stores, part_name
from lambda_app.bulk.output import writer
from lambda_app.bulk.rows.csv_rows import CsvRows
from lambda_app.bulk.rows.json_rows import JsonRows
from lambda_app.bulk.rows.lines import MAXIMUM_LINE_BYTES, Block, blocks
from lambda_app.bulk.score_part import Counts, Part
from lambda_app.bulk.scoring import Scorer
from lambda_app.bulk.sources import kind_of, open_rows, unpacked


def score_object(run: Run, part: dict[str, Any], scorer: Scorer, stores: Stores) -> Counts | None:
    """What was counted; None where the part was scored before. Raises PartFailed with the reason, also left in S3."""
    name = part_name(part["part"])
    marker = stores.key(run, DONE, f"{name}.json")
    try:
        if stores.output.exists(marker):
            return None
        if scorer.version != run.model_version:
            raise PartFailed("The model is not the one that the run was planned with; start a new run.")
        return _score(run, part, scorer, stores)
    except BulkError as error:
        reason = f"Part {part['part']}: {stores.input.told(part['key'], error)}"
        _leave_reason(stores, stores.key(run, FAILED, f"{name}.json"), reason)
        raise PartFailed(reason) from error


def _leave_reason(stores: Stores, key: str, reason: str) -> None:
    try:
        stores.output.put_document(key, {"reason": reason})
    except BulkError:
        pass  # the output may be what is wrong; the step's own error says so


def _score(run: Run, part: dict[str, Any], scorer: Scorer, stores: Stores) -> Counts:
    number, kind = part["part"], kind_of(part["key"]) or ""
    with ExitStack() as closing:
        rows, lines = _lines(closing, run, part, scorer, stores)
        suffix = run.format or kind
        written = writer(suffix, scorer, run.keep)
        predictions, rejects = (closing.enter_context(tempfile.TemporaryFile()) for _ in range(2))
        if number == 0:
            # In the first part only: the parts one after the other are one file.
            predictions.write(written.header.encode("utf-8"))
        counts = Part(rows, scorer, written, number).score(
            lines,
            lambda text: predictions.write(text.encode("utf-8")),
            lambda text: rejects.write(text.encode("ascii")),
        )
        sizes = {PREDICTIONS: predictions.tell(), REJECTS: rejects.tell()}
        for folder, file, end in ((PREDICTIONS, predictions, suffix), (REJECTS, rejects, "jsonl")):
            if folder == PREDICTIONS or sizes[folder]:
                file.seek(0)
                stores.output.put(stores.key(run, folder, f"{part_name(number)}.{end}"), file)
    marker = {"part": number, **counts.as_dict(), "bytes": sizes}
    stores.output.put_document(stores.key(run, DONE, f"{part_name(number)}.json"), marker)
    return counts


def _lines(
    closing: ExitStack, run: Run, part: dict[str, Any], scorer: Scorer, stores: Stores
) -> tuple[CsvRows | JsonRows, Iterator[Block]]:
    """The object's rows and the part's lines. A range needs the file's first line, too: it names the columns."""
    key, etag, start, end = (part[name] for name in ("key", "etag", "start", "end"))
    kind = kind_of(key) or ""
    if end is None:
        read = unpacked(closing.enter_context(stores.input.stream(key, etag, 0, None)))
        rows, first, rest = open_rows(kind, read, scorer, run.keep)
        return rows, blocks(rest, first)
    with stores.input.stream(key, etag, 0, MAXIMUM_LINE_BYTES + 2) as read:
        rows = open_rows(kind, read, scorer, run.keep)[0]
    before = max(start - 1, 0)  # the byte before tells whether a line begins with the range
    read = closing.enter_context(stores.input.stream(key, etag, before, end + MAXIMUM_LINE_BYTES + 1))
    return rows, blocks(read, before, end, inside=start > 0)
