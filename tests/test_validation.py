"""lambda_app.validation: documents → samples, or every problem at once."""

import pytest

from lambda_app import json_body
from lambda_app.problems import BatchTooLarge, InvalidContent
from lambda_app.validation import Validator

VALIDATOR = Validator(["a/b", "c~d", "e"], {"a/b": ["a_b"], "e": ["E"]}, None)
IMPUTING = Validator(["a", "b"], {}, [10.0, 20.0])


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

    assert submission.samples == [[1.0, 2.0, 3.0]]
    assert submission.is_listed(0)
    assert (submission.is_batch, submission.explain) == (False, False)


@pytest.mark.parametrize("names", ['"e": 3, "c~d": 2, "a/b": 1', '"E": 3, "a_b": 1, "c~d": 2'])
def test_names_are_put_into_feature_order_whatever_their_spelling(names):
    submission = check(f'{{"features": {{{names}}}}}')

    assert submission.samples == [[1.0, 2.0, 3.0]]
    assert not submission.is_listed(0)


def test_a_batch_may_mix_lists_and_names():
    submission = check('{"instances": [[1, 2, 3], {"a/b": 4, "c~d": 5, "e": 6}], "explain": true}')

    assert submission.samples == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    assert (submission.is_listed(0), submission.is_listed(1)) == (True, False)
    assert (submission.is_batch, submission.explain) == (True, True)


def test_huge_but_finite_numbers_are_taken():
    """Their sum is no finite float, which sends them the slow way."""
    assert check('{"features": [1e308, 1e308, 1e308]}').samples == [[1e308] * 3]


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

    assert len(check(batch(maximum)).samples) == maximum
    with pytest.raises(BatchTooLarge):
        check(batch(maximum + 1))


def test_problems_stop_at_a_hundred():
    """A bad body costs bounded work, and its answer has a bounded length."""
    assert len(errors(nulls("instances", 5000))) == 100


def test_a_hundred_problems_exactly_are_all_named():
    assert len(errors(nulls("instances", 100))) == 100


def test_a_model_with_imputations_takes_null_for_a_missing_value():
    assert check('{"instances": [[null, 2], {"b": null, "a": 1}]}', IMPUTING).samples == [[10.0, 2.0], [1.0, 20.0]]


def test_what_lies_past_the_last_feature_is_one_problem_not_one_an_element():
    """A body may hold half a million of them."""
    assert errors(nulls("features", 5000)) == [
        ("wrong_length", "/features"),
        *(("not_a_number", f"/features/{position}") for position in range(3)),
    ]
    assert errors(nulls("features", 5000), IMPUTING) == [("wrong_length", "/features")]


def test_a_name_left_out_is_missing_even_where_null_would_do():
    assert errors('{"features": {"a": 1}}', IMPUTING) == [("missing_feature", "/features/b")]
