"""One browser for all; an API a model; after every test: no complaint of the browser, nobody else was asked."""

import pytest

from tests.page import browser, models
from tests.page.server import Api


@pytest.fixture(scope="session")
def downloads(tmp_path_factory):
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="session")
def driver(downloads):
    driver = browser.start(downloads)
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def apis(tmp_path_factory):
    """An API for each model, by name; `shipped` is the package's own."""
    folder = tmp_path_factory.mktemp("models")
    running = {"shipped": Api()}
    for name in ("wines", "progression", "unevaluated", "letters", "markup", "wide"):
        getattr(models, name)().save(folder / name)
        running[name] = Api(folder / name)
    yield running
    for api in running.values():
        api.close()


@pytest.fixture
def page_of(driver, apis):
    """Opens a model's page. When the test is over the browser must have nothing to complain of."""
    opened = []

    def make(name):
        apis[name].requests.clear()
        page = browser.Page(driver, apis[name])
        page.complaints(), page.addresses()
        opened.append(page)
        return page

    yield make
    own = tuple(page.api.url for page in opened)
    for page in opened:
        page.api.faults.clear()
        page.command("Emulation.setLocaleOverride", locale="")
        assert page.complaints() == []
        assert [url for url in page.addresses() if not url.startswith((*own, "data:", "blob:http://127."))] == []


@pytest.fixture
def failing_page_of(driver, apis):
    """The same where the API fails: the browser then says so itself, but nothing else is wrong."""
    opened = []

    def make(name):
        apis[name].requests.clear()
        page = browser.Page(driver, apis[name])
        page.complaints()
        opened.append(page)
        return page

    yield make
    for page in opened:
        page.api.faults.clear()
        assert [entry for entry in page.complaints() if entry["source"] != "network"] == []


@pytest.fixture
def shipped(page_of):
    return page_of("shipped").open()


@pytest.fixture
def wines(page_of):
    return page_of("wines").open()


@pytest.fixture
def progression(page_of):
    return page_of("progression").open()
