"""What training never saw, learnt from the table: ordered pairs, and from when on a sample looks wrong."""

from __future__ import annotations

import numpy as np

FOLDS = 10
LARGEST_SHARE = 0.009  # of honest held-out rows that may be suspect, by all three rules together
TRIED_SHARES = (0.008, 0.007, 0.006, 0.005, 0.004, 0.003, 0.002, 0.001, 0.0)  # by each rule
SMALLEST = {"far": 0.5, "out_of_range": 4, "broken_pairs": 2}
LARGEST_ROWS = 5_000


def ordered_pairs(values: np.ndarray) -> list[list[int]]:
    """[i, j] where column i ≤ column j in every row that holds both; only those that don't follow from others.

    `values` is rows × n with NaN for what is missing or no number. Columns that are always equal make no pair.
    """
    below = _below(values)
    # i ≤ k ≤ j implies i ≤ j: keep what no third column explains
    implied = (below.astype(np.float32) @ below.astype(np.float32)) > 0
    return [[int(low), int(high)] for low, high in np.argwhere(below & ~implied)]


def _below(values: np.ndarray) -> np.ndarray:
    """n × n, whether i ≤ j in every row, and i < j in one."""
    n = values.shape[1]
    result = np.zeros((n, n), dtype=bool)
    present = ~np.isnan(values)
    for low in range(n):
        both = present & present[:, [low]]
        with np.errstate(invalid="ignore"):
            differences = values - values[:, [low]]
        never_above = ~((differences < 0) & both).any(axis=0)
        result[low] = never_above & ((differences > 0) & both).any(axis=0)
    # a column that is missing where others are present must not make the order run in a circle
    return result & ~result.T


def suspicion(values: np.ndarray) -> dict[str, float]:
    """The bounds of the three rules of lambda_app/sample_warnings.py.

    They are the smallest, from the plain ones on, that suspect less than one row in a hundred when ranges and pairs
    come from the other folds: skewed columns, whose next honest row may lie far outside, get wider ones. `values` as
    above.
    """
    generator = np.random.default_rng(0)
    rows = generator.permutation(len(values))[:LARGEST_ROWS]
    if len(rows) < 2 * FOLDS:
        return dict(SMALLEST)
    farthest, outside, broken = [], [], []
    for held_out in np.array_split(rows, FOLDS):
        seen, new = values[np.setdiff1d(rows, held_out)], values[held_out]
        with np.errstate(all="ignore"):
            minimum, maximum = np.fmin.reduce(seen), np.fmax.reduce(seen)
            excess = np.fmax(minimum - new, new - maximum)
            width = maximum - minimum
            widths = np.where(excess > 0, np.where(width > 0, excess / width, np.inf), 0.0)
        farthest += np.nan_to_num(widths, nan=0.0, posinf=np.finfo(float).max).max(axis=1).tolist()
        outside += (excess > 0).sum(axis=1).tolist()
        lows, highs = np.nonzero(_below(seen))
        with np.errstate(invalid="ignore"):
            broken += (new[:, lows] > new[:, highs]).sum(axis=1).tolist()
    seen_values = np.array([farthest, outside, broken])
    for share in TRIED_SHARES:
        bounds = {
            "far": max(SMALLEST["far"], _bound(farthest, share)),
            "out_of_range": int(max(SMALLEST["out_of_range"], _bound(outside, share) + 1)),
            "broken_pairs": int(max(SMALLEST["broken_pairs"], _bound(broken, share) + 1)),
        }
        far, many, upside_down = seen_values
        suspect = (far > bounds["far"]) | (many >= bounds["out_of_range"]) | (upside_down >= bounds["broken_pairs"])
        if suspect.mean() <= LARGEST_SHARE:
            break
    return bounds


def _bound(values: list[float], share: float) -> float:
    """What at most this share of values exceeds."""
    return float(np.sort(values)[len(values) - 1 - int(share * len(values))])
