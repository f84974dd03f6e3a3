"""lambda_app.body.validation: documents → samples, or every problem at once."""

from types import SimpleNamespace

import pytest

from lambda_app.body import json_body
from lambda_app.body.validation import Validator
from lambda_app.model.columns import Columns
from lambda_app.problems import BatchTooLarge, InvalidContent
from tests.small_models import category, number


def validator(*columns, samples=10_000, explained=1_000):
    return Validator(Columns([*columns]), SimpleNamespace(samples=samples, explained=explained))


VALIDATOR = validator(number("a/b", spellings=["a_b"]), number("c~d"), number("e", spellings=["E"]))
IMPUTING = validator(number("a", missing=[10.0]), number("b", missing=[20.0]))
MIXED = validator(
    category("colour"), category("shape", unseen=[0.0], missing=[0.0]), number("size", missing=[1.0, 1.0])
)


def check(text, validator=VALIDATOR):
    return validator.check(json_body.read(text))


def errors(text, validator=VALIDATOR):
    """(code, pointer) of every problem."""
    with pytest.raises(InvalidContent) as caught:
        check(text, validator)
    return [(error["code"], error["pointer"]) for error in caught.value.errors]


def nulls(field, count):
    return f'{{"{field}": [{", ".join(["null"] * count)}]}}'


def test_a_list_is_taken_in_feature_order():
    submission = check('{"features": [1, 2, 3]}')

    assert submission.values == submission.numbers == [[1.0, 2.0, 3.0]]
    assert (submission.is_batch, submission.explain) == (False, False)


@pytest.mark.parametrize("names", ['"e": 3, "c~d": 2, "a/b": 1', '"E": 3, "a_b": 1, "c~d": 2'])
def test_names_are_put_into_feature_order_whatever_their_spelling(names):
    assert check(f'{{"features": {{{names}}}}}').values == [[1.0, 2.0, 3.0]]


def test_a_batch_may_mix_lists_and_names():
    submission = check('{"instances": [[1, 2, 3], {"a/b": 4, "c~d": 5, "e": 6}], "explain": true}')

    assert submission.values == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    assert (submission.is_batch, submission.explain) == (True, True)


def test_huge_but_finite_numbers_are_taken():
    """Their sum is no finite float, which sends them the slow way."""
    assert check('{"features": [1e308, 1e308, 1e308]}').values == [[1e308] * 3]


@pytest.mark.parametrize("text", ["[1, 2, 3]", "null", "5", '"text"', "true"])
def test_a_body_that_is_no_object(text):
    assert errors(text) == [("body_not_object", "")]


def test_neither_features_nor_instances():
    assert errors("{}") == [("missing_field", "")]


def test_both_features_and_instances():
    assert errors('{"features": [1, 2, 3], "instances": [[1, 2, 3]]}') == [("conflicting_fields", "")]


@pytest.mark.parametrize("explain", ["null", "0", "1", '"true"', "[]", "{}"])
def test_explain_is_true_or_false(explain):
    assert errors(f'{{"features": [1, 2, 3], "explain": {explain}}}') == [("wrong_type", "/explain")]


def test_an_unknown_field_is_not_repeated_but_the_closest_known_one_named():
    with pytest.raises(InvalidContent) as caught:
        check('{"features": [1, 2, 3], "explian": true}')

    [error] = caught.value.errors
    assert error["pointer"] == ""
    assert "explian" not in error["detail"]
    assert 'Did you mean "explain"?' in error["detail"]


def test_a_repeated_field_is_pointed_at_when_it_is_known():
    assert errors('{"features": 1, "features": [1, 2, 3]}') == [("duplicate_key", "/features")]
    assert ("duplicate_key", "") in errors('{"x": 1, "x": 1, "features": [1, 2, 3]}')


def test_a_repeated_name_is_found_in_a_sample_and_in_a_batch():
    sample = '{"e": 1, "e": 3, "c~d": 2, "a/b": 1}'
    assert errors(f'{{"features": {sample}}}') == [("duplicate_key", "/features/e")]
    assert errors(f'{{"instances": [[1, 2, 3], {sample}]}}') == [("duplicate_key", "/instances/1/e")]


def test_pointers_escape_slashes_and_tildes():
    """RFC 6901: ~ is ~0 and / is ~1."""
    assert errors('{"features": {"e": 1}}') == [
        ("missing_feature", "/features/a~1b"),
        ("missing_feature", "/features/c~0d"),
    ]


def test_one_feature_in_two_spellings():
    assert errors('{"features": {"a/b": 1, "a_b": 1, "c~d": 2, "e": 3}}') == [("duplicate_feature", "/features/a_b")]


def test_two_spellings_of_one_feature_in_place_of_another():
    """As many names as features, and all of them known."""
    assert errors('{"features": {"a/b": 1, "a_b": 1, "e": 3}}') == [
        ("duplicate_feature", "/features/a_b"),
        ("missing_feature", "/features/c~0d"),
    ]


def test_an_unknown_name_is_not_pointed_at_by_itself():
    assert errors('{"features": {"secret": 1, "a/b": 1, "c~d": 2, "e": 3}}') == [("unknown_feature", "/features")]


@pytest.mark.parametrize("value", ['"1"', "true", "false", "null", "[]", "{}", "NaN"])
def test_what_is_not_a_number(value):
    assert errors(f'{{"features": [1, {value}, 3]}}') == [("not_a_number", "/features/1")]
    assert errors(f'{{"features": {{"a/b": 1, "c~d": 2, "e": {value}}}}}') == [("not_a_number", "/features/e")]


@pytest.mark.parametrize("value", ["1e999", "-1e999", "Infinity", "-Infinity", "9" * 400, "9" * 5000])
def test_numbers_beyond_a_float(value):
    assert errors(f'{{"features": [1, 2, {value}]}}') == [("number_out_of_range", "/features/2")]


@pytest.mark.parametrize("sample", ["5", "null", '"1, 2, 3"', "true"])
def test_a_sample_that_is_neither_list_nor_object(sample):
    assert errors(f'{{"features": {sample}}}') == [("wrong_type", "/features")]


@pytest.mark.parametrize("sample", ["[]", "[1, 2]", "[1, 2, 3, 4]"])
def test_a_list_of_another_length(sample):
    assert errors(f'{{"features": {sample}}}') == [("wrong_length", "/features")]


def test_every_problem_of_every_row_is_named():
    assert errors('{"instances": [[1, 2, 3], [1, "2"], {"E": null, "a_b": 1}, 7], "explain": 1, "more": 1}') == [
        ("unknown_field", ""),
        ("wrong_type", "/explain"),
        ("wrong_length", "/instances/1"),
        ("not_a_number", "/instances/1/1"),
        ("not_a_number", "/instances/2/E"),
        ("missing_feature", "/instances/2/c~0d"),
        ("wrong_type", "/instances/3"),
    ]


def test_an_empty_batch():
    assert errors('{"instances": []}') == [("empty_batch", "/instances")]


def test_a_batch_that_is_no_list():
    assert errors('{"instances": {"e": 1}}') == [("wrong_type", "/instances")]


@pytest.mark.parametrize(("explain", "maximum"), [("false", 10_000), ("true", 1_000)])
def test_a_batch_is_limited(explain, maximum):
    """Exactly the limit is taken, one more is not."""

    def batch(size):
        return f'{{"explain": {explain}, "instances": [{", ".join(["[1, 2, 3]"] * size)}]}}'

    assert len(check(batch(maximum)).values) == maximum
    with pytest.raises(BatchTooLarge):
        check(batch(maximum + 1))


def test_problems_stop_at_a_hundred():
    """A bad body costs bounded work, and its answer has a bounded length."""
    assert len(errors('{"instances": [' + ", ".join(["[]"] * 5000) + "]}")) == 100


def test_a_hundred_problems_exactly_are_all_named():
    assert len(errors('{"instances": [' + ", ".join(["[]"] * 100) + "]}")) == 100


def test_a_model_with_imputations_takes_null_for_a_missing_value():
    assert check('{"instances": [[null, 2], {"b": null, "a": 1}]}', IMPUTING).numbers == [[10.0, 2.0], [1.0, 20.0]]


def test_what_lies_past_the_last_feature_is_one_problem_not_one_an_element():
    """A body may hold half a million of them."""
    assert errors(nulls("features", 5000)) == [
        ("wrong_length", "/features"),
        *(("not_a_number", f"/features/{position}") for position in range(3)),
    ]
    assert errors(nulls("features", 5000), IMPUTING) == [("wrong_length", "/features")]


def test_a_name_left_out_is_missing_even_where_null_would_do():
    assert errors('{"features": {"a": 1}}', IMPUTING) == [("missing_feature", "/features/b")]


def detail(text, judge=VALIDATOR):
    """The first problem's sentence, of a body with just one problem."""
    with pytest.raises(InvalidContent) as caught:
        check(text, judge)
    [error] = caught.value.errors
    return error["detail"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"features": [[1, 2, 3], [4, 5, 6]]}', "several belong in the field instances"),
        ('{"features": [{"e": 1}]}', "several belong in the field instances"),
        ('{"instances": [1, 2, 3]}', "one sample belongs in the field features"),
        ('{"a_b": 1, "c~d": 2, "e": 3}', 'needs the field features around it: {"features": {...}}'),
        ("[1, 2, 3]", '{"instances": [[...], ...]} for a batch'),
    ],
)
def test_shapes_mixed_up_are_one_problem_that_names_the_other_field(text, sentence):
    assert sentence in detail(text)


@pytest.mark.parametrize(
    ("place", "ordinal"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd")]
)
def test_an_unknown_name_is_named_by_its_position(place, ordinal):
    columns = [number(f"c{n}") for n in range(25)]
    names = [f'"c{n}": 0' for n in range(25)]
    names.insert(place - 1, '"secret": 0')
    sentence = detail(f'{{"features": {{{", ".join(names)}}}}}', validator(*columns))
    assert sentence == f"The {ordinal} name is not known."


def test_null_and_nan_are_told_whether_this_model_takes_missing_values():
    assert "this model takes no missing values" in detail('{"features": [1, null, 3]}')
    assert "this model takes no missing values" in detail('{"features": [1, NaN, 3]}')
    assert "missing values are null here" in detail('{"features": [1, NaN]}', IMPUTING)


def test_a_model_that_takes_some_missing_values_says_which_feature_takes_none():
    some = validator(number("a", missing=[0.0]), number("b"), category("c"))
    for text in ('{"features": [1, null, "red"]}', '{"features": [1, NaN, "red"]}', '{"features": [1, 2, null]}'):
        assert "this feature takes no missing values." in detail(text, some)


def test_only_ten_hints_are_given():
    names = ", ".join(f'"a_bc{n}": 1' for n in range(15))
    with pytest.raises(InvalidContent) as caught:
        check(f'{{"features": {{{names}}}}}')
    details = [error["detail"] for error in caught.value.errors if error["code"] == "unknown_feature"]
    assert (len(details), sum("Did you mean" in detail for detail in details)) == (15, 10)


def test_texts_numbers_and_gaps_become_what_the_columns_say():
    submission = check(
        '{"instances": [["red", "red", 2], {"size": null, "shape": null, "colour": "blue"}, ["red", 7, 1]]}', MIXED
    )
    assert submission.values == [["red", "red", 2.0], ["blue", None, None], ["red", 7.0, 1.0]]
    assert submission.numbers == [[1.0, 1.0, 2.0, 0.0], [-1.0, 0.0, 1.0, 1.0], [1.0, 0.0, 1.0, 0.0]]


@pytest.mark.parametrize(
    ("value", "code"),
    [('"green"', "unknown_category"), ("1", "unknown_category"), ("true", "unknown_category"), ("null", "not_a_category"),
     ("[]", "not_a_category"), ("{}", "not_a_category")],
)  # fmt: skip
def test_what_is_no_category(value, code):
    assert errors(f'{{"features": [{value}, "red", 1]}}', MIXED) == [(code, "/features/0")]


def test_every_problem_of_a_mixed_sample_at_once():
    assert errors('{"features": {"colour": "green", "shape": [], "size": "large"}}', MIXED) == [
        ("unknown_category", "/features/colour"),
        ("not_a_category", "/features/shape"),
        ("not_a_number", "/features/size"),
    ]
    assert errors('{"features": ["red", "red"]}', MIXED) == [("wrong_length", "/features")]
    missing = '{"features": {"colour": "green", "shape": null, "size": null}}'
    assert errors(missing, MIXED) == [("unknown_category", "/features/colour")]


def test_an_unknown_category_is_told_the_known_ones_and_never_repeated():
    sentence = detail('{"features": ["reddish", "red", 1]}', MIXED)
    assert 'Known: "red", "blue".' in sentence
    assert 'Did you mean "red"?' in sentence
    assert "reddish" not in sentence


def test_twenty_categories_are_shown():
    many = category("n", categories=[[float(n), [0.0]] for n in range(25)], typical=1.0)
    assert "Known: 0, 1, 2," in detail('{"features": [99]}', validator(many))
    assert "19 and 5 more." in detail('{"features": [99]}', validator(many))
    flags = category("flag", categories=[[True, [1.0]], [False, [0.0]]], typical=True)
    assert "Known: true, false." in detail('{"features": ["true"]}', validator(flags))


def test_a_model_without_explanations_says_so():
    assert errors(
        '{"features": [1, 2, 3], "explain": true}', validator(number("a"), number("b"), number("c"), explained=0)
    ) == [("explanation_unavailable", "/explain")]
