"""The first step of a run: look at everything that can be wrong before anything is spent, and cut files into parts."""

import hashlib
import json
from itertools import pairwise
from typing import Any

from lambda_app.bulk.errors import BulkError, RunRefused
from lambda_app.bulk.machine.objects import in_threads
from lambda_app.bulk.machine.run import MEBIBYTE, PARTS, PLAN, Run, Stores
from lambda_app.bulk.output import FORMATS, check_keep, columns
from lambda_app.bulk.rows.lines import MAXIMUM_LINE_BYTES
from lambda_app.bulk.scoring import Scorer
from lambda_app.bulk.sources import GZIP, kind_of, open_rows, unpacked
from lambda_app.model.store import PACKAGED_FALLBACK

MAXIMUM_PARTS = 10_000
MAXIMUM_GZIP_BYTES = 64 * MEBIBYTE  # one part: it can't be cut, and unpacks to several times as much


def plan(settings: Any, scorer: Scorer, stores: Stores) -> Run:
    """The run that these settings ask for, its plan written. Raises RunRefused, its text naming what to change."""
    run = Run.asked(settings, scorer.version)
    try:
        if scorer.source == PACKAGED_FALLBACK:
            raise RunRefused("The model in S3 cannot be read; the function's log says why.")
        check_keep(scorer, run.keep)
        stores.input.require_region()
        stores.output.require_region()
        prefix = stores.input_prefix + run.prefix
        found = [item for item in stores.input.listing(prefix) if not _is_marker(item)]
        if not found:
            raise RunRefused(f"There is no object under {stores.input.name(prefix)}.")
        if stores.same_bucket and stores.output_prefix.startswith(prefix):
            raise RunRefused("The output's prefix lies inside the input's: a run would score its own predictions.")
        kinds = [_kind(item, stores) for item in found]
        run.format = run.format or kinds[0]
        parts = [part for parts in in_threads(lambda item: _parts(item, scorer, run, stores), found) for part in parts]
        if not parts:
            raise RunRefused("There is no row to score.")
        if len(parts) > MAXIMUM_PARTS:
            raise RunRefused(
                f"{len(parts):,} parts; a run may have {MAXIMUM_PARTS:,}. Take larger ranges, or several runs."
            )
    except BulkError as error:
        raise RunRefused(str(error)) from error
    for number, part in enumerate(parts):
        part["part"] = number
    run.parts = len(parts)
    run.id = _run_id(run, stores, parts)
    stores.output.put_document(stores.key(run, PARTS), parts)
    described = {**run.as_dict(), "labels": scorer.labels, "columns": [*run.keep, *columns(scorer)]}
    stores.output.put_document(stores.key(run, PLAN), described)
    return run


def _run_id(run: Run, stores: Stores, parts: list[dict[str, Any]]) -> str:
    """Same input, settings and model: same run. What only says how a run is carried out is left out."""
    content = [stores.input.bucket, parts, run.keep, run.model_version, run.format]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode("ascii")).hexdigest()


def _is_marker(item: dict[str, Any]) -> bool:
    """What engines leave beside their files, as _SUCCESS, and a console's empty folders."""
    name = item["Key"].rpartition("/")[2]
    return not name or name.startswith(("_", "."))


def _kind(item: dict[str, Any], stores: Stores) -> str:
    kind = kind_of(item["Key"])
    if kind is None:
        raise RunRefused(f"{stores.input.name(item['Key'])} is neither .csv nor .jsonl, nor .gz of either.")
    if item["Key"].lower().endswith(GZIP) and item["Size"] > MAXIMUM_GZIP_BYTES:
        raise RunRefused(
            f"{stores.input.name(item['Key'])} is larger than {MAXIMUM_GZIP_BYTES // MEBIBYTE} MiB, and a .gz cannot be cut: "
            "unpack it, or write several."
        )
    return kind


def _parts(item: dict[str, Any], scorer: Scorer, run: Run, stores: Stores) -> list[dict[str, Any]]:
    """An object's parts, its first line judged. None for a file without a row."""
    key, etag, size = item["Key"], item["ETag"], item["Size"]
    part = {"key": key, "etag": etag}
    if not size:
        return []
    packed = key.lower().endswith(GZIP)
    end = None if packed else min(size, MAXIMUM_LINE_BYTES + 2)
    try:
        with stores.input.stream(key, etag, 0, end) as read:
            first = open_rows(kind_of(key) or FORMATS[0], unpacked(read) if packed else read, scorer, run.keep)[1]
    except BulkError as error:
        raise RunRefused(stores.input.told(key, error)) from error
    if packed:
        return [{**part, "start": 0, "end": None}]
    step = run.range_mebibytes * MEBIBYTE
    edges = [first, *(edge for edge in range(step, size, step) if edge > first), size]
    return [{**part, "start": start, "end": stop} for start, stop in pairwise(edges) if start < stop]
