"""Thresholds in the caller's own units: what lies in front of a comparison is folded into the number compared with.

A row goes left where `round(transform(x)) <= t`. Rounding and scaling are monotone, so that this is `x <= T` for one
double T, which is searched for among the doubles themselves: rearranging the scaler's formula is off by a bit.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from training.errors import UnsupportedModel
from training.export.kinds.ensemble import LARGEST

SIGN = np.uint64(1 << 63)


def rounded_threshold(thresholds: np.ndarray) -> np.ndarray:
    """The doubles T with `x <= T` exactly where `float32(x) <= t`, for finite 64-bit x.

    The midpoint of the largest float32 up to t and the next one, or the double below it where the tie rounds up.
    """
    with np.errstate(over="ignore"):
        below = thresholds.astype(np.float32)
        below = np.where(below.astype(np.float64) > thresholds, np.nextafter(below, np.float32(-np.inf)), below)
        above = np.nextafter(below, np.float32(np.inf)).astype(np.float64)
        middle = (below.astype(np.float64) + above) / 2
        rounds_up = middle.astype(np.float32).astype(np.float64) > thresholds
    result = np.where(rounds_up, np.nextafter(middle, -np.inf), middle)
    return np.where(np.isinf(above), LARGEST, result)  # scikit-learn takes nothing beyond the largest float32


def folded_threshold(column: Callable[[np.ndarray], np.ndarray], thresholds: np.ndarray, *, rounds: bool) -> np.ndarray:
    """The doubles T with `x <= T` exactly where the transformed x goes left. Raises UnsupportedModel if none does.

    `column` maps raw values to one column of the matrix; all thresholds are searched for at once, in 65 calls.
    """
    limits = rounded_threshold(thresholds) if rounds else np.minimum(thresholds, LARGEST)

    def goes_left(values: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return column(values) <= limits

    if _parts(goes_left, limits):  # nothing in front: no search
        return limits
    low, high = np.full(len(limits), _rank(-LARGEST)), np.full(len(limits), _rank(LARGEST))
    always = goes_left(_double(high))
    if not goes_left(_double(low)).all():
        raise UnsupportedModel(
            "a column in front of the trees falls where its value rises, or is cut off: leave it as it is"
        )
    while (high - low > 1).any():
        middle = low + (high - low) // np.uint64(2)
        left = goes_left(_double(middle))
        low, high = np.where(left, middle, low), np.where(left, high, middle)
    return np.where(always, LARGEST, _double(low))


def _parts(goes_left: Callable[[np.ndarray], np.ndarray], values: np.ndarray) -> bool:
    last = values == LARGEST  # nothing finite is above it
    above = np.nextafter(np.where(last, 0.0, values), np.inf)
    return bool((goes_left(values) & (last | ~goes_left(above))).all())


def _rank(value: float) -> np.uint64:
    """The place of a double among all doubles, as a whole number."""
    bits = np.array(value, dtype=np.float64).view(np.uint64)
    return np.uint64(~bits if bits & SIGN else bits | SIGN)


def _double(ranks: np.ndarray) -> np.ndarray:
    return np.where(ranks & SIGN, ranks & ~SIGN, ~ranks).astype(np.uint64).view(np.float64)
