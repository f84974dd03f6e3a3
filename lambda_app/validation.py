"""Untrusted JSON document → samples in feature order, or every problem at once. Knows names, not models."""

from __future__ import annotations

from math import isfinite, isnan

from lambda_app.closest_name import ClosestName
from lambda_app.json_body import RepeatedKeys
from lambda_app.problems import MAXIMUM_ERRORS, BatchTooLarge, InvalidContent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambda_app.problems import ContentError

MAXIMUM_INSTANCES = 10_000
MAXIMUM_EXPLAINED = 1_000
REQUEST_FIELDS = ("features", "instances", "explain")


class Submission:
    """What a valid request asks for."""

    __slots__ = ("_instances", "explain", "is_batch", "samples")

    def __init__(self, instances: list[Any], samples: list[list[float]], is_batch: bool, explain: bool) -> None:
        self._instances = instances
        self.samples = samples  # in feature order
        self.is_batch = is_batch
        self.explain = explain

    def is_listed(self, index: int) -> bool:
        """Whether a sample came as a list, whose order the caller may have got wrong."""
        return isinstance(self._instances[index], list)


class _Errors(list["ContentError"]):
    """The problems so far; raises InvalidContent at the hundredth, so that a bad body costs bounded work."""

    def note(self, code: str, detail: str, pointer: str) -> None:
        self.append({"code": code, "detail": detail, "pointer": pointer})
        if len(self) == MAXIMUM_ERRORS:
            raise InvalidContent(self)


class Validator:
    """Checks documents against a model's feature names, their other spellings and its imputations."""

    def __init__(
        self, feature_names: list[str], feature_spellings: dict[str, list[str]], imputations: list[float] | None
    ) -> None:
        self._names = feature_names
        self._positions = {name: position for position, name in enumerate(feature_names)}
        for name, spellings in feature_spellings.items():
            self._positions.update(dict.fromkeys(spellings, self._positions[name]))
        self._imputations = imputations
        self._closest = ClosestName(self._positions)

    def check(self, document: Any) -> Submission:
        """The samples of a document. Raises InvalidContent with every problem found (up to 100), or BatchTooLarge."""
        errors = _Errors()
        if not isinstance(document, dict):
            errors.note("body_not_object", "The body must be a JSON object.", "")
            raise InvalidContent(errors)
        explain = _check_fields(document, errors)
        is_batch = "instances" in document
        if is_batch and "features" in document:
            errors.note("conflicting_fields", "Send either features or instances, not both.", "")
            raise InvalidContent(errors)
        if not is_batch and "features" not in document:
            errors.note("missing_field", "The object needs the field features, or instances for a batch.", "")
            raise InvalidContent(errors)
        instances = _instances(document["instances"], explain, errors) if is_batch else [document["features"]]
        samples = []
        for index, instance in enumerate(instances):
            sample = self._read(instance)
            if sample is None:
                sample = self._judge(instance, f"/instances/{index}" if is_batch else "/features", errors)
            samples.append(sample)
        if errors:
            raise InvalidContent(errors)
        return Submission(instances, samples, is_batch, explain)

    def _read(self, instance: Any) -> list[float] | None:
        """The fast path: a sample without a fault, or None. No Python-level work an element for a list."""
        if type(instance) is list:
            sample = instance
        elif type(instance) is dict and len(instance) == len(self._names):
            sample = [None] * len(self._names)
            try:
                for name, value in instance.items():
                    sample[self._positions[name]] = value
            except KeyError:
                return None
        else:
            return None
        if len(sample) != len(self._names):
            return None
        try:
            # float.conjugate refuses all but floats: one sum checks types and finiteness.
            return sample if isfinite(sum(map(float.conjugate, sample))) or all(map(isfinite, sample)) else None
        except TypeError:
            return None

    def _judge(self, instance: Any, pointer: str, errors: _Errors) -> list[float]:
        """The slow path: notes everything wrong with a sample; imputes where the model can."""
        values: dict[int, float] = {}
        if isinstance(instance, list):
            if len(instance) != len(self._names):
                detail = f"The list must hold {len(self._names)} numbers in feature order; it holds {len(instance)}."
                errors.note("wrong_length", detail, pointer)
            # What lies past the last feature is one problem, not one an element: a body may hold half a million.
            for position, value in enumerate(instance[: len(self._names)]):
                self._judge_number(value, position, f"{pointer}/{position}", values, errors)
        elif isinstance(instance, dict):
            self._judge_names(instance, pointer, values, errors)
        else:
            detail = "A sample must be a list of numbers or an object of feature names and numbers."
            errors.note("wrong_type", detail, pointer)
        return [value for _, value in sorted(values.items())]

    def _judge_names(self, instance: dict[str, Any], pointer: str, values: dict[int, float], errors: _Errors) -> None:
        _note_repeated_keys(instance, self._positions, pointer, errors)
        seen: set[int] = set()
        for name, value in instance.items():
            if name not in self._positions:
                errors.note("unknown_feature", f"A feature name is not known.{self._closest.hint(name)}", pointer)
                continue
            position = self._positions[name]
            if position in seen:
                detail = f'The feature "{self._names[position]}" is given twice, in two spellings.'
                errors.note("duplicate_feature", detail, _member(pointer, name))
            else:
                seen.add(position)
                self._judge_number(value, position, _member(pointer, name), values, errors)
        for position, name in enumerate(self._names):
            if position not in seen:
                errors.note("missing_feature", f'The feature "{name}" is missing.', _member(pointer, name))

    def _judge_number(self, value: Any, position: int, pointer: str, values: dict[int, float], errors: _Errors) -> None:
        if value is None and self._imputations is not None:
            values[position] = self._imputations[position]
        elif type(value) is not float or isnan(value):
            errors.note("not_a_number", "This must be a JSON number.", pointer)
        elif not isfinite(value):
            errors.note("number_out_of_range", "This number is too large for a 64-bit float.", pointer)
        else:
            values[position] = value


def _check_fields(document: dict[str, Any], errors: _Errors) -> bool:
    """Whether an explanation is wanted; notes fields that are unknown, repeated or of the wrong type."""
    _note_repeated_keys(document, REQUEST_FIELDS, "", errors)
    for field in document:
        if field not in REQUEST_FIELDS:
            hint = ClosestName(REQUEST_FIELDS).hint(field)
            detail = f"A field is not known; the known ones are {', '.join(REQUEST_FIELDS)}.{hint}"
            errors.note("unknown_field", detail, "")
    explain = document.get("explain", False)
    if type(explain) is not bool:
        errors.note("wrong_type", "explain must be true or false.", "/explain")
    return explain is True


def _instances(instances: Any, explain: bool, errors: _Errors) -> list[Any]:
    maximum = MAXIMUM_EXPLAINED if explain else MAXIMUM_INSTANCES
    if not isinstance(instances, list):
        errors.note("wrong_type", "instances must be a list of samples.", "/instances")
        return []
    if not instances:
        errors.note("empty_batch", "instances must hold at least one sample.", "/instances")
    if len(instances) > maximum:
        raise BatchTooLarge(maximum, explain)
    return instances


def _note_repeated_keys(members: dict[str, Any], known: Any, pointer: str, errors: _Errors) -> None:
    if isinstance(members, RepeatedKeys):
        for key in members.repeated:
            where = _member(pointer, key) if key in known else pointer
            errors.note("duplicate_key", "An object has the same key twice.", where)


def _member(pointer: str, name: str) -> str:
    """The pointer of a member with a known name, escaped as RFC 6901 asks."""
    return f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
