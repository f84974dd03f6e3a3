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
    "rest_list", "rest_named", "rest_named_snake_case", "rest_named_public_csv", "rest_named_public_csv_underscores",
    "rest_named_mixed_spellings", "rest_base64", "rest_byte_order_mark", "rest_byte_order_mark_in_text",
    "rest_vendor_json_charset", "rest_no_content_type", "rest_header_names_in_other_case", "rest_headers_null",
    "rest_multi_value_headers_only", "rest_body_already_parsed", "rest_trailing_slash", "rest_catch_all",
    "rest_custom_domain_base_path", "rest_custom_domain_base_path_catch_all", "rest_stage_prefix",
    "rest_sam_generate_event", "http_api_list", "http_api_named_stage", "http_api_base_path", "http_api_catch_all",
    "http_api_trailing_slash", "http_api_base64", "http_api_sam_generate_event", "function_url_list",
    "function_url_base64", "load_balancer_list", "load_balancer_multi_value_headers", "load_balancer_base64",
    "direct_features",
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
    responses = {path.name.removesuffix(".response.json") for path in golden.EVENTS.glob("*.response.json")}
    assert responses == set(golden.names())


@pytest.mark.parametrize("name", golden.names())
def test_the_event_is_answered_exactly_as_committed(name):
    """Every key, every character, and their order."""
    response = lambda_handler(golden.event(name), golden.Context())
    assert json.dumps(response) == json.dumps(golden.expected(name))


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
        text = (golden.EVENTS / f"{name}.response.json").read_text("ascii")
        assert text == golden.pretty(json.loads(text)) + "\n", name


def test_update_writes_the_responses_anew(tmp_path, monkeypatch):
    """A response that is missing or wrong comes back as the handler gives it."""
    text = (golden.EVENTS / "rest_list.event.json").read_text("ascii")
    (tmp_path / "rest_list.event.json").write_text(text, "ascii")
    (tmp_path / "rest_list.response.json").write_text("wrong", "ascii")
    committed = golden.expected("rest_list")
    monkeypatch.setattr(golden, "EVENTS", tmp_path)

    assert golden.main(["--update"]) == 0
    assert golden.expected("rest_list") == committed


def test_without_update_nothing_is_written(capsys):
    assert golden.main([]) == 2
    assert "--update" in capsys.readouterr().err
