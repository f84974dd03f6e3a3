"""The artefact: the one definition of `model_parameters.json`, which both writes and reads it.

Words: K classes, n features, R = 1 row of coefficients for two classes and K rows for more (scikit-learn's `coef_`).
"""

from __future__ import annotations

import hashlib
import json
import os
from math import isfinite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

FORMAT_VERSION = 1
SOFTMAX, ONE_VS_REST = "softmax", "one_vs_rest"
MINIMUM_GOLDEN_ROWS = 5


class InvalidModel(ValueError):
    """The model's file, or what should become one, breaks the format or disagrees with scikit-learn."""


class ModelParameters:
    """Everything the API knows of a model. Annotation order is the order in the file."""

    format_version: int
    name: str
    description: str
    intended_use: str
    limitations: list[str]
    data_set: dict[str, Any]  # name, sha256, rows
    trained_at: str  # ISO 8601, UTC
    library_versions: dict[str, str]
    git_commit: str | None
    target_names: list[str]  # K labels, in scikit-learn's class order
    probability_method: str  # softmax | one_vs_rest, for K > 2; two classes are the softmax of (0, z)
    feature_names: list[str]  # n
    feature_spellings: dict[str, list[str]]  # other spellings a caller may use, by feature name
    coefficients: list[list[float]]  # R × n, per scaled unit
    intercepts: list[float]  # R, log-odds where every feature equals its mean
    means: list[float]  # n, training averages: subtracted before scaling
    scales: list[float]  # n, > 0: divided by
    imputations: list[float] | None  # n values that stand in for a missing one; None: missing is refused
    minima: list[float]  # n, smallest training value
    maxima: list[float]  # n, largest training value
    conformal_thresholds: dict[str, list[float]]  # coverage level → K floats; see predict.py
    metrics: dict[str, dict[str, Any]]  # name → value, interval, n, method
    golden_rows: list[dict[str, list[float]]]  # features (n), probabilities (K) as scikit-learn gave them

    def __init__(self, **fields: Any) -> None:
        """Takes every field above but `format_version`; raises InvalidModel where they don't fit together."""
        self.__dict__.update({"format_version": FORMAT_VERSION, **fields})
        _check(self)
        self.digest = _digest(self._fields())

    def _fields(self) -> dict[str, Any]:
        return {name: self.__dict__[name] for name in FIELDS}

    def to_json(self) -> str:
        """The file's text: one line a field, floats in full precision, the digest last."""
        lines = [f'"{name}": {json.dumps(value)}' for name, value in {**self._fields(), "digest": self.digest}.items()]
        return "{\n" + ",\n".join(lines) + "\n}\n"

    @classmethod
    def from_json(cls, text: str) -> ModelParameters:
        """The artefact in a file's text; raises InvalidModel unless it is, byte for byte, what to_json wrote.

        Every byte counts because a digest over the values alone lets a flipped bit pass that turns `e-05` into `E-05`.
        """
        try:
            fields = json.loads(text)
            if fields.get("format_version") != FORMAT_VERSION:
                raise InvalidModel(f"this code reads format_version {FORMAT_VERSION} and no other")
            digest = fields.pop("digest", None)
            parameters = cls(**fields)
        except InvalidModel:
            raise
        except (ValueError, AttributeError, LookupError, TypeError, RecursionError) as error:
            raise InvalidModel("the model's file is not a JSON object with the artefact's fields") from error
        if digest != parameters.digest:
            raise InvalidModel("the model's file does not match its digest: it was changed or damaged")
        if text != parameters.to_json():
            raise InvalidModel("the model's file is not in canonical form: it was reformatted or damaged")
        return parameters

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the file whole or not at all: temporary file beside it, fsync, rename."""
        temporary = f"{os.fspath(path)}.{os.getpid()}.tmp"
        try:
            with open(temporary, "w", encoding="ascii") as file:
                file.write(self.to_json())
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            if os.path.exists(temporary):
                os.unlink(temporary)
            raise


FIELDS = tuple(ModelParameters.__annotations__)


def _digest(fields: dict[str, Any]) -> str:
    """SHA-256 (hex) of the fields in canonical form: sorted keys, no white space, ASCII."""
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _require(condition: bool, sentence: str) -> None:
    if not condition:
        raise InvalidModel(sentence)


def _require_numbers(name: str, values: Iterable[Any], length: int) -> None:
    values = list(values)
    _require(len(values) == length, f"{name} must hold {length} numbers")
    numbers = all(type(value) in (float, int) and isfinite(value) for value in values)
    _require(numbers, f"{name} must hold finite numbers only")


def _check(model: ModelParameters) -> None:
    """Raises InvalidModel where a field is missing, unknown, of the wrong length, or not a usable number."""
    fields = set(model.__dict__)
    _require(fields == set(FIELDS), f"fields missing or unknown: {', '.join(sorted(fields ^ set(FIELDS)))}")
    names, targets = model.feature_names, model.target_names
    _require(len(names) > 0 and len(set(names)) == len(names), "feature_names must be distinct, at least one")
    _require(len(targets) > 1 and len(set(targets)) == len(targets), "target_names must be distinct, at least two")
    _require(model.probability_method in (SOFTMAX, ONE_VS_REST), "probability_method must be softmax or one_vs_rest")
    spellings = [*names, *(spelling for others in model.feature_spellings.values() for spelling in others)]
    _require(set(model.feature_spellings) <= set(names), "feature_spellings must be of known features")
    _require(len(set(spellings)) == len(spellings), "a spelling may stand for one feature only")

    rows = 1 if len(targets) == 2 else len(targets)
    _require(len(model.coefficients) == rows, f"coefficients must have {rows} row(s) for {len(targets)} classes")
    for row in model.coefficients:
        _require_numbers("each row of coefficients", row, len(names))
    _require_numbers("intercepts", model.intercepts, rows)
    for field in ("means", "scales", "minima", "maxima"):
        _require_numbers(field, getattr(model, field), len(names))
    if model.imputations is not None:
        _require_numbers("imputations", model.imputations, len(names))
    _require(all(scale > 0 for scale in model.scales), "scales must be greater than zero")
    ordered = all(low <= high for low, high in zip(model.minima, model.maxima, strict=True))
    _require(ordered, "minima must not exceed maxima")
    for thresholds in model.conformal_thresholds.values():
        _require_numbers("conformal_thresholds", thresholds, len(targets))
    _require(len(model.golden_rows) >= MINIMUM_GOLDEN_ROWS, f"at least {MINIMUM_GOLDEN_ROWS} golden_rows are needed")
    for golden in model.golden_rows:
        _require_numbers("a golden row's features", golden["features"], len(names))
        _require_numbers("a golden row's probabilities", golden["probabilities"], len(targets))
