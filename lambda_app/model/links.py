"""Scores → probabilities. What a classifier's scores mean, and how scikit-learn decides by them.

    {"kind": "softmax" | "one_vs_rest" | "exponential" | "shares", "decides": "above_zero" | "from_zero" | "largest"}
    {"kind": "calibrated", …}  see calibrated.py

Two classes have one score z, for class 1, except for shares, which are the K probabilities themselves.
"""

from __future__ import annotations

from math import exp, fsum

from lambda_app.model.artefact.format_checks import require

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    Probabilities = Callable[[Sequence[float]], Sequence[float]]

ABOVE_ZERO, FROM_ZERO, LARGEST = "above_zero", "from_zero", "largest"
CALIBRATED, SHARES = "calibrated", "shares"


def sigmoid(score: float) -> float:
    """1 / (1 + e^-score), without overflow for any float."""
    if score >= 0:
        return 1 / (1 + exp(-score))
    exponential = exp(score)
    return exponential / (1 + exponential)


def softmax(scores: Sequence[float]) -> Sequence[float]:
    """e^score over their sum; the largest score is taken off first so that nothing overflows."""
    largest = max(scores)
    exponentials = [exp(score - largest) for score in scores]
    total = fsum(exponentials)
    return [exponential / total for exponential in exponentials]


def one_vs_rest(scores: Sequence[float]) -> Sequence[float]:
    """Each class's own sigmoid over their sum, as scikit-learn's one-vs-rest does; uniform where all vanish."""
    sigmoids = [sigmoid(score) for score in scores]
    total = fsum(sigmoids)
    return [s / total for s in sigmoids] if total > 0 else [1 / len(scores)] * len(scores)


def of_two(scores: Sequence[float]) -> Sequence[float]:
    """The softmax of (0, z)."""
    one = sigmoid(scores[0])
    return 1 - one, one


def of_two_exponential(scores: Sequence[float]) -> Sequence[float]:
    """Boosting with the exponential loss: its score is half the log-odds."""
    one = sigmoid(2 * scores[0])
    return 1 - one, one


def shares(scores: Sequence[float]) -> Sequence[float]:
    """Forests add up probabilities."""
    return scores


def is_largest(scores: Sequence[float], probabilities: Sequence[float]) -> int:
    """The class of the largest probability; the first of equals."""
    return probabilities.index(max(probabilities))


def is_largest_score(scores: Sequence[float], probabilities: Sequence[float]) -> int:
    """The class of the largest score; the first of equals. Scores may differ where probabilities have met at 1."""
    return scores.index(max(scores))


def is_above_zero(scores: Sequence[float], probabilities: Sequence[float]) -> int:
    """Class 1 where its score is greater than zero."""
    return 1 if scores[0] > 0 else 0


def is_from_zero(scores: Sequence[float], probabilities: Sequence[float]) -> int:
    """Class 1 where its score is zero or more."""
    return 1 if scores[0] >= 0 else 0


# (kind, decides, whether there are two classes) → how. Nothing else exists.
CLASSIFIERS: dict[tuple[str, str, bool], tuple[Probabilities, Any]] = {
    ("softmax", ABOVE_ZERO, True): (of_two, is_above_zero),
    ("softmax", FROM_ZERO, True): (of_two, is_from_zero),
    ("exponential", FROM_ZERO, True): (of_two_exponential, is_from_zero),
    ("softmax", LARGEST, False): (softmax, is_largest_score),
    ("one_vs_rest", LARGEST, False): (one_vs_rest, is_largest_score),
    (SHARES, LARGEST, True): (shares, is_largest),
    (SHARES, LARGEST, False): (shares, is_largest),
}


def score_count(kind: str, classes: int) -> int:
    """How many scores a link needs: one for two classes, unless they are the probabilities themselves."""
    return 1 if classes == 2 and kind != SHARES else classes


def classifier_link(link: dict[str, Any], classes: int) -> tuple[Probabilities, Any]:
    """Scores → K probabilities, and (scores, probabilities) → class. Raises InvalidModel for what does not exist."""
    require(set(link) == {"kind", "decides"}, "a link of classes must hold kind and decides")
    require(type(link["kind"]) is str and type(link["decides"]) is str, "a link's kind and decides must be texts")
    found = CLASSIFIERS.get((link["kind"], link["decides"], classes == 2))
    require(found is not None, "the link must be one that this code knows, for this number of classes")
    return found  # type: ignore[return-value]
