"""Bulk scoring of every kind of model that the service holds: three classes, a regression, categories, missing values."""

from __future__ import annotations

import csv
import io
import json

import pytest

from lambda_app import score
from lambda_app.model.predict import load
from lambda_app.model.store import LoadedModel
from lambda_app.service import Service
from tests.small_models import MORE, REGRESSION, category, linear, model, number

FEW = [["red", 1.0], ["blue", -1.0], ["red", 4.0], ["blue", 0.5], ["red", 3.0]]
MODELS = {
    "three classes": model(
        target_names=["a", 'b, "or" c', "d|e"],
        model=linear([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]], [0.0] * 3),
        link=MORE,
    ),
    "regression": model(**REGRESSION, target_name="price", interval={"coverage": 0.9, "half_width": 2.5}),
    "regression without an interval": model(**REGRESSION, target_name="price"),
    "categories": model(
        rows=FEW, columns=[category("colour, of it", unseen=[0.0], missing=[0.25]), number("length")], model=linear()
    ),
    "missing values": model(columns=[number("width", missing=[0.5]), number("length")]),
    "one column": model(
        rows=[[1.0], [-1.0], [4.0], [0.5], [3.0]], columns=[number("width", missing=[0.5])], model=linear([[1.0]])
    ),
}
# Rows as they stand in JSON; those that a model refuses are rejects.
NUMBERS = [[1.0, 2.0], [-3.5, 0.25], [9.0, -9.0], [None, 1.0], [1.0, None]]
ROWS = {
    "categories": [["red", 1.0], ["blue", -2.0], ["green", 3.0], [None, 1.0], ["red", None], ['a, "b"', 2.0]],
    "one column": [[1.0], [9.0], [None]],
}


def answered(parameters, row):
    """What the API says: an answer, or None where it refuses."""
    service = Service(LoadedModel(load(parameters), "packaged"))
    try:
        body, _ = service.predict({"features": row})
    except Exception:  # noqa: BLE001 – a refusal, of whatever kind
        return None
    answer = json.loads(body)
    del answer["model_metadata"]
    return answer


@pytest.fixture(params=MODELS)
def kind(request):
    return request.param


@pytest.fixture
def scored(kind, tmp_path):
    """Scores rows in one format into the other: lines of the output, and the rejects' numbers."""
    parameters = MODELS[kind]
    parameters.save(tmp_path / "model.json")

    def run(content, name, out):
        (tmp_path / name).write_text(content)
        target = tmp_path / out
        arguments = [str(tmp_path / name), str(target), "--model", str(tmp_path / "model.json")]
        assert score.main(arguments) == 0
        rejects = tmp_path / f"{out}.rejects.jsonl"
        refused = rejects.read_text().splitlines() if rejects.exists() else []
        return target.read_text().splitlines(), [json.loads(line)["row_in_part"] for line in refused]

    return run


def as_csv(parameters, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column["name"] for column in parameters.columns])
    writer.writerows([["NA" if value is None else value for value in row] for row in rows])
    return out.getvalue()


@pytest.mark.parametrize("name", ["in.jsonl", "in.csv"])
def test_every_row_is_the_apis_answer_or_a_reject(kind, scored, name):
    rows = ROWS.get(kind, NUMBERS)
    content = as_csv(MODELS[kind], rows) if name == "in.csv" else "\n".join(map(json.dumps, rows))
    lines, refused = scored(content, name, "out.jsonl")
    expected = [answered(MODELS[kind], row) for row in rows]
    assert [json.loads(line) for line in lines] == [answer for answer in expected if answer]
    assert refused == [number for number, answer in enumerate(expected) if not answer]
    assert any(expected)


def test_csv_says_the_same(kind, scored):
    rows = ROWS.get(kind, NUMBERS)
    lines, _ = scored(as_csv(MODELS[kind], rows), "in.csv", "out.csv")
    found = list(csv.DictReader(lines))
    expected = [answer for answer in (answered(MODELS[kind], row) for row in rows) if answer]
    assert len(found) == len(expected)
    for line, answer in zip(found, expected, strict=True):
        warned = [f"{w['code']}:{w['feature']}" if w["feature"] else w["code"] for w in answer["warnings"]]
        assert line["warnings"] == "|".join(warned)
        assert float(line["prediction"]) == answer["prediction"]
        if "interval" in answer:
            ends = answer["interval"] or ["", ""]
            assert [line["lower"], line["upper"]] == [repr(end) if end != "" else "" for end in ends]
        else:
            assert line["label"] == answer["label"]
            assert {name: float(line[f"probability_{name}"]) for name in answer["probabilities"]} == answer[
                "probabilities"
            ]
            assert line["prediction_set"] == "|".join(label.replace("|", "\\|") for label in answer["prediction_set"])
