"""What a model does in truth, on rows whose true probabilities are known: expectations, no outcome is drawn."""

from __future__ import annotations

import numpy as np

from training.evaluation.measures.calibration import NARROWEST


def of_metrics(scores: np.ndarray, chances: np.ndarray) -> dict[str, float]:
    """By the metrics' names; both are rows × K: what the model says, and what is true."""
    rows, classes = chances.shape
    answers = scores.argmax(axis=1)
    squares = (scores**2).sum(axis=1) - 2 * (scores * chances).sum(axis=1) + 1
    shown = [1] if classes == 2 else range(classes)
    found = {
        **of_answers(scores, chances),
        "roc_auc": float(np.mean([_area(scores[:, k], chances[:, k]) for k in shown])),
        "log_loss": float(-(chances * np.log(np.maximum(scores, np.finfo(float).eps))).sum(axis=1).mean()),
        "brier": float(squares.mean()) / (2 if classes == 2 else 1),
    }
    confidences, hits = (scores[:, 1], chances[:, 1]) if classes == 2 else (
        scores.max(axis=1), chances[np.arange(rows), answers],
    )  # fmt: skip
    found["calibration_intercept"], found["calibration_slope"] = _line(confidences, hits)
    return found


def of_answers(scores: np.ndarray, chances: np.ndarray) -> dict[str, float]:
    """The share that is answered rightly, of all and of each class."""
    answers = scores.argmax(axis=1)
    shares = [float(chances[answers == k, k].sum() / chances[:, k].sum()) for k in range(scores.shape[1])]
    found = {f"recall_{k}": share for k, share in enumerate(shares)}
    right = float(chances[np.arange(len(chances)), answers].mean())
    return {**found, "accuracy": right, "sensitivity": shares[1], "specificity": shares[0]}


def of_threshold(scores: np.ndarray, chances: np.ndarray, threshold: float) -> tuple[float, float]:
    """Sensitivity and specificity of calling what reaches the threshold."""
    called = scores >= threshold
    return float(chances[called].sum() / chances.sum()), float((1 - chances[~called]).sum() / (1 - chances).sum())


def of_bin(scores: np.ndarray, chances: np.ndarray, low: float, high: float) -> float | None:
    """How often the event comes about where the stated probability lies in [low, high); None where that is too rare."""
    answers = np.arange(len(scores)), scores.argmax(axis=1)
    stated, true = (scores[:, 1], chances[:, 1]) if scores.shape[1] == 2 else (scores[answers], chances[answers])
    inside = (stated >= low) & ((stated < high) | (high == 1))
    return float(true[inside].mean()) if inside.sum() >= 20 else None


def codes_like(known: np.ndarray, codes: np.ndarray, values: np.ndarray) -> np.ndarray:
    """New values parted where the known ones were."""
    ends = [known[codes == group].max() for group in np.unique(codes)][:-1]
    return np.searchsorted(ends, values, side="left")


def _area(scores: np.ndarray, chances: np.ndarray) -> float:
    """Of continuous scores, or of scores with ties, which count half."""
    distinct, place = np.unique(scores, return_inverse=True)
    ups, downs = np.bincount(place, chances, len(distinct)), np.bincount(place, 1 - chances, len(distinct))
    return float((ups * (np.cumsum(downs) - downs / 2)).sum() / (ups.sum() * downs.sum()))


def _line(confidences: np.ndarray, chances: np.ndarray) -> tuple[float, float]:
    """Intercept and slope of the truth on the stated log-odds, by Newton's method."""
    clipped = np.clip(confidences, NARROWEST, 1 - NARROWEST)
    scores = np.log(clipped / (1 - clipped))
    design, found = np.column_stack([np.ones(len(scores)), scores]), np.array([0.0, 1.0])
    for _ in range(50):
        expected = 1 / (1 + np.exp(-design @ found))
        bends = (design * (expected * (1 - expected))[:, None]).T @ design
        step = np.linalg.solve(bends, design.T @ (chances - expected))
        found = found + step
        if np.abs(step).max() < 1e-9:
            break
    return float(found[0]), float(found[1])
