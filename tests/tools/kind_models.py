"""The small models in tests/models/ that golden pairs of other kinds are of: `python -m tests.tools.kind_models`.

They are fixed, so that their pairs hold to the character. Make them anew only when the artefact's format changes, then
renew the pairs: `python -m tests.tools.golden --update`.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_diabetes, load_wine
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from lambda_app.model.artefact.model_parameters import ModelParameters
from tests.tools.golden import MODELS
from training.export import export_model

AS_EVALUATED = {"0.9": [0.25, 0.4]}  # made up, as nobody evaluates these


def regression():
    """A ridge regression on diabetes, with an interval."""
    frame, targets = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
    columns = ["age", "bmi", "bp", "s5"]
    fitted = make_pipeline(StandardScaler(), Ridge()).fit(frame[columns], targets)
    interval = {"coverage": 0.9, "half_width": 90.0}
    return export_model(fitted, frame[columns], targets, name="diabetes", target_name="progression", interval=interval)


def three_classes():
    """A logistic regression on wine, with prediction sets."""
    frame, labels = load_wine(return_X_y=True, as_frame=True)
    columns = ["alcohol", "color_intensity", "proline"]
    fitted = make_pipeline(StandardScaler(), LogisticRegression()).fit(frame[columns], labels)
    names, sets = ["Barolo", "Grignolino", "Barbera"], {"0.9": [0.3, 0.3, 0.3]}
    return export_model(
        fitted, frame[columns], labels, name="wine", target_names=names, target_name="grape", conformal_thresholds=sets
    )


def categories():
    """A logistic regression on passengers: age may be missing, an unseen port is answered, an unseen sex refused."""
    frame, survived = passengers()
    steps = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), ["age", "fare"]),
        (OneHotEncoder(), ["sex"]),
        (OneHotEncoder(handle_unknown="ignore"), ["port"]),
    )
    fitted = make_pipeline(steps, LogisticRegression()).fit(frame, survived)
    names = {"target_names": ["no", "yes"], "target_name": "survived"}
    return export_model(fitted, frame, survived, name="passengers", conformal_thresholds=AS_EVALUATED, **names)


def forest():
    """A forest on the passengers' numbers, which takes missing ones itself; explained as a probability."""
    frame, survived = passengers()
    numbers = frame[["age", "fare"]].assign(female=(frame["sex"] == "female") * 1.0)
    fitted = RandomForestClassifier(10, max_depth=3, random_state=0, n_jobs=1).fit(numbers, survived)
    names = {"target_names": ["no", "yes"], "target_name": "survived"}
    return export_model(fitted, numbers, survived, name="passengers, by trees", **names)


def boosting():
    """Histogram boosting on passengers with categories of its own, three classes; explained as a margin."""
    frame, _ = passengers()
    frame = frame[["sex", "age", "fare"]]
    groups = frame["fare"].rank(pct=True) + (frame["sex"] == "female") * 0.4 - frame["age"].fillna(60) / 100
    classes = np.digitize(groups, [0.1, 0.6])
    fitted = HistGradientBoostingClassifier(
        max_iter=5, max_leaf_nodes=4, categorical_features=["sex"], early_stopping=False, random_state=0
    )
    fitted.fit(frame, classes)
    names = {"target_names": ["third", "second", "first"], "target_name": "class"}
    return export_model(fitted, frame, classes, name="passengers, by boosting", **names)


def passengers(rows=200):
    """Made up from a seed: texts, numbers with one decimal, a fifth of the ages missing; and who survived."""
    chance = np.random.default_rng(0)
    sex = chance.choice(["female", "male"], rows)
    port = chance.choice(["Cherbourg", "Queenstown", "Southampton"], rows, p=[0.25, 0.15, 0.6])
    age, fare = chance.normal(30, 12, rows).clip(1).round(1), chance.lognormal(3, 1, rows).round(1)
    survived = (sex == "female") * 2.0 + (port == "Cherbourg") - age / 40 + chance.normal(size=rows) > 0
    frame = pd.DataFrame({"sex": sex.astype(object), "age": age, "fare": fare, "port": port.astype(object)})
    frame.loc[chance.random(rows) < 0.2, "age"] = np.nan
    return frame, survived.astype(int)


KINDS = {make.__name__: make for make in (regression, three_classes, categories, forest, boosting)}


def main() -> int:
    """Write them all; returns the exit code."""
    for name, make in KINDS.items():
        # of no commit: they are as they were made until somebody makes them anew
        ModelParameters(**{**make().fields(), "git_commit": None}).save(MODELS / f"{name}.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
