"""A classification model: numbers → scores → probabilities → class and prediction set."""

from __future__ import annotations

from lambda_app.model.artefact.format_checks import require
from lambda_app.model.links import (
    CALIBRATED,
    EXPLAINED,
    SHARES,
    Explanation,
    ExplanationUnavailable,
    classifier_link,
    score_count,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lambda_app.model.artefact.model_parameters import ModelParameters
    from lambda_app.model.columns import Columns
    from lambda_app.model.linear import Linear
    from lambda_app.model.trees import Trees

    # Class index, K probabilities, and the prediction set: the classes that reach their threshold, never none (Vovk,
    # "Conditional validity of inductive conformal predictors", 2012).
    Classified = tuple[int, Sequence[float], tuple[int, ...]]


class Classifier:
    """Made by `predict.load` only, which proves it."""

    def __init__(self, parameters: ModelParameters, columns: Columns, scorer: Linear | Trees) -> None:
        """Raises InvalidModel where the link needs other scores than `scorer` gives."""
        self.parameters, self.columns, self.scorer = parameters, columns, scorer
        self._classes = len(parameters.target_names)
        self._kind: str = parameters.link.get("kind", "")
        self.score_count = score_count(self._kind, self._classes)
        self._probabilities: Callable[[Sequence[float]], Sequence[float]]
        self._decide: Callable[[Sequence[float], Sequence[float]], int]
        if self._kind == CALIBRATED:
            from lambda_app.model.calibrated import Calibrated

            self._calibrated = calibrated = Calibrated(parameters.link, self._classes)
            self._probabilities, self._decide = calibrated.probabilities, calibrated.decide
            self.score_count = calibrated.scores
        else:
            self._probabilities, self._decide = classifier_link(parameters.link, self._classes)
        require(self._kind != SHARES or scorer.gives_shares(), "shares must be averages of trees' probabilities")
        self.explains = self._kind != CALIBRATED or self._classes == 2
        self.coverage, self._thresholds = None, None
        for level, thresholds in parameters.conformal_thresholds.items():
            self.coverage, self._thresholds = float(level), thresholds

    def scores(self, numbers: Sequence[float]) -> list[float]:
        """R scores: log-odds for a softmax, probabilities for a forest. Finite for finite numbers."""
        return self.scorer.scores(numbers)

    def predict(self, numbers: Sequence[float]) -> Classified:
        """Class index, K probabilities, prediction set."""
        scores = self.scorer.scores(numbers)
        probabilities = self._probabilities(scores)
        threshold, reached = self.parameters.decision_threshold, self._thresholds
        if threshold is None:
            label = self._decide(scores, probabilities)
        else:
            label = 1 if probabilities[1] >= threshold else 0
        if reached is None:
            return label, probabilities, (label,)
        if len(reached) == 2:
            zero, one = probabilities[0] >= reached[0], probabilities[1] >= reached[1]
            return label, probabilities, (0, 1) if zero == one else (1,) if one else (0,)
        members = tuple([k for k, probability in enumerate(probabilities) if probability >= reached[k]])
        return label, probabilities, members or tuple(range(self._classes))

    def explain(self, numbers: Sequence[float], label: int) -> Explanation:
        """Why this class: two classes, class 1 against class 0; more, the predicted one against the runner-up.

        Where the scores are shares, the predicted class's (of two: class 1's) probability, against nothing. Raises
        ExplanationUnavailable.
        """
        if self._kind == CALIBRATED:
            if not self.explains:
                raise ExplanationUnavailable
            parts = self._calibrated.contributions(self.scorer, numbers, self.columns.reference)
            return Explanation("probability", 1, None, parts)
        scale = EXPLAINED[self._kind]
        if scale == "probability":
            towards = 1 if self._classes == 2 else label
            weights = [float(k == towards) for k in range(self._classes)]
            return Explanation(scale, towards, None, self.scorer.contributions(numbers, weights))
        if self._classes == 2:
            return Explanation(scale, 1, 0, self.scorer.contributions(numbers, [1.0]))
        scores = self.scorer.scores(numbers)
        runner_up = max((k for k in range(self._classes) if k != label), key=scores.__getitem__)
        weights = [0.0] * self._classes
        weights[label], weights[runner_up] = 1.0, -1.0
        return Explanation(scale, label, runner_up, self.scorer.contributions(numbers, weights))
