"""The steps in front of a model, read symbolically: what each column of the matrix is made of.

A number that is only imputed and scaled is followed exactly, as (value - centre) / scale. What an encoder makes of a
column is not followed but probed (see `prepared.py`); here it is only known that it is something of that encoder's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from training.errors import UnsupportedModel

GIVEN, MISSING, ENCODED = "given", "missing", "encoded"


@dataclass(frozen=True)
class Output:
    """One column of the matrix. `columns` are the input columns it may depend on; more than one only if encoded."""

    columns: tuple[int, ...]
    kind: str  # given: (value - centre) / scale; missing: the same of 1 where the value is missing, else 0; encoded
    centre: float = 0.0
    scale: float = 1.0
    fill: float | None = None  # stands in for a missing value, in the column's own units
    clipped: str | None = None  # the scaler that cuts values off: trees fold that in, a weighted sum can't


Handler = Callable[[Any, list[Output]], list[Output]]
HANDLERS: dict[str, Handler] = {}

OWN_CODE = "own code can't travel in the artefact: apply it before the data is sent"
HINTS = {
    "PCA": "it works right in front of a linear model; trees do as well without it",
    "PolynomialFeatures": "its numbers depend on two columns; use trees, which find products themselves",
    "Normalizer": "its numbers depend on all columns; use StandardScaler",
    "QuantileTransformer": "use trees, which need no such transformation, or StandardScaler",
    "PowerTransformer": "use trees, which need no such transformation, or StandardScaler",
    "KBinsDiscretizer": "use trees, which find their own bins",
    "KNNImputer": "it would need the training data; use SimpleImputer, or HistGradientBoosting without an imputer",
    "IterativeImputer": "its numbers depend on all columns; use SimpleImputer, or HistGradientBoosting without one",
    "CountVectorizer": "texts of many words can't be served; send numbers made of them",
    "TfidfVectorizer": "texts of many words can't be served; send numbers made of them",
    "HashingVectorizer": "texts of many words can't be served; send numbers made of them",
    "SplineTransformer": "use trees, which bend by themselves",
    "FeatureUnion": "use a ColumnTransformer, in which each column is used once",
}


def handles(*names: str) -> Callable[[Handler], Handler]:
    """Register how transformers of these class names treat the columns they are given."""

    def register(handler: Handler) -> Handler:
        HANDLERS.update(dict.fromkeys(names, handler))
        return handler

    return register


def follow(transformer: Any, outputs: list[Output]) -> list[Output]:
    """What a fitted transformer makes of these. Raises UnsupportedModel, naming what would work."""
    if transformer is None or isinstance(transformer, str):
        return [] if transformer == "drop" else outputs
    name = type(transformer).__name__
    own = type(transformer).__module__.startswith(("sklearn.", "training.export."))
    if name not in HANDLERS or not own:
        hint = HINTS.get(name, f"these can stand in front of a model: {', '.join(sorted(HANDLERS))}")
        raise UnsupportedModel(f"{name} can't be exported as a preprocessing step: {hint}")
    return HANDLERS[name](transformer, outputs)


@handles("Pipeline")
def _pipeline(pipeline: Any, outputs: list[Output]) -> list[Output]:
    for _, step in pipeline.steps:
        outputs = follow(step, outputs)
    return outputs


@handles("ColumnTransformer")
def _column_transformer(transformer: Any, outputs: list[Output]) -> list[Output]:
    names = [str(name) for name in getattr(transformer, "feature_names_in_", [])]
    made: dict[int, list[Output]] = {}
    for name, step, columns in transformer.transformers_:
        chosen = [outputs[position] for position in _positions(columns, names, len(outputs))]
        if chosen and not (isinstance(step, str) and step == "drop"):
            made[transformer.output_indices_[name].start] = follow(step, chosen)
    return [output for start in sorted(made) for output in made[start]]


def _positions(columns: Any, names: Sequence[str], width: int) -> list[int]:
    """The positions that a ColumnTransformer's specification of columns means."""
    if isinstance(columns, slice):
        if isinstance(columns.start, str) or isinstance(columns.stop, str):
            start = 0 if columns.start is None else names.index(columns.start)
            stop = width if columns.stop is None else names.index(columns.stop) + 1  # labels include their end
            return list(range(start, stop))
        return list(range(width))[columns]
    listed = [columns] if isinstance(columns, (str, int)) else list(columns)
    if listed and all(isinstance(item, (bool, np.bool_)) for item in listed):
        return [position for position, item in enumerate(listed) if item]
    return [names.index(item) if isinstance(item, str) else int(item) % width for item in listed]


def _as_filled_in(imputer: Any, statistic: Any) -> Any:
    """Of a table of 32-bit floats the averages have 64 bits, and lose half of them when they stand in."""
    kept = getattr(imputer, "_fill_dtype", None)  # since 1.6; the proof would notice where it means something else
    return np.asarray(statistic).astype(kept) if kept == np.float32 else statistic


@handles("SimpleImputer")
def _imputer(imputer: Any, outputs: list[Output]) -> list[Output]:
    marker = imputer.missing_values
    own = any(output.kind != ENCODED for output in outputs)
    if own and not (marker is None or (isinstance(marker, float) and np.isnan(marker)) or str(marker) == "<NA>"):
        raise UnsupportedModel(
            f"SimpleImputer(missing_values={marker!r}): only missing_values=np.nan works (JSON null means missing)"
        )
    result = []
    for output, statistic in zip(outputs, imputer.statistics_, strict=True):
        empty = isinstance(statistic, float) and np.isnan(statistic)
        if empty and imputer.strategy != "constant" and not imputer.keep_empty_features:
            raise UnsupportedModel("SimpleImputer met a feature without any value in training: drop that feature")
        if output.kind == GIVEN and output.fill is None and (empty or _is_real(statistic)):
            # In the column's own units: the imputer may stand behind a scaler
            stand_in = 0.0 if empty else float(_as_filled_in(imputer, statistic))
            result.append(replace(output, fill=stand_in * output.scale + output.centre))
        else:
            result.append(output if output.kind != GIVEN or output.fill is not None else encoded(output))
    if imputer.add_indicator:
        flags = imputer.indicator_.features_.tolist()
        result += [
            replace(encoded(outputs[flag]), kind=MISSING if outputs[flag].kind == GIVEN else ENCODED) for flag in flags
        ]
    return result


def _is_real(value: Any) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating)) and bool(np.isfinite(value))


def encoded(*outputs: Output) -> Output:
    """A matrix column that an encoder made of these."""
    return Output(tuple(sorted({column for output in outputs for column in output.columns})), ENCODED)


def _scaled(outputs: list[Output], centres: Any, scales: Any) -> list[Output]:
    count = len(outputs)
    pairs = zip(outputs, np.broadcast_to(centres, count), np.broadcast_to(scales, count), strict=True)
    return [
        output
        if output.kind == ENCODED
        else replace(output, centre=output.centre + output.scale * centre, scale=output.scale * scale)
        for output, centre, scale in pairs
    ]


@handles("StandardScaler")
def _standard_scaler(scaler: Any, outputs: list[Output]) -> list[Output]:
    centres = scaler.mean_ if scaler.with_mean else 0.0
    return _scaled(outputs, centres, scaler.scale_ if scaler.with_std else 1.0)


@handles("RobustScaler")
def _robust_scaler(scaler: Any, outputs: list[Output]) -> list[Output]:
    centres = scaler.center_ if scaler.with_centering else 0.0
    return _scaled(outputs, centres, scaler.scale_ if scaler.with_scaling else 1.0)


@handles("MinMaxScaler")
def _min_max_scaler(scaler: Any, outputs: list[Output]) -> list[Output]:
    return _clipped(scaler, _scaled(outputs, -scaler.min_ / scaler.scale_, 1 / scaler.scale_))


@handles("MaxAbsScaler")
def _max_abs_scaler(scaler: Any, outputs: list[Output]) -> list[Output]:
    return _clipped(scaler, _scaled(outputs, 0.0, scaler.scale_))


def _clipped(scaler: Any, outputs: list[Output]) -> list[Output]:
    # MaxAbsScaler learnt to clip in scikit-learn 1.8; older ones don't have the attribute
    if not getattr(scaler, "clip", False):
        return outputs
    return [replace(output, clipped=type(scaler).__name__) for output in outputs]


@handles("FunctionTransformer")
def _function(transformer: Any, outputs: list[Output]) -> list[Output]:
    # Without a function, it is what a ColumnTransformer makes of "passthrough"; HistGradientBoosting has one that checks
    checks = getattr(transformer.func, "func", None)
    if transformer.func is not None and getattr(checks, "__name__", "") != "check_array":
        raise UnsupportedModel(f"FunctionTransformer can't be exported as a preprocessing step: {OWN_CODE}")
    return outputs


@handles("OrdinalEncoder")
def _ordinal_encoder(encoder: Any, outputs: list[Output]) -> list[Output]:
    return [encoded(output) for output in outputs]


@handles("OneHotEncoder")
def _one_hot_encoder(encoder: Any, outputs: list[Output]) -> list[Output]:
    return [encoded(*outputs)] * len(encoder.get_feature_names_out())


@handles("TargetEncoder")
def _target_encoder(encoder: Any, outputs: list[Output]) -> list[Output]:
    count = len(encoder.classes_) if encoder.target_type_ == "multiclass" else 1
    return [encoded(output) for output in outputs for _ in range(count)]


@handles(
    "SelectKBest",
    "SelectPercentile",
    "SelectFpr",
    "SelectFdr",
    "SelectFwe",
    "SelectFromModel",
    "RFE",
    "RFECV",
    "VarianceThreshold",
    "SequentialFeatureSelector",
    "GenericUnivariateSelect",
)
def _selector(selector: Any, outputs: list[Output]) -> list[Output]:
    return [output for output, kept in zip(outputs, selector.get_support(), strict=True) if kept]
