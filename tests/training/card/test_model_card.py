"""The card says what the artefact says, the pictures are small, and both fit any data the training takes."""

from __future__ import annotations

import re
from math import ceil, log
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
import yaml
from sklearn.datasets import load_wine

from lambda_app.model.artefact.model_parameters import ModelParameters
from tests.tools.own_model import OWN, PACKAGED
from training.card.model_card import card_places, write_card
from training.card.style import LARGEST_FILE
from training.commands.run import train
from training.commands.train_model import main
from training.data.breast_cancer import EXAMPLE
from training.data.dataset import Dataset
from training.errors import CardError
from training.evaluation.evaluate import evaluate
from training.evaluation.measures.metrics import metric_title
from training.recipes.effort import Effort

ROOT = Path(__file__).resolve().parents[3]
QUICK = Effort(folds=3, repeats=1, resamples=5, splits=1)
SECTIONS = [
    "Intended use and limits",
    "How to start",
    "Data",
    "Training procedure",
    "Evaluation",
    "Subgroups",
    "Operating points",
    "Uncertainty",
    "Explanation",
    "Labels to check",
    "Ethical notes",
    "Contact",
    "Citation",
]
OF_MORE_CLASSES = {"roc", "precision_recall", "reliability", "confusion", "scores", "coefficients", "learning_curve"}
PICTURES = {*OF_MORE_CLASSES, "decision_curve"}
IMAGE = re.compile(r"!\[([^\]]+)\]\(([^)]+)\)")


@pytest.fixture(scope="module")
def committed():
    """The example's card and its artefact: the tests' own, or the packaged one where the example was trained again."""
    card = (ROOT / "docs" / "model_card.md").read_text(encoding="utf-8")
    artefacts = [ModelParameters.from_json(path.read_text(encoding="ascii")) for path in (OWN, PACKAGED)]
    return card, next((artefact for artefact in artefacts if artefact.digest in card), artefacts[0])


@pytest.fixture(scope="module")
def awkward():
    """Two classes of few rows, whose names are everything that breaks Markdown, YAML and matplotlib."""
    labels = np.repeat([0, 1], [40, 15])
    features = np.random.default_rng(1).normal(size=(55, 3)) + labels[:, None]
    names = ("a$b$c", "_a very long name of a feature | with a bar and (units)", "恶性 radius")
    targets = ('no: "quoted" and rather long', "yes $1$ | [maybe]\nindeed")
    return Dataset(
        "odd: data", "", features, labels, names, targets, 1, {}, "0" * 64, "odd.csv", "", "Tests.", ("None.",)
    )


def card_of(dataset, directory, name="model.json"):
    """Writes the card of a quick evaluation; returns (its text, its directory, the artefact)."""
    evaluation = evaluate(dataset, amount=QUICK, folds=3)
    artefact = train(dataset, evaluation)
    directory.mkdir(exist_ok=True)
    card = write_card(dataset, evaluation, artefact, str(directory / name))
    return card.read_text(encoding="utf-8"), card.parent, artefact


def front_matter_metrics(card):
    """(name, value) of the model index, in order."""
    front = yaml.safe_load(card.split("---\n")[1])
    (result,) = front["model-index"][0]["results"]
    assert result["task"]["type"] == "tabular-classification"
    assert set(result["dataset"]) == {"name", "type"}
    return [(metric["name"], metric["value"]) for metric in result["metrics"] if metric["type"]]


def spread(metric):
    """The interval, or what stands in its place."""
    if "interval" not in metric:
        null = metric["if_calibrated"]
        return (
            f"a perfectly calibrated model would show {null['value']:.4f} [{null['interval'][0]:.4f}, "
            f"{null['interval'][1]:.4f}]"
        )
    return f"[{metric['interval'][0]:.4f}, {metric['interval'][1]:.4f}]"


def test_the_committed_card_is_of_the_committed_artefact(committed):
    card, artefact = committed
    assert f"version: `{artefact.digest}`" in card
    assert artefact.trained_at in card
    assert artefact.intended_use in card
    for limitation in artefact.limitations:
        assert f"- {limitation}" in card
    assert f"SHA-256: `{artefact.data_set['sha256']}`" in card


@pytest.mark.parametrize(("data_set", "card"), [(EXAMPLE, "model_card.md"), ("wine", "own_model_card.md")])
def test_another_model_in_place_leaves_the_examples_card_alone(data_set, card, monkeypatch):
    monkeypatch.setattr("training.card.model_card.PACKAGED_PATH", str(PACKAGED))
    path, pictures = card_places(PACKAGED, data_set)
    assert path == ROOT / "docs" / card
    assert (pictures == ROOT / "docs" / "images") is (data_set == EXAMPLE)


def test_every_metric_of_the_artefact_is_in_the_card_twice_and_no_other(committed):
    card, artefact = committed
    expected = [(metric_title(name, metric.get("class")), metric["value"]) for name, metric in artefact.metrics.items()]
    assert front_matter_metrics(card) == expected
    section = card.split("## Evaluation\n\n")[1].split("\n\n")[0].splitlines()[2:]
    rows = [
        f"| {metric_title(name, metric.get('class'))} | {metric['value']:.4f} | {spread(metric)} | {metric['n']} | "
        f"{metric['method']} |"
        for name, metric in artefact.metrics.items()
    ]
    assert section == rows


def test_the_thresholds_of_the_prediction_sets_are_the_artefacts(committed):
    card, artefact = committed
    for level, floors in artefact.conformal_thresholds.items():
        assert f"| {float(level) * 100:g} % | {' | '.join(f'{floor:.4f}' for floor in floors)} |" in card


def test_operating_points_and_counts_are_the_evaluations(committed, evaluation):
    card, _ = committed
    assert len(evaluation.operating_points) > 1
    for point in evaluation.operating_points:
        row = next(line for line in card.splitlines() if line.startswith(f"| {point.name} |"))
        assert f"| {point.threshold:.4f} |" in row
        assert f"{point.sensitivity * 100:.1f} %" in row
        assert f"{point.specificity * 100:.1f} %" in row
        missed, alarms = (f"{count:.1f}".removesuffix(".0") for count in (point.false_negatives, point.false_positives))
        assert row.endswith(f"| {missed} | {alarms} |")
    assert f"{ceil(log(0.05) / log(0.99))} cases without a single miss" in card
    unstable = int((~evaluation.coefficients.sign_stable).sum())
    assert f"The sign of {unstable} of 30 coefficients is not stable" in card


def test_the_card_has_every_section_in_order(committed):
    card, _ = committed
    assert re.findall(r"^## (.+)$", card, re.MULTILINE) == SECTIONS
    assert card.startswith("---\nlanguage: en\nlicense: mit\nlibrary_name: sklearn\n")
    assert "Research and teaching" in card
    assert "must not be used to diagnose" in card


def test_the_committed_pictures_are_small_shown_and_described(committed):
    card, _ = committed
    shown = IMAGE.findall(card)
    assert {Path(place).stem for _, place in shown} == PICTURES
    for alternative, place in shown:
        content = (ROOT / "docs" / place).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert len(content) <= 60_000
        assert len(alternative) > 40


def test_two_runs_write_the_same_bytes(awkward, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    written = []
    for name in ("first", "second"):
        _, directory, _ = card_of(awkward, tmp_path / name)
        written.append({path.name: path.read_bytes() for path in directory.rglob("*.*") if path.is_file()})
    assert len(written[0]) == len(PICTURES) + 1
    assert written[0] == written[1]


def test_awkward_names_break_neither_tables_nor_links_nor_pictures(awkward, tmp_path):
    card, directory, artefact = card_of(awkward, tmp_path, "my model (1).json")
    for header in re.findall(r"^\| (?:class|metric|chosen for|level) \|.*$", card, re.MULTILINE):
        table = card[card.index(header) :].split("\n\n")[0].splitlines()
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table}) == 1, header
    assert [value for *_, value in front_matter_metrics(card)] == [m["value"] for m in artefact.metrics.values()]
    shown = IMAGE.findall(card)
    assert {Path(place).stem for _, place in shown} == PICTURES
    for _, place in shown:
        assert 0 < (directory / unquote(place)).stat().st_size <= LARGEST_FILE
    assert "license:" not in card
    assert "95 % needs 19 rows in every class, and yes $1$ | [maybe] indeed has 15: 90 % is served." in card
    assert "about 90 % (served)" in card


def test_more_than_two_classes(tmp_path):
    bunch = load_wine()
    names = tuple(bunch.feature_names)
    wine = Dataset("wine", "", bunch.data, bunch.target, names, ("a", "b", "c"), 2, {}, "", "", "", "", ())
    card, directory, artefact = card_of(wine, tmp_path)
    assert "there is no threshold to move" in card
    assert "The log-odds of the answer over the runner-up are a sum" in card
    assert [value for *_, value in front_matter_metrics(card)] == [m["value"] for m in artefact.metrics.values()]
    assert {path.stem for path in (directory / "model_card_images").iterdir()} == OF_MORE_CLASSES


def test_ten_classes_and_many_rows_stay_small(tmp_path):
    generator = np.random.default_rng(0)
    labels = np.arange(3000) % 10
    features = generator.normal(size=(3000, 6)) + np.eye(10)[labels][:, :6] * 3
    names, targets = tuple("abcdef"), tuple(f"class number {label}" for label in range(10))
    ten = Dataset("ten", "", features, labels, names, targets, 9, {}, "", "", "", "", ())
    card, directory, _ = card_of(ten, tmp_path)
    assert "lowest: class number" in card
    for path in (directory / "model_card_images").iterdir():
        assert path.stat().st_size <= LARGEST_FILE


def test_a_users_csv_gets_its_card_beside_the_output(bundled_csv, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("training.commands.run.effort", lambda *_, **__: QUICK)
    output = tmp_path / "iris.json"
    before = (ROOT / "docs" / "model_card.md").read_bytes()
    assert main(["--data", bundled_csv("iris"), "--target", "class", "--folds", "3", "--output", str(output)]) == 0
    assert "iris_card.md" in capsys.readouterr().out
    card = (tmp_path / "iris_card.md").read_text(encoding="utf-8")
    assert ModelParameters.from_json(output.read_text(encoding="ascii")).digest in card
    assert (ROOT / "docs" / "model_card.md").read_bytes() == before


def test_a_card_that_can_not_be_written_is_said(awkward, tmp_path):
    (tmp_path / "model_card_images").write_text("in the way", encoding="ascii")
    with pytest.raises(CardError, match="the card could not be written"):
        card_of(awkward, tmp_path)
