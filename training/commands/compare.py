"""The command that says what changes between two artefacts, and whether the new one may replace the old one.

Words: OLD serves today, NEW wants to. Needs the standard library only, so a deployment job can run it bare.
"""

from __future__ import annotations

import argparse

from lambda_app.model.artefact.format_checks import InvalidModel
from lambda_app.model.artefact.model_parameters import ModelParameters, finish
from lambda_app.model.store import read_packaged
from training.commands.compare_changes import (
    changed_answers,
    changed_coefficients,
    changed_features,
    shared_golden_rows,
)
from training.commands.compare_metrics import metrics_report
from training.commands.parser import DONE, FAILED, USAGE, fail, parser
from training.data.samples import read_samples
from training.errors import DataError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.commands.compare_changes import Model
    from training.data.samples import Pair

BETTER_OR_EQUAL, WORSE = DONE, FAILED

DESCRIPTION = """\
Print what changes from the model in OLD to the model in NEW: the metrics with their intervals, the coefficients by
size of change, the probabilities of the golden rows, and how many labels flip.

NEW is worse when, for one metric, its value lies outside OLD's interval or OLD's outside its own, on the worse side;
when it no longer reports a metric that OLD has; or when its labels are not OLD's."""

EPILOG = """\
exit status:
  0  NEW may replace OLD
  1  NEW is worse beyond its interval, or fails its proof (digest, format, golden rows)
  2  nothing was compared: a file is missing, OLD is no valid model, or the CSV does not fit

example:
  python -m lambda_app.model.compare deployed.json lambda_app/model/model_parameters.json --data patients.csv"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the comparison; return the exit status that EPILOG explains."""
    options = _parser().parse_args(arguments)
    try:
        old = _read(options.old)
    except (OSError, InvalidModel) as error:
        return fail(f"OLD cannot be used: {_sentence(error)}", USAGE)
    try:
        new = _read(options.new)
    except OSError as error:
        return fail(f"NEW cannot be read: {_sentence(error)}", USAGE)
    except InvalidModel as error:
        return fail(f"NEW fails its proof: {error}", WORSE)
    try:
        samples = read_samples(options.data, old.parameters, new.parameters) if options.data else None
    except (OSError, DataError) as error:
        return fail(f"the data cannot be used: {_sentence(error)}", USAGE)

    reasons = compare(old, new, samples)
    if reasons:
        print("\nNEW must not replace OLD:\n" + "\n".join(f"- {reason}" for reason in reasons))
        return WORSE
    print("\nNEW may replace OLD: no metric is worse beyond its interval, and it proved its golden rows.")
    return BETTER_OR_EQUAL


def compare(old: Model, new: Model, samples: list[Pair] | None) -> list[str]:
    """Print every section; return the reasons against NEW, none when it may replace OLD.

    samples: rows in both models' feature orders, or None to count flipped labels on the golden rows alone.
    """
    print(f"OLD  {_title(old.parameters)}\nNEW  {_title(new.parameters)}")
    if old.parameters.target_names != new.parameters.target_names:
        names = [", ".join(model.parameters.target_names) or "none, it predicts a number" for model in (old, new)]
        return [f"they answer different questions: OLD's labels are {names[0]}; NEW's are {names[1]}"]
    lines, reasons = metrics_report(old.parameters.metrics, new.parameters.metrics)
    _section("Metrics (95 % interval)", lines)
    if features := changed_features(old.parameters, new.parameters):
        _section("Features, a change that callers must follow", features)
    coefficients = changed_coefficients(old, new)
    _section("Coefficients, of the score per OLD's scale of the feature", coefficients)
    golden = shared_golden_rows(old.parameters, new.parameters)
    if golden:
        _section("Golden rows, the answer that changes most", changed_answers(old, new, golden, each=True))
    else:
        _section("Golden rows", ["  none can be given to both models: their features differ"])
    if samples:
        _section(f"Data, {len(samples)} rows", changed_answers(old, new, samples, each=False))
    return reasons


def _section(title: str, lines: list[str]) -> None:
    print(f"\n{title}\n" + "\n".join(lines))


def _parser() -> argparse.ArgumentParser:
    made = parser("compare", DESCRIPTION, EPILOG)
    made.add_argument("old", metavar="OLD.json", help="the model that serves today")
    made.add_argument("new", metavar="NEW.json", help="the model that wants to")
    made.add_argument(
        "--data", metavar="CSV", help="count flipped labels on these rows too (header row; other columns are ignored)"
    )
    return made


def _read(path: str) -> Model:
    try:
        finish(path)
        return read_packaged(path)
    except UnicodeDecodeError as error:
        raise InvalidModel("the model's file is not ASCII text") from error


def _sentence(error: Exception) -> str:
    return f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else str(error)


def _title(parameters: ModelParameters) -> str:
    return f"{parameters.name}, trained {parameters.trained_at}, version {parameters.digest[:12]}"
