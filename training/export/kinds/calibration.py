"""CalibratedClassifierCV: its members' scores side by side, and the curves that make probabilities of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from training.errors import UnsupportedModel
from training.export.kinds.ensemble import Ensemble, Exported, Tree
from training.export.kinds.histogram import has_categories, own_steps
from training.export.kinds.linear import linear_record
from training.export.kinds.trees import KINDS, export_ensemble
from training.export.steps.prepared import Prepared, prepare
from training.export.unwrapped import unwrap

# Their decision function is a weighted sum, whether or not they have probabilities of their own.
LINEAR = ("LogisticRegression", "LogisticRegressionCV", "LinearSVC", "RidgeClassifier", "RidgeClassifierCV",
          "SGDClassifier", "LinearDiscriminantAnalysis", "PassiveAggressiveClassifier", "Perceptron")  # fmt: skip
FEWER = "use CalibratedClassifierCV(..., ensemble=False), which holds one model"


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
    if has_categories(estimators[0]) and len(members) > 1:
        raise UnsupportedModel(f"several models with categories of their own can't be exported: {FEWER}")
    if len(members) == 1 or not any(member.steps for member in members):
        prepared = prepare([*steps, *members[0].steps, *own_steps(estimators[0])], features)
        return prepared, _side_by_side(estimators, link, prepared)
    if name not in LINEAR:
        raise UnsupportedModel(f"several trees behind steps of their own can't be exported: {FEWER}")
    return _folded([prepare([*steps, *member.steps], features) for member in members], estimators, link)


def _side_by_side(estimators: list[Any], link: dict[str, Any], prepared: Prepared) -> Exported:
    """Members behind the same steps."""
    if type(estimators[0]).__name__ in LINEAR:
        return linear_record(*_weights(estimators), link, prepared)
    return export_ensemble(_together([KINDS[type(e).__name__](e) for e in estimators], link), estimators[0], prepared)


def _weights(estimators: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    coefficients = [np.atleast_2d(estimator.coef_) for estimator in estimators]
    intercepts = [
        np.broadcast_to(np.ravel(e.intercept_), len(c)) for e, c in zip(estimators, coefficients, strict=True)
    ]
    return np.vstack(coefficients), np.concatenate(intercepts)


def _folded(all_prepared: list[Prepared], estimators: list[Any], link: dict[str, Any]) -> tuple[Prepared, Exported]:
    """Linear members behind scalers of their own: each is folded into the columns' own units."""
    first = all_prepared[0]
    fills = [[output.fill for output in prepared.outputs] for prepared in all_prepared]
    if any(prepared.kinds != first.kinds or "category" in prepared.kinds for prepared in all_prepared):
        raise UnsupportedModel(f"several models behind encoders of their own can't be exported: {FEWER}")
    if any(fill != fills[0] for fill in fills):
        raise UnsupportedModel(f"several models behind imputers of their own can't be exported: {FEWER}")
    exported = [
        linear_record(*_weights([estimator]), link, prepared)
        for prepared, estimator in zip(all_prepared, estimators, strict=True)
    ]
    typical = np.asarray(exported[0].typical)
    coefficients, intercepts = [], []
    for member in exported:
        raw = np.asarray(member.model["coefficients"]) / np.asarray(member.model["scales"])
        # a typical value may differ in its last bits, where one of the scalers has centred on it
        moved = np.asarray(member.model["intercepts"]) + raw[:, : len(typical)] @ (typical - np.asarray(member.typical))
        coefficients += raw.tolist()
        intercepts += moved.tolist()
    model = {
        "kind": "linear",
        "coefficients": coefficients,
        "intercepts": intercepts,
        "scales": [1.0] * len(coefficients[0]),
    }
    return first, Exported(model, link, exported[0].sides, None, exported[0].typical)


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
