"""Everything wrong with a document that the fast path of validation.py did not take. Nothing that came in is repeated."""

from __future__ import annotations

from math import isfinite, isnan

from lambda_app.body.hints import ClosestName
from lambda_app.problems import MAXIMUM_ERRORS, BatchTooLarge, InvalidContent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambda_app.body.limits import Limits
    from lambda_app.model.columns import Columns
    from lambda_app.problems import ContentError

REQUEST_FIELDS = ("features", "instances", "explain")
MAXIMUM_HINTS = 10  # closest names and lists of categories: each costs more than the rest of its error
SHOWN_CATEGORIES = 20


class RepeatedKeys(dict[str, "Any"]):
    """A JSON object that had a key twice; `repeated` holds those keys. Not a plain dict, so no fast path takes it."""

    __slots__ = ("repeated",)
    repeated: list[str]


def repeated_keys(pairs: list[tuple[str, Any]]) -> RepeatedKeys:
    """The object; no method of it, because calling one costs as much again and a body may hold 20,000."""
    seen: set[str] = set()
    again: dict[str, None] = {}
    for key, _ in pairs:  # 300,000 of them in the worst body: no more than this in the loop
        if key in seen:
            again[key] = None
        else:
            seen.add(key)
    marked = RepeatedKeys(pairs)
    marked.repeated = [*again][:MAXIMUM_ERRORS]  # as many as an answer names
    return marked


class Errors(list["ContentError"]):
    """The problems so far; raises InvalidContent at the hundredth, so that a bad body costs bounded work."""

    hints = 0

    def note(self, code: str, detail: str, pointer: str) -> None:
        """One more problem, and where: a JSON Pointer."""
        self.append({"code": code, "detail": detail, "pointer": pointer})
        if len(self) == MAXIMUM_ERRORS:
            raise InvalidContent(self)

    def may_hint(self) -> bool:
        """Whether one more hint may be given; counts it."""
        self.hints += 1
        return self.hints <= MAXIMUM_HINTS


class Faults:
    """Notes the faults of documents for one model's columns and limits."""

    def __init__(self, columns: Columns, limits: Limits) -> None:
        self._columns, self._limits = columns, limits
        self._names, self._positions = columns.names, columns.positions
        self._width = len(columns.names)
        self._closest = ClosestName(self._positions)
        self._no_null = f"this {'feature' if any(columns.accepts_null) else 'model'} takes no missing values."

    def of_fields(self, document: Any, errors: Errors) -> None:
        """Notes fields that are unknown or repeated; raises InvalidContent where there is nothing to judge."""
        if not isinstance(document, dict):
            detail = 'The body must be a JSON object: {"features": [...]}, or {"instances": [[...], ...]} for a batch.'
            errors.note("body_not_object", detail, "")
            raise InvalidContent(errors)
        is_batch, is_single = "instances" in document, "features" in document
        if not is_batch and not is_single and any(name in self._positions for name in document):
            detail = 'The sample needs the field features around it: {"features": {...}}.'
            errors.note("missing_field", detail, "")
            raise InvalidContent(errors)
        _note_repeated_keys(document, REQUEST_FIELDS, "", errors)
        for field in document:
            if field not in REQUEST_FIELDS:
                hint = ClosestName(REQUEST_FIELDS).hint(field) if errors.may_hint() else ""
                detail = f"A field is not known; the known ones are {', '.join(REQUEST_FIELDS)}.{hint}"
                errors.note("unknown_field", detail, "")
        if is_batch and is_single:
            errors.note("conflicting_fields", "Send either features or instances, not both.", "")
        elif not is_batch and not is_single:
            errors.note("missing_field", "The object needs the field features, or instances for a batch.", "")
        elif is_single and isinstance(document["features"], list) and _are_samples(document["features"]):
            errors.note("wrong_type", "features holds one sample; several belong in the field instances.", "/features")
        else:
            return
        raise InvalidContent(errors)

    def of_explain(self, explain: Any, errors: Errors) -> None:
        """Notes an `explain` that is neither true nor false, or that this kind of model has no answer to."""
        if type(explain) is not bool:
            errors.note("wrong_type", "explain must be true or false.", "/explain")
        elif explain and not self._limits.explained:
            detail = "This kind of model has no explanation that adds up: send the request without explain."
            errors.note("explanation_unavailable", detail, "/explain")

    def of_instances(self, instances: Any, maximum: int, explained: bool, errors: Errors) -> list[Any]:
        """The samples of a batch; none where it is no batch, which is noted. Raises BatchTooLarge."""
        if not isinstance(instances, list):
            errors.note("wrong_type", "instances must be a list of samples.", "/instances")
        elif not instances:
            errors.note("empty_batch", "instances must hold at least one sample.", "/instances")
        elif len(instances) > maximum:
            raise BatchTooLarge(maximum, explained)
        elif not any(isinstance(instance, (list, dict)) for instance in instances[: self._width]):
            detail = "instances must hold samples, each a list or an object; one sample belongs in the field features."
            errors.note("wrong_type", detail, "/instances")
        else:
            return instances
        return []

    def of_sample(self, instance: Any, pointer: str, errors: Errors) -> None:
        """Notes everything wrong with a sample that the fast path did not take."""
        if isinstance(instance, list):
            if len(instance) != self._width:
                what = "values in column order" if self._columns.has_text else "numbers in feature order"
                detail = f"The list must hold {self._width} {what}; it holds {len(instance)}."
                errors.note("wrong_length", detail, pointer)
            # What lies past the last feature is one problem, not one an element: a body may hold half a million.
            for position, value in enumerate(instance[: self._width]):
                self._judge_value(value, position, f"{pointer}/{position}", errors)
        elif isinstance(instance, dict):
            self._judge_names(instance, pointer, errors)
        else:
            detail = "A sample must be a list of values or an object of feature names and values."
            errors.note("wrong_type", detail, pointer)

    def _judge_names(self, instance: dict[str, Any], pointer: str, errors: Errors) -> None:
        _note_repeated_keys(instance, self._positions, pointer, errors)
        seen: set[int] = set()
        for place, (name, value) in enumerate(instance.items(), 1):
            if name not in self._positions:
                hint = self._closest.hint(name) if errors.may_hint() else ""
                errors.note("unknown_feature", f"The {_ordinal(place)} name is not known.{hint}", pointer)
                continue
            position = self._positions[name]
            if position in seen:
                detail = f'The feature "{self._names[position]}" is given twice, in two spellings.'
                errors.note("duplicate_feature", detail, _member(pointer, name))
            else:
                seen.add(position)
                self._judge_value(value, position, _member(pointer, name), errors)
        for position, name in enumerate(self._names):
            if position not in seen:
                errors.note("missing_feature", f'The feature "{name}" is missing.', _member(pointer, name))

    def _judge_value(self, value: Any, position: int, pointer: str, errors: Errors) -> None:
        takes_null = self._columns.accepts_null[position]
        if not self._columns.is_number[position]:
            self._judge_category(value, position, pointer, errors)
        elif value is None:
            if not takes_null:
                errors.note("not_a_number", f"This must be a JSON number; {self._no_null}", pointer)
        elif type(value) is not float:
            errors.note("not_a_number", "This must be a JSON number.", pointer)
        elif isnan(value):
            how = "missing values are null here." if takes_null else self._no_null
            errors.note("not_a_number", f"Not-a-number is no JSON number; {how}", pointer)
        elif not isfinite(value):
            errors.note("number_out_of_range", "This number is too large for a 64-bit float.", pointer)

    def _judge_category(self, value: Any, position: int, pointer: str, errors: Errors) -> None:
        if value is None:
            if not self._columns.accepts_null[position]:
                errors.note("not_a_category", f"null is not accepted here; {self._no_null}", pointer)
        elif type(value) not in (str, float, bool):
            errors.note("not_a_category", "This must be a text, a number, true or false.", pointer)
        elif not self._columns.accepts(position, value):
            hint = self._known_categories(position, value) if errors.may_hint() else ""
            errors.note("unknown_category", f"This is none of the feature's categories.{hint}", pointer)

    def _known_categories(self, position: int, value: Any) -> str:
        """The model's own categories, up to twenty, and the one most like a text. Never what came in."""
        known = self._columns.categories(position)
        shown = ", ".join(map(_as_json, known[:SHOWN_CATEGORIES]))
        more = f" and {len(known) - SHOWN_CATEGORIES} more" if len(known) > SHOWN_CATEGORIES else ""
        texts = [category for category in known if type(category) is str]
        closest = ClosestName(texts).hint(value) if texts and type(value) is str else ""
        return f" Known: {shown}{more}.{closest}"


def _are_samples(features: list[Any]) -> bool:
    return bool(features) and all(isinstance(value, (list, dict)) for value in features)


def _as_json(category: Any) -> str:
    if type(category) is bool:
        return "true" if category else "false"
    return f'"{category}"' if type(category) is str else format(category, "g")


def _ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st …"""
    suffix = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def _note_repeated_keys(members: dict[str, Any], known: Any, pointer: str, errors: Errors) -> None:
    if isinstance(members, RepeatedKeys):
        for key in members.repeated:
            where = _member(pointer, key) if key in known else pointer
            errors.note("duplicate_key", "An object has the same key twice.", where)


def _member(pointer: str, name: str) -> str:
    """The pointer of a member with a known name, escaped as RFC 6901 asks."""
    return f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
