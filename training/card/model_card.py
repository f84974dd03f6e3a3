"""The model card: what a reader must know before trusting the model, written by the run that made it.

Its words are in two templates beside this file, which a person can edit; `$name` in them stands for what the run found.
The front matter is Hugging Face's, so that the card can stand on a hub as it is.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import tempfile
from pathlib import Path
from string import Template
from urllib.parse import quote

from lambda_app.model.artefact.model_parameters import ModelParameters
from lambda_app.model.store import PACKAGED_PATH
from training.card import prediction_sets, regression_sections, sections
from training.card.inspection import sections as inspected
from training.card.plots import draw_all
from training.card.style import Picture
from training.card.summary import nested_figures, summary
from training.data.breast_cancer import EXAMPLE
from training.data.dataset import Dataset
from training.errors import CardError
from training.evaluation.audit import Audit
from training.evaluation.evaluate import Evaluation
from training.evaluation.inspection.inspect import Inspection, inspect
from training.evaluation.measures.decision import Decision
from training.evaluation.measures.metrics import metric_title
from training.evaluation.regression import RegressionEvaluation
from training.files import write_together

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = Path(__file__).parent
# The hub's names of our metrics; the rest bear them already.
HUB_METRICS = {
    "brier": "brier_score",
    "ece": "expected_calibration_error",
    "mean_absolute_error": "mae",
    "root_mean_squared_error": "rmse",
}
OUT_OF_SCOPE = (
    "Rows that were chosen, collected or measured otherwise than these.",
    "Decisions about people that no person looks at.",
)
CONTACT = "Nobody is named yet: say here who answers for this model."
TAGS = {"linear": "linear-model", "forest": "random-forest", "boosting": "gradient-boosting"}


def card_places(output: str | os.PathLike[str], data_set: str) -> tuple[Path, Path]:
    """Where the card and its pictures go: docs/ for the packaged model, else beside the model's file.

    The documents speak of the example's card: the card of another packaged model doesn't take its place.
    """
    path = Path(output).resolve()
    if path == Path(PACKAGED_PATH):
        docs = ROOT / "docs"
        if data_set == EXAMPLE:
            return docs / "model_card.md", docs / "images"
        return docs / "own_model_card.md", docs / "own_model_card_images"
    return path.with_name(f"{path.stem}_card.md"), path.with_name(f"{path.stem}_card_images")


def write_card(
    dataset: Dataset,
    evaluation: Evaluation | RegressionEvaluation,
    parameters: ModelParameters,
    output: str,
    decision: Decision | None = None,
) -> Path:
    """Write the card and its pictures, and return its path. Raises CardError."""
    files = card_files(dataset, evaluation, parameters, output, decision)
    try:
        write_together(files, next(iter(files)))
    except OSError as error:
        raise CardError(f"the card could not be written: {error}") from error
    return next(iter(files))


def card_files(
    dataset: Dataset,
    evaluation: Evaluation | RegressionEvaluation,
    parameters: ModelParameters,
    output: str,
    decision: Decision | None = None,
    audited: Audit | None = None,
) -> dict[Path, bytes]:
    """What to write: the card first, then its pictures. Nothing is written yet. Raises TrainingError."""
    card, images = card_places(output, dataset.name)
    inspection = inspect(dataset, evaluation)
    with tempfile.TemporaryDirectory() as directory:
        pictures = draw_all(dataset, evaluation, inspection, Path(directory))
        drawn = {images / picture.path.name: picture.path.read_bytes() for picture in pictures.values()}
    shown = {name: _image(picture, images, card.parent) for name, picture in pictures.items()}
    own = {**shown, "start": start(output)}
    text = card_text(dataset, evaluation, inspection, parameters, own, decision, audited)
    return {card: text.encode("utf-8"), **drawn}


def card_text(
    dataset: Dataset,
    evaluation: Evaluation | RegressionEvaluation,
    inspection: Inspection,
    parameters: ModelParameters,
    shown: dict[str, str],
    decision: Decision | None = None,
    audited: Audit | None = None,
) -> str:
    """The whole card; `shown` holds the Markdown of each picture by name, and how to start."""
    fields = {
        "front_matter": _front_matter(dataset, parameters, evaluation),
        "name": parameters.name,
        "description": parameters.description,
        "identity": _identity(dataset, parameters),
        "summary": summary(dataset, evaluation),
        "intended_use": parameters.intended_use,
        "limitations": sections.bullets(parameters.limitations),
        "out_of_scope": sections.bullets(dataset.out_of_scope or OUT_OF_SCOPE),
        "contact": dataset.contact or CONTACT,
        "data": sections.data(dataset),
        "procedure": sections.procedure(evaluation.recipe),
        "folds": f"{evaluation.effort.folds}",
        "repeats": f"repeated {evaluation.effort.repeats} times" if evaluation.effort.repeats > 1 else "done once",
        "metrics": sections.metrics(parameters),
        "nested": nested_figures(audited),
        "references": sections.references(dataset),
        "citation": dataset.citation or "Cite the source of your data here.",
        "coefficients": "",
        "learning_curve": "",
        "decision_curve": "",
        **inspected.fields(dataset, evaluation, inspection),
        **shown,
    }
    if isinstance(evaluation, RegressionEvaluation):
        return _filled("regression.md", {**fields, **regression_sections.fields(dataset, evaluation)})
    own = sections.fields(dataset, evaluation, parameters, decision)
    return _filled("classification.md", {**fields, **own, **prediction_sets.fields(dataset, evaluation)})


def start(output: str | os.PathLike[str]) -> str:
    """How to try the model, as seen from where its file is."""
    path = Path(output).resolve()
    chosen = "" if path == Path(PACKAGED_PATH) else f" --model {shlex.quote(path.name)}"
    return (
        f"`python -m lambda_app{chosen}` serves it at http://127.0.0.1:8000, where a page lets you try a sample. "
        "`GET /model` names the columns, `POST /predict` answers; nothing but Python is needed."
    )


def _filled(template: str, fields: dict[str, str]) -> str:
    """The template with its fields; where one is empty, so is not the page: blank lines come one at a time."""
    text = Template((TEMPLATES / template).read_text(encoding="utf-8")).substitute(fields)
    return re.sub(r"\n{3,}", "\n\n", text)


def _front_matter(dataset: Dataset, parameters: ModelParameters, evaluation: Evaluation | RegressionEvaluation) -> str:
    """YAML whose strings are quoted as JSON, which YAML reads too. Values are the artefact's, unrounded."""
    task = "tabular-regression" if dataset.is_regression else "tabular-classification"
    tags = ["sklearn", task, "conformal-prediction"]
    if evaluation.recipe:
        tags.insert(1, TAGS[evaluation.recipe.kind.name])
    lines = [
        "---",
        "language: en",
        # of the shipped example; what yours is under is for you to say
        *(["license: mit"] if dataset.citation else []),
        "library_name: sklearn",
        f"pipeline_tag: {task}",
        f"tags: [{', '.join(tags)}]",
        "model-index:",
        f"- name: {_quoted(parameters.name)}",
        "  results:",
        "  - task:",
        f"      type: {task}",
        "    dataset:",
        f"      name: {_quoted(dataset.name)}",
        "      type: tabular",
        "    metrics:",
    ]
    for name, metric in parameters.metrics.items():
        lines += [
            f"    - type: {HUB_METRICS.get(name, name)}",
            f"      name: {_quoted(metric_title(name, metric.get('class')))}",
            f"      value: {metric['value']!r}",
        ]
    return "\n".join([*lines, "---"])


def _identity(dataset: Dataset, parameters: ModelParameters) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in parameters.library_versions.items())
    answers = f"a number, {dataset.target_name}" if dataset.is_regression else ", ".join(parameters.target_names)
    return sections.bullets(
        [
            f"version: `{parameters.digest}`",
            f"trained: {parameters.trained_at}, with {versions}",
            f"answers: {answers}",
        ]
    )


def _image(picture: Picture, images: Path, directory: Path) -> str:
    """The picture in Markdown, its meaning in words for those who can't see it."""
    place = Path(os.path.relpath(images / picture.path.name, directory)).as_posix()
    alternative = picture.alternative.replace("[", "(").replace("]", ")").replace("\\", "")
    return f"![{' '.join(alternative.split())}]({quote(place)})"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
