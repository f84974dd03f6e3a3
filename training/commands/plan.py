"""What a run consists of, and about how long each step will take: the estimate before, and where the time left starts."""

from __future__ import annotations

import time

from training.data.dataset import Dataset
from training.evaluation.audit import INNER_FOLDS
from training.evaluation.compare_kinds import amount_for
from training.evaluation.measures.calibration import draws_of
from training.evaluation.regularisation import GRID
from training.progress import AUDIT, CARD, FIGURES
from training.recipes.effort import Effort
from training.recipes.fitting import fit
from training.recipes.kinds import KINDS
from training.recipes.pipelines import Recipe, recipe_for

SHORT = 1.0  # seconds of a fit
# Measured on one core of a laptop, like the kinds' own seconds; this machine's pace is measured by a fit.
FIGURE_SECONDS = 1.6e-8  # a drawn outcome of one probability
CARD_SECONDS = {True: 0.5, False: 1.5}  # by whether it is a regression
FEWEST, MOST = 0.5, 10.0  # times as slow as was measured; beyond, a fit says something of the data instead


def costs(
    dataset: Dataset, recipe: Recipe, amount: Effort, fit_seconds: float, *, audit: bool, compare: bool
) -> dict[str, float]:
    """Seconds by step, in order. `fit_seconds`: what one fit of the recipe on all rows takes here."""
    classes = not dataset.is_regression
    steps = {
        step: fits * fit_seconds
        for step, fits in amount.fits_by_step(linear=recipe.kind.is_linear, classes=classes).items()
    }
    slower = min(max(fit_seconds / recipe.kind.seconds(recipe.size), FEWEST), MOST)
    if classes:
        rows = len(dataset.targets)
        steps[FIGURES] = slower * FIGURE_SECONDS * draws_of(rows) * rows * amount.repeats
    if audit:
        steps[AUDIT] = amount.folds * amount.repeats * (len(GRID) * INNER_FOLDS + 1) * fit_seconds
    for kind in KINDS.values() if compare else ():
        if kind is not recipe.kind:
            fits = amount.folds * amount_for(dataset, kind, amount).repeats
            steps[kind.name] = slower * fits * kind.seconds(recipe_for(dataset, kind).size)
    inspection = amount.inspection_fits(linear=recipe.kind.is_linear) * fit_seconds
    return {**steps, CARD: slower * CARD_SECONDS[dataset.is_regression] + inspection}


def timed_fit(recipe: Recipe, dataset: Dataset) -> float:
    """Seconds of one fit on all rows, which also finds out early what can't be fitted."""
    seconds = _timed(recipe, dataset)  # the first time, much is loaded
    return seconds if seconds > SHORT else min(_timed(recipe, dataset) for _ in range(3))


def _timed(recipe: Recipe, dataset: Dataset) -> float:
    start = time.perf_counter()
    fit(recipe.pipeline, dataset.features, dataset.targets)
    return time.perf_counter() - start
