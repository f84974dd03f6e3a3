"""Answers → lines of CSV or JSON Lines, with the columns that are kept; rejects → lines of JSON."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from lambda_app.bulk.errors import RunRefused
from lambda_app.bulk.rows.json_rows import Written
from lambda_app.bulk.scoring import Scored, Scorer
from lambda_app.problems import ContentError

FORMATS = ("csv", "jsonl")
SEPARATOR = "|"  # between the labels of a prediction set, and between warnings


def columns(scorer: Scorer) -> list[str]:
    """The CSV columns of a prediction."""
    if not scorer.labels:
        return ["prediction", "lower", "upper", "warnings"]
    probabilities = [f"probability_{label}" for label in scorer.labels]
    return ["prediction", "label", *probabilities, "prediction_set", "warnings"]


def check_keep(scorer: Scorer, keep: Sequence[str]) -> None:
    """Raises RunRefused where a kept column would be taken for the model's or the prediction's, or is named twice."""
    for name in keep:
        if name in scorer.positions:
            raise RunRefused(f'"{scorer.names[scorer.positions[name]]}" is a column of the model and cannot be kept.')
        if name in {*columns(scorer), "probability", "probabilities", "interval"}:
            raise RunRefused("A column to keep has a name that a column of the output has. Rename it.")
    if len(set(keep)) < len(keep):
        raise RunRefused("A column is to be kept twice.")


def quote(cell: str) -> str:
    """A CSV cell, in quotes where it needs them."""
    if '"' in cell or "," in cell or "\n" in cell or "\r" in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _joined(names: Sequence[str]) -> str:
    return quote(SEPARATOR.join([name.replace("\\", "\\\\").replace(SEPARATOR, f"\\{SEPARATOR}") for name in names]))


class CsvWriter:
    """Writes rows of CSV, RFC 4180 but for line feeds alone."""

    def __init__(self, scorer: Scorer, keep: Sequence[str]) -> None:
        self._labels = scorer.labels
        self.header = ",".join(map(quote, [*keep, *columns(scorer)])) + "\n"
        self._heads = [f"{index},{quote(label)}," for index, label in enumerate(scorer.labels)]
        self._set = lru_cache(maxsize=1024)(self._members)

    def _members(self, members: tuple[int, ...]) -> str:
        return _joined([self._labels[member] for member in members])

    def line(self, kept: Sequence[Any], scored: Scored) -> str:
        """One prediction."""
        before = "".join([quote(value if isinstance(value, str) else _scalar(value)) + "," for value in kept])
        warnings = _joined([_short(warning) for warning in scored.warnings]) if scored.warnings else ""
        if not self._labels:
            value, interval = scored.prediction
            lower, upper = ("", "") if interval is None else map(repr, interval)
            return f"{before}{value!r},{lower},{upper},{warnings}\n"
        label, probabilities, members = scored.prediction
        numbers = ",".join(map(repr, probabilities))
        return f"{before}{self._heads[label]}{numbers},{self._set(members)},{warnings}\n"


def _scalar(value: Any) -> str:
    """true, false or null of JSON Lines in a CSV cell: null is an empty one."""
    return "" if value is None else json.dumps(value)


def _short(warning: Any) -> str:
    feature = warning["feature"]
    return f"{warning['code']}:{feature}" if feature else str(warning["code"])


class JsonWriter:
    """Writes the API's own objects, one a line, the kept columns first."""

    header = ""

    def __init__(self, scorer: Scorer, keep: Sequence[str]) -> None:
        self._names = [json.dumps(name) for name in keep]

    def line(self, kept: Sequence[Any], scored: Scored) -> str:
        """One prediction."""
        if not kept:
            return f"{scored.text}\n"
        pairs = [
            f"{name}: {value if isinstance(value, Written) else json.dumps(value)}"
            for name, value in zip(self._names, kept, strict=True)
        ]
        return f"{{{', '.join(pairs)}, {scored.text[1:]}\n"


def writer(kind: str, scorer: Scorer, keep: Sequence[str]) -> CsvWriter | JsonWriter:
    """What writes `kind`, csv or jsonl."""
    return CsvWriter(scorer, keep) if kind == "csv" else JsonWriter(scorer, keep)


def reject(part: int, row: int, offset: int, errors: list[ContentError]) -> str:
    """A row that got no prediction, as a line: where it stands and why, never what it holds."""
    return json.dumps({"part": part, "row_in_part": row, "byte_offset": offset, "errors": errors}) + "\n"
