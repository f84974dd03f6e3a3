"""Linear and generalized linear regressors of scikit-learn: what each computes, one line a kind."""

from __future__ import annotations

from typing import Any

import numpy as np

from training.errors import UnsupportedModel
from training.export.kinds.ensemble import Exported
from training.export.kinds.linear import linear_record
from training.export.kinds.registry import exports
from training.export.steps.prepared import Prepared

IDENTITY, EXP = {"kind": "identity"}, {"kind": "exp"}


@exports(
    "LinearRegression", "Ridge", "RidgeCV", "Lasso", "LassoCV", "ElasticNet", "ElasticNetCV", "Lars", "LarsCV",
    "LassoLars", "LassoLarsCV", "LassoLarsIC", "OrthogonalMatchingPursuit", "OrthogonalMatchingPursuitCV",
    "BayesianRidge", "ARDRegression", "HuberRegressor", "TheilSenRegressor", "SGDRegressor", "QuantileRegressor",
    "LinearSVR",
)  # fmt: skip
def _straight(regressor: Any, prepared: Prepared) -> Exported:
    return _record(regressor, IDENTITY, prepared)


@exports("PoissonRegressor", "GammaRegressor")
def _logarithmic(regressor: Any, prepared: Prepared) -> Exported:
    return _record(regressor, EXP, prepared)


@exports("TweedieRegressor")
def _tweedie(regressor: Any, prepared: Prepared) -> Exported:
    is_straight = regressor.link == "identity" or (regressor.link == "auto" and regressor.power <= 0)
    return _record(regressor, IDENTITY if is_straight else EXP, prepared)


def _record(regressor: Any, link: dict[str, Any], prepared: Prepared) -> Exported:
    coefficients, intercept = np.atleast_2d(regressor.coef_), np.ravel(regressor.intercept_)
    if len(coefficients) != 1 or len(intercept) != 1:
        raise UnsupportedModel("a model of several targets can't be exported: fit one model for each target")
    return linear_record(coefficients, intercept, link, prepared)
