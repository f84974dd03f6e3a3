"""lambda_app.model.predict: regressions, their intervals, and explanations in units of the target or its logarithm."""

from math import exp
from sys import float_info

import pytest

from lambda_app.model.artefact.format_checks import InvalidModel
from lambda_app.model.artefact.model_parameters import ModelParameters
from lambda_app.model.predict import load
from tests.small_models import REGRESSION, fields, model


def test_a_regression_answers_a_number_and_its_interval():
    made = load(model(**REGRESSION))
    assert made.predict([1.0, 2.0]) == (3.0, None)
    judged = load(model(**REGRESSION, interval={"coverage": 0.9, "half_width": 2.0}))
    assert judged.predict([1.0, 2.0]) == (3.0, (1.0, 5.0))
    assert (made.coverage, judged.coverage, made.scorer.comparisons, made.explains) == (None, 0.9, 0, True)


def test_a_logarithmic_regression_has_a_lopsided_interval_and_is_explained_in_logarithms():
    changes = {**REGRESSION, "link": {"kind": "exp"}, "interval": {"coverage": 0.9, "half_width": 1.0}}
    made = load(model(**changes))
    assert made.predict([1.0, 1.0]) == (exp(2.0), (exp(1.0), exp(3.0)))
    why = made.explain([1.0, 1.0])
    assert (why.scale, why.towards, why.against, why.total) == ("log", None, None, 2.0)


def test_a_regression_that_disagrees_with_a_golden_row_is_refused():
    made = fields(**REGRESSION)
    made["golden_rows"][2]["prediction"] += 1e-10
    with pytest.raises(InvalidModel, match="predictions for its golden rows"):
        load(ModelParameters(**made))


@pytest.mark.parametrize("kind", ["identity", "exp", "expm1"])
def test_an_interval_has_ends_that_json_can_hold(kind):
    """There is no infinity in it."""
    wide = {"coverage": 0.9, "half_width": float_info.max}
    made = load(model(**{**REGRESSION, "link": {"kind": kind}}, interval=wide))
    for sample in ([float_info.max, 0.0], [-float_info.max, 0.0], [float_info.max, float_info.max]):
        prediction, (low, high) = made.predict(sample)
        assert -float_info.max <= low <= prediction <= high <= float_info.max
