"""Everything of an inspection, from the evaluation that was made and a few fits more."""

from __future__ import annotations

from dataclasses import dataclass

from training.data.dataset import Dataset
from training.evaluation.evaluate import Evaluation
from training.evaluation.inspection.contradictions import Contradictions, contradictions
from training.evaluation.inspection.learning import LearningCurve, learn
from training.evaluation.inspection.net_benefit import Benefit, net_benefits
from training.evaluation.inspection.residuals import Residuals, by_prediction
from training.evaluation.inspection.shared_weight import SharedWeight, shared_weight
from training.evaluation.inspection.shuffling import Shuffled, shuffled
from training.evaluation.inspection.subgroups import Grouping, grouping
from training.evaluation.regression import RegressionEvaluation


@dataclass(frozen=True)
class Inspection:
    """What there is to say of this model and this table; empty or None where something does not apply."""

    learning: LearningCurve | None
    grouping: Grouping | None
    net_benefits: list[Benefit]
    contradictions: Contradictions | None
    residuals: list[Residuals]
    shared_weight: SharedWeight | None
    shuffled: list[Shuffled]


def inspect(dataset: Dataset, evaluation: Evaluation | RegressionEvaluation) -> Inspection:
    """An estimator of one's own is not fitted again: no learning curve, coefficients or shuffling. Raises TrainingError."""
    recipe, amount = evaluation.recipe, evaluation.effort
    return Inspection(
        learning=learn(dataset, recipe, amount) if recipe else None,
        grouping=grouping(dataset),
        net_benefits=net_benefits(dataset, evaluation) if isinstance(evaluation, Evaluation) else [],
        contradictions=contradictions(dataset, evaluation) if isinstance(evaluation, Evaluation) else None,
        residuals=by_prediction(dataset, evaluation) if isinstance(evaluation, RegressionEvaluation) else [],
        shared_weight=shared_weight(dataset, recipe) if recipe else None,
        shuffled=shuffled(dataset, recipe, amount) if recipe else [],
    )
