"""Odd artefacts: every field of every kind of model, made wrong in every way, is refused and nothing else happens."""

import copy
import json
from contextlib import suppress
from hashlib import sha256
from itertools import product
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_app.model import predict
from lambda_app.model.artefact.format_checks import InvalidModel
from lambda_app.model.artefact.model_parameters import ModelParameters
from lambda_app.model.predict import load
from lambda_app.model.store import read_packaged
from tests.every_kind import KINDS

pytestmark = pytest.mark.slow

ODD = [
    None, True, 0, 1, -1, 10**400, 1e308, -1e308, 1.7976931348623157e308, 5e-324, float("nan"), float("inf"), "", "NaN", "1.0", [], {}, [[]],
    [None], [1e308, 1e308], [10**400], {"a": 1}, [[1.0]], ["x", "x"], [0.0] * 7,
]  # fmt: skip
EXTREME = [0.0, -1.7976931348623157e308, 1.7976931348623157e308, "red", None]


def fields_of(kind):
    return copy.deepcopy(KINDS[kind].fields())


def places(value, path=()):
    """Every place in a document, by the keys and indices that lead there."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in items:
        yield from places(member, (*path, key))


def changed(fields, path, change):
    """The fields with one place changed: `change` gets the container and the key."""
    target = fields
    for key in path[:-1]:
        target = target[key]
    change(target, path[-1])
    return fields


def put(value):
    return lambda container, key: container.__setitem__(key, value)


def drop(container, key):
    del container[key]


def double(container, key):
    if isinstance(container, list):
        container.append(copy.deepcopy(container[key]))
    else:
        container["extra"] = 1


def sealed(fields):
    """A file's text with a right digest, whatever is in it."""
    lines = [f'"{name}": {json.dumps(value)}' for name, value in {"format_version": 2, **fields}.items()]
    body = "{\n" + ",\n".join(lines)
    return f'{body},\n"digest": "{sha256(body.encode()).hexdigest()}"\n}}\n'


def judged(fields, tmp_path=None):
    """Load as the store does; True where the model is served, False where it is refused, else the test fails."""
    try:
        if tmp_path is None:
            made = load(ModelParameters.from_json(sealed(fields)))
        else:
            path = tmp_path / "model.json"
            path.write_text(sealed(fields), encoding="ascii")
            made = read_packaged(str(path))
    except InvalidModel:
        return False
    answers(made)
    return True


def answers(made):
    """A model that is served has an answer for any row, of numbers that JSON has, and an explanation of it."""
    for row in product(EXTREME, repeat=len(made.columns.names)):
        numbers = made.columns.numbers(row)
        if numbers is None:
            continue
        answer = made.predict(numbers)
        if made.parameters.task == "classification":
            assert all(0 <= probability <= 1 for probability in answer[1])
            assert answer[2]
        else:
            assert all(map(isfinite, (answer[0], *(answer[1] or ()))))
        if made.explains:
            why = made.explain(numbers, answer[0])
            assert all(map(isfinite, (why.baseline, why.total, *why.contributions)))


@pytest.mark.parametrize("kind", KINDS)
def test_the_models_themselves_are_served(kind, tmp_path):
    assert judged(fields_of(kind))
    assert judged(fields_of(kind), tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_any_odd_value_anywhere_is_served_or_refused_and_nothing_else(kind):
    """Most are refused; what is left (a shorter description) is a model."""
    refused = served = 0
    for path in places(fields_of(kind)):
        if not path:
            continue
        for change in (*map(put, ODD), drop, double):
            if judged(changed(fields_of(kind), path, change)):
                served += 1
            else:
                refused += 1
    assert refused > 5 * served


NUMERIC = [
    ("linear", ("model", "scales", 0), 5e-324),
    ("linear", ("model", "coefficients", 0, 0), 1e308),
    ("linear", ("metrics", "accuracy"), {"interval": [0.1, 0.2]}),
    ("linear", ("metrics", "accuracy", "value"), "0.98"),
    ("linear", ("metrics", "accuracy", "value"), 10**400),
    ("linear", ("target_names",), [0, 1]),
    ("linear", ("columns", 0, "name"), 5),
    ("linear", ("columns", 1, "name"), "width"),
    ("linear", ("columns", 0, "minimum"), 6.0),
    ("linear", ("columns", 0, "missing"), "sides"),
    ("linear", ("columns", 0, "kind"), []),
    ("linear", ("conformal_thresholds",), {"0.5": [0.1, 0.2]}),
    ("linear", ("conformal_thresholds",), {"0.99": [0.1, 0.2], "0.95": [0.1, 0.2]}),
    ("linear", ("decision_threshold",), 1.5),
    ("linear", ("ordered_pairs",), [[0, 0]]),
    ("linear", ("ordered_pairs",), [[0, 2]]),
    ("linear", ("suspicion", "far"), 0.0),
    ("linear", ("task",), "regression"),
    ("linear", ("examples", 0, "features", "width"), None),
    ("linear", ("expected_shares", "by_class"), [0.4]),
    ("linear", ("expected_shares", "undecided"), None),
    ("linear", ("model", "kind"), "neural"),
    ("linear", ("golden_rows", 0, "probabilities"), [0.5, 0.5]),
    ("linear", ("golden_rows", 0, "features"), [None, 1.0]),
    ("three classes", ("decision_threshold",), 0.5),
    ("three classes", ("model", "coefficients"), [[1.0, 0.0], [0.0, 1.0]]),
    ("categories", ("columns", 0, "categories"), [["red", [1.0]], ["red", [2.0]]]),
    ("categories", ("columns", 0, "categories"), [["red", [1.0]], ["blue", [2.0, 3.0]]]),
    ("categories", ("columns", 0, "typical"), "green"),
    ("categories", ("columns", 0, "unseen"), [1.0, 2.0]),
    ("categories", ("ordered_pairs",), [[0, 1]]),
    ("regression", ("target_names",), ["a", "b"]),
    ("regression", ("conformal_thresholds",), {"0.99": []}),
    ("regression", ("interval", "coverage"), 1.5),
    ("regression", ("interval", "half_width"), -1.0),
    ("regression", ("link", "kind"), "softmax"),
    ("regression", ("golden_rows", 0, "prediction"), 1e9),
    ("trees", ("model", "nodes"), [0, -1]),
    ("trees", ("model", "start"), [0.0, 0.0]),
    ("trees", ("columns", 0, "typical"), None),
    ("forest", ("model", "divide_by"), 2),
]


@pytest.mark.parametrize(("kind", "path", "value"), NUMERIC)
def test_what_used_to_crash_or_to_pass_is_refused(kind, path, value, tmp_path):
    assert not judged(changed(fields_of(kind), path, put(value)), tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_an_odd_value_that_golden_rows_agree_with_is_answered_or_refused(kind, monkeypatch):
    """Whoever made the golden rows with the odd value in it: the proof alone can't find it."""
    monkeypatch.setattr(predict, "_proved", lambda model: model)
    for path in places(fields_of(kind)):
        if path and path[0] in ("columns", "model", "link", "interval", "conformal_thresholds", "decision_threshold"):
            for value in ODD:
                judged(changed(fields_of(kind), path, put(value)))


@pytest.mark.parametrize("kind", KINDS)
def test_the_fields_themselves_pass_the_same_gate(kind):
    """As the export hands them over, without a file in between."""
    for path in places(fields_of(kind)):
        for value in ODD:
            if path:
                with suppress(InvalidModel):
                    answers(load(ModelParameters(**changed(fields_of(kind), path, put(value)))))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@given(kind=st.sampled_from([*KINDS]), data=st.data(), value=JSON)
def test_anything_anywhere_is_served_or_refused(kind, data, value):
    fields = fields_of(kind)
    path = data.draw(st.sampled_from([path for path in places(fields) if path]))
    judged(changed(fields, path, put(value)))
