"""The parts of a regression's card in words and tables. Markdown."""

from __future__ import annotations

import numpy as np

from training.card.sections import contributions, percent, spread_text, table, unstable
from training.data.dataset import Dataset
from training.evaluation.regression import RegressionEvaluation

WORST = 10  # rows


def fields(dataset: Dataset, evaluation: RegressionEvaluation) -> dict[str, str]:
    """What only the card of a regression says."""
    return {
        "base_rate": base_rate(dataset, evaluation),
        "interval": interval_text(dataset, evaluation),
        "worst": worst(dataset, evaluation),
        "explanation": explanation(dataset, evaluation),
    }


def base_rate(dataset: Dataset, evaluation: RegressionEvaluation) -> str:
    """What a model that has learnt nothing would reach."""
    middle = float(np.median(dataset.targets))
    error = float(np.abs(dataset.targets - middle).mean())
    gain, (low, high) = evaluation.gain
    verdict = "" if low > 0 else " **This model is not surely better than that.**"
    return (
        f"Always answering {middle:.6g}, the median, would be off by {error:.4g} on average, by {gain:.4g} [{low:.4g}, "
        f"{high:.4g}] more than the model.{verdict} R² and the root mean squared error have no interval: of rows whose errors "
        "are skewed, none keeps its promise."
    )


def interval_text(dataset: Dataset, evaluation: RegressionEvaluation) -> str:
    """How wide the API's interval is, and how often it holds the truth."""
    found = evaluation.interval
    return (
        f"Each answer carries an interval, the prediction ± {found.half_width:.6g}, that holds {dataset.target_name} for "
        f"about {percent(found.coverage)} of rows like these. Of rows whose residuals had no part in choosing the width "
        f"it held {spread_text(found.held_out, found.splits)}. It has the same width everywhere: the picture shows where "
        "that is too wide or too narrow."
    )


def explanation(dataset: Dataset, evaluation: RegressionEvaluation) -> str:
    """What a contribution is, and how many coefficients can be read one by one."""
    text = contributions(evaluation.recipe, "predictions")
    if evaluation.coefficients is None:
        return text
    return f"{text} Coefficients are in {dataset.target_name}.\n\n{unstable(evaluation.coefficients)}"


def worst(dataset: Dataset, evaluation: RegressionEvaluation) -> str:
    """The rows with the largest residuals."""
    residuals = dataset.targets - evaluation.predictions
    order = np.argsort(-np.abs(residuals), kind="stable")[:WORST]
    rows = [
        [
            f"{row + 1}",
            f"{dataset.targets[row]:.6g}",
            f"{evaluation.predictions[row]:.6g}",
            f"{residuals[row]:+.4g}",
        ]
        for row in order
    ]
    return table(["row", dataset.target_name or "observed", "predicted", "observed - predicted"], rows)
