"""lambda_app.body.hints: a hint for a typing error and for the usual causes of invalid JSON, silence otherwise."""

import json

import pytest

from lambda_app.body import hints, json_body
from lambda_app.body.hints import ClosestName
from lambda_app.model.store import read_packaged
from lambda_app.problems import MalformedJson

PARAMETERS = read_packaged().parameters
CLOSEST = ClosestName(PARAMETERS.feature_names)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("mean raduis", "mean radius"),
        ("Mean Radius", "mean radius"),
        ("worst_concave_point", "worst concave points"),
        ("meantexture", "mean texture"),
        ("fractal dimension worst", "worst fractal dimension"),
    ],
)
def test_the_name_that_was_meant_is_suggested(name, meant):
    assert CLOSEST.hint(name) == f' Did you mean "{meant}"?'


@pytest.mark.parametrize("name", ["", "x", "zzzz", "patient", "\ud800", "\x00", "🩺"])
def test_nothing_is_suggested_where_nothing_is_close(name):
    assert CLOSEST.hint(name) == ""


def test_a_very_long_name_costs_no_time(monkeypatch):
    """A body may hold megabytes of name; it is not looked at."""
    closest = ClosestName(["mean radius"])
    looked_at = []
    monkeypatch.setattr(hints, "_letter_pairs", lambda name: looked_at.append(name) or {name})

    assert closest.hint("mean radius " * 100_000) == ""
    assert looked_at == ["mean radius"]


def test_a_name_twice_as_long_as_the_longest_known_one_is_the_longest_looked_at():
    assert ClosestName(["abc"]).hint("abcabc") != ""
    assert ClosestName(["abc"]).hint("abcabca") == ""


def test_names_of_one_letter_have_no_pairs_to_compare():
    assert ClosestName(["a", "b"]).hint("c") == ""


def test_names_of_two_letters_have_one_pair():
    assert ClosestName(["ab", "cd"]).hint("ab") == ' Did you mean "ab"?'


def test_half_of_the_pairs_in_common_is_close_enough():
    """Dice's coefficient 2 · 1 / (2 + 2), and 2 · 1 / (2 + 3)."""
    assert ClosestName(["abc"]).hint("abx") != ""
    assert ClosestName(["abc"]).hint("abxy") == ""


def test_every_name_is_closest_to_itself():
    for name in PARAMETERS.feature_names:
        assert CLOSEST.hint(name) == f" Did you mean {json.dumps(name)}?"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("{'features': [1]}", "double quotes"),
        ('{"explain": True}', "true, false and null"),
        ('{"features": [None]}', "true, false and null"),
        ('{"features": [np.float64(1.5)]}', "float() or tolist()"),
        ('{"features": [1, 2,]}', "before a closing bracket"),
        ('{"features": [1, 2],}', "before a closing bracket"),
        ("13.54,14.36,87.46", "may be CSV"),
        ("radius;texture\n1;2", "may be CSV"),
    ],
)
def test_the_usual_causes_of_invalid_json_are_hinted_at(text, hint):
    with pytest.raises(MalformedJson) as problem:
        json_body.read(text)
    assert hint in problem.value.detail


@pytest.mark.parametrize("text", ['{"features" [1]}', "features", '{"features": [1'])
def test_any_other_cause_has_no_hint(text):
    with pytest.raises(MalformedJson) as problem:
        json_body.read(text)
    assert problem.value.detail.endswith(".")
    assert problem.value.detail.count(".") == 1
