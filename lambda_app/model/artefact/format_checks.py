"""What each field of the artefact may hold. The one gate for export, publishing and loading, with `predict.load`."""

from __future__ import annotations

from itertools import chain
from math import isfinite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CLASSIFICATION, REGRESSION = "classification", "regression"
MINIMUM_GOLDEN_ROWS = 5
NUMBER_COLUMN = {"name", "kind", "spellings", "minimum", "maximum", "typical", "missing"}
CATEGORY_COLUMN = {"name", "kind", "spellings", "categories", "unseen", "missing", "typical"}
SHARES = {"undecided", "out_of_range", "input_suspect", "by_class"}
SUSPICION = {"far", "out_of_range", "broken_pairs"}
TEXTS = ("name", "description", "intended_use", "trained_at", "target_name")


# What Python raises where the words and numbers of a damaged or made-up file do not fit together.
MISFITS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class InvalidModel(ValueError):
    """The model's file, or what should become one, breaks the format or disagrees with scikit-learn."""


def require(condition: bool, sentence: str) -> None:
    """Raises InvalidModel with this sentence unless the condition holds."""
    if not condition:
        raise InvalidModel(sentence)


def is_number(value: Any) -> bool:
    """A finite float: every number of the artefact is written as one."""
    return type(value) is float and isfinite(value)


def are_numbers(values: Any, length: int | None = None) -> bool:
    """A list of finite floats, of this length."""
    if type(values) is not list or (length is not None and len(values) != length):
        return False
    return not values or (set(map(type, values)) == {float} and all(map(isfinite, values)))


def are_texts(values: Any) -> bool:
    """A list of texts."""
    return type(values) is list and all(type(value) is str for value in values)


def check_fields(fields: dict[str, Any], names: tuple[str, ...]) -> None:
    """Raises InvalidModel where a field is missing, unknown, of the wrong type or length, or not a usable number.

    `model` and `link` are judged where they are used: by linear.py, trees.py and links.py.
    """
    odd = sorted(set(fields) ^ set(names))
    require(not odd, f"fields missing or unknown: {', '.join(odd)}")
    _check_description(fields)
    _check_task(fields)
    _check_columns(fields["columns"])
    _check_truth(fields)
    _check_rows(fields)


def _check_description(fields: dict[str, Any]) -> None:
    for name in TEXTS:
        require(type(fields[name]) is str, f"{name} must be a text")
    require(are_texts(fields["limitations"]), "limitations must be a list of texts")
    require(fields["git_commit"] is None or type(fields["git_commit"]) is str, "git_commit must be a text or null")
    versions, data_set = fields["library_versions"], fields["data_set"]
    require(type(versions) is dict and are_texts([*versions.values()]), "library_versions must map names to texts")
    known = type(data_set) is dict and set(data_set) == {"name", "sha256", "rows"}
    require(known, "data_set must hold name, sha256 and rows")
    require(are_texts([data_set["name"], data_set["sha256"]]), "data_set's name and sha256 must be texts")
    require(_is_count(data_set["rows"]), "data_set's rows must be a number of rows")
    metrics = fields["metrics"]
    require(type(metrics) is dict, "metrics must be an object")
    for name, metric in metrics.items():
        valued = type(metric) is dict and is_number(metric.get("value"))
        require(valued, f"metrics must each have a value that is a finite number: {name}")


def _check_task(fields: dict[str, Any]) -> None:
    task, labels, threshold = fields["task"], fields["target_names"], fields["decision_threshold"]
    require(task in (CLASSIFICATION, REGRESSION), "task must be classification or regression")
    require(are_texts(labels) and len(set(labels)) == len(labels), "target_names must be distinct texts")
    if task == REGRESSION:
        require(not labels, "a regression must not have target_names")
    else:
        require(len(labels) > 1, "target_names must be distinct, at least two")
    if threshold is not None:
        require(len(labels) == 2, "decision_threshold needs two classes")
        require(is_number(threshold) and 0 < threshold <= 1, "decision_threshold must be above 0 and at most 1")
    require(type(fields["model"]) is dict, "model must be an object")
    require(type(fields["link"]) is dict, "link must be an object")


def _check_columns(columns: Any) -> None:
    require(type(columns) is list and len(columns) > 0, "columns must be a list of at least one column")
    spellings: list[str] = []
    for column in columns:
        kind = column.get("kind") if type(column) is dict else None
        require(kind in ("number", "category"), "a column must be of kind number or category")
        fields = NUMBER_COLUMN if kind == "number" else CATEGORY_COLUMN
        require(set(column) == fields, f"a {kind} column must have the fields {', '.join(sorted(fields))}")
        named = type(column["name"]) is str and are_texts(column["spellings"])
        require(named, "a column's name and spellings must be texts")
        (_check_number if kind == "number" else _check_category)(column)
        spellings += [column["name"], *column["spellings"]]
    require(len(set(spellings)) == len(spellings), "a name or spelling may stand for one column only")


def _check_number(column: dict[str, Any]) -> None:
    numbers = all(is_number(column[name]) for name in ("minimum", "maximum", "typical"))
    require(numbers, "a column's minimum, maximum and typical must be finite numbers")
    require(column["minimum"] <= column["maximum"], "a column's minimum must not exceed its maximum")
    missing = column["missing"]
    fits = missing is None or missing == "sides" or (are_numbers(missing) and len(missing) in (1, 2))
    require(fits, 'a number column\'s missing must be null, "sides", or one or two numbers')


def _check_category(column: dict[str, Any]) -> None:
    categories = column["categories"]
    require(type(categories) is list and len(categories) > 0, "a category column needs categories")
    pairs = all(type(pair) is list and len(pair) == 2 for pair in categories)
    require(pairs, "a category must be a pair of a value and its numbers")
    width = len(categories[0][1]) if type(categories[0][1]) is list else -1
    for value, numbers in categories:
        require(_is_category(value), "a category must be a text, a finite number, true or false")
        require(are_numbers(numbers, width), "the categories of a column must have equally many numbers")
    keys = {(type(value) is bool, value) for value, _ in categories}
    require(len(keys) == len(categories), "the categories of a column must be distinct")
    for name in ("unseen", "missing"):
        require(column[name] is None or are_numbers(column[name], width), f"{name} must have as many numbers, or none")
    typical = column["typical"]
    known = _is_category(typical) and (type(typical) is bool, typical) in keys
    require(known, "a category column's typical must be one of its categories")


def _is_category(value: Any) -> bool:
    return type(value) in (str, bool) or is_number(value)


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _is_share(value: Any) -> bool:
    return is_number(value) and 0 <= value <= 1


def _check_truth(fields: dict[str, Any]) -> None:
    """What makes an answer honest: sets, intervals, suspicion, expected shares."""
    classes, columns = len(fields["target_names"]), fields["columns"]
    levels, interval = fields["conformal_thresholds"], fields["interval"]
    require(type(levels) is dict and len(levels) <= (classes > 0), "conformal_thresholds must hold one level at most")
    for level, thresholds in levels.items():
        require(level in ("0.99", "0.95", "0.9"), "the level of conformal_thresholds must be 0.99, 0.95 or 0.9")
        require(are_numbers(thresholds, classes), f"conformal_thresholds must hold {classes} finite numbers")
    if interval is not None:
        known = type(interval) is dict and set(interval) == {"coverage", "half_width"}
        require(known and classes == 0, "interval must hold coverage and half_width, of a regression")
        require(_is_share(interval["coverage"]), "interval's coverage must be a share")
        require(is_number(interval["half_width"]) and interval["half_width"] >= 0, "half_width must not be negative")
    pairs = fields["ordered_pairs"]
    require(type(pairs) is list and all(type(pair) is list and len(pair) == 2 for pair in pairs), "ordered_pairs odd")
    flat = [*chain.from_iterable(pairs)]
    known = all(_is_count(i) and i < len(columns) and columns[i]["kind"] == "number" for i in flat)
    require(known and all(i != j for i, j in pairs), "ordered_pairs must be pairs of two number columns")
    suspicion = fields["suspicion"]
    require(type(suspicion) is dict and set(suspicion) == SUSPICION, "suspicion must hold its three bounds")
    bounds = is_number(suspicion["far"]) and all(_is_count(suspicion[n]) for n in SUSPICION - {"far"})
    require(bounds and min(suspicion.values()) > 0, "suspicion's bounds must be greater than zero")
    _check_shares(fields["expected_shares"], classes)


def _check_shares(shares: Any, classes: int) -> None:
    if shares is None:
        return
    require(type(shares) is dict and set(shares) == SHARES, f"expected_shares must hold {', '.join(sorted(SHARES))}")
    by_class = shares["by_class"]
    fits = are_numbers(by_class, classes) and all(map(_is_share, by_class))
    require(fits, "expected_shares must hold a share by class")
    for name in SHARES - {"by_class"}:
        absent = name == "undecided" and classes == 0 and shares[name] is None
        require(absent or _is_share(shares[name]), f"expected_shares' {name} must be a share")


def _check_rows(fields: dict[str, Any]) -> None:
    columns, classes = fields["columns"], len(fields["target_names"])
    names = {column["name"] for column in columns}
    require(type(fields["examples"]) is list, "examples must be a list")
    for example in fields["examples"]:
        known = type(example) is dict and set(example) == {"label", "features"} and type(example["label"]) is str
        require(known, "an example must hold a label and features")
        require(type(example["features"]) is dict and set(example["features"]) == names, "an example needs each column")
    golden_rows = fields["golden_rows"]
    enough = type(golden_rows) is list and len(golden_rows) >= MINIMUM_GOLDEN_ROWS
    require(enough, f"at least {MINIMUM_GOLDEN_ROWS} golden_rows are needed")
    answer = "probabilities" if classes else "prediction"
    for golden in golden_rows:
        known = type(golden) is dict and set(golden) == {"features", answer}
        require(known, f"a golden row must hold features and {answer}")
        fits = type(golden["features"]) is list and len(golden["features"]) == len(columns)
        require(fits, f"a golden row's features must hold {len(columns)} values")
        expected = golden[answer] if classes else [golden[answer]]
        require(are_numbers(expected, classes or 1), f"a golden row's {answer} must hold {classes or 1} finite numbers")
