"""Which fitted estimators can be exported, by the name of their class: a new kind is a file and a line in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from training.errors import UnsupportedModel
from training.export.kinds.ensemble import Exported
from training.export.steps.prepared import Prepared

Exporter = Callable[[Any, Prepared], Exported]
EXPORTERS: dict[str, Exporter] = {}

LINEAR_HINT = "use LogisticRegression (for classes) or Ridge (for numbers), or trees"
TREES_HINT = "use RandomForestClassifier or HistGradientBoostingClassifier, or their regressors"
# What would work instead, for what people try most.
HINTS = {
    "SVC": f"put it nowhere near an API: it keeps its training rows; {TREES_HINT}",
    "NuSVC": TREES_HINT,
    "SVR": TREES_HINT,
    "LinearSVC": "it has no probabilities; wrap it: CalibratedClassifierCV(LinearSVC(), ensemble=False)",
    "RidgeClassifier": "it has no probabilities; wrap it: CalibratedClassifierCV(RidgeClassifier(), ensemble=False)",
    "Perceptron": "it has no probabilities; use LogisticRegression",
    "KNeighborsClassifier": f"the artefact would be your training data; {TREES_HINT}",
    "KNeighborsRegressor": f"the artefact would be your training data; {TREES_HINT}",
    "GaussianProcessClassifier": TREES_HINT,
    "MLPClassifier": TREES_HINT,
    "MLPRegressor": TREES_HINT,
    "AdaBoostClassifier": "use GradientBoostingClassifier or HistGradientBoostingClassifier",
    "AdaBoostRegressor": "use GradientBoostingRegressor or HistGradientBoostingRegressor",
    "BaggingClassifier": "use RandomForestClassifier or ExtraTreesClassifier",
    "BaggingRegressor": "use RandomForestRegressor or ExtraTreesRegressor",
    "VotingClassifier": "export the best of its members",
    "VotingRegressor": "export the best of its members",
    "StackingClassifier": "export the best of its members",
    "StackingRegressor": "export the best of its members",
    "GaussianNB": LINEAR_HINT,
    "MultinomialNB": LINEAR_HINT,
    "BernoulliNB": LINEAR_HINT,
    "ComplementNB": LINEAR_HINT,
    "QuadraticDiscriminantAnalysis": "use LinearDiscriminantAnalysis or LogisticRegression",
    "IsolationForest": "it does not predict a class or a number; use a classifier",
    "XGBClassifier": "use HistGradientBoostingClassifier, which learns the same kind of model",
    "XGBRegressor": "use HistGradientBoostingRegressor, which learns the same kind of model",
    "LGBMClassifier": "use HistGradientBoostingClassifier, which learns the same kind of model",
    "LGBMRegressor": "use HistGradientBoostingRegressor, which learns the same kind of model",
    "CatBoostClassifier": "use HistGradientBoostingClassifier",
    "MultiOutputClassifier": "export one model for each target",
    "MultiOutputRegressor": "export one model for each target",
}


def exports(*names: str) -> Callable[[Exporter], Exporter]:
    """Register the exporter of estimators of these class names."""

    def register(exporter: Exporter) -> Exporter:
        EXPORTERS.update(dict.fromkeys(names, exporter))
        return exporter

    return register


def exporter_of(estimator: Any) -> Exporter:
    """The exporter of a fitted estimator. Raises UnsupportedModel, naming what would work.

    Only scikit-learn's own classes count: a subclass may compute something else under the same name.
    """
    name = type(estimator).__name__
    if name in EXPORTERS and type(estimator).__module__.startswith("sklearn."):
        return EXPORTERS[name]
    hint = HINTS.get(name, f"these can: {', '.join(sorted(EXPORTERS))}")
    raise UnsupportedModel(f"{name} can't be exported: {hint}")
