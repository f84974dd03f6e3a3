"""What a card says of prediction sets, in words and tables. Markdown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from training.card.sections import interval, percent, table
from training.data.dataset import Dataset
from training.evaluation.evaluate import Evaluation
from training.evaluation.measures.conformal import level_text, why_not_higher
from training.evaluation.measures.metrics import wilson

FEW = 4  # classes that fit in a table's cell


def fields(dataset: Dataset, evaluation: Evaluation) -> dict[str, str]:
    """Parts of the template by name."""
    return {
        "sets": sets(dataset, evaluation),
        "held_out_method": evaluation.held_out_coverage[0].method,
        "held_out": held_out(dataset, evaluation),
        "floors": floors(dataset, evaluation),
        "reading_sets": reading_sets(dataset, evaluation),
    }


def sets(dataset: Dataset, evaluation: Evaluation) -> str:
    """What a prediction set promises, and at which level."""
    level, why = evaluation.served_level, why_not_higher(dataset.target_names, dataset.class_counts)
    if level is None:
        return f"{why} What sets of lower levels would do was measured nevertheless"
    promise = (
        "Each answer carries a prediction set: the labels that cannot be ruled out. One label is a decided case; more "
        "mean that a person should look. The sets are class-conditional conformal, from cross-validation: *about* "
        f"{level_text(level)}, because this variant has no finite-sample theorem."
    )
    return f"{promise} {why}".strip() + " Measured on held-out rows"


def held_out(dataset: Dataset, evaluation: Evaluation) -> str:
    """How often prediction sets hold the truth and how often they leave the answer to a person."""
    header = ["level", "held-out rows whose set holds the truth", "decided (one label)", "of these right"]
    rows = [
        [
            f"about {level_text(judged.level)}" + (" (served)" if judged.level == evaluation.served_level else ""),
            _coverage(dataset, judged.coverage),
            percent(judged.decided),
            "–" if judged.decided_accuracy is None else percent(judged.decided_accuracy),
        ]
        for judged in evaluation.held_out_coverage
    ]
    return table(header, rows)


def floors(dataset: Dataset, evaluation: Evaluation) -> str:
    """From what probability on a label is in the set; from 0 on, it always is."""
    names = dataset.target_names
    rows = [
        [level_text(level), *(f"{floor:.4f}" for floor in values)]
        for level, values in evaluation.conformal_floors.items()
    ]
    return table(["level", *(f"{name} in the set at P({name}) ≥" for name in names)], rows)


def reading_sets(dataset: Dataset, evaluation: Evaluation) -> str:
    """Why a lower level may cover more than it says, and why the picture looks better than the held-out rows."""
    text = "Where no label reaches its floor, the set holds them all: sets of a lower level may so cover more, and decide less."
    inside = evaluation.members
    decided = inside.sum(axis=1) == 1
    if evaluation.served_level is None or not decided.any():
        return text
    right = inside[np.arange(len(inside)), dataset.labels][decided].mean()
    return (
        f"{text} The picture flatters, as its rows gave the floors: {percent(decided.mean())} are decided there, and "
        f"{percent(right)} of these are right."
    )


def _coverage(dataset: Dataset, shares: Sequence[float]) -> str:
    """Each class's share with its Wilson interval, the lowest alone where there are many."""
    named = [
        f"{name} {percent(share)} {interval(wilson(share * n, n), 3)}"
        for name, share, n in zip(dataset.target_names, shares, dataset.class_counts, strict=True)
    ]
    return "; ".join(named) if len(named) <= FEW else f"lowest: {named[shares.index(min(shares))]}"
