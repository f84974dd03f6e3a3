"""CalibratedClassifierCV: its members' scores side by side, and the curves that make probabilities of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from training.errors import UnsupportedModel
from training.export.kinds.ensemble import Ensemble, Exported, Tree
from training.export.kinds.histogram import own_steps
from training.export.kinds.linear import linear_record
from training.export.kinds.trees import FEWER, KINDS, export_ensemble
from training.export.steps.prepared import Prepared, prepare
from training.export.steps.preprocessing import MISSING
from training.export.steps.side_by_side import SideBySide
from training.export.unwrapped import unwrap

# Their decision function is a weighted sum, whether or not they have probabilities of their own.
LINEAR = ("LogisticRegression", "LogisticRegressionCV", "LinearSVC", "RidgeClassifier", "RidgeClassifierCV",
          "SGDClassifier", "LinearDiscriminantAnalysis", "PassiveAggressiveClassifier", "Perceptron")  # fmt: skip


def is_calibrated(estimator: Any) -> bool:
    """Whether this is scikit-learn's CalibratedClassifierCV."""
    return type(estimator).__name__ == "CalibratedClassifierCV"


def export_calibrated(calibrated: Any, steps: list[Any], features: Any) -> tuple[Prepared, Exported]:
    """`steps` stand in front of it, `features` are what those were fitted on. Raises UnsupportedModel."""
    fitted = calibrated.calibrated_classifiers_
    if calibrated.method not in ("sigmoid", "isotonic"):
        raise UnsupportedModel(f"calibration by {calibrated.method} can't be exported: use sigmoid or isotonic")
    link = {
        "kind": "calibrated",
        "decides": "largest",
        "curves": [[_curve(curve) for curve in member.calibrators] for member in fitted],
    }
    members = [unwrap(member.estimator) for member in fitted]
    estimators = [member.estimator for member in members]
    name = type(estimators[0]).__name__
    if name not in LINEAR and name not in KINDS:
        known = ", ".join(sorted({*LINEAR, *(kind for kind in KINDS if kind.endswith("Classifier"))}))
        raise UnsupportedModel(f"CalibratedClassifierCV({name}) can't be exported: these can be inside: {known}")
    parts = [[*member.steps, *own_steps(member.estimator)] for member in members]
    alone = [prepare([*steps, *part], features) for part in parts] if any(parts) else [prepare(steps, features)]
    if all(_is_same(other, alone[0]) for other in alone[1:]):
        return alone[0], _one_matrix(estimators, link, alone[0])
    prepared = prepare([*steps, SideBySide(parts)], features)
    if name not in LINEAR:
        _require_sides(prepared)
    return prepared, _a_matrix_each(estimators, link, prepared, [len(own.outputs) for own in alone])


def _is_same(one: Prepared, other: Prepared) -> bool:
    """Whether two members see the same numbers."""
    if one.outputs != other.outputs or one.categories != other.categories:
        return False
    return np.array_equal(one.transform(one.features), other.transform(other.features), equal_nan=True)


def _require_sides(prepared: Prepared) -> None:
    """Trees tell by a second number either that a value was missing, or by whose imputer it was filled in."""
    for column in range(len(prepared.kinds)):
        own = prepared.own_outputs(column)
        if prepared.has_several_fills(column) and any(output.kind == MISSING for output in own):
            raise UnsupportedModel(
                "several trees behind imputers of their own with add_indicator=True can't be exported: put the imputer "
                f"in front, make_pipeline(SimpleImputer(add_indicator=True), CalibratedClassifierCV(...)), or {FEWER}"
            )


def _one_matrix(estimators: list[Any], link: dict[str, Any], prepared: Prepared) -> Exported:
    """Members behind the same steps."""
    if type(estimators[0]).__name__ in LINEAR:
        return linear_record(*_weights(estimators), link, prepared)
    return export_ensemble(_together([KINDS[type(e).__name__](e) for e in estimators], link), estimators[0], prepared)


def _a_matrix_each(estimators: list[Any], link: dict[str, Any], prepared: Prepared, widths: list[int]) -> Exported:
    """Members behind steps of their own, whose matrices of these widths stand side by side."""
    starts = [sum(widths[:number]) for number in range(len(widths))]
    if type(estimators[0]).__name__ in LINEAR:
        own = [_weights([estimator]) for estimator in estimators]
        each = len(own[0][1])
        coefficients = np.zeros((each * len(own), sum(widths)))
        for number, (start, width) in enumerate(zip(starts, widths, strict=True)):
            coefficients[number * each : (number + 1) * each, start : start + width] = own[number][0]
        return linear_record(coefficients, np.concatenate([intercepts for _, intercepts in own]), link, prepared)
    ensembles = [
        _moved(KINDS[type(estimator).__name__](estimator), start)
        for estimator, start in zip(estimators, starts, strict=True)
    ]
    return export_ensemble(_together(ensembles, link), _First(estimators[0], widths[0]), prepared)


def _moved(ensemble: Ensemble, start: int) -> Ensemble:
    """The same trees over a matrix whose first columns are others'."""
    trees = [replace(tree, feature=np.where(tree.feature < 0, -1, tree.feature + start)) for tree in ensemble.trees]
    return replace(ensemble, trees=trees)


class _First:
    """The first member, asked whether it takes missing values in a matrix that holds all members' columns."""

    def __init__(self, estimator: Any, width: int) -> None:
        self._estimator, self._width = estimator, width
        self.is_categorical_ = getattr(estimator, "is_categorical_", None)

    def predict(self, matrix: np.ndarray) -> Any:
        return self._estimator.predict(matrix[:, : self._width])


def _weights(estimators: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    coefficients = [np.atleast_2d(estimator.coef_) for estimator in estimators]
    intercepts = [
        np.broadcast_to(np.ravel(e.intercept_), len(c)) for e, c in zip(estimators, coefficients, strict=True)
    ]
    return np.vstack(coefficients), np.concatenate(intercepts)


def _together(members: list[Ensemble], link: dict[str, Any]) -> Ensemble:
    """Several ensembles as one with all their scores, each still added up in its own order."""
    if members[0].link["kind"] == "shares":
        return _shares_together(members, link)
    start = [value for member in members for value in member.start]
    each = len(members[0].start)
    longest = max(len(member.trees) for member in members) // each
    leaf = np.array([-1])
    nothing = Tree(leaf, np.array([0.0]), leaf, leaf, np.array([False]), np.zeros((1, 1)))
    trees = []
    for round_ in range(longest):  # the tree at t adds to score t mod R; a member that stopped early adds nothing
        for member in members:
            own = member.trees[round_ * each : (round_ + 1) * each]
            trees += list(own) if len(own) else [nothing] * each
    return Ensemble(trees, start, 1, link, members[0].rounds)


def _shares_together(members: list[Ensemble], link: dict[str, Any]) -> Ensemble:
    """Forests: a leaf adds to its member's scores and nothing to the others; of two classes only class 1 is looked at."""
    if len({member.divide_by for member in members}) > 1:
        raise UnsupportedModel(f"forests of different sizes can't be calibrated together: {FEWER}")
    classes = members[0].trees[0].values.shape[1]
    kept = slice(1, 2) if classes == 2 else slice(0, classes)
    each = 1 if classes == 2 else classes
    trees = []
    for number, member in enumerate(members):
        for tree in member.trees:
            values = np.zeros((len(tree.feature), each * len(members)))
            values[:, number * each : (number + 1) * each] = tree.values[:, kept]
            trees.append(Tree(tree.feature, tree.threshold, tree.left, tree.right, tree.missing_left, values))
    return Ensemble(trees, [0.0] * (each * len(members)), members[0].divide_by, link, members[0].rounds)


def _curve(calibrator: Any) -> dict[str, Any]:
    if hasattr(calibrator, "a_"):
        return {"kind": "sigmoid", "a": float(calibrator.a_), "b": float(calibrator.b_)}
    x = np.asarray(calibrator.X_thresholds_, dtype=np.float64)
    y = np.clip(np.asarray(calibrator.y_thresholds_, dtype=np.float64), 0, 1)
    return {"kind": "isotonic", "x": x.tolist(), "y": y.tolist()}
