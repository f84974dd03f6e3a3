"""Several models' own steps as one: their matrices side by side, for models that are averaged."""

from __future__ import annotations

from typing import Any

import numpy as np

from training.export.steps.preprocessing import Output, follow, handles


class SideBySide:
    """A transformer of fitted parts, each a list of steps that start from the same table."""

    def __init__(self, parts: list[list[Any]]) -> None:
        self.parts = parts

    def transform(self, features: Any) -> np.ndarray:
        """Their matrices (rows × (M of the first + M of the second + …))."""
        return np.hstack([_through(part, features) for part in self.parts])


@handles("SideBySide")
def _side_by_side(transformer: SideBySide, outputs: list[Output]) -> list[Output]:
    found: list[Output] = []
    for part in transformer.parts:
        own = outputs
        for step in part:
            own = follow(step, own)
        found += own
    return found


def _through(steps: list[Any], features: Any) -> np.ndarray:
    for step in steps:
        if step is not None and step != "passthrough":
            features = step.transform(features)
    return np.asarray(features.toarray() if hasattr(features, "toarray") else features, dtype=np.float64)
