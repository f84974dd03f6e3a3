"""lambda_app.body.json_body: bytes or text → a document, or the one reason why not."""

import json
from contextlib import suppress
from math import inf, isnan
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_app.body import json_body
from lambda_app.body.faults import RepeatedKeys
from lambda_app.body.json_body import MAXIMUM_BODY_BYTES, Bound
from lambda_app.problems import (
    BodyTooLarge,
    EmptyBody,
    InvalidEncoding,
    MalformedJson,
    Problem,
    TooDeep,
    TooManyValues,
)


def test_a_document_is_read_from_text_and_from_bytes():
    assert json_body.read('{"ä": [1.5, "€"]}') == {"ä": [1.5, "€"]}
    assert json_body.read('{"ä": [1.5, "€"]}'.encode()) == {"ä": [1.5, "€"]}


def test_every_number_is_a_float():
    assert [type(number) for number in json_body.read("[1, 1.0, -0, 1e3]")] == [float] * 4


@pytest.mark.parametrize(
    ("text", "number"), [("1e999", inf), ("-1e999", -inf), ("Infinity", inf), ("9" * 400, inf), ("9" * 5000, inf)]
)
def test_a_number_beyond_a_float_is_infinite_not_an_exception(text, number):
    assert json_body.read(text) == number


def test_nan_is_read_for_validation_to_refuse():
    assert isnan(json_body.read("NaN"))


@pytest.mark.parametrize("body", [None, "", b"", " ", "\r\n\t", b"  ", "\ufeff", b"\xef\xbb\xbf", "\ufeff \n"])
def test_nothing_to_read(body):
    with pytest.raises(EmptyBody):
        json_body.read(body)


@pytest.mark.parametrize("body", ["\ufeff[1]", b"\xef\xbb\xbf[1]"])
def test_a_byte_order_mark_is_skipped(body):
    assert json_body.read(body) == [1.0]


@pytest.mark.parametrize(
    "body",
    [
        b"\xff",
        b'{"\xe9": 1}',
        "[1]".encode("utf-16"),
        "[1]".encode("utf-16-le"),
        "[1]".encode("utf-32-be"),
        '"\ud800"',
        "\0",
    ],
)
def test_what_is_not_utf_8(body):
    with pytest.raises(InvalidEncoding):
        json_body.read(body)


def test_an_escaped_lone_surrogate_is_json():
    assert json_body.read('["\\ud800"]') == ["\ud800"]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("{", 1, 2), ("[1,\n 2,, 3]", 2, 4), ("{'a': 1}", 1, 2), ("[1] [2]", 1, 5), ("nul", 1, 1), ('["\t"]', 1, 3)],
)
def test_malformed_json_is_located(text, line, column):
    with pytest.raises(MalformedJson) as caught:
        json_body.read(text)

    assert f"line {line}, column {column}." in caught.value.detail


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000])
def test_a_hundred_thousand_brackets_are_too_deep(text):
    with pytest.raises(TooDeep):
        json_body.read(text)


def test_five_mebibytes_are_read_and_one_byte_more_is_not():
    largest = '"' + "a" * (MAXIMUM_BODY_BYTES - 2) + '"'

    assert len(json_body.read(largest)) == MAXIMUM_BODY_BYTES - 2
    for body in (largest + " ", (largest + " ").encode(), b"\xff" * (MAXIMUM_BODY_BYTES + 1)):
        with pytest.raises(BodyTooLarge):
            json_body.read(body)


def test_bytes_are_counted_not_letters():
    with pytest.raises(BodyTooLarge):
        json_body.read('"' + "€" * (MAXIMUM_BODY_BYTES // 3 + 1) + '"')


def test_a_body_that_is_too_large_is_not_parsed(monkeypatch):
    monkeypatch.setattr(json_body, "_decode", pytest.fail)
    with pytest.raises(BodyTooLarge):
        json_body.read("[" * (MAXIMUM_BODY_BYTES + 1))


def test_repeated_keys_are_remembered_after_unescaping():
    document = json_body.read('{"a": 1, "\\u0061": 2, "b": 3, "b": 4, "b": 5, "c": 6}')

    assert isinstance(document, RepeatedKeys)
    assert document == {"a": 2, "b": 5, "c": 6}
    assert document.repeated == ["a", "b"]


def test_as_many_repeated_keys_are_remembered_as_an_answer_names():
    members = ", ".join(f'"{number}": 1' for number in range(500))
    assert json_body.read(f"{{{members}, {members}}}").repeated == [str(number) for number in range(100)]


def test_repeated_keys_are_found_in_the_last_of_many_objects():
    samples = ", ".join(['{"a": 1}'] * 10_000 + ['{"a": 1, "a": 2}'])
    assert isinstance(json_body.read(f'{{"instances": [{samples}]}}')["instances"][-1], RepeatedKeys)


def test_distinct_keys_make_a_plain_dict():
    assert type(json_body.read('{"a": {"a": 1}, "b": 2}')) is dict


@given(st.binary(max_size=200) | st.text(st.characters(), max_size=200))
def test_any_body_is_a_document_or_a_problem(body):
    with suppress(Problem):
        json_body.read(body)


def test_a_repeated_key_cannot_hide_a_crowd_of_objects():
    """The first value is lost with all its objects, but the second is not answered as if it stood alone."""
    document = json_body.read('{"features": [' + "{}," * 20_000 + '{}], "features": [1]}')
    assert document.repeated == ["features"]


def batch(samples, columns, sample="list"):
    """The largest valid body of its kind, as text."""
    names = [f"c{position}" for position in range(columns)]
    made = dict.fromkeys(names, 1.5) if sample == "object" else [1.5] * columns
    return json.dumps({"instances": [made] * samples, "explain": False})


@pytest.mark.parametrize("sample", ["list", "object"])
@pytest.mark.parametrize(("samples", "columns"), [(1, 1), (1, 30), (7, 2), (50, 1), (20, 200)])
def test_a_valid_body_is_within_its_bound(samples, columns, sample):
    text = batch(samples, columns, sample)
    assert json_body.read(text, Bound(samples, columns, has_text=False)) == json.loads(text)


@pytest.mark.parametrize("item", ["[", "{", "1,", "[{"])
def test_more_structure_than_a_valid_body_has_is_refused_before_it_is_parsed(item):
    """Before: else these would be malformed."""
    with pytest.raises(TooManyValues, match=r"^The body holds more than 50 values"):
        json_body.read(item * 51, Bound(10, 2, has_text=False))


@pytest.mark.parametrize("has_text", [False, True])
def test_more_objects_than_two_largest_batches_are_refused_before_they_are_parsed(has_text):
    """Each takes as much memory as a dozen numbers. One sample too many must still be told as just that."""
    bound = Bound(10_000, 30, has_text=has_text)
    instances = "{}," * 20_001
    assert len(json_body.read(f'{{"instances": [{instances}1]}}', bound)["instances"]) == 20_002
    with pytest.raises(TooManyValues, match=r"^The body holds more than 20002 objects"):
        json_body.read(f'{{"instances": [{instances}{{', bound)


TEXTS = ["a,[{" * 30, '\\"' + "," * 90, "\\", ",", "\n,", '",",' * 20]


@pytest.mark.parametrize("text", TEXTS)
def test_a_structural_character_in_text_is_none_where_a_model_has_text(text):
    written = json.dumps([text, text])
    assert json_body.read(written, Bound(10, 2, has_text=True)) == [text, text]


@pytest.mark.parametrize("text", TEXTS)
def test_text_hides_no_structure(text):
    written = json.dumps([text] * 20)[:-1] + "," + "[" * 51
    with pytest.raises(TooManyValues):
        json_body.read(written, Bound(10, 2, has_text=True))


texts = st.text(st.sampled_from('[{,"\\\\:a\n'), max_size=6)
nested = st.recursive(
    texts | st.integers(-9, 9), lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5)
)


def structure_outside_texts(text):
    count, is_text, is_escaped = 0, False, False
    for character in text:
        if is_text:
            is_text, is_escaped = is_escaped or character != '"', character == "\\" and not is_escaped
        else:
            is_text = character == '"'
            count += character in json_body.STRUCTURE
    return count


@settings(max_examples=1_000, deadline=None, derandomize=True, database=None)
@given(nested, st.integers(0, 8))
def test_a_body_is_parsed_exactly_where_its_structure_is_within_the_bound(document, columns):
    text = json.dumps(document)
    bound = Bound(1, columns, has_text=True)
    if structure_outside_texts(text) > columns + 3:
        with pytest.raises(TooManyValues):
            json_body.read(text, bound)
    else:
        assert json_body.read(text, bound) == document


@settings(max_examples=2_000, deadline=None, derandomize=True, database=None)
@given(nested, st.integers(0, 200), st.sampled_from(['"', "\\", "x", ",", "[", "]", ":", ""]), st.integers(0, 8))
def test_no_more_structure_is_parsed_of_a_body_with_a_fault(document, at, fault, columns):
    written = json.dumps(document)
    text = written[:at] + fault + written[at + 1 :]
    parsed = text
    try:
        json_body.read(text, Bound(1, columns, has_text=True))
    except MalformedJson as error:
        parsed = text[: error.__cause__.pos]
    except Problem as problem:
        is_refused = isinstance(problem, TooManyValues)
        assert is_refused == (structure_outside_texts(text) > columns + 3)
        return
    assert structure_outside_texts(parsed) <= columns + 3


def test_text_is_counted_where_a_model_has_none():
    """It is refused in any case there, and counting all is faster."""
    with pytest.raises(TooManyValues):
        json_body.read(json.dumps([",[{" * 30]), Bound(10, 2, has_text=False))


@pytest.mark.parametrize("part", ['\\"', '{"a":1,"a":1}', '"[', '"", '])
def test_a_body_is_judged_in_time_whatever_its_texts_are(part):
    """A text without an end was once looked for from each of its quotes: 5 MiB of escaped ones took hours."""
    text = "[" * 400_000 + '"' + part * (4_000_000 // len(part))
    started = process_time()
    with pytest.raises(TooManyValues):
        json_body.read(text, Bound(10_000, 30, has_text=True))
    assert process_time() - started < 5
