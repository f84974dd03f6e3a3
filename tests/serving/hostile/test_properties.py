"""Any document, any bytes, any event: an answer of the contract. A thousand spellings of one sample: one answer."""

import json
import random
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambda_app.body import json_body
from tests.tools.handling import (
    EVENT_KEYS,
    EVENT_WORDS,
    NAMES,
    NASTY,
    SAMPLE,
    SHAPES,
    SPELLINGS,
    call,
    check,
    check_log,
    deep,
    http_api,
    nasty_bodies,
    predict,
    rest,
)

pytestmark = pytest.mark.slow

many = settings(
    max_examples=400,
    deadline=None,
    derandomize=True,  # a red build is red again; `make fuzz` is the one that explores
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)

words = st.sampled_from([*NAMES, *(s for spellings in SPELLINGS.values() for s in spellings)])
fields = st.sampled_from(["features", "instances", "explain", "feature", "\ud800", ""])
event_keys = st.sampled_from(EVENT_KEYS)
event_words = st.sampled_from(EVENT_WORDS)
any_text = st.text(st.characters(exclude_categories=[]), max_size=12)  # lone surrogates too
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | any_text
    | st.sampled_from([10**400, 1e308, -1e308, 5e-324])
)


def documents(keys, leaves):
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=6))


request_documents = documents(fields | words | any_text, scalars)
near_requests = st.fixed_dictionaries(
    {},
    optional={
        "features": st.lists(st.floats(), min_size=29, max_size=31)
        | st.dictionaries(words, scalars)
        | request_documents,
        "instances": st.lists(st.just(SAMPLE) | request_documents, max_size=3) | request_documents,
        "explain": st.booleans() | scalars,
    },
)
any_event = documents(event_keys | any_text, scalars | event_words)
near_events = st.fixed_dictionaries(
    {"httpMethod": event_words | any_event},
    optional={
        "resource": event_words | any_event,
        "path": event_words | any_event,
        "headers": st.none() | st.dictionaries(event_words | any_text, event_words | any_event) | any_event,
        "body": st.just(json.dumps({"features": SAMPLE})) | any_event,
        "isBase64Encoded": st.booleans() | any_event,
        "requestContext": any_event,
    },
) | st.fixed_dictionaries(
    {
        "requestContext": st.fixed_dictionaries(
            {"http": any_event}, optional={"stage": any_event, "domainName": any_event}
        )
    },
    optional={
        "rawPath": event_words | any_event,
        "routeKey": event_words | any_event,
        "headers": any_event,
        "body": any_event,
    },
)


def as_json_would(value):
    """The value as Lambda's runtime would hand it in."""
    return json.loads(json.dumps(value))


@many
@given(document=request_documents | near_requests, ascii_only=st.booleans(), shape=st.sampled_from(SHAPES))
def test_any_document_is_answered(document, ascii_only, shape):
    assert check(call(shape(json.dumps(document, ensure_ascii=ascii_only))))


@many
@given(
    body=st.binary(max_size=64) | st.text(max_size=64).map(lambda text: text.encode("utf-16")),
    shape=st.sampled_from(SHAPES),
)
def test_any_bytes_are_answered(body, shape):
    assert check(call(shape(body)))


@many
@given(event=any_event)
def test_any_event_is_answered(event):
    check(call(as_json_would(event)))


@many
@given(event=near_events)
def test_any_event_that_is_nearly_one_is_answered(event):
    check(call(as_json_would(event)))


@many
@given(event=near_events | near_requests)
def test_any_event_is_logged_in_one_line_of_json(event, capsys):
    capsys.readouterr()
    call(as_json_would(event))
    captured = capsys.readouterr()
    assert len(check_log(captured.out)) == 1
    assert captured.err == ""


@many
@given(sample=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=len(NAMES), max_size=len(NAMES)))
def test_any_finite_sample_is_predicted_and_explained(sample):
    """However far from the training data: probabilities that are some, and an explanation that adds up."""
    answer = check(predict(json.dumps({"features": sample, "explain": True})))
    assert 0 <= answer["probability"] <= 1
    assert sum(answer["probabilities"].values()) == pytest.approx(1)
    explanation = answer["explanation"]
    parts = [row["contribution"] for row in explanation["contributions"]]
    assert explanation["baseline"] + sum(parts) == pytest.approx(explanation["log_odds"], abs=1e-9, rel=1e-9)
    assert sorted(parts, key=abs, reverse=True) == parts


# One sample, spelt a thousand ways.


def test_a_thousand_spellings_of_one_sample_have_one_answer():
    chance = random.Random(0)
    events = {}
    while len(events) < 1000:
        event = respelt(chance)
        events[json.dumps(event)] = event
    answers = {(response["statusCode"], response["body"]) for response in map(call, events.values())}
    assert answers == {(200, predict(json.dumps({"features": SAMPLE}))["body"])}


def test_another_sample_has_another_answer():
    """Or the test above would prove nothing."""
    other = [SAMPLE[0] + 0.001, *SAMPLE[1:]]
    assert predict(json.dumps({"features": other}))["body"] != predict(json.dumps({"features": SAMPLE}))["body"]


def respelt(chance):
    """An event that says nothing but: the sample."""
    if chance.random() < 0.5:
        written = _list(chance, [_number(chance, value) for value in SAMPLE])
    else:
        members = [
            (_text(chance, chance.choice([name, *SPELLINGS.get(name, ())])), _number(chance, value))
            for name, value in zip(NAMES, SAMPLE, strict=True)
        ]
        chance.shuffle(members)
        written = _object(chance, members)
    members = [(_text(chance, "features"), written)]
    if chance.random() < 0.3:
        members.append((_text(chance, "explain"), "false"))
        chance.shuffle(members)
    body = _space(chance) + _object(chance, members) + _space(chance)
    if chance.random() < 0.1:
        return chance.choice([json.loads(body), rest(json.loads(body)), http_api(json.loads(body))])
    if chance.random() < 0.2:
        body = "\ufeff" + body
    return chance.choice(SHAPES)(
        body.encode("utf-8") if chance.random() < 0.4 else body,
        path=chance.choice(["/predict", "/predict/"]),
        headers=chance.choice(
            [
                {},
                {"Content-Type": "application/json"},
                {"CONTENT-TYPE": 'application/json; charset="UTF-8"'},
                {"content-type": "application/vnd.patient+json", "Content-Encoding": "identity"},
            ]
        ),
        queryStringParameters=chance.choice([None, {"q": "1"}]),
    )


def _number(chance, value):
    """A spelling of the same 64-bit float."""
    spelling = chance.choice([repr(value), f"{value:.17e}", f"{value:.20E}", f"{value:.40f}"])
    if value.is_integer() and chance.random() < 0.5:
        spelling = str(int(value))
    if chance.random() < 0.3:
        digits = repr(value)
        if "e" not in digits and "." in digits:
            whole, _, part = digits.partition(".")
            spelling = f"{(whole + part).lstrip('0') or '0'}{chance.choice('eE')}-{len(part)}"
    assert float(spelling) == value
    return spelling


def _text(chance, text):
    if chance.random() < 0.7:
        return json.dumps(text)
    escaped = [f"\\u{ord(c):04{chance.choice('xX')}}" if chance.random() < 0.5 else c for c in text]
    return '"' + "".join(escaped) + '"'


def _space(chance):
    return "".join(chance.choices(" \t\r\n", k=chance.randrange(3)))


def _list(chance, items):
    return "[" + ",".join(_space(chance) + item + _space(chance) for item in items) + "]"


def _object(chance, members):
    return (
        "{" + ",".join(f"{_space(chance)}{key}{_space(chance)}:{_space(chance)}{value}" for key, value in members) + "}"
    )


# Found by thought, kept by name.


@pytest.mark.parametrize("place", ["domainName", "stage", "apiId"])
def test_a_deeply_nested_value_in_an_event_is_no_server_error(place):
    """As deep as the runtime can parse. Such events come from whoever may invoke the function, not from API Gateway."""
    for depth in range(10, sys.getrecursionlimit()):
        try:
            nested = json.loads(deep(depth, "[", "", "]"))
        except RecursionError:
            break
        if depth % 100 and depth < sys.getrecursionlimit() - 300:
            continue
        context = {"http": {"method": "POST"}, place: nested}
        check(call({"requestContext": context, "rawPath": "/predict", "body": None}))
        check(call({"httpMethod": "POST", "path": "/predict", "requestContext": {place: nested}, "body": nested}))


@pytest.mark.parametrize("explain", [False, True])
def test_no_batch_makes_an_answer_larger_than_lambda_sends(explain):
    """A sample can have a warning a feature: 4 KB for 60 bytes of input."""
    instances = [[-9] * len(NAMES)] * (1_000 if explain else 10_000)
    answer = check(predict(json.dumps({"instances": instances, "explain": explain})))
    assert answer["code"] == "batch_too_large"


def test_the_largest_batch_without_warnings_is_answered():
    answer = check(predict(json.dumps({"instances": [SAMPLE] * 10_000})))
    assert len(answer["predictions"]) == 10_000


@pytest.mark.parametrize("nasty", NASTY, ids=[ascii(nasty[:12]) for nasty in NASTY])
def test_nasty_text_anywhere_in_a_body_is_answered(nasty):
    for body in nasty_bodies(nasty):
        for shape in SHAPES:
            check(call(shape(body)))
            check(call(shape(body.encode("utf-8", "surrogatepass"))))


def test_a_repeated_key_is_found_in_the_largest_batch_of_objects():
    document = json_body.read('{"instances": [' + "{}," * 9_999 + '{"a": 1, "a": 2}]}')
    assert document["instances"][-1].repeated == ["a"]
    answer = check(predict('{"features": [' + "{}," * 10_001 + '{"a": 1, "a": 2}]}'))
    assert answer["status"] == 400


def test_thirty_numbers_near_the_end_of_a_floats_range():
    for number in (1e308, -1e308):
        answer = check(predict(json.dumps({"features": [number] * len(NAMES), "explain": True})))
        assert answer["prediction"] in (0, 1)


def test_the_checks_themselves_can_fail():
    good = predict(json.dumps({"features": SAMPLE}))
    for change in [
        {"body": '{"probability": NaN}'},
        {"body": "é"},
        {"statusCode": 500},
        {"headers": {**good["headers"], "X": "\ud800"}},
        {"headers": {}},
        {"isBase64Encoded": None},
    ]:
        with pytest.raises((AssertionError, KeyError)):
            check({**good, **change})
    with pytest.raises(ValueError, match="Expecting"):
        check_log("no json\n")
