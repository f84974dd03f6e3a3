"""A classification model: numbers → scores → probabilities → class and prediction set."""

from __future__ import annotations

from lambda_app.model.artefact.format_checks import require
from lambda_app.model.links import CALIBRATED, SHARES, classifier_link, score_count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lambda_app.model.artefact.model_parameters import ModelParameters
    from lambda_app.model.columns import Columns
    from lambda_app.model.explanation import Explanation
    from lambda_app.model.predict import Scorer

    # Class index, K probabilities, and the prediction set: the classes that reach their threshold, never none (Vovk,
    # "Conditional validity of inductive conformal predictors", 2012).
    Classified = tuple[int, Sequence[float], tuple[int, ...]]


class Classifier:
    """Made by `predict.load` only, which proves it."""

    def __init__(self, parameters: ModelParameters, columns: Columns, scorer: Scorer) -> None:
        """Raises InvalidModel where the link needs other scores than `scorer` gives."""
        self.parameters, self.columns, self.scorer = parameters, columns, scorer
        self.classes = len(parameters.target_names)
        self.kind: str = parameters.link.get("kind", "")
        self.score_count = score_count(self.kind, self.classes)
        self._probabilities: Callable[[Sequence[float]], Sequence[float]]
        self._decide: Callable[[Sequence[float], Sequence[float]], int]
        if self.kind == CALIBRATED:
            from lambda_app.model.calibrated import Calibrated

            self.calibrated = calibrated = Calibrated(parameters.link, self.classes)
            self._probabilities, self._decide = calibrated.probabilities, calibrated.decide
            self.score_count = calibrated.scores
        else:
            self._probabilities, self._decide = classifier_link(parameters.link, self.classes)
        require(self.kind != SHARES or scorer.gives_shares(), "shares must be averages of trees' probabilities")
        self.explains = self.kind != CALIBRATED or self.classes == 2  # else there is nothing that adds up
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
        return label, probabilities, members or tuple(range(self.classes))

    def explain(self, numbers: Sequence[float], label: int) -> Explanation:
        """Why this class: see `explanation.of_class`."""
        from lambda_app.model.explanation import of_class  # when first asked for: a cold start need not pay

        return of_class(self, numbers, label)
