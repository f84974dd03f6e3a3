"""A row of values → a row of numbers: what each column becomes before the model sees it.

A column of the artefact is a record, with other `spellings` of its name and a `typical` value:

    {"kind": "number", "minimum", "maximum", "missing"}
        missing: null: null is refused. [v]: v stands in. [v, 1.0]: v stands in, and a second number tells so (it is
        0.0 where the value is given). "sides": for trees with missing values of their own. The number stands twice;
        missing it is -inf in the first place and +inf in the second, and a node names the one that sends it right.
    {"kind": "category", "categories": [[value, [numbers]] …], "unseen", "missing"}
        unseen and missing: the numbers of a value that training never held, and of null; null: refused.
        A value is a text, a number, true or false. 1 and 1.0 are the same; 1 and true are not.

The m numbers stand in the order of their columns, the second places of "sides" behind all others.
"""

from __future__ import annotations

from math import inf, isfinite

from lambda_app.model.artefact.format_checks import InvalidModel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    Value = float | str | bool | None

SIDES = "sides"


def category_key(value: Any) -> Any:
    """What a category is looked up by: to Python, true is 1."""
    return (value,) if type(value) is bool else value


class Columns:
    """The columns of a model, ready to turn rows into numbers."""

    def __init__(self, records: list[dict[str, Any]]) -> None:
        """Takes checked records. Raises InvalidModel where their numbers don't fit together."""
        self.records = records
        self.names: list[str] = [record["name"] for record in records]
        self.positions = {
            spelling: position
            for position, record in enumerate(records)
            for spelling in (record["name"], *record["spellings"])
        }
        self.is_number = [record["kind"] == "number" for record in records]
        self.accepts_null = [record["missing"] is not None for record in records]
        self.typical: list[Value] = [record["typical"] for record in records]
        self.has_text = not all(self.is_number)
        # Whether a row of finite floats is its own numbers: then nothing has to be done for it.
        self.is_plain = all(r["kind"] == "number" and (r["missing"] is None or len(r["missing"]) == 1) for r in records)
        self._plan = [_plan(record) for record in records]
        # Where unseen categories are answered: what is none.
        self._open = [(n, {*(plan[0] or ()), None}) for n, plan in enumerate(self._plan) if plan[3] is not None]
        # What a range is judged by: numbers as given, and something inside where there is none.
        self._stand_ins = [record["typical"] if record["kind"] == "number" else 0.0 for record in records]
        self.columns_of_numbers = self._owners()
        self.width = len(self.columns_of_numbers)
        reference = self.numbers(self.typical)
        if reference is None or len(reference) != self.width:
            raise InvalidModel("the columns' typical values must be acceptable")
        self.reference: list[float] = reference

    def _owners(self) -> list[int]:
        first = [position for position, (_, given, _, _) in enumerate(self._plan) for _ in range(given)]
        return first + [position for position, record in enumerate(self.records) if record["missing"] == SIDES]

    def numbers(self, values: Sequence[Any]) -> list[float] | None:
        """The m numbers of n values, or None where a column can't take its value."""
        numbers: list[float] = []
        second: list[float] = []
        try:
            for value, (table, given, missing, unseen) in zip(values, self._plan, strict=True):
                if table is not None:
                    found = missing if value is None else table.get(category_key(value), unseen)
                    if found is None:
                        return None
                    numbers += found
                elif type(value) is float and isfinite(value):
                    numbers.append(value)
                    if missing is SIDES:
                        second.append(value)
                    elif given == 2:
                        numbers.append(0.0)
                elif value is not None or missing is None:
                    return None
                elif missing is SIDES:
                    numbers.append(-inf)
                    second.append(inf)
                else:
                    numbers += missing
        except TypeError:  # a list or an object where a category belongs
            return None
        return numbers + second if second else numbers

    def accepts(self, position: int, value: Any) -> bool:
        """Whether a category column can take a value that is no list, object or null."""
        table, _, _, unseen = self._plan[position]
        return table is None or unseen is not None or category_key(value) in table

    def categories(self, position: int) -> list[Any]:
        """The values of a category column that training held."""
        return [value for value, _ in self.records[position]["categories"]]

    def plain(self, values: Sequence[Any]) -> Sequence[float]:
        """n floats to compare with training ranges; the typical value where one is missing, 0 for a category."""
        pairs = zip(values, self._stand_ins, self.is_number, strict=True)
        return [value if number and value is not None else stand_in for value, stand_in, number in pairs]

    def unseen(self, values: Sequence[Any]) -> list[int]:
        """The positions of categories that training never held."""
        return [position for position, known in self._open if category_key(values[position]) not in known]


def _plan(record: dict[str, Any]) -> tuple[dict[Any, list[float]] | None, int, Any, list[float] | None]:
    """A column's table of categories, how many numbers it becomes, and those of missing and unseen values."""
    missing = record["missing"]
    if record["kind"] == "number":
        given = 2 if type(missing) is list and len(missing) == 2 else 1
        return None, given, SIDES if missing == SIDES else missing, None
    table = {category_key(value): numbers for value, numbers in record["categories"]}
    return table, len(record["categories"][0][1]), missing, record["unseen"]
