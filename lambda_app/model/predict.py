"""A model ready to predict: columns → model → link → prediction set or interval. It proves itself by golden rows.

Words: values are what a caller sends (n, in column order), numbers what the model sees of them (m), scores what it
makes of those (R). An undecided sample is one whose prediction set does not hold exactly one label.
"""

from __future__ import annotations

from math import fsum
from sys import float_info

from lambda_app.model.columns import SIDES, Columns
from lambda_app.model.format_checks import CLASSIFICATION, InvalidModel, require
from lambda_app.model.links import CALIBRATED, EXPLAINED, SHARES, classifier_link, regressor_link, score_count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, NoReturn

    from lambda_app.model.linear import Linear
    from lambda_app.model.model_parameters import ModelParameters
    from lambda_app.model.trees import Trees

    # Class index, K probabilities, and the prediction set: the classes that reach their threshold, never none (Vovk,
    # "Conditional validity of inductive conformal predictors", 2012).
    Classified = tuple[int, Sequence[float], tuple[int, ...]]
    # The predicted number, and the ends of its interval.
    Regressed = tuple[float, tuple[float, float] | None]

GOLDEN_TOLERANCE = 1e-12


class Explanation:
    """What leads from the typical row's score to a sample's: baseline + Σ contributions = total, on the scale.

    `towards` and `against` are class indices, or None.
    """

    __slots__ = ("against", "baseline", "contributions", "scale", "total", "towards")

    def __init__(self, scale: str, towards: int | None, against: int | None, parts: tuple[float, list[float]]) -> None:
        self.scale, self.towards, self.against = scale, towards, against
        self.baseline, self.contributions = parts
        self.total = fsum([self.baseline, *self.contributions])


class ExplanationUnavailable(Exception):
    """This kind of model has no explanation that adds up."""


class Classifier:
    """A classification model that reproduced its golden rows."""

    def __init__(self, parameters: ModelParameters) -> None:
        """Raises InvalidModel; `load` is the door."""
        self.parameters = parameters
        self.columns = Columns(parameters.columns)
        self._model = _model(parameters, self.columns)
        self._classes = len(parameters.target_names)
        self._kind: str = parameters.link.get("kind", "")
        count = score_count(self._kind, self._classes)
        self._probabilities: Callable[[Sequence[float]], Sequence[float]]
        self._decide: Callable[[Sequence[float], Sequence[float]], int]
        if self._kind == CALIBRATED:
            from lambda_app.model.calibrated import Calibrated

            calibrated = Calibrated(parameters.link, self._classes)
            self._probabilities, self._decide, count = calibrated.probabilities, calibrated.decide, calibrated.scores
            self._calibrated = calibrated
        else:
            self._probabilities, self._decide = classifier_link(parameters.link, self._classes)
        _require_scores(self._model, self.columns, count)
        require(self._kind != SHARES or self._model.gives_shares(), "shares must be averages of trees' probabilities")
        self.coverage, self._thresholds = None, None
        for level, thresholds in parameters.conformal_thresholds.items():
            self.coverage, self._thresholds = float(level), thresholds
        self._prove()

    @property
    def comparisons(self) -> int:
        """The most that one row can need of a tree's comparisons."""
        return self._model.comparisons

    @property
    def explains(self) -> bool:
        """Whether a prediction can be explained."""
        return self._kind != CALIBRATED or self._classes == 2

    def _prove(self) -> None:
        for row in self.parameters.golden_rows:
            probabilities = self.predict(_acceptable(self.columns, row["features"]))[1]
            if any(
                not abs(p - q) <= GOLDEN_TOLERANCE for p, q in zip(probabilities, row["probabilities"], strict=True)
            ):
                raise InvalidModel("the model does not reproduce scikit-learn's probabilities for its golden rows")

    def scores(self, numbers: Sequence[float]) -> list[float]:
        """R scores: log-odds for a softmax, probabilities for a forest. Finite for finite numbers."""
        return self._model.scores(numbers)

    def predict(self, numbers: Sequence[float]) -> Classified:
        """Class index, K probabilities, prediction set."""
        scores = self._model.scores(numbers)
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
            parts = self._calibrated.contributions(self._model, numbers, self.columns.reference)
            return Explanation("probability", 1, None, parts)
        scale = EXPLAINED[self._kind]
        if scale == "probability":
            towards = 1 if self._classes == 2 else label
            weights = [float(k == towards) for k in range(self._classes)]
            return Explanation(scale, towards, None, self._model.contributions(numbers, weights))
        if self._classes == 2:
            return Explanation(scale, 1, 0, self._model.contributions(numbers, [1.0]))
        scores = self._model.scores(numbers)
        runner_up = max((k for k in range(self._classes) if k != label), key=scores.__getitem__)
        weights = [0.0] * self._classes
        weights[label], weights[runner_up] = 1.0, -1.0
        return Explanation(scale, label, runner_up, self._model.contributions(numbers, weights))


class Regressor:
    """A regression model that reproduced its golden rows."""

    explains = True

    def __init__(self, parameters: ModelParameters) -> None:
        """Raises InvalidModel; `load` is the door."""
        self.parameters = parameters
        self.columns = Columns(parameters.columns)
        self._model = _model(parameters, self.columns)
        self._link, self._scale = regressor_link(parameters.link)
        _require_scores(self._model, self.columns, 1)
        interval = parameters.interval
        self.coverage = interval["coverage"] if interval else None
        self._half_width = interval["half_width"] if interval else None
        self._prove()

    @property
    def comparisons(self) -> int:
        """The most that one row can need of a tree's comparisons."""
        return self._model.comparisons

    def _prove(self) -> None:
        for row in self.parameters.golden_rows:
            expected = row["prediction"]
            prediction, _ = self.predict(_acceptable(self.columns, row["features"]))
            if not abs(prediction - expected) <= GOLDEN_TOLERANCE * max(1, abs(expected)):
                raise InvalidModel("the model does not reproduce scikit-learn's predictions for its golden rows")

    def predict(self, numbers: Sequence[float]) -> Regressed:
        """The predicted number and its interval, which is None without an evaluation."""
        (score,) = self._model.scores(numbers)
        half_width = self._half_width
        if half_width is None:
            return self._link(score), None
        low, high = max(score - half_width, -float_info.max), min(score + half_width, float_info.max)
        return self._link(score), (self._link(low), self._link(high))

    def explain(self, numbers: Sequence[float], _: Any = None) -> Explanation:
        """Why this number, in its own unit, or on the scale of its logarithm where the link is one."""
        return Explanation(self._scale, None, None, self._model.contributions(numbers, [1.0]))


def load(parameters: ModelParameters) -> Classifier | Regressor:
    """The model, proved. Raises InvalidModel whatever is wrong with it: nothing else can come out of an artefact."""
    try:
        model = (Classifier if parameters.task == CLASSIFICATION else Regressor)(parameters)
        for example in parameters.examples:
            _acceptable(model.columns, [example["features"][name] for name in model.columns.names])
    except InvalidModel:
        raise
    except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise InvalidModel("the model's numbers do not fit together") from error
    return model


def _model(parameters: ModelParameters, columns: Columns) -> Linear | Trees:
    """What makes scores of numbers; only the kind that the artefact needs is imported."""
    record = parameters.model
    kind = record.get("kind")
    if kind == "linear":
        from lambda_app.model.linear import Linear

        require(all(column["missing"] != SIDES for column in parameters.columns), '"sides" are for trees only')
        return Linear(record, columns)
    if kind == "trees":
        from lambda_app.model.trees import Trees

        return Trees(record, columns)
    return _unknown_kind()


def _unknown_kind() -> NoReturn:
    raise InvalidModel("the model must be of a kind that this code knows")


def _require_scores(model: Linear | Trees, columns: Columns, count: int) -> None:
    require(len(model.scores(columns.reference)) == count, f"the model must have {count} score(s)")


def _acceptable(columns: Columns, values: list[Any]) -> list[float]:
    numbers = columns.numbers(values)
    if numbers is None:
        raise InvalidModel("the model does not accept its own golden rows or examples")
    return numbers
