"""Any width, any scheme, keyboard alone, screen readers, any locale; names that are markup; 200 columns; nobody else asked."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from tests.page import browser
from tests.page.models import MARKUP

NAMES = ["shipped", "wines", "progression", "unevaluated", "letters", "markup", "wide"]
PAGE = Path(__file__).parents[2] / "lambda_app" / "documents" / "page.html"


@pytest.mark.parametrize("width", [360, 1600])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wider_than_the_window(page_of, name, width):
    page = page_of(name).open(width=width).unfold_all()
    page.ask_rows(json.dumps([[0] * len(page.all(".column"))] * 2)) if name != "wines" else None

    assert page.script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing(page_of, name, scheme):
    page = page_of(name).open(scheme=scheme).unfold_all()
    page.until(lambda: page.text("#curve"))

    assert page.violations() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_something_is_wrong(failing_page_of, scheme):
    page = failing_page_of("shipped").open(width=360, scheme=scheme)
    page.type("mean texture", "")
    page.until(lambda: page.note("mean texture"))
    page.ask_rows("x\n1\n")

    assert page.violations() == []


def test_the_keyboard_alone_is_enough(shipped):
    for _ in range(12):
        shipped.driver.switch_to.active_element.send_keys(Keys.TAB)
        if shipped.script("return document.activeElement.textContent") == "Typical: benign":
            break
    shipped.driver.switch_to.active_element.send_keys(Keys.ENTER)
    shipped.settle()

    assert shipped.text("#verdict .label").startswith("benign")
    shape = shipped.script(
        "const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.outlineWidth]"
    )
    assert shape == ["solid", "3px"]


def test_the_answer_is_spoken_when_it_has_come_to_rest(shipped):
    assert shipped.find("#spoken").get_attribute("role") == "status"
    shipped.until(lambda: "malignant: probability" in shipped.text("#spoken"))
    shipped.press("Typical: benign").settle()

    shipped.until(lambda: "benign: probability" in shipped.text("#spoken"))


def test_nothing_moves_by_itself(shipped):
    """So that there is nothing to switch off for those who want no motion."""
    assert shipped.script("return document.getAnimations().length") == 0
    assert not any(word in PAGE.read_text("utf-8") for word in ("transition:", "animation:", "scroll-behavior"))


def test_numbers_are_shown_in_the_person_s_locale_and_plain_in_what_is_copied(page_of):
    page = page_of("shipped")
    page.command("Emulation.setLocaleOverride", locale="de-DE")
    page.open()

    accuracy = page.api.described()["metrics"]["accuracy"]["value"]
    assert f"{accuracy:.4g}".replace(".", ",").rstrip("0") in page.text("#summary")
    assert "114.2" in page.text("#request")


def test_names_that_are_markup_stay_text(page_of):
    page = page_of("markup").open().unfold_all()
    page.until(lambda: page.text("#curve"))

    assert page.text("h1") == "<u>Markup</u>"
    assert [one.text for one in page.all(".column > label")] == MARKUP
    assert page.all("main u, main i:not([class]):not([title]), main img, main b, main script") == []
    assert "<script>alert(2)</script>" in page.text("#verdict")
    page.type(MARKUP[2], "2")
    page.type(MARKUP[3], "70")
    asked = [json.loads(body) for body in page.api.bodies()]
    assert [one for one in asked if "features" in one][-1]["features"]["__proto__"] == 2
    assert "above every value" in page.note(MARKUP[3])


def test_two_hundred_columns_stand_in_small_groups(page_of):
    page = page_of("wide").open()

    assert len(page.all("#columns details")) == 10
    assert len([one for one in page.all(".column") if one.is_displayed()]) == 20
    assert "not evaluated" in page.text("#summary")


@pytest.mark.parametrize("path", ["/Prod", "/Prod/"])
def test_the_page_works_below_a_stage(page_of, path):
    page = page_of("progression").open(path)

    assert f"{page.api.url}/Prod/predict" in page.text("#request")
    assert page.find("#openapi").get_property("href") == f"{page.api.url}/Prod/openapi.json"


def test_the_policy_allows_nothing_from_elsewhere_and_nothing_inline(page_of):
    page = page_of("progression").open()
    policy = page.script("return fetch('/').then((response) => response.headers.get('Content-Security-Policy'))")

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_nothing_is_stored(shipped):
    assert shipped.driver.get_cookies() == []
    assert shipped.script("return [localStorage.length, sessionStorage.length]") == [0, 0]


def test_the_page_is_small_ascii_and_puts_no_data_into_markup():
    text = PAGE.read_text("utf-8")

    assert len(text) <= 60_000
    assert text.isascii()
    assert not any(word in text for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("))


RUNNERS = {
    "curl": lambda code: shlex.split(code.replace("\\\n", " ")),
    "Python": lambda code: [sys.executable, "-c", code],
    "JavaScript": lambda code: ["node", "--input-type=module", "--eval", code],
}


@pytest.mark.parametrize("language", RUNNERS)
@pytest.mark.parametrize("name", ["wines", "markup"])
def test_the_request_can_be_taken_along(page_of, name, language):
    """It is run as it stands, and asks what the page asked."""
    page = page_of(name).open().unfold("#code")
    if name == "wines":
        page.choose("colour", "rosé")
    page.find(f"#language option:nth-child({1 + [*RUNNERS].index(language)})").click()
    asked = page.api.bodies()[-1]
    ran = subprocess.run(
        RUNNERS[language](page.find("#request").get_property("textContent")),
        capture_output=True,
        timeout=20,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert b"Barolo" in ran.stdout or b"alert(2)" in ran.stdout
    assert json.loads(page.api.bodies()[-1]) == json.loads(asked)
    assert len(page.api.bodies()) >= 2


def test_the_request_is_copied(shipped):
    shipped.command("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    shipped.unfold("#code").press("Copy")
    shipped.until(lambda: shipped.text("#copied") == "Copied.")

    assert shipped.script("return navigator.clipboard.readText()") == shipped.find("#request").get_property(
        "textContent"
    )


def test_without_a_browser_the_tests_say_how_to_install_one(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(pytest.fail.Exception, match="apt-get install --yes chromium chromium-driver"):
        browser.start(tmp_path)


def test_the_local_command_s_page_is_this_page(driver):
    """As a person starts it: python -m lambda_app, and the address that it prints."""
    command = [sys.executable, "-m", "lambda_app", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=PAGE.parents[2]
    ) as served:
        try:
            [address] = re.findall(r"http://[0-9.:]+", served.stdout.readline())
            driver.get(address)
            page = browser.Page(driver, None).settle()
            assert page.text("h1") == "Breast Cancer Wisconsin (Diagnostic)"
            assert page.complaints() == []
        finally:
            served.terminate()


def test_where_the_browser_forbids_copying_the_request_is_selected(shipped):
    shipped.script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    shipped.unfold("#code").press("Copy")
    shipped.until(lambda: "Selected" in shipped.text("#copied"))

    assert shipped.script("return getSelection().toString()").startswith("curl -X POST")
