"""No request leaves anything behind that only Python's search for garbage would find.

A cycle around a refused body keeps it in memory: a list of half a million numbers counts as one object, so the search
does not begin before a small function is out of memory.
"""

import gc
import json

import pytest

from lambda_app.lambda_function import Application
from lambda_app.routes import ROUTES
from tests.tools import golden
from tests.tools.handling import NAMES, call, predict, rest
from tests.tools.refused import REFUSED
from tests.tools.soak import HOSTILE

SIZE = 100_000


@pytest.fixture(autouse=True)
def no_search_of_its_own():
    """Only the tests look for garbage, after a first call has filled every cache, and among new objects only.

    Otherwise each search walks over all that pytest and a hundred modules hold: a second and more in the whole suite.
    """
    gc.disable()
    gc.freeze()
    yield
    gc.unfreeze()
    gc.enable()


def left_behind(event, call=call):
    """How many objects a second call leaves that nothing but a cycle keeps alive."""
    call(event)
    gc.collect()
    call(event)
    return gc.collect()


@pytest.mark.parametrize("name", golden.names())
def test_a_golden_event_leaves_nothing_behind(name):
    assert left_behind(golden.event(name)) == 0


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_body_leaves_nothing_behind(name):
    event = rest(REFUSED[name](SIZE))
    assert call(event)["statusCode"] >= 400
    assert left_behind(event) == 0


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_body_leaves_nothing_behind(name):
    assert left_behind(HOSTILE[name](SIZE), predict) == 0


def test_an_unexpected_error_leaves_nothing_behind(monkeypatch):
    def fail(request, service):
        document = json.loads(request.body())
        raise RuntimeError(len(document))

    monkeypatch.setattr(ROUTES["/predict"], "endpoint", fail)
    assert left_behind(rest(json.dumps({"features": [1.0] * len(NAMES)}))) == 0


def test_a_function_without_a_model_leaves_nothing_behind(tmp_path):
    application = Application(str(tmp_path / "none.json"))
    event = rest(json.dumps({"features": [1.0] * 1_000}))

    def ask(event):
        return application.handle(event, None)

    assert ask(event)["statusCode"] == 503
    assert left_behind(event, ask) == 0


def test_a_cycle_would_be_noticed():
    def call_and_keep(event):
        try:
            raise ValueError(event)
        except ValueError as error:
            kept = error
        return kept

    assert left_behind([1.0], call_and_keep) > 0
