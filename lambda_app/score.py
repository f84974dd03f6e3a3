"""The command `python -m lambda_app.score IN OUT`: a file of rows → a file of predictions, in memory that does not grow."""

import argparse
import os
import sys
from collections.abc import Sequence
from time import monotonic

from lambda_app.bulk.errors import BulkError
from lambda_app.bulk.local_files import STREAM, score_file
from lambda_app.bulk.output import FORMATS
from lambda_app.bulk.score_part import Counts
from lambda_app.bulk.scoring import Scorer
from lambda_app.bulk.sources import GZIP, kind_of
from lambda_app.model.artefact.model_parameters import finish
from lambda_app.model.store import PACKAGED_PATH

SECONDS_BETWEEN_LINES = 2
STATUSES = """\
exit status:
  0  every row is in OUT, or among the rejects with its reasons
  1  the run failed: no OUT was written
  2  the command line is wrong
  3  with --strict: OUT was written, and there are rejects

A row is one line. A row that the API would refuse is a reject: a line of JSON with its number, its byte offset and
every problem, but no value. Empty lines are no rows."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Score one file; returns the exit status."""
    options = _options(arguments)
    progress = Progress(0 if options.source == STREAM or options.source.endswith(GZIP) else _size(options.source))
    try:
        finish(options.model or PACKAGED_PATH)
        scorer = Scorer.packaged(options.model)
        places = options.source, options.target, options.rejects
        counts = score_file(scorer, *places, (options.read_as, options.write_as), options.keep, progress.report)
    except (BulkError, OSError, ValueError) as error:
        print(f"score: {error}", file=sys.stderr)
        return 1
    progress.summary(counts)
    return 3 if options.strict and counts.rejects else 0


class Progress:
    """Says every other second on standard error how far the run is."""

    def __init__(self, size: int) -> None:
        """`size`: bytes to read, 0 where nobody knows."""
        self._size = size
        self._started = self._said = monotonic()

    def report(self, counts: Counts, offset: int) -> None:
        """Called before each block of lines; `offset` is its first byte's."""
        now = monotonic()
        if now - self._said >= SECONDS_BETWEEN_LINES:
            self._said = now
            done = f", {100 * offset // self._size} %" if self._size else ""
            self._say(f"{counts.rows:,} rows{done}, {self._rate(counts, now)}", counts)

    def summary(self, counts: Counts) -> None:
        """The last line."""
        self._say(f"{counts.rows:,} rows, {self._rate(counts, monotonic())}", counts)

    def _rate(self, counts: Counts, now: float) -> str:
        return f"{counts.rows / max(now - self._started, 1e-3):,.0f} rows/s"

    def _say(self, text: str, counts: Counts) -> None:
        share = 100 * counts.rejects / max(counts.rows, 1)
        print(f"{text}, {counts.rejects:,} rejected ({share:.2f} %)", file=sys.stderr)


def _size(path: str) -> int:
    return os.path.getsize(path) if os.path.isfile(path) else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m lambda_app.score",
        description="Score a CSV or JSON Lines file with the API's own checks and its own model.",
        epilog=STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", metavar="IN", help=".csv or .jsonl, or .gz of either; - is standard input")
    parser.add_argument("target", metavar="OUT", help=".csv or .jsonl; - is standard output")
    parser.add_argument(
        "--keep",
        nargs="+",
        default=[],
        metavar="COLUMN",
        help="columns that are no feature but shall be in OUT, such as an id",
    )
    parser.add_argument("--rejects", metavar="PATH", help="where rejects go (default: OUT.rejects.jsonl)")
    parser.add_argument("--strict", action="store_true", help="exit with 3 when there are rejects")
    parser.add_argument("--model", metavar="PATH", help="another model_parameters.json than the packaged one")
    parser.add_argument("--in-format", choices=FORMATS, dest="read_as", help="where IN's name does not say it")
    parser.add_argument("--out-format", choices=FORMATS, dest="write_as", help="where OUT's name does not say it")
    options = parser.parse_args(arguments)
    options.read_as = options.read_as or kind_of(options.source)
    options.write_as = options.write_as or (options.read_as if options.target == STREAM else kind_of(options.target))
    if not options.read_as or not options.write_as:
        parser.error("IN and OUT must end in .csv or .jsonl; else say --in-format and --out-format")
    if options.rejects is None:
        if options.target == STREAM:
            parser.error("with - as OUT, say where the rejects go: --rejects PATH")
        options.rejects = f"{options.target}.rejects.jsonl"
    if options.target.endswith(GZIP):
        parser.error("OUT is written uncompressed: let it end in .csv or .jsonl")
    paths = [os.path.realpath(path) for path in (options.source, options.target, options.rejects) if path != STREAM]
    if len(set(paths)) < len(paths):
        parser.error("IN, OUT and the rejects must be three different files")
    return options


if __name__ == "__main__":
    sys.exit(main())
