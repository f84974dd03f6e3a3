"""What a card says of prediction sets, in words and tables. Markdown."""

from __future__ import annotations

import numpy as np

from training.card.sections import percent, table
from training.data.dataset import Dataset
from training.evaluation.evaluate import Evaluation
from training.evaluation.measures.conformal import HeldOut, Spread, level_text, why_not_higher

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
    over = f": mean (lowest to highest of {evaluation.held_out_coverage[0].splits} splits)"
    over = over if evaluation.held_out_coverage[0].splits > 1 else ""
    header = ["level", f"held-out rows whose set holds the truth{over}", "decided (one label)", "of these right"]
    rows = [
        [
            f"about {level_text(judged.level)}" + (" (served)" if judged.level == evaluation.served_level else ""),
            _coverage(dataset, judged),
            ranged(judged.decided),
            "–" if judged.decided_accuracy is None else ranged(judged.decided_accuracy),
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
    if evaluation.held_out_coverage[0].splits > 1:
        text = f"The ranges come from splitting these very rows anew: other rows would move the shares further. {text}"
    inside = evaluation.members
    decided = inside.sum(axis=1) == 1
    if evaluation.served_level is None or not decided.any():
        return text
    right = inside[np.arange(len(inside)), dataset.labels][decided].mean()
    return (
        f"{text} The picture flatters, as its rows gave the floors: {percent(decided.mean())} are decided there, and "
        f"{percent(right)} of these are right."
    )


def _coverage(dataset: Dataset, judged: HeldOut) -> str:
    """Each class's share, the lowest alone where there are many."""
    named = [f"{name} {ranged(found)}" for name, found in zip(dataset.target_names, judged.coverage, strict=True)]
    lowest = min(range(len(named)), key=lambda label: judged.coverage[label].mean)
    return "; ".join(named) if len(named) <= FEW else f"lowest: {named[lowest]}"


def ranged(found: Spread) -> str:
    """`98.6 % (98.1 to 99.1)`."""
    ends = f" ({found.lowest * 100:.1f} to {found.highest * 100:.1f})"
    return percent(found.mean) + (ends if found.lowest < found.highest else "")
