"""Golden pairs of other kinds of model than the shipped one: regression, three classes, categories, trees."""

import json

import pytest

from lambda_app.lambda_function import Application
from tests.tools import golden

APPLICATIONS = {path: Application(path) for path in {*map(golden.model_path, golden.names_of_kinds())}}
BODIES = {name: json.loads(golden.expected(name)["body"]) for name in golden.names_of_kinds()}


@pytest.mark.parametrize("name", golden.names_of_kinds())
def test_the_event_is_answered_exactly_as_committed(name):
    """Every key, every character, and their order."""
    response = APPLICATIONS[golden.model_path(name)].handle(golden.event(name), golden.Context())
    assert json.dumps(response) == json.dumps(golden.expected(name)), golden.difference(name, response)


def test_every_response_has_its_event_and_every_model_its_pairs():
    assert golden.names_of_responses_of_kinds() == golden.names_of_kinds()
    models = {path.stem for path in golden.MODELS.glob("*.json")} - {"breast_cancer"}
    assert {name.split("/")[1] for name in golden.names_of_kinds()} == models >= {"regression", "categories", "forest"}


def test_the_committed_files_are_what_update_would_write():
    """Nobody edited a response by hand."""
    for name in golden.names_of_kinds():
        text = golden.response_text(name)
        assert text == golden.pretty(json.loads(text)) + "\n", name


def test_a_wrong_answer_shows_its_line_and_the_command_that_renews():
    name = "kinds/forest/explain"
    response = golden.expected(name)
    response["body"] = response["body"].replace('"scale": "probability"', '"scale": "log_odds"')
    shown = golden.difference(name, response)
    assert '-      "scale": "probability",\n+      "scale": "log_odds",' in shown
    assert "python -m tests.tools.golden --update" in shown


def test_the_pairs_hold_what_sets_these_kinds_apart():
    """An interval, a runner-up, an unseen category answered and one refused, null, trees' explanations."""
    assert BODIES["kinds/regression/list"]["interval"][0] < BODIES["kinds/regression/list"]["prediction"]
    assert BODIES["kinds/three_classes/explain"]["explanation"]["against"] in ("Barolo", "Grignolino", "Barbera")
    assert BODIES["kinds/categories/unseen"]["warnings"][0]["code"] == "unseen_category"
    assert BODIES["kinds/categories/refused_unseen"]["code"] == "unknown_category"
    assert BODIES["kinds/categories/missing"]["label"] in ("no", "yes")
    assert BODIES["kinds/forest/explain"]["explanation"]["scale"] == "probability"
    assert BODIES["kinds/boosting/explain"]["explanation"]["scale"] == "log_odds"
    for name in ("kinds/forest/explain", "kinds/boosting/explain"):
        assert all(part["contribution"] for part in BODIES[name]["explanation"]["contributions"])
    below, on, above = BODIES["kinds/forest/beside_a_threshold"]["predictions"]
    assert below == on != above


def test_update_writes_these_responses_too(tmp_path, monkeypatch):
    name = "kinds/regression/list"
    committed, event = golden.expected(name), golden.event_text(name)
    model = golden.MODELS / "regression.json"
    (tmp_path / "regression").mkdir()
    (tmp_path / "regression.json").write_bytes(model.read_bytes())
    (tmp_path / "regression" / "list.event.json").write_text(event, "ascii")
    monkeypatch.setattr(golden, "MODELS", tmp_path)
    monkeypatch.setattr(golden, "names", list)
    assert golden.main(["--update"]) == 0
    assert golden.names_of_responses_of_kinds() == [name]
    assert golden.expected(name) == committed
