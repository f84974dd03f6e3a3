"""The artefact: the one definition of `model_parameters.json`, which both writes and reads it.

Words: a column is what comes in, a number is what the model sees. n columns, m numbers, K classes, R scores (1 for two
classes and for a regression, else K).
"""

from __future__ import annotations

import json
import os

from lambda_app.model.artefact.format_checks import MISFITS, InvalidModel, check_fields

try:  # hashlib would load all of OpenSSL: three milliseconds of every cold start, more than all else here
    from _sha2 import sha256  # type: ignore[import-not-found]  # too private for typeshed; `random` does the same
except ImportError:  # pragma: no cover – before Python 3.12, or where Python was built without it
    from hashlib import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["FORMAT_VERSION", "ModelParameters", "finish", "sha256"]
FORMAT_VERSION = 2
_DIGEST = ',\n"digest": "'  # what stands between the text that is hashed and its hash


class ModelParameters:
    """Everything the API knows of a model. Annotation order is the order in the file."""

    format_version: int
    task: str  # classification | regression
    name: str
    description: str
    intended_use: str
    limitations: list[str]
    data_set: dict[str, Any]  # name, sha256, rows
    trained_at: str  # ISO 8601, UTC
    library_versions: dict[str, str]
    git_commit: str | None
    target_name: str  # what is predicted
    target_names: list[str]  # K labels, in scikit-learn's class order; none for a regression
    decision_threshold: float | None  # label 1 from this probability of class 1 on; None: the link decides
    columns: list[dict[str, Any]]  # n records; see columns.py
    model: dict[str, Any]  # numbers → scores; see linear.py and trees.py
    link: dict[str, Any]  # scores → probabilities, or a number; see links.py
    conformal_thresholds: dict[str, list[float]]  # at most one coverage level → K floats; see predict.py
    interval: dict[str, float] | None  # of a regression: coverage, half_width in units of the score
    ordered_pairs: list[list[int]]  # [i, j]: column i ≤ column j in every training row; only what implies the rest
    suspicion: dict[str, float]  # from when on a sample looks wrong; see sample_warnings.py
    expected_shares: dict[str, Any] | None  # of honest samples: undecided, out_of_range, input_suspect, by_class
    examples: list[dict[str, Any]]  # label, features: something sensible to start from, no real row
    metrics: dict[str, dict[str, Any]]  # name → value, interval, n, method
    golden_rows: list[dict[str, Any]]  # features (n), and scikit-learn's probabilities (K) or prediction

    def __init__(self, **fields: Any) -> None:
        """Takes every field above but `format_version`; raises InvalidModel where they don't fit together."""
        self.__dict__.update({"format_version": FORMAT_VERSION, **fields})
        check_fields(self.__dict__, FIELDS)
        self._text = ""

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the file's own text, up to the line that holds it: the model's version."""
        return self.to_json()[-len('"\n}\n') - 64 : -len('"\n}\n')]

    @property
    def feature_names(self) -> list[str]:
        """The columns' names."""
        return [column["name"] for column in self.columns]

    @property
    def feature_spellings(self) -> dict[str, list[str]]:
        """Other spellings a caller may use, by column name."""
        return {column["name"]: column["spellings"] for column in self.columns if column["spellings"]}

    def fields(self) -> dict[str, Any]:
        """What `__init__` takes to make the same model."""
        return {name: self.__dict__[name] for name in FIELDS if name != "format_version"}

    def to_json(self) -> str:
        """The file's text: one line a field, one a column, floats in full precision, the digest last."""
        if not self._text:
            lines = ",\n".join(f'"{name}": {_written(name, self.__dict__[name])}' for name in FIELDS)
            self._text = _sealed("{\n" + lines)
        return self._text

    @classmethod
    def from_json(cls, text: str) -> ModelParameters:
        """The artefact in a file's text; raises InvalidModel unless every byte is the one that was hashed."""
        body = text.rpartition(_DIGEST)[0]
        try:
            fields = json.loads(body + "\n}" if body else text, parse_constant=_no_constant)
            version = fields.pop("format_version", None)
            if type(version) is not int or version != FORMAT_VERSION:
                raise InvalidModel(
                    f"this code reads format_version {FORMAT_VERSION} and no other: train or export anew"
                )
            if text != _sealed(body):
                raise InvalidModel("the model's file does not match its digest: it was changed or damaged")
            parameters = cls(**fields)
        except InvalidModel:
            raise
        except MISFITS as error:
            raise InvalidModel("the model's file is not a JSON object with the artefact's fields") from error
        parameters._text = text
        return parameters

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the file whole or not at all: temporary file beside it, fsync, rename."""
        temporary = f"{os.fspath(path)}.{os.getpid()}.tmp"
        try:
            with open(temporary, "w", encoding="ascii", newline="\n") as file:
                file.write(self.to_json())
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        finally:
            if os.path.exists(temporary):
                os.unlink(temporary)


def finish(path: str) -> None:
    """Put in place what a killed training run had decided to write: see training/files.py. Raises OSError."""
    path = os.path.realpath(path)
    pending = f"{path}.pending.tmp"
    if os.path.exists(pending):
        with open(pending, encoding="utf-8") as file:
            run, *names = json.load(file)
        for place in [os.path.join(os.path.dirname(path), name) for name in names]:
            if os.path.exists(f"{place}.{run:d}.tmp"):
                os.replace(f"{place}.{run:d}.tmp", place)
        os.unlink(pending)


FIELDS = tuple(ModelParameters.__annotations__)


def _sealed(body: str) -> str:
    return f'{body}{_DIGEST}{sha256(body.encode("utf-8", "surrogatepass")).hexdigest()}"\n}}\n'


def _written(name: str, value: Any) -> str:
    if name != "columns":
        return json.dumps(value, allow_nan=False)
    return "[\n" + ",\n".join(json.dumps(column, allow_nan=False) for column in value) + "\n]"


def _no_constant(_: str) -> Any:
    raise InvalidModel("the model's file holds NaN or Infinity, which is no JSON")
