"""Many penalised fits at once, as the recipes fit them, each to its own weights of the same rows.

A weight of 0 leaves a row out, as a fold does; 2 counts it twice, as a bootstrap does. All arrays are float64.
"""

from __future__ import annotations

import numpy as np

STEPS, SMALL_GRADIENT = 60, 1e-7
FREE = 1e-9  # on the intercepts of more than two classes, of which one is one too many


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities from scores, over the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def logistic(features: np.ndarray, labels: np.ndarray, weights: np.ndarray, classes: int, c: float = 1.0) -> np.ndarray:
    """Coefficients, fits × classes × (1 + columns), intercept first: StandardScaler, then LogisticRegression(C=c).

    `weights` is fits × rows. Of two classes, those of class 0 are 0.
    """
    design = np.column_stack([np.ones(len(features)), features])
    penalty = scales(features, weights) ** 2 / c
    first = 1 if classes == 2 else 0
    free = classes - first
    penalty = np.tile(np.column_stack([np.full(len(weights), FREE if first == 0 else 0.0), penalty]), free)
    outcomes = np.eye(classes)[labels][:, first:]
    width = design.shape[1]
    outer = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    line = np.zeros((len(weights), free * width))
    loss = np.full(len(weights), np.inf)
    for _ in range(STEPS):
        probabilities = _probabilities(line, design, first)[..., first:]
        residuals = weights[..., None] * (outcomes - probabilities)
        gradient = np.einsum("fnk,nq->fkq", residuals, design, optimize=True).reshape(line.shape) - penalty * line
        if np.abs(gradient).max() < SMALL_GRADIENT:
            break
        hessian = np.empty((len(weights), free, width, free, width))
        for one in range(free):
            for other in range(free):
                both = weights * probabilities[..., one] * ((one == other) - probabilities[..., other])
                hessian[:, one, :, other] = (both @ outer).reshape(-1, width, width)
        hessian = hessian.reshape(len(weights), free * width, -1)
        index = np.arange(free * width)
        hessian[:, index, index] += penalty
        step = np.linalg.solve(hessian, gradient[..., None])[..., 0]
        line, loss = _descended(line, step, lambda at: _loss(at, design, labels, weights, penalty, first), loss)
    found = np.zeros((len(weights), classes, width))
    found[:, first:] = line.reshape(len(weights), free, width)
    return found


def probabilities_of(coefficients: np.ndarray, features: np.ndarray) -> np.ndarray:
    """fits × rows × classes."""
    scores = coefficients[:, :, 1:] @ features.T + coefficients[:, :, :1]
    return softmax(scores.transpose(0, 2, 1))


def ridge(features: np.ndarray, targets: np.ndarray, weights: np.ndarray, penalty: float) -> np.ndarray:
    """Coefficients, fits × (1 + columns), intercept first: StandardScaler, then Ridge(alpha=penalty)."""
    design = np.column_stack([np.ones(len(features)), features])
    outer = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    width = design.shape[1]
    table = (weights @ outer).reshape(-1, width, width)
    index = np.arange(1, width)
    table[:, index, index] += penalty * scales(features, weights) ** 2
    return np.asarray(np.linalg.solve(table, ((weights * targets) @ design)[..., None])[..., 0])


def scales(features: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Standard deviations, fits × columns."""
    total = weights.sum(axis=1, keepdims=True)
    centred = features - features.mean(axis=0)
    return np.asarray(np.sqrt(weights @ centred**2 / total - (weights @ centred / total) ** 2))


def _probabilities(line: np.ndarray, design: np.ndarray, first: int) -> np.ndarray:
    scores = line.reshape(len(line), -1, design.shape[1]) @ design.T
    if first:
        scores = np.concatenate([np.zeros_like(scores), scores], axis=1)
    return softmax(scores.transpose(0, 2, 1))


def _loss(line, design, labels, weights, penalty, first):
    own = _probabilities(line, design, first)[:, np.arange(len(labels)), labels]
    return -(weights * np.log(np.maximum(own, 1e-300))).sum(axis=1) + (penalty * line**2).sum(axis=1) / 2


def _descended(line, step, loss_at, before):
    """The step, halved for those fits whose loss it would raise."""
    size = np.ones(len(line))
    for _ in range(20):
        moved = line + size[:, None] * step
        loss = loss_at(moved)
        worse = loss > before + 1e-9
        if not worse.any():
            break
        size[worse] /= 2
    return moved, loss
