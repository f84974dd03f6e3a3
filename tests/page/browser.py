"""Debian's Chromium, and the page in it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from time import monotonic

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

MISSING = "The browser tests need Chromium: apt-get install --yes chromium chromium-driver"
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
AXE_MISSING = "The browser tests need axe-core: npm ci --prefix tests/page (make test-page does it)"
SECONDS = 10


def start(downloads):
    """A headless browser that puts what is downloaded into a folder. Fails where there is none."""
    chromium, driver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if not (chromium and driver):
        pytest.fail(MISSING, pytrace=False)
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))


class Page:
    """One API's page, as a person uses it."""

    def __init__(self, driver, api):
        self.driver, self.api = driver, api
        self.width = 1600

    def open(self, path="/", *, width=1600, scheme="light", until_answered=True):
        self.width = width
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=1000, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": scheme}
        self.command("Emulation.setEmulatedMedia", features=[scheme])
        self.driver.get(self.api.url + path)
        if until_answered:
            self.settle()
        return self

    def command(self, name, **parameters):
        return self.driver.execute_cdp_cmd(name, parameters)

    def script(self, code, *arguments):
        return self.driver.execute_script(code, *arguments)

    def until(self, condition, what="what the test waits for"):
        return WebDriverWait(self.driver, SECONDS, 0.02).until(lambda _: condition(), what)

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector):
        """All its text, also what is folded away."""
        return " ".join(self.find(selector).get_property("textContent").split())

    def settle(self):
        """Until the answer shown is that to the sample shown."""
        settled = "const v = document.getElementById('verdict'); return v !== null && v.children.length > 0 && !v.matches('.stale')"
        self.until(lambda: self.script(settled), "an answer")
        return self

    def press(self, text, inside="body"):
        [button] = [one for one in self.all(f"{inside} button") if one.get_property("textContent") == text]
        button.click()
        return self

    def unfold(self, selector):
        self.script("document.querySelector(arguments[0]).open = true", selector)
        return self

    def field(self, name):
        """The control of a column."""
        [label] = [one for one in self.all(".column > label") if one.get_property("textContent") == name]
        return self.find(f"#{label.get_attribute('for')}")

    def unfold_all(self):
        self.script("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        return self

    def type(self, name, text):
        field = self.field(name)
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(text or Keys.DELETE)
        return self.settle() if text else self

    def choose(self, name, text):
        Select(self.field(name)).select_by_visible_text(text)
        return self.settle()

    def note(self, name):
        return self.text(f"#{self.field(name).get_attribute('aria-describedby')}")

    def ask_rows(self, text):
        self.unfold("#rows")
        self.script("document.getElementById('pasted').value = arguments[0]", text)
        self.press("Answer these rows")
        self.until(lambda: self.find("#ask-rows").is_enabled() and "Waiting" not in self.text("#rows-told"))
        return self

    def cells(self, selector):
        """A table's body: rows of texts."""
        rows = "return [...document.querySelectorAll(arguments[0] + ' tbody tr')].map((r) => [...r.children].map((c) => c.textContent))"
        return self.script(rows, selector)

    def violations(self):
        """What axe-core finds, in words."""
        if not AXE.exists():
            pytest.fail(AXE_MISSING, pytrace=False)
        self.script(AXE.read_text("utf-8"))
        found = self.driver.execute_async_script("axe.run().then((r) => arguments[0](r.violations))")
        return [f"{one['id']}: {node['html']} {node['failureSummary']}" for one in found for node in one["nodes"]]

    def complaints(self):
        """What the browser's console holds since the last call."""
        return [entry for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]

    def addresses(self):
        """Every address that was asked since the last call."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]

    def milliseconds(self, action):
        """How long an action takes until its answer is on the screen."""
        started = monotonic()
        action()
        self.settle()
        return 1000 * (monotonic() - started)
