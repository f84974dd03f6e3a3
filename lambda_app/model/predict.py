"""The arithmetic of a prediction: log-odds, probabilities, prediction sets, contributions. No input, no output.

Words: a sample is a list of n floats in feature order, a score is a class's log-odds (scikit-learn's
`decision_function`), an undecided sample is one whose prediction set does not hold exactly one label.
"""

from __future__ import annotations

from math import exp, fsum, inf, isfinite
from operator import mul

from lambda_app.model.model_parameters import SOFTMAX, InvalidModel, ModelParameters

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Sample = Sequence[float]
    # Class index, K probabilities, and the prediction set: the classes that reach their floor, never none (Vovk,
    # "Conditional validity of inductive conformal predictors", 2012).
    Prediction = tuple[int, Sequence[float], tuple[int, ...]]

COVERAGE = "0.99"  # the published level of the prediction sets
GOLDEN_TOLERANCE = 1e-12
LARGEST_CONTRIBUTION = 1e300  # log-odds; larger ones count as this much, so that every sum is finite


class Classifier:
    """A model ready to predict. It folded the scaler into its weights and reproduced its golden rows."""

    def __init__(self, parameters: ModelParameters) -> None:
        """Raises InvalidModel when a golden row is off by more than 1e-12 in any probability."""
        self.parameters = parameters
        # Each row's raw-space weights, and its log-odds where every feature is zero: the scaler folded in once.
        intercepts = zip(parameters.coefficients, parameters.intercepts, strict=True)
        self._rows = [_fold(row, intercept, parameters) for row, intercept in intercepts]
        self._floors = parameters.conformal_thresholds.get(COVERAGE)
        self._probabilities = _softmax if parameters.probability_method == SOFTMAX else _one_vs_rest
        self.predict: Callable[[Sample], Prediction]
        self.predict = self._many_classes if len(self._rows) > 1 else self._two_classes(*self._rows[0])
        self._prove()

    def _prove(self) -> None:
        for row in self.parameters.golden_rows:
            _, probabilities, _ = self.predict(row["features"])
            if any(abs(p - q) > GOLDEN_TOLERANCE for p, q in zip(probabilities, row["probabilities"], strict=True)):
                raise InvalidModel("the model does not reproduce scikit-learn's probabilities for its golden rows")

    def scores(self, sample: Sample) -> list[float]:
        """Log-odds: one of class 1 for two classes, else one a class. Always finite for finite samples."""
        try:
            # fsum is exact and therefore the same on every Python; the built-in sum changed in 3.12
            scores = [fsum(map(mul, weights, sample)) + offset for weights, offset in self._rows]
        except (OverflowError, ValueError):
            scores = [inf]
        if not all(map(isfinite, scores)):
            rows = range(len(self._rows))
            scores = [fsum([self.parameters.intercepts[row], *self._contributions(sample, row)]) for row in rows]
        return scores

    def _two_classes(self, weights: list[float], offset: float) -> Callable[[Sample], Prediction]:
        """`predict` for two classes; local names halve the time around its one sum."""
        floors, sets = self._floors, ((0, 1), (1,), (0,))

        def predict(sample: Sample) -> Prediction:
            try:
                score = fsum(map(mul, weights, sample)) + offset
            except (OverflowError, ValueError):
                score = inf
            if not isfinite(score):
                (score,) = self.scores(sample)
            label = 1 if score > 0 else 0
            one = _sigmoid(score)  # the softmax of (0, score)
            zero = 1 - one
            members = sets[(one >= floors[1]) - (zero >= floors[0])] if floors else (label,)  # alike: both
            return label, (zero, one), members

        return predict

    def _many_classes(self, sample: Sample) -> Prediction:
        scores = self.scores(sample)
        label = scores.index(max(scores))
        probabilities = self._probabilities(scores)
        if self._floors is None:
            return label, probabilities, (label,)
        members = tuple([k for k, probability in enumerate(probabilities) if probability >= self._floors[k]])
        return label, probabilities, members or tuple(range(len(scores)))

    def explain(self, sample: Sample, prediction: int) -> tuple[float, float, list[float]]:
        """Baseline, log-odds and the n contributions that lead from one to the other, of one sample.

        Two classes: towards class 1. More: the score of the predicted class. The baseline is the score where every
        feature equals its training mean, so each contribution is weight · (value - mean).
        """
        row = 0 if len(self._rows) == 1 else prediction
        baseline = self.parameters.intercepts[row]
        contributions = self._contributions(sample, row)
        return baseline, fsum([baseline, *contributions]), contributions

    def _contributions(self, sample: Sample, row: int) -> list[float]:
        parts = zip(self._rows[row][0], sample, self.parameters.means, strict=True)
        return [max(-LARGEST_CONTRIBUTION, min(LARGEST_CONTRIBUTION, w * (x - mean))) for w, x, mean in parts]


def _fold(coefficients: list[float], intercept: float, parameters: ModelParameters) -> tuple[list[float], float]:
    weights = [c / s for c, s in zip(coefficients, parameters.scales, strict=True)]
    return weights, fsum([intercept, *(-w * mean for w, mean in zip(weights, parameters.means, strict=True))])


def _sigmoid(score: float) -> float:
    """1 / (1 + e^-score), without overflow for any float."""
    if score >= 0:
        return 1 / (1 + exp(-score))
    exponential = exp(score)
    return exponential / (1 + exponential)


def _softmax(scores: list[float]) -> Sequence[float]:
    """e^score over their sum; the largest score is taken off first so that nothing overflows."""
    largest = max(scores)
    exponentials = [exp(score - largest) for score in scores]
    total = fsum(exponentials)
    return [exponential / total for exponential in exponentials]


def _one_vs_rest(scores: list[float]) -> Sequence[float]:
    """Each class's own sigmoid over their sum, as scikit-learn's one-vs-rest does; uniform where all vanish."""
    sigmoids = [_sigmoid(score) for score in scores]
    total = fsum(sigmoids)
    return [s / total for s in sigmoids] if total > 0 else [1 / len(scores)] * len(scores)
