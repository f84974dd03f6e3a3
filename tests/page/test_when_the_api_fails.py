"""The page says what is wrong in the API's own words, offers to try again, and never shows an answer out of order."""

import json

import pytest

from tests.page.server import Fault

PROBLEM = {"Content-Type": "application/problem+json"}


def refusal(status, detail, **more):
    return Fault(status, json.dumps({"title": "No", "detail": detail, "code": "gateway_refused"}), {**PROBLEM, **more})


def test_a_refused_value_is_told_at_its_column(failing_page_of):
    page = failing_page_of("shipped").open()
    page.type("mean texture", "")
    page.until(lambda: page.note("mean texture"))

    assert "missing" in page.note("mean texture") or "required" in page.note("mean texture")
    assert page.field("mean texture").get_attribute("aria-invalid") == "true"
    assert "1 problem" in page.text("#columns summary")
    assert "400" in page.text("#trouble")

    page.type("mean texture", "20")
    assert page.text("#trouble") == ""
    assert page.note("mean texture") == ""


def test_an_unknown_category_is_told_at_its_column(failing_page_of):
    page = failing_page_of("wines").open()
    page.script("document.getElementById('column-2').value = 'other'")
    page.script("document.getElementById('column-2').dispatchEvent(new Event('change'))")
    page.find("input[aria-label='sweet, something else']").send_keys("perhaps")

    page.until(lambda: page.note("sweet"))


@pytest.mark.parametrize(
    ("status", "detail", "headers", "told"),
    [
        (403, "Forbidden by the gateway.", {}, "Forbidden by the gateway."),
        (429, "Slow down.", {"Retry-After": "7"}, "Slow down. (status 429) It asks to wait 7 s."),
        (503, "No model could be loaded.", {"Retry-After": "30"}, "No model could be loaded."),
    ],
)
def test_a_refusal_is_told_in_the_api_s_words_and_can_be_tried_again(failing_page_of, status, detail, headers, told):
    page = failing_page_of("shipped").open()
    page.api.faults["/predict"] = [refusal(status, detail, **headers)]
    page.press("Typical: benign")
    page.until(lambda: told in page.text("#trouble"))

    assert "belongs to an earlier sample" in page.text("#trouble")
    assert "stale" in page.find("#verdict").get_attribute("class")
    assert page.text("#verdict .label").startswith("malignant")

    page.press("Try again").settle()
    assert page.text("#trouble") == ""
    assert page.text("#verdict .label").startswith("benign")


@pytest.mark.parametrize("status", [401, 403, 429, 502, 503])
def test_what_is_not_the_api_s_own_answer_has_a_sentence_of_the_page(failing_page_of, status):
    page = failing_page_of("shipped").open()
    page.api.faults["/predict"] = [Fault(status, "<html>no</html>", {"Content-Type": "text/html"})]
    page.press("Typical: benign")

    page.until(lambda: f"(status {status})" in page.text("#trouble"))


def test_an_api_that_is_gone_is_told_and_can_be_tried_again(failing_page_of):
    page = failing_page_of("shipped").open()
    page.api.faults["/predict"] = [Fault(is_gone=True), Fault(is_gone=True)]  # the browser itself tries twice
    page.press("Typical: benign")
    page.until(lambda: "cannot be reached" in page.text("#trouble"))
    page.api.faults.clear()

    page.press("Try again").settle()
    assert page.text("#verdict .label").startswith("benign")


def test_a_page_without_its_model_says_so_and_can_be_tried_again(failing_page_of):
    page = failing_page_of("shipped")
    page.api.faults["/model"] = [refusal(503, "No model could be loaded.")]
    page.open(until_answered=False)
    page.until(lambda: "No model could be loaded." in page.text("#trouble"))
    assert not page.find("main").is_displayed()

    page.press("Try again").settle()
    assert page.text("#trouble") == ""


def test_a_slow_answer_is_waited_for_aloud(shipped):
    slow = Fault(is_held=True)
    shipped.api.faults["/predict"] = [slow]
    shipped.press("Typical: benign")
    shipped.until(lambda: "Waiting for the API" in shipped.text("#trouble"))
    slow.released.set()

    shipped.settle()
    assert shipped.text("#trouble") == ""


def test_an_answer_that_never_comes_is_given_up(failing_page_of):
    """Time runs a hundred times as fast in this page."""
    page = failing_page_of("shipped")
    fast = "const real = setTimeout; window.setTimeout = (f, ms) => real(f, ms / (ms > 1000 ? 100 : 1));"
    script = page.command("Page.addScriptToEvaluateOnNewDocument", source=fast)
    page.open()
    page.command("Page.removeScriptToEvaluateOnNewDocument", **script)
    never = Fault(is_held=True)
    page.api.faults["/predict"] = [never]
    page.press("Typical: benign")
    page.until(lambda: "has not answered for 30 seconds" in page.text("#trouble"))
    never.released.set()


def test_answers_never_come_out_of_order(shipped):
    first = Fault(is_held=True)
    before = len(shipped.api.bodies())
    shipped.api.faults["/predict"] = [first]
    shipped.press("Typical: benign")
    shipped.until(lambda: len(shipped.api.bodies()) == before + 1)
    shipped.press("Typical: malignant").settle()
    first.released.set()
    shipped.ask_rows(json.dumps([json.loads(shipped.api.bodies()[-1])["features"]]))  # longer than the held one took

    assert shipped.text("#verdict .label").startswith("malignant")


def test_a_curve_that_is_refused_says_so_in_its_place(failing_page_of):
    page = failing_page_of("shipped").open()
    page.api.faults["/predict"] = [refusal(429, "Slow down.")]
    page.unfold("#what-if")

    page.until(lambda: "Slow down." in page.text("#curve"))
