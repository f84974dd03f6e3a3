"""How to read what the model weighs: coefficients by groups of columns, or what shuffling a column does. Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from math import isinf

from training.card.sections import table
from training.data.dataset import Dataset
from training.evaluation.inspection.inspect import Inspection
from training.evaluation.inspection.shared_weight import HIGH, Group, SharedWeight, Weighed
from training.evaluation.inspection.shuffling import Shuffled

SHOWN = 15  # groups, or columns
MEMBERS = 6  # coefficients named in one cell
ARROWS = {1: "↑", -1: "↓", 0: "·"}


def weights(dataset: Dataset, inspection: Inspection) -> str:
    """Of a linear model or of trees; nothing of an estimator of one's own."""
    if inspection.shared_weight:
        return _shared(dataset, inspection.shared_weight)
    return _shuffled(dataset, inspection.shuffled)


def _shared(dataset: Dataset, shared: SharedWeight) -> str:
    scale = "the prediction" if dataset.is_regression else "the log-odds"
    if dataset.classes > 2:
        scale = "the log-odds of the answer over the runner-up"
    several = dataset.classes > 2
    header = ["columns", "of them against" if several else "coefficients", "moves", "variance inflation"]
    rows = [[group.name, _members(group), f"{group.moves:.3g}", _inflation(group)] for group in shared.groups[:SHOWN]]
    hidden = len(shared.groups) - SHOWN
    more = f"\n\n{hidden} more move it less." if hidden > 0 else ""
    together = any(len(group.members) > 1 for group in shared.groups)
    stems = "Columns whose names share a stem stand together, the weightiest first; they" if together else "Columns"
    return (
        f"{_inflated(shared)}{stems} can still share weight with others. *Moves*: the standard deviation, over the rows, of what "
        f"is added to {scale}. {_arrows(dataset, shared)}\n\n{table(header, rows)}{more}"
    )


def _inflated(shared: SharedWeight) -> str:
    """How many columns say what others say."""
    if len(shared.inflations) < 2:
        return ""
    largest = max(shared.inflations)
    size = "infinite, as others give it exactly" if isinf(largest) else _size(largest)
    return (
        f"Variance inflation is above {HIGH:g} for {shared.inflated} of {len(shared.inflations)} number columns (the largest: "
        f"{size}): what such a column says, others say too. "
    )


def _arrows(dataset: Dataset, shared: SharedWeight) -> str:
    members = [member for group in shared.groups for member in group.members]
    against, total = sum(member.contradictions for member in members), sum(len(member.alone) for member in members)
    if dataset.classes > 2:
        return f"*Against*: coefficients that point the other way than their column alone ({against} of {total})."
    up = dataset.target_name if dataset.is_regression else dataset.target_names[1]
    meaning = f"with more {up}" if dataset.is_regression else f"with {up}"
    return (
        f"Arrows: alone, the column goes ↑ {meaning}, ↓ against it, · with neither beyond chance (p < 0.05); bold, the "
        f"coefficient says the opposite ({against} of {total})."
    )


def _members(group: Group) -> str:
    """The largest coefficients of a group, in the order of the columns."""
    ranked = sorted(group.members, key=lambda member: -max(map(abs, member.coefficients)))
    shown = [member for member in group.members if member in ranked[:MEMBERS]]
    more = f" and {len(group.members) - MEMBERS} more" if len(group.members) > MEMBERS else ""
    return ", ".join(_member(member, "" if member.name == group.name else f"{member.name} ") for member in shown) + more


def _member(member: Weighed, name: str) -> str:
    if len(member.alone) > 1:
        return f"{name}{member.contradictions} of {len(member.alone)}"
    text = f"{name}{member.coefficients[0]:+.3g} {ARROWS[member.alone[0]]}"
    return f"**{text}**" if member.contradictions else text


def _inflation(group: Group) -> str:
    if group.inflation is None:
        return "–"
    return "∞" if isinf(group.inflation) else _size(group.inflation)


def _size(inflation: float) -> str:
    return f"{inflation:,.0f}" if inflation >= 1000 else f"{inflation:.3g}"


def _shuffled(dataset: Dataset, found: Sequence[Shuffled]) -> str:
    if not found:
        return ""
    loss = "mean absolute error" if dataset.is_regression else "log loss"
    rows = [[column.column, f"{column.rise:+.3g}", f"{column.rose} of {column.folds}"] for column in found[:SHOWN]]
    more = f"\n\n{len(found) - SHOWN} more columns raise it less." if len(found) > SHOWN else ""
    return (
        f"What each column is needed for: by how much the {loss} on held-out rows rises when its values are shuffled. "
        "Columns that say the same stand in for each other, and each then seems unneeded.\n\n"
        f"{table(['column', f'{loss} rises by', 'rose in folds'], rows)}{more}"
    )
