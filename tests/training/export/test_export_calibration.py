"""Calibrated models whose members were fitted with steps of their own: what they share, what each keeps, what is refused."""

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder, StandardScaler, TargetEncoder

from lambda_app.model.predict import load
from training.errors import UnsupportedModel
from training.export import export_model


def table(rows=240):
    """A colour that all folds hold, a number with holes, and a target that both tell."""
    chance = np.random.default_rng(0)
    colour, size = chance.choice(["blue", "green", "red"], rows), chance.normal(10, 4, rows).round(1)
    target = ((colour == "red") * 6 + size + chance.normal(0, 3, rows) > 12).astype(int)
    frame = pd.DataFrame({"colour": colour.astype(object), "size": size})
    frame.loc[chance.random(rows) < 0.2, "size"] = np.nan
    return frame, target


def exported(encoder, imputer, model, **options):
    frame, target = table()
    steps = make_column_transformer((encoder, ["colour"]), (imputer, ["size"]))
    fitted = CalibratedClassifierCV(make_pipeline(steps, model), cv=3, **options).fit(frame, target)
    return fitted, export_model(fitted, frame, target)


FOREST = RandomForestClassifier(5, max_depth=4, random_state=0)


def test_members_that_see_the_same_numbers_share_them():
    _, parameters = exported(OrdinalEncoder(), SimpleImputer(strategy="constant", fill_value=0.0), FOREST)
    colour, size = parameters.columns
    assert [len(numbers) for _, numbers in colour["categories"]] == [1, 1, 1]
    assert size["missing"] == [0.0]


def test_each_member_keeps_its_own_encoder():
    _, parameters = exported(TargetEncoder(), SimpleImputer(strategy="constant", fill_value=0.0), FOREST)
    assert [len(numbers) for _, numbers in parameters.columns[0]["categories"]] == [3, 3, 3]


@pytest.mark.parametrize(
    "model", [FOREST, make_pipeline(StandardScaler(), LogisticRegression())], ids=["trees", "linear"]
)
def test_each_member_fills_in_its_own_median(model):
    """Three of them differ; a row without the number gets scikit-learn's answer, and an explanation that adds up."""
    fitted, parameters = exported(OrdinalEncoder(), SimpleImputer(strategy="median"), model)
    steps = [member.estimator[0].named_transformers_["simpleimputer"] for member in fitted.calibrated_classifiers_]
    assert len({step.statistics_[0] for step in steps}) > 1
    served = load(parameters)
    for colour in ("blue", "green", "red"):
        wanted = fitted.predict_proba(pd.DataFrame({"colour": [colour], "size": [np.nan]}))[0]
        numbers = served.columns.numbers([colour, None])
        assert served.predict(numbers)[1] == pytest.approx(wanted, abs=1e-12)
        why = served.explain(numbers, 1)
        assert why.total == pytest.approx(wanted[1], abs=1e-9)
        assert len(why.contributions) == 2


def test_a_sum_also_knows_that_a_value_was_missing():
    imputer = SimpleImputer(strategy="median", add_indicator=True)
    fitted, parameters = exported(OrdinalEncoder(), imputer, LogisticRegression())
    row = pd.DataFrame({"colour": ["red"], "size": [np.nan]})
    served = load(parameters)
    found = served.predict(served.columns.numbers(["red", None]))[1]
    assert found == pytest.approx(fitted.predict_proba(row)[0], abs=1e-12)


def test_trees_can_t_know_both_and_the_error_says_what_works():
    imputer = SimpleImputer(strategy="median", add_indicator=True)
    with pytest.raises(UnsupportedModel, match=r"put the imputer in front, make_pipeline\(SimpleImputer"):
        exported(OrdinalEncoder(), imputer, FOREST)
    _, parameters = exported(OrdinalEncoder(), imputer, FOREST, ensemble=False)  # the other way it names
    assert parameters.columns[1]["missing"][1] == 1.0
    frame, target = table()
    numbers = frame[["size"]]
    first = make_pipeline(imputer, CalibratedClassifierCV(FOREST, cv=3)).fit(numbers, target)  # and the one
    assert export_model(first, numbers, target).link["kind"] == "calibrated"
