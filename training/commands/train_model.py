"""The command that trains: data → evaluate → fit → export (refuses what disagrees with scikit-learn) → model card."""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec

from lambda_app.model.store import PACKAGED_PATH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

FAILURE, INTERRUPTED = 1, 130

DESCRIPTION = """\
Train a logistic regression, judge it honestly, and write it where the API reads it.

Without options this retrains the shipped example on scikit-learn's own copy of the breast-cancer data; nothing is
downloaded. With --data it trains on a CSV of yours: a header row, one column to predict, every other column a number.

The figures printed come from repeated stratified cross-validation, each with a 95 % interval: no row is judged by a
model that saw it. The model that is written is then fitted on all rows. It is written only if predictions in plain
Python agree with scikit-learn's on every row to 1e-12; otherwise, and on any error, the old file stays as it was.

Last comes the model card, with pictures: docs/model_card.md for the model that the API reads, else beside --output."""

EPILOG = """\
examples:
  python -m lambda_app.model.train_model
  python -m lambda_app.model.train_model --data patients.csv --target diagnosis --drop id --positive M
  python -m lambda_app.model.train_model --data iris.csv --target species --output iris.json --compare

Set SOURCE_DATE_EPOCH (seconds since 1970) to get the same bytes from the same data, versions and options.
Exit status: 0 when the model was written, 1 when it was not, 2 for a mistake in the options."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Train as the command line says; return the exit status."""
    options = _options(arguments)
    missing = [library for library in ("matplotlib", "numpy", "sklearn", "tqdm") if find_spec(library) is None]
    if missing:
        return _fail(f"{' and '.join(missing)} not installed: python -m pip install -r requirements-training.txt")
    from training.commands.run import STOPS, run  # here, so that --help needs nothing installed

    try:
        run(options)
    except STOPS as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"the model could not be written, the old file is as it was: {error.strerror or error}")
    except KeyboardInterrupt:
        print("interrupted: unless a version was printed above, nothing was written", file=sys.stderr)
        return INTERRUPTED
    return 0


def _fail(sentence: str) -> int:
    print(f"error: {sentence}", file=sys.stderr)
    return FAILURE


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m lambda_app.model.train_model",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    data = parser.add_argument_group("your own data")
    data.add_argument("--data", metavar="CSV", help="train on this file instead of the example")
    data.add_argument("--target", metavar="COLUMN", help="the column to predict (needed with --data)")
    data.add_argument(
        "--drop", metavar="COLUMN", nargs="+", action="extend", default=[], help="columns to leave out, such as an id"
    )
    data.add_argument(
        "--positive",
        metavar="LABEL",
        help="for two classes: the label whose probability the API answers and whose sensitivity is printed "
        "(default: the last in sorted order)",
    )
    data.add_argument(
        "--impute",
        choices=["median"],
        help="let empty cells stand for their column's median; the API then takes null for a missing value",
    )
    run = parser.add_argument_group("the run")
    run.add_argument(
        "--folds", metavar="N", type=_folds, default=10, help="folds of the cross-validation (default: 10)"
    )
    run.add_argument(
        "--audit", action="store_true", help="also check the figures with C tuned inside each fold (about 40 s)"
    )
    run.add_argument(
        "--compare", action="store_true", help="also judge other kinds of model on the same folds (minutes)"
    )
    run.add_argument(
        "--output",
        metavar="PATH",
        default=PACKAGED_PATH,
        help="where to write the model (default: where the API reads it)",
    )
    options = parser.parse_args(arguments)
    if options.data and not options.target:
        parser.error("--data needs --target, the column to predict")
    if not options.data and (options.target or options.drop or options.positive or options.impute):
        parser.error("--target, --drop, --positive and --impute go with --data")
    return options


def _folds(text: str) -> int:
    folds = int(text) if text.isdecimal() else 0
    if not 2 <= folds <= 100:
        raise argparse.ArgumentTypeError("must be a whole number from 2 to 100")
    return folds
