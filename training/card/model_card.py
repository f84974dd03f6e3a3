"""The model card: what a reader must know before trusting the model, written by the run that made it.

Its front matter is Hugging Face's, so that the card can stand on a hub as it is.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import quote

from lambda_app.model.model_parameters import ModelParameters
from lambda_app.model.store import PACKAGED_PATH
from training.card import sections
from training.card.plots import draw_all
from training.card.style import Picture
from training.data.dataset import Dataset
from training.errors import CardError
from training.evaluation.evaluate import Evaluation

ROOT = Path(__file__).resolve().parents[2]
HUB_METRICS = {"brier": "brier_score", "ece": "expected_calibration_error"}  # the rest bear the hub's names already

ETHICS = (
    "A wrong answer can harm somebody. Decide beforehand who looks at undecided cases, and who answers for the rest.",
    "Probabilities hold for rows like these, and for classes as frequent as here. Elsewhere, check before use, and "
    "keep checking: the API counts undecided and out-of-range inputs for that.",
    "Whether the model serves groups of people equally well can't be seen from data that doesn't name them.",
)


def card_places(output: str | os.PathLike[str]) -> tuple[Path, Path]:
    """Where the card and its pictures go: docs/ for the packaged model, else beside the model's file."""
    path = Path(output).resolve()
    if path == Path(PACKAGED_PATH):
        return ROOT / "docs" / "model_card.md", ROOT / "docs" / "images"
    return path.with_name(f"{path.stem}_card.md"), path.with_name(f"{path.stem}_card_images")


def write_card(dataset: Dataset, evaluation: Evaluation, parameters: ModelParameters, output: str) -> Path:
    """Draw the pictures, then write the card, and return its path. Raises CardError."""
    card, images = card_places(output)
    try:
        card.parent.mkdir(parents=True, exist_ok=True)
        pictures = draw_all(dataset, evaluation, images)
        shown = {name: _image(picture, card.parent) for name, picture in pictures.items()}
        card.write_text(card_text(dataset, evaluation, parameters, shown), encoding="utf-8")
    except OSError as error:
        raise CardError(f"the model was written, but not its card: {error}") from error
    return card


def card_text(dataset: Dataset, evaluation: Evaluation, parameters: ModelParameters, shown: dict[str, str]) -> str:
    """The whole card; `shown` holds the Markdown of each picture by name."""
    parts = [
        _front_matter(dataset, parameters),
        f"# {parameters.name}\n\n{parameters.description}",
        _identity(parameters),
        f"## Intended use and limits\n\n{parameters.intended_use}\n\n{sections.bullets(parameters.limitations)}",
        f"## Data\n\n{sections.data(dataset)}",
        f"## Training procedure\n\n{sections.procedure(dataset, evaluation)}",
        f"## Evaluation\n\n{sections.metrics(parameters)}",
        sections.references(dataset),
        shown["roc"],
        shown["precision_recall"],
        shown["reliability"],
        f"## Operating points\n\n{sections.operating_points(evaluation)}",
        shown["confusion"],
        f"## Uncertainty\n\n{sections.uncertainty(dataset, evaluation)}",
        shown["scores"],
        f"## Explanation\n\n{sections.explanation(parameters, evaluation)}",
        shown.get("coefficients", ""),
        f"## Ethical notes\n\n{sections.bullets(ETHICS)}",
        f"## Citation\n\n{dataset.citation or 'Cite the source of your data here.'}",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _front_matter(dataset: Dataset, parameters: ModelParameters) -> str:
    """YAML whose strings are quoted as JSON, which YAML reads too. Values are the artefact's, unrounded."""
    lines = [
        "---",
        "language: en",
        *(
            ["license: mit"] if dataset.citation else []
        ),  # of the shipped example; what yours is under is for you to say
        "library_name: sklearn",
        "pipeline_tag: tabular-classification",
        "tags: [sklearn, logistic-regression, tabular-classification, calibrated, conformal-prediction]",
        "model-index:",
        f"- name: {_quoted(parameters.name)}",
        "  results:",
        "  - task:",
        "      type: tabular-classification",
        "    dataset:",
        f"      name: {_quoted(dataset.name)}",
        "      type: tabular",
        "    metrics:",
    ]
    for name, metric in parameters.metrics.items():
        title = sections.metric_title(name, metric.get("class"))
        lines += [
            f"    - type: {HUB_METRICS.get(name, name)}",
            f"      name: {_quoted(title)}",
            f"      value: {metric['value']!r}",
        ]
    return "\n".join([*lines, "---"])


def _identity(parameters: ModelParameters) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in parameters.library_versions.items())
    return sections.bullets(
        [
            f"version: `{parameters.digest}`",
            f"trained: {parameters.trained_at}, with {versions}",
            f"answers: {', '.join(parameters.target_names)}",
        ]
    )


def _image(picture: Picture, directory: Path) -> str:
    """The picture in Markdown, its meaning in words for those who can't see it."""
    place = Path(os.path.relpath(picture.path, directory)).as_posix()
    alternative = picture.alternative.replace("[", "(").replace("]", ")").replace("\\", "")
    return f"![{' '.join(alternative.split())}]({quote(place)})"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
