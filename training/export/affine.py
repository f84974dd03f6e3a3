"""What a fitted preprocessing does to each feature, as one line: imputation, then (value - centre) / scale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

from training.errors import UnsupportedModel

SUPPORTED = (SimpleImputer, StandardScaler, MinMaxScaler, RobustScaler, MaxAbsScaler)


@dataclass(frozen=True)
class Affine:
    """`imputations` (n, or None) stand in for missing values; then every feature is (value - centres) / scales."""

    imputations: np.ndarray | None
    centres: np.ndarray
    scales: np.ndarray

    def fill(self, features: np.ndarray) -> np.ndarray:
        """The features (rows × n) with missing values (NaN) filled in."""
        return features if self.imputations is None else np.where(np.isnan(features), self.imputations, features)


def supported_steps(steps: Iterable[Any]) -> list[Any]:
    """The steps that do something. Raises UnsupportedModel where one is of a kind that can't be exported."""
    active = [step for step in steps if step is not None and step != "passthrough"]
    for step in active:
        name = type(step).__name__
        _require(
            type(step) in SUPPORTED,
            f"{name} can't be exported as a preprocessing step: SimpleImputer (first), StandardScaler, MinMaxScaler, "
            "RobustScaler and MaxAbsScaler can, and anything else can be applied before the data is sent",
        )
    return active


def affine_of(steps: Iterable[Any], width: int) -> Affine:
    """All preprocessing steps in one, for `width` features. Raises UnsupportedModel."""
    result = Affine(None, np.zeros(width), np.ones(width))
    for number, step in enumerate(steps):
        if type(step) is SimpleImputer:
            _require(number == 0, "SimpleImputer must be the first step: it fills in values as they come in, unscaled")
            result = Affine(_imputations(step, width), result.centres, result.scales)
        else:
            centres, scales = _scaler(step)
            result = Affine(result.imputations, result.centres + result.scales * centres, result.scales * scales)
    return result


def _require(condition: bool, sentence: str) -> None:
    if not condition:
        raise UnsupportedModel(sentence)


def _imputations(step: SimpleImputer, width: int) -> np.ndarray:
    missing = step.missing_values
    is_nan = isinstance(missing, float) and np.isnan(missing)
    _require(
        is_nan, f"SimpleImputer(missing_values={missing!r}): only missing_values=np.nan works (JSON null means missing)"
    )
    _require(not step.add_indicator, "SimpleImputer(add_indicator=True) adds features: use add_indicator=False")
    try:
        statistics = np.asarray(step.statistics_, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UnsupportedModel("SimpleImputer of non-numeric features: encode them as numbers first") from error
    empty = statistics.shape != (width,) or not np.isfinite(statistics).all()
    _require(not empty, "SimpleImputer met a feature without any value in training: drop that feature")
    return statistics


def _scaler(step: Any) -> tuple[Any, Any]:
    """Centre and scale (n floats each, or one) of one fitted scaler: it computes (value - centre) / scale."""
    kind = type(step)
    if kind is StandardScaler:
        return step.mean_ if step.with_mean else 0.0, step.scale_ if step.with_std else 1.0
    if kind is RobustScaler:
        return step.center_ if step.with_centering else 0.0, step.scale_ if step.with_scaling else 1.0
    # MaxAbsScaler learnt to clip in scikit-learn 1.8; older ones don't have the attribute
    _require(not getattr(step, "clip", False), f"{kind.__name__}(clip=True) is no straight line: use clip=False")
    return (0.0, step.scale_) if kind is MaxAbsScaler else (-step.min_ / step.scale_, 1 / step.scale_)
