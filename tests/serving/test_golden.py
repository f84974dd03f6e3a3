"""Every golden pair in deployment/events/, and that they cover the contract."""

import json

import pytest

from lambda_app.lambda_function import lambda_handler
from tests.tools import golden

# The contract's table, less 503, which needs a broken model: test_lambda_function.py has that.
CODES = {
    400: "malformed_json invalid_encoding empty_body too_deep duplicate_key body_not_object missing_field "
    "unknown_field conflicting_fields wrong_type wrong_length missing_feature unknown_feature duplicate_feature "
    "not_a_number number_out_of_range empty_batch unsupported_event",
    404: "not_found",
    405: "method_not_allowed",
    413: "batch_too_large body_too_large",
    415: "unsupported_media_type",
}
# One patient, sent in every way there is: one answer.
SAME_SAMPLE = [
    "rest_list", "rest_named", "rest/named_snake_case", "rest/named_public_csv", "rest/named_public_csv_underscores",
    "rest/named_mixed_spellings", "rest/base64", "rest/byte_order_mark", "rest/byte_order_mark_in_text",
    "rest/vendor_json_charset", "rest/no_content_type", "rest/header_names_in_other_case", "rest/headers_null",
    "rest/multi_value_headers_only", "rest/body_already_parsed", "rest/trailing_slash", "rest/catch_all",
    "rest/custom_domain_base_path", "rest/custom_domain_base_path_catch_all", "rest/stage_prefix",
    "rest/sam_generate_event", "http_api_list", "http_api/named_stage", "http_api/base_path", "http_api/catch_all",
    "http_api/trailing_slash", "http_api/base64", "http_api/sam_generate_event", "function_url/list",
    "function_url/base64", "load_balancer/list", "load_balancer/multi_value_headers", "load_balancer/base64",
    "direct/features",
]  # fmt: skip


def body(name):
    return golden.expected(name)["body"]


def problems():
    """Status and code of every golden problem."""
    documents = [json.loads(body(name)) for name in golden.names() if body(name)]
    return {(document["status"], document["code"]) for document in documents if "code" in document}


def test_there_are_golden_pairs():
    """The tests below would pass without any."""
    assert len(golden.names()) > 100


def test_every_response_has_its_event():
    assert golden.names_of_responses() == golden.names()


def test_the_four_to_try_first_stand_on_top():
    """A REST list, one by name, an HTTP API and a refusal: a newcomer looks at these before the folders."""
    assert [name for name in golden.names() if "/" not in name] == [
        "http_api_list", "rest_list", "rest_named", "unknown_feature",
    ]  # fmt: skip


@pytest.mark.parametrize("name", golden.names())
def test_the_event_is_answered_exactly_as_committed(name):
    """Every key, every character, and their order."""
    response = lambda_handler(golden.event(name), golden.Context())
    assert json.dumps(response) == json.dumps(golden.expected(name)), golden.difference(name, response)


def test_a_wrong_answer_shows_its_line_and_the_command_that_renews():
    """As people read it, not as one line of a thousand characters."""
    response = golden.expected("rest_list")
    response["body"] = response["body"].replace('"label": "benign"', '"label": "malignant"')
    shown = golden.difference("rest_list", response)

    assert [line for line in shown.splitlines() if line.startswith(("-", "+"))][2:] == [
        '-    "label": "benign",',
        '+    "label": "malignant",',
    ]
    assert "python -m tests.tools.golden --update" in shown


@pytest.mark.parametrize("name", golden.names())
def test_a_committed_answer_keeps_the_general_promises(name):
    """Strict ASCII JSON, a content type, no sniffing, and caching said one way or the other."""
    response = golden.expected(name)
    headers = response.get("headers") or {key: value for key, [value] in response["multiValueHeaders"].items()}

    assert response["body"].isascii()
    assert "NaN" not in response["body"]
    assert "Infinity" not in response["body"]
    assert headers["Content-Type"] == (
        "application/json" if response["statusCode"] < 400 else "application/problem+json"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == ("no-cache" if "ETag" in headers else "no-store")


@pytest.mark.parametrize(("status", "code"), [(status, code) for status in CODES for code in CODES[status].split()])
def test_an_event_produces_the_code(status, code):
    assert (status, code) in problems()


def test_no_event_produces_a_code_that_the_contract_lacks():
    assert problems() <= {(status, code) for status in CODES for code in CODES[status].split()}


@pytest.mark.parametrize("name", SAME_SAMPLE)
def test_the_same_sample_has_the_same_answer_in_every_form(name):
    assert body(name) == body("rest_list")


def test_the_committed_files_are_what_update_would_write():
    """Nobody edited a response by hand."""
    for name in golden.names():
        text = golden.response_text(name)
        assert text == golden.pretty(json.loads(text)) + "\n", name


def test_update_writes_the_responses_anew(tmp_path, monkeypatch):
    """A response that is missing or wrong comes back as the handler gives it, in its folder too."""
    pairs = ["rest_list", "direct/features", "refused/body_too_large"]
    committed = [golden.expected(name) for name in pairs]
    for name in pairs[:2]:  # the third is made
        text = (golden.EVENTS / f"{name}.event.json").read_text("ascii")
        event = tmp_path / f"{name}.event.json"
        event.parent.mkdir(exist_ok=True)
        event.write_text(text, "ascii")
    (tmp_path / "rest_list.response.json").write_text("wrong", "ascii")
    monkeypatch.setattr(golden, "EVENTS", tmp_path)

    assert golden.main(["--update"]) == 0
    assert golden.names_of_responses() == golden.names() == sorted(pairs)
    assert [golden.expected(name) for name in pairs] == committed


def test_without_update_nothing_is_written(capsys):
    assert golden.main([]) == 2
    assert "--update" in capsys.readouterr().err
