"""The rows that every load of the artefact must reproduce."""

from __future__ import annotations

import numpy as np

NEAREST = 2
MINIMUM = 5


def golden_rows(features: np.ndarray, probabilities: np.ndarray) -> list[dict[str, list[float]]]:
    """At least five real rows with scikit-learn's probabilities, near and far from the boundary.

    They are the two nearest to it, two middling ones, and the surest of each class.
    `features` is rows × n, without missing values; `probabilities` rows × K.
    """
    ranked = np.sort(probabilities, axis=1)
    by_margin = np.argsort(ranked[:, -1] - ranked[:, -2], kind="stable")
    surest = [int(np.argmax(probabilities[:, label])) for label in range(probabilities.shape[1])]
    middling = by_margin[[len(by_margin) // 4, len(by_margin) // 2]]
    chosen = list(dict.fromkeys([*by_margin[:NEAREST].tolist(), *middling.tolist(), *surest, *by_margin.tolist()]))
    count = max(MINIMUM, NEAREST + len(middling) + len(set(surest)))
    return [
        {"features": features[row].tolist(), "probabilities": probabilities[row].tolist()} for row in chosen[:count]
    ]
