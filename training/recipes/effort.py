"""How much work a problem is worth: fewer repeats on a costly one, so that a run stays a matter of minutes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from training.progress import COEFFICIENTS, CROSS_VALIDATION, PREDICTION_SETS
from training.recipes.pipelines import Recipe

BUDGET = 90.0  # seconds on one core for the repeats that are asked for most
LEARNING_SIZES = (0.1, 0.2, 0.4, 0.7, 1.0)  # of the learning curve, as shares of what a fold learns from


@dataclass(frozen=True)
class Effort:
    """How often to repeat what is repeated."""

    folds: int = 10
    repeats: int = 10  # of the cross-validation
    resamples: int = 200  # of the coefficients' bootstrap
    splits: int = 10  # of the rows, in each of which the prediction sets are judged
    nested_folds: int = 10  # of the inner cross-validation that judges them; no more than `folds`
    outer_folds: int = 20  # of the cross-validation around it; no more than twice `folds`
    learning_folds: int = 10  # of the learning curve, or of shuffling columns; no more than `folds`

    def fits_by_step(self, *, linear: bool = True, classes: bool = True) -> dict[str, int]:
        """How many models each step of the evaluation fits, in order."""
        fits = {CROSS_VALIDATION: self.folds * self.repeats}
        if classes:
            inner, outer = min(self.folds, self.nested_folds), min(2 * self.folds, self.outer_folds)
            fits[PREDICTION_SETS] = self.splits * outer * (inner + 1)
        if linear:
            fits[COEFFICIENTS] = self.resamples
        return fits

    def fits(self, *, linear: bool = True, classes: bool = True) -> int:
        """How many models are fitted in all: the evaluation's, the card's, and the one that is served."""
        steps = self.fits_by_step(linear=linear, classes=classes)
        return sum(steps.values()) + self.inspection_fits(linear=linear) + 1

    def inspection_fits(self, *, linear: bool = True) -> int:
        """For the card's learning curve, and for shuffling columns where there are no coefficients; in fits on all rows."""
        return round(min(self.folds, self.learning_folds) * (sum(LEARNING_SIZES) + (0 if linear else 1)))


# From the most to the least; `folds` is for the user to choose.
LEVELS = (
    Effort(),
    Effort(repeats=4, resamples=100, splits=2, learning_folds=5),
    Effort(repeats=2, resamples=50, splits=2, nested_folds=5, outer_folds=10, learning_folds=3),
    Effort(repeats=1, resamples=20, splits=1, nested_folds=5, outer_folds=5, learning_folds=2),
)
QUICK = Effort(folds=5, repeats=1, resamples=20, splits=2, nested_folds=4, outer_folds=4, learning_folds=2)


def effort(recipe: Recipe, folds: int = 10, *, quick: bool = False) -> Effort:
    """By the size of the problem alone, never by the clock: the same data must give the same figures everywhere."""
    seconds, linear, classes = recipe.kind.seconds(recipe.size), recipe.kind.is_linear, recipe.size.classes > 0
    if quick:
        return replace(QUICK, folds=min(folds, QUICK.folds))
    for level in LEVELS:
        amount = replace(level, folds=folds)
        if seconds * amount.fits(linear=linear, classes=classes) <= BUDGET:
            return amount
    return amount
