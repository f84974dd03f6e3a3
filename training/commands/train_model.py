"""The command that trains: data → evaluate → fit → export (refuses what disagrees with scikit-learn) → model card."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from importlib.util import find_spec

from lambda_app.model.store import PACKAGED_PATH
from training.commands.parser import DONE, INTERRUPTED, fail, parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

LIBRARIES = ("matplotlib", "numpy", "pandas", "sklearn", "tqdm")
KINDS = ("linear", "forest", "boosting")

DESCRIPTION = """\
Train a small model, judge it honestly, and write it where the API reads it.

Without options this retrains the shipped example on scikit-learn's own copy of the breast-cancer data; nothing is
downloaded. With --data it trains on a CSV of yours, as Excel, pandas and databases write them: a header row, one
column to predict, others of numbers, text, or true and false. Text is encoded, missing cells are filled in; the run
says what became of each column. A target of many different numbers makes it a regression.

The figures printed come from repeated cross-validation, with 95 % intervals: no row is judged by a model that
saw it. The model that is written is then fitted on all rows. It is written only if predictions in plain Python agree
with scikit-learn's on every row; otherwise, and on any error, all old files stay as they were.

With the model comes its card, with pictures: docs/own_model_card.md for the model that the API reads, else beside
--output. Both are written together, or neither."""

EPILOG = """\
examples:
  python -m lambda_app.model.train_model
  python -m lambda_app.model.train_model --data patients.csv --target diagnosis --drop id --positive M
  python -m lambda_app.model.train_model --data houses.csv --target price --compare --output houses.json
  python -m lambda_app.model.train_model --positive malignant --sensitivity 0.98

Set SOURCE_DATE_EPOCH (seconds since 1970) to get the same bytes from the same data, versions and options.
Exit status: 0 when the model was written, 1 when it was not, 2 for a mistake in the options."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Train as the command line says; return the exit status."""
    options = _options(arguments)
    missing = [library for library in LIBRARIES if find_spec(library) is None]
    if missing:
        return fail(f"{' and '.join(missing)} not installed: python -m pip install -r requirements-training.txt")
    from training.commands.run import STOPS, run  # here, so that --help needs nothing installed

    try:
        run(options)
    except STOPS as error:
        return fail(str(error))
    except OSError as error:
        return fail(f"the model could not be written, the old file is as it was: {error.strerror or error}")
    except KeyboardInterrupt:
        print("interrupted: unless a version was printed above, nothing was written", file=sys.stderr)
        return INTERRUPTED
    return DONE


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    made = parser("train_model", DESCRIPTION, EPILOG)
    _data_options(made)
    _model_options(made)
    _run_options(made)
    options = made.parse_args(arguments)
    if options.data and not options.target:
        made.error("--data needs --target, the column to predict")
    if not options.data and (options.target or options.drop or options.category or options.task):
        made.error("--target, --drop, --category and --task go with --data")
    return options


def _data_options(made: argparse.ArgumentParser) -> None:
    data = made.add_argument_group("your own data")
    data.add_argument("--data", metavar="CSV", help="train on this file instead of the example")
    data.add_argument("--target", metavar="COLUMN", help="the column to predict (needed with --data)")
    columns: dict[str, Any] = {"metavar": "COLUMN", "nargs": "+", "action": "extend", "default": []}
    data.add_argument("--drop", **columns, help="columns to leave out, such as an id")
    data.add_argument(
        "--category", **columns, help="columns whose numbers are codes, not quantities, such as a zip code"
    )
    data.add_argument(
        "--task",
        choices=["classification", "regression"],
        help="predict a class or a number (default: as the target looks, which the run says)",
    )
    data.add_argument(
        "--positive",
        metavar="LABEL",
        help="for two classes: the label whose probability the API answers and whose sensitivity is printed "
        "(default: the last in sorted order; for the example: benign)",
    )


def _model_options(made: argparse.ArgumentParser) -> None:
    model = made.add_argument_group("the model")
    model.add_argument(
        "--estimator",
        metavar="KIND",
        default="linear",
        help=f"{', '.join(KINDS)}, or the name of one of these in scikit-learn (default: linear, which is a logistic "
        "regression for classes and a ridge regression for numbers)",
    )
    decision = model.add_mutually_exclusive_group()
    decision.add_argument(
        "--threshold",
        metavar="P",
        type=_between_0_and_1("a probability above 0, at most 1"),
        help="for two classes: answer --positive from this probability on",
    )
    decision.add_argument(
        "--sensitivity",
        metavar="SHARE",
        type=_between_0_and_1("a share above 0, below 1", below_1=True),
        help="for two classes: choose the threshold that finds this share of --positive, by cross-validation",
    )


def _run_options(made: argparse.ArgumentParser) -> None:
    run = made.add_argument_group("the run")
    run.add_argument(
        "--folds", metavar="N", type=_folds, default=10, help="folds of the cross-validation (default: 10)"
    )
    run.add_argument("--quick", action="store_true", help="judge with few repeats: rougher figures, the same model")
    run.add_argument(
        "--audit",
        action="store_true",
        help="also print, and put into the card, the figures with C tuned inside each fold (about a minute)",
    )
    run.add_argument("--compare", action="store_true", help="also judge the other kinds of model on the same folds")
    run.add_argument(
        "--output",
        metavar="PATH",
        default=PACKAGED_PATH,
        help="where to write the model (default: where the API reads it)",
    )


def _folds(text: str) -> int:
    folds = int(text) if text.isdecimal() else 0
    if not 2 <= folds <= 100:
        raise argparse.ArgumentTypeError("must be a whole number from 2 to 100")
    return folds


def _between_0_and_1(what: str, *, below_1: bool = False) -> Callable[[str], float]:
    def convert(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not 0 < value <= 1 or (below_1 and value == 1):
            raise argparse.ArgumentTypeError(f"must be {what}")
        return value

    return convert
