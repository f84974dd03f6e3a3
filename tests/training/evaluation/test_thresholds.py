"""Rounding and scaling folded into thresholds, checked value by value around each."""

import numpy as np
import pytest

from training.errors import UnsupportedModel
from training.export.kinds.ensemble import LARGEST
from training.export.kinds.thresholds import folded_threshold, rounded_threshold

LARGEST_SINGLE = float(np.finfo(np.float32).max)
GENERATOR = np.random.default_rng(0)
THRESHOLDS = np.concatenate(
    [
        GENERATOR.normal(size=500) * 10.0 ** GENERATOR.integers(-45, 38, 500),
        GENERATOR.normal(size=500).astype(np.float32),  # a 32-bit number is its own largest one
        (GENERATOR.integers(0, 2000, 500) / 10),
        [0.0, -0.0, 5e-324, -5e-324, 1e-45, -1e-45, 1.0, 2.0**24, 2.0**24 + 1, -(2.0**24) - 1, 1e38, -1e38],
    ]
)


def test_the_double_is_the_last_that_32_bits_round_down():
    limits = rounded_threshold(THRESHOLDS)
    assert (limits.astype(np.float32).astype(np.float64) <= THRESHOLDS).all()
    assert (np.nextafter(limits, np.inf).astype(np.float32).astype(np.float64) > THRESHOLDS).all()


def test_ties_go_to_the_even_neighbour():
    """1 is even, the next 32-bit number is odd and the one after even: a midpoint goes left, then right."""
    gap = 2.0**-23
    limits = rounded_threshold(np.array([1.0, 1.0 + gap]))
    assert limits.tolist() == [1.0 + gap / 2, np.nextafter(1.0 + 1.5 * gap, 0.0)]


def test_no_32_bit_number_above_means_the_largest_double():
    thresholds = np.array([LARGEST_SINGLE, 1e300, np.inf])
    assert rounded_threshold(thresholds).tolist() == [LARGEST] * 3


@pytest.mark.parametrize("rounds", [True, False])
@pytest.mark.parametrize(
    "column",
    [
        lambda x: x,
        lambda x: (x - 0.1) / 3.7,
        lambda x: x * 0.037 + 11.3,
        lambda x: np.clip(x * 3, -1e30, 1e30),
        np.cbrt,
    ],
)
def test_folding_is_exact_to_the_bit(column, rounds):
    thresholds = THRESHOLDS[np.abs(THRESHOLDS) < 1e29]
    limits = folded_threshold(column, thresholds, rounds=rounds)
    below, above = column(limits), column(np.nextafter(limits, np.inf))
    if rounds:
        below, above = below.astype(np.float32).astype(np.float64), above.astype(np.float32).astype(np.float64)
    assert (below <= thresholds).all()
    assert (above > thresholds).all()


def test_a_split_between_given_and_missing_sends_every_number_left():
    assert folded_threshold(lambda x: x / 7, np.array([np.inf, 1.0]), rounds=False).tolist() == [
        LARGEST,
        7.0,
    ]


def test_a_falling_column_is_refused():
    with pytest.raises(UnsupportedModel, match="falls where its value rises"):
        folded_threshold(lambda x: -x, np.array([1.0]), rounds=True)
