"""The pictures of a model card, drawn from one evaluation."""

from __future__ import annotations

from pathlib import Path

from training.card.curves import draw_precision_recall, draw_roc
from training.card.inspection.plots import draw_decision_curve, draw_learning_curve
from training.card.regression_plots import draw_predictions, draw_residuals
from training.card.scores import draw_reliability, draw_scores
from training.card.style import Picture
from training.card.tables import draw_coefficients, draw_confusion
from training.data.dataset import Dataset
from training.evaluation.evaluate import Evaluation
from training.evaluation.inspection.inspect import Inspection
from training.evaluation.regression import RegressionEvaluation


def draw_all(
    dataset: Dataset, evaluation: Evaluation | RegressionEvaluation, inspection: Inspection, directory: Path
) -> dict[str, Picture]:
    """Draw every picture that fits the data into the directory; return them by name."""
    directory.mkdir(parents=True, exist_ok=True)
    pictures = {}
    if inspection.learning:
        pictures["learning_curve"] = draw_learning_curve(
            inspection.learning, evaluation, directory / "learning_curve.png"
        )
    if evaluation.coefficients is not None:
        pictures["coefficients"] = draw_coefficients(dataset, evaluation.coefficients, directory / "coefficients.png")
    if isinstance(evaluation, RegressionEvaluation):
        return {
            **pictures,
            "predictions": draw_predictions(dataset, evaluation, directory / "predictions.png"),
            "residuals": draw_residuals(dataset, evaluation, directory / "residuals.png"),
        }
    pictures |= {
        "roc": draw_roc(dataset, evaluation, directory / "roc.png"),
        "precision_recall": draw_precision_recall(dataset, evaluation, directory / "precision_recall.png"),
        "reliability": draw_reliability(dataset, evaluation, directory / "reliability.png"),
        "scores": draw_scores(dataset, evaluation, directory / "scores.png"),
        "confusion": draw_confusion(dataset, evaluation, directory / "confusion.png"),
    }
    if inspection.net_benefits:
        pictures["decision_curve"] = draw_decision_curve(
            dataset, inspection.net_benefits, directory / "decision_curve.png"
        )
    return pictures
