"""A line of JSON Lines → a sample: a list of values, or an object of names and values with what is to be kept."""

import json
from collections.abc import Sequence
from typing import Any

from lambda_app.body import json_body
from lambda_app.bulk.errors import RunRefused
from lambda_app.bulk.rows.samples import Samples, fault
from lambda_app.bulk.scoring import Scorer
from lambda_app.problems import EmptyBody, InvalidContent


class Written(str):
    """A number as it was written: an identifier of twenty digits must come out as it went in."""

    __slots__ = ()


_decode_kept = json.JSONDecoder(parse_int=Written, parse_float=Written).decode


class JsonRows:
    """The lines of one file, each read by what reads the API's bodies."""

    def __init__(self, scorer: Scorer, keep: Sequence[str]) -> None:
        self._scorer = scorer
        self._keep = list(keep)

    def row(self, line: bytes) -> tuple[Any, list[Any]]:
        """A sample and what is kept of the row. Raises Problem."""
        try:
            document = json_body.read(line)
            if not self._keep:
                return document, []
            # Once more, with its numbers as they are written; not too deep, as it was read from deeper in the stack.
            written = _decode_kept(line.decode("utf-8").removeprefix(json_body.BYTE_ORDER_MARK))
        except EmptyBody as error:  # white space that JSON does not know
            raise InvalidContent([fault("malformed_json", "The line holds nothing but white space.")]) from error
        return document, self._kept(document, written)

    def _kept(self, document: Any, written: Any) -> list[Any]:
        """The values to keep, taken out of the document. Raises InvalidContent with everything that is wrong with them."""
        if not isinstance(document, dict):
            detail = "Columns are to be kept, so a row must be an object that names them."
            raise InvalidContent([fault("wrong_type", detail)])
        kept, faults = [], []
        for name in self._keep:
            if name not in document:
                faults.append(fault("missing_field", f'The row lacks "{name}", which is to be kept.'))
                continue
            del document[name]
            kept.append(written[name])
            if not _is_scalar(written[name]):
                detail = f'"{name}" is to be kept, so it must be a string, a finite number, true, false or null.'
                faults.append(fault("wrong_type", detail))
        if faults:
            raise InvalidContent(faults)
        return kept

    def check_first(self, line: bytes) -> None:
        """Raises RunRefused where a file's first row has names that no row may have: all rows would be rejected."""
        found = Samples.of([line], self.row)
        [instance] = found.values or [None]
        if isinstance(instance, dict):
            unknown = [at for at, name in enumerate(instance) if name not in self._scorer.positions]
            if unknown:
                name = [*instance][unknown[0]]
                raise RunRefused(
                    f"{len(unknown)} of the first row's names are not known.{self._scorer.hint(name)} "
                    "Keep them, or take them out of the file."
                )

    def named(self, values: Any) -> Any:
        """The sample as it came."""
        return values


def _is_scalar(value: Any) -> bool:
    """Whether a value can be written in a cell. Numbers come as `Written`; a float is NaN or infinite."""
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:  # half of a surrogate pair
            return False
    return not isinstance(value, list | dict | float)
