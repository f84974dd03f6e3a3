"""Untrusted JSON document → samples in column order, or every problem at once (faults.py). Knows columns, not models."""

from __future__ import annotations

from math import isfinite

from lambda_app.body.faults import Errors, Faults
from lambda_app.problems import InvalidContent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambda_app.body.limits import Limits
    from lambda_app.model.columns import Columns

WHOLE = ({"features"}, {"instances"}, {"features", "explain"}, {"instances", "explain"})  # the fields of a document
SAMPLE_TYPES = (list, dict)
ABSENT = ...  # no JSON value
only_floats = float.conjugate  # a function in C that refuses all but floats, and gives them back


class Submission:
    """What a valid request asks for: of each sample its n values in column order, and the m numbers they become."""

    __slots__ = ("explain", "is_batch", "numbers", "values")

    def __init__(self, values: list[list[Any]], numbers: list[list[float]], is_batch: bool, explain: bool) -> None:
        self.values = values
        self.numbers = numbers
        self.is_batch = is_batch
        self.explain = explain


class Validator:
    """Checks documents against a model's columns and limits."""

    def __init__(self, columns: Columns, limits: Limits) -> None:
        self._columns, self._limits = columns, limits
        self._positions, self._width, self._is_plain = columns.positions, len(columns.names), columns.is_plain
        self._faults = Faults(columns, limits)

    def check(self, document: Any) -> Submission:
        """The samples of a document. Raises InvalidContent with every problem found (up to 100), or BatchTooLarge."""
        errors = Errors()
        if type(document) is not dict or document.keys() not in WHOLE or _begins_with_sample(document.get("features")):
            self._faults.of_fields(document, errors)
        explain, is_batch = document.get("explain", False), "instances" in document
        if explain is not False:
            self._faults.of_explain(explain, errors)
        instances = self._instances(document["instances"], explain, errors) if is_batch else [document["features"]]
        values, numbers = [], []
        for index, instance in enumerate(instances):
            sample = self._read(instance)
            if sample is None:
                self._faults.of_sample(instance, f"/instances/{index}" if is_batch else "/features", errors)
            else:
                values.append(sample[0])
                numbers.append(sample[1])
        if errors:
            raise InvalidContent(errors)
        return Submission(values, numbers, is_batch, explain)

    def _instances(self, instances: Any, explain: Any, errors: Errors) -> list[Any]:
        explained = explain is True
        maximum = self._limits.explained if explained and self._limits.explained else self._limits.samples
        if type(instances) is list and len(instances) <= maximum and _begins_with_sample(instances):
            return instances
        return self._faults.of_instances(instances, maximum, explained, errors)

    def _read(self, instance: Any) -> tuple[list[Any], list[float]] | None:
        """The fast path: a sample without a fault, as values and numbers, or None."""
        if type(instance) is list:
            values = instance
        elif type(instance) is dict and len(instance) == self._width:
            values = [ABSENT] * self._width
            try:
                for name, value in instance.items():
                    values[self._positions[name]] = value
            except KeyError:
                return None
        else:
            return None
        if len(values) != self._width:
            return None
        if self._is_plain:  # no Python-level work an element: one sum checks types and finiteness
            try:
                if isfinite(sum(map(only_floats, values))) or all(map(isfinite, values)):
                    return values, values
            except TypeError:
                pass  # perhaps a missing value that may be filled in
        numbers = self._columns.numbers(values)
        return None if numbers is None else (values, numbers)


def _begins_with_sample(values: Any) -> bool:
    return type(values) is list and len(values) > 0 and type(values[0]) in SAMPLE_TYPES
