"""What the inspection says, of classes and of numbers alike. Markdown; empty where a part does not apply."""

from __future__ import annotations

from collections.abc import Sequence

from training.card.inspection import subgroups
from training.card.inspection.weights import weights
from training.card.sections import interval, percent, table
from training.data.dataset import Dataset
from training.evaluation.evaluate import Evaluation
from training.evaluation.inspection.contradictions import SURE, Contradictions
from training.evaluation.inspection.inspect import Inspection
from training.evaluation.inspection.net_benefit import Benefit
from training.evaluation.regression import RegressionEvaluation

THRESHOLDS = (0.05, 0.1, 0.2, 0.5)  # of the decision curve, in numbers
ROWS_NAMED = 20


def fields(dataset: Dataset, evaluation: Evaluation | RegressionEvaluation, inspection: Inspection) -> dict[str, str]:
    """Parts of the template by name."""
    return {
        "learning": learning(inspection),
        "weakest": subgroups.weakest(dataset, evaluation, inspection.grouping),
        "subgroups": subgroups.section(dataset, evaluation, inspection.grouping),
        "net_benefit": net_benefit(dataset, inspection.net_benefits),
        "labels_to_check": labels_to_check(inspection.contradictions),
        "residual_parts": subgroups.residual_table(f"predicted {dataset.target_name}", inspection.residuals),
        "weights": weights(dataset, inspection),
    }


def learning(inspection: Inspection) -> str:
    """Would more rows help?"""
    curve = inspection.learning
    if curve is None:
        return ""
    return (
        f"Would more rows help? Learning from {curve.rows[-1]} instead of {curve.rows[-2]} rows takes the {curve.measure} "
        f"on held-out rows from {curve.held_out[-2]:.3g} to {curve.held_out[-1]:.3g}; on the rows that were learnt from it "
        f"is {curve.learnt[-1]:.3g} (means over {curve.folds} folds, once)."
    )


def net_benefit(dataset: Dataset, benefits: Sequence[Benefit]) -> str:
    """The decision curve at a few thresholds, and where it is surely above both simple policies."""
    if not benefits:
        return ""
    label = dataset.target_names[dataset.class_of_interest]
    header = [f"acting from P({label}) ≥", "a false alarm is as bad as", "net benefit", "acting on all", "on none"]
    rows = [
        [
            percent(benefit.threshold).replace(".0", ""),
            f"1/{1 / benefit.threshold - 1:.3g} of a miss",
            f"{100 * benefit.value:.1f} {interval([100 * end for end in benefit.interval], 1)}",
            f"{100 * benefit.of_all:.1f}",
            "0",
        ]
        for benefit in benefits
        if benefit.threshold in THRESHOLDS
    ]
    return (
        f"Does acting on it do better than acting on everybody, or on nobody? Net benefit: how many {label} are found in 100 "
        "rows, less the false alarms, each weighed by how bad it is to whoever acts from that probability on. It holds "
        f"where {label} is as frequent as here; intervals follow from those of sensitivity and specificity. "
        f"{_where_better(benefits)}\n\n{table(header, rows)}"
    )


def _where_better(benefits: Sequence[Benefit]) -> str:
    better = [benefit.threshold for benefit in benefits if benefit.is_better]
    if not better:
        return "At no threshold is it surely better than both, by its 95 % interval."
    low, high = min(better), max(better)
    gaps = len(better) < round((high - low) * 100) + 1
    most = "most thresholds" if gaps else "each threshold"
    return (
        f"At {most} from {low * 100:.0f} % to {high * 100:.0f} % it is surely better than both: by its own 95 % interval, "
        "each threshold taken alone."
    )


def labels_to_check(found: Contradictions | None) -> str:
    """Rows whose label may be a mistake, by number only."""
    if found is None or not found.sure:
        return ""
    named = ", ".join(f"{row + 1}" for row in found.rows[:ROWS_NAMED])
    if len(found.rows) > ROWS_NAMED:
        named += f" and {len(found.rows) - ROWS_NAMED} more"
    which = f": row{'s' if len(found.rows) > 1 else ''} {named} (surest first; the first row below the header is 1)"
    check = (
        " Check them against their source: to drop them unchecked would only flatter the figures." if found.rows else ""
    )
    return (
        f"## Labels to check\n\nOf {found.sure} rows, models that had not seen them were at least {SURE * 100:.0f} % sure. "
        f"{len(found.rows)} of them {'is' if len(found.rows) == 1 else 'are'} labelled otherwise{which if found.rows else ''}; "
        f"if the probabilities hold, {found.expected:.1f} such are to be expected without any mistake in the labels.{check}"
    )
