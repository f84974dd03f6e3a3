"""The probability of class 1 from which on scikit-learn's threshold classifiers say class 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from lambda_app.model.links import sigmoid
from training.errors import UnsupportedModel


def decision_threshold(classifier: Any, link: dict[str, Any]) -> float:
    """Of a fitted FixedThresholdClassifier or TunedThresholdClassifierCV. Raises UnsupportedModel."""
    shares = link["kind"] in ("shares", "calibrated")
    is_score = _uses_scores(classifier)
    if is_score and shares:
        raise UnsupportedModel("response_method='decision_function' can't be exported here: use 'predict_proba'")
    threshold = getattr(classifier, "best_threshold_", None)
    if threshold is None:
        threshold = classifier.threshold
    if threshold == "auto":
        threshold = 0.0 if is_score else 0.5
    positive = _positive(classifier)
    one_is_positive = positive is None or positive == classifier.classes_[1]
    if is_score:
        threshold = sigmoid(float(threshold) if one_is_positive else -float(threshold))
    elif not one_is_positive:
        if shares:
            raise UnsupportedModel(
                f"pos_label={positive!r} can't be exported for this kind of model, whose two probabilities "
                f"don't add up to 1 exactly: use pos_label={classifier.classes_.tolist()[1]!r}"
            )
        threshold = _smallest_one(float(threshold))
    if not 0 < threshold <= 1:
        raise UnsupportedModel("a decision threshold must be above 0 and at most 1")
    return float(threshold)


def _positive(classifier: Any) -> Any:
    """The class that is said from the threshold on; of a tuned one its scorer knows. None: class 1."""
    scorer = getattr(classifier, "_curve_scorer", None)
    return classifier.pos_label if scorer is None else scorer._get_pos_label()


def _uses_scores(classifier: Any) -> bool:
    method = classifier.response_method
    return method == "decision_function" or (method == "auto" and not hasattr(classifier.estimator_, "predict_proba"))


def _smallest_one(threshold: float) -> float:
    """The smallest p1 with 1 - p1 < threshold: class 0 is said where p0 reaches the threshold. By bisection."""
    low, high = 0.0, 1.0
    while np.nextafter(low, 1.0) < high:
        middle = (low + high) / 2
        low, high = (low, middle) if 1 - middle < threshold else (middle, high)
    return high
