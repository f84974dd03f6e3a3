"""lambda_app.service: one loaded model, and what is counted."""

import json
from hashlib import sha256

import pytest

from lambda_app.body import json_body
from lambda_app.body.limits import Limits
from lambda_app.documents.description import describe
from lambda_app.documents.openapi import document
from lambda_app.model.classifier import Classifier
from lambda_app.model.predict import load
from lambda_app.model.store import LoadedModel
from lambda_app.problems import AnswerTooLarge, InvalidContent
from lambda_app.routes import ROUTES
from lambda_app.service import Service
from tests.small_models import linear, model, number


def service(**changes):
    return Service(LoadedModel(load(model(**changes)), "packaged"))


def test_a_sample_is_answered_with_its_metadata():
    text, tally = service().predict({"features": [1.0, 2.0]})
    answer = json.loads(text)

    assert (answer["label"], answer["warnings"]) == ("benign", [])
    assert answer["model_metadata"]["version"] == model().digest
    assert "explanation" not in answer
    assert tally.by_class == [0, 1]


def test_an_explanation_is_given_only_where_it_was_asked_for():
    text, _ = service().predict({"instances": [[1.0, 2.0]], "explain": True})
    [answer] = json.loads(text)["predictions"]

    assert answer["explanation"]["log_odds"] == 3.0
    assert [row["feature"] for row in answer["explanation"]["contributions"]] == ["length", "width"]


def test_what_a_batch_did_is_counted():
    """Two malignant, three benign; three out of range, two of them far, which makes them suspect and undecided."""
    rows = [[-3.0, -3.0], [0.0, 0.0], [6.0, 3.0], {"width": 99.0, "length": 0.0}, [99.0, 0.0]]
    text, tally = service(conformal_thresholds={"0.99": [0.4, 0.4]}).predict({"instances": rows})

    assert tally.by_class == [2, 3]
    assert (tally.undecided, tally.out_of_range, tally.input_suspect) == (3, 3, 2)
    answers = json.loads(text)["predictions"]
    assert [len(answer["prediction_set"]) for answer in answers] == [1, 2, 1, 2, 2]
    assert [[warning["code"] for warning in answer["warnings"]] for answer in answers] == [
        [], [], ["above_training_range"], *[["above_training_range", "input_suspect"]] * 2
    ]  # fmt: skip


def test_pairs_upside_down_are_suspect_though_every_value_is_inside():
    """A chain of three columns, whose two stored pairs imply a third; from two on a sample is suspect."""
    chain = {"columns": [number(name) for name in "abc"], "model": linear([[1.0, 1.0, 1.0]])}
    made = service(**chain, rows=[[0.0, 1.0, 2.0]] * 5, ordered_pairs=[[0, 1], [1, 2]])
    text, tally = made.predict({"instances": [[1.0, 2.0, 3.0], [1.0, 2.0, 1.5], [3.0, 2.0, 1.0]]})

    assert (tally.out_of_range, tally.input_suspect) == (0, 1)
    last = json.loads(text)["predictions"][2]
    assert [warning["code"] for warning in last["warnings"]] == ["input_suspect"]
    assert last["warnings"][0]["feature"] is None


def test_one_bad_row_refuses_the_batch():
    with pytest.raises(InvalidContent):
        service().predict({"instances": [[1.0, 2.0], [1.0]]})


@pytest.mark.parametrize(
    "document",
    [
        {"instances": [[1.0, 2.0]] * 9},
        {"instances": [[99.0, 2.0]] * 9},
        {"instances": [[1.0, 2.0]] * 9, "explain": True},
    ],
    ids=["predictions", "warnings", "explanations"],
)
def test_an_answer_larger_than_lambda_sends_is_refused(monkeypatch, document):
    """As it would travel: inside a JSON string, where every quote takes two characters."""
    text, _ = service().predict(document)
    size = len(json.dumps(text)) - 2

    monkeypatch.setattr("lambda_app.service.MAXIMUM_ANSWER_CHARACTERS", size)
    assert service().predict(document)[0] == text
    monkeypatch.setattr("lambda_app.service.MAXIMUM_ANSWER_CHARACTERS", size - 1)
    with pytest.raises(AnswerTooLarge):
        service().predict(document)


def test_an_answer_that_is_far_too_large_is_not_written_to_its_end(monkeypatch):
    """A row is the last that is worth the work once there is no room for it."""
    monkeypatch.setattr("lambda_app.service.MAXIMUM_ANSWER_CHARACTERS", 1000)
    made = service()
    explained = []
    explanation = made.loaded.model.explain([1.0, 2.0], 1)
    monkeypatch.setattr(Classifier, "explain", lambda *asked: explained.append(asked) or explanation)
    with pytest.raises(AnswerTooLarge):
        made.predict({"instances": [[1.0, 2.0]] * 500, "explain": True})

    assert len(explained) < 10


def test_health_says_which_model_is_well():
    assert json.loads(service().health()) == {
        "status": "pass",
        "model": {"version": model().digest, "source": "packaged"},
    }


def test_a_document_s_etag_is_the_hash_of_its_text():
    made = service()
    text, etag = made.document("model", lambda: json.dumps(described(made)))

    assert etag == f'"{sha256(text.encode()).hexdigest()}"'
    assert made.document("model", lambda: "another")[0] is text


def test_the_model_s_description_holds_all_that_the_contract_lists_and_no_coefficient():
    loaded = LoadedModel(load(model(conformal_thresholds={"0.99": [0.1, 0.2]})), "s3")
    document = describe(loaded, Limits(loaded.model))

    assert set(document) >= {
        "feature_names", "feature_spellings", "training_ranges", "target_names", "metrics", "intended_use",
        "limitations", "version", "source", "library_versions",
    }  # fmt: skip
    assert document["training_ranges"]["length"] == {"minimum": -5.0, "maximum": 5.0}
    assert (document["source"], document["prediction_set_coverage"]) == ("s3", 0.99)
    assert document["prediction_set_thresholds"] == {"malignant": 0.1, "benign": 0.2}
    assert "coefficients" not in document


def test_a_model_without_thresholds_publishes_no_coverage():
    assert described(service())["prediction_set_coverage"] is None
    assert described(service())["prediction_set_thresholds"] is None


def described(made):
    return describe(made.loaded, made.limits)


def filled(missing):
    return service(columns=[number("width", missing=missing), number("length", missing=missing)])


@pytest.mark.parametrize(("missing", "accepts"), [(None, False), ([0.0], True)])
def test_the_description_says_whether_null_is_accepted(missing, accepts):
    assert described(filled(missing))["accepts_null"] is accepts


def test_a_document_is_generated_at_the_first_question_and_never_again():
    made, asked = service(), []
    for _ in range(3):
        text, etag = made.document("any", lambda: asked.append(1) or "text")
    assert (text, etag, asked) == ("text", f'"{sha256(b"text").hexdigest()}"', [1])


@pytest.mark.parametrize(("missing", "null"), [(None, False), ([0.0], True)])
def test_the_openapi_document_allows_null_where_the_model_does(missing, null):
    made = filled(missing)
    text = json.dumps(document(described(made), [*ROUTES.values()], {"predict": (None, None)}))
    assert ('{"type": "null"}' in text) is null


@pytest.mark.parametrize("names", [["size (a, b, c, d)", "[c]"], ["{{{d}}}", "e"]])
def test_a_name_may_hold_what_structure_is_made_of(names):
    made = service(columns=[number(name) for name in names])
    text = json.dumps({"instances": [dict.fromkeys(names, 1.0)] * made.limits.samples})
    assert len(json_body.read(text, made.bound)["instances"]) == made.limits.samples


@pytest.mark.parametrize(("columns", "explained"), [(1, 1_000), (30, 1_000), (31, 967), (60, 500), (200, 150)])
def test_a_wider_model_explains_fewer_samples(columns, explained):
    """So that no request writes more floats than 1,000 explanations of the shipped model's 30 columns."""
    wide = model(
        columns=[number(f"c{n}") for n in range(columns)], model=linear([[1.0] * columns]), rows=[[0.0] * columns] * 5
    )
    assert Limits(load(wide)).explained == explained
