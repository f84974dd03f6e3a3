"""Every kind of trees, exported and served: to the last bit what scikit-learn says, next to its thresholds as well."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from tests.training.tree_models import columns_of, numbers_of, prepared_of, served
from training.errors import UnsupportedModel
from training.export import export_model
from training.export.kinds import trees
from training.export.kinds.trees import export_trees, threshold_rows

CLASSES = {"breast_cancer": load_breast_cancer, "wine": load_wine, "digits": load_digits}
CLASSIFIERS = {
    "tree": DecisionTreeClassifier(random_state=0),
    "shallow_tree": DecisionTreeClassifier(max_leaf_nodes=9, class_weight="balanced", random_state=0),
    "forest": RandomForestClassifier(20, random_state=0),
    "shallow_forest": RandomForestClassifier(20, max_depth=4, min_samples_leaf=3, random_state=0),
    "extra_trees": ExtraTreesClassifier(20, max_depth=6, bootstrap=True, random_state=0),
    "boosting": GradientBoostingClassifier(n_estimators=10, learning_rate=0.3, subsample=0.7, random_state=0),
    "boosting_from_zero": GradientBoostingClassifier(n_estimators=5, init="zero", max_leaf_nodes=6, random_state=0),
    "histogram": HistGradientBoostingClassifier(max_iter=10, max_leaf_nodes=8, random_state=0),
}
REGRESSORS = {
    "tree": DecisionTreeRegressor(max_depth=7, criterion="poisson", random_state=0),
    "forest": RandomForestRegressor(20, random_state=0),
    "extra_trees": ExtraTreesRegressor(20, min_samples_leaf=2, random_state=0),
    **{
        f"boosting_{loss}": GradientBoostingRegressor(loss=loss, n_estimators=20, random_state=0)
        for loss in ("squared_error", "absolute_error", "huber", "quantile")
    },
    **{
        f"histogram_{loss}": HistGradientBoostingRegressor(loss=loss, quantile=0.4, max_iter=20, random_state=0)
        for loss in ("squared_error", "absolute_error", "gamma", "poisson", "quantile")
    },
}


def expected(estimator, matrix):
    """scikit-learn's scores: raw ones of boosting, shares of forests, predictions of regressors."""
    if hasattr(estimator, "decision_function"):
        return estimator.decision_function(matrix)
    if hasattr(estimator, "predict_proba"):
        return estimator.predict_proba(matrix)
    if getattr(estimator, "loss", "") in ("gamma", "poisson"):
        return estimator._raw_predict(matrix)  # before the exponential, which is the link's
    return estimator.predict(matrix)


def assert_exact(estimator, prepared, *tables):
    exported, model = served(estimator, prepared)
    fuzzed = threshold_rows(exported, prepared)
    assert len(fuzzed) > 0
    for table in (prepared.features, fuzzed, *tables):
        scores = np.array([model.scores(row) for row in numbers_of(exported, prepared, table)])
        wanted = np.asarray(expected(estimator, prepared.transform(table))).reshape(scores.shape)
        assert np.array_equal(scores, wanted)
    return exported, model


@pytest.mark.parametrize("kind", CLASSIFIERS)
@pytest.mark.parametrize("data", CLASSES)
def test_classifiers_are_exact(data, kind):
    features, labels = CLASSES[data](return_X_y=True)
    estimator = CLASSIFIERS[kind].fit(features, labels)
    exported, _ = assert_exact(estimator, prepared_of([], features), features.round(1))
    two = data == "breast_cancer"
    if "boosting" in kind:
        assert exported.link == {"kind": "softmax", "decides": "from_zero" if two else "largest"}
    elif kind == "histogram":
        assert exported.link == {"kind": "softmax", "decides": "above_zero" if two else "largest"}
    else:
        assert exported.link == {"kind": "shares", "decides": "largest"}


def test_exponential_loss_is_exact():
    features, labels = load_breast_cancer(return_X_y=True)
    estimator = GradientBoostingClassifier(loss="exponential", n_estimators=10, random_state=0).fit(features, labels)
    exported, _ = assert_exact(estimator, prepared_of([], features))
    assert exported.link == {"kind": "exponential", "decides": "from_zero"}


@pytest.mark.parametrize("kind", REGRESSORS)
def test_regressors_are_exact(kind):
    features, targets = load_diabetes(return_X_y=True)
    estimator = REGRESSORS[kind].fit(features, targets)
    exported, _ = assert_exact(estimator, prepared_of([], features))
    assert exported.link == {"kind": "exp" if kind.endswith(("gamma", "poisson")) else "identity"}


@pytest.mark.parametrize("kind", ["forest", "boosting", "histogram"])
def test_one_decimal_and_32_bit_features_are_exact(kind):
    """Thresholds then lie on, or as near as can be to, the values that are sent."""
    features, labels = load_breast_cancer(return_X_y=True)
    for table in (features.round(1), features.astype(np.float32)):
        estimator = CLASSIFIERS[kind].fit(table, labels)
        assert_exact(estimator, prepared_of([], table), features.round(1), features)


@pytest.mark.parametrize("kind", ["forest", "boosting", "histogram"])
@pytest.mark.parametrize(
    "scaler",
    [StandardScaler(), MinMaxScaler(), MinMaxScaler((-3, 7), clip=True), RobustScaler(), MaxAbsScaler()],
    ids=str,
)
def test_scalers_in_front_are_folded_exactly(scaler, kind):
    features, labels = load_wine(return_X_y=True)
    matrix = scaler.fit_transform(features)
    assert_exact(CLASSIFIERS[kind].fit(matrix, labels), prepared_of([scaler], features), features.round(1))


@pytest.mark.parametrize(
    "estimator",
    [
        DecisionTreeClassifier(random_state=0),
        RandomForestClassifier(10, random_state=0),
        ExtraTreesClassifier(10, random_state=0),
        HistGradientBoostingClassifier(max_iter=20, random_state=0),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
@pytest.mark.parametrize("steps", [[], [StandardScaler()]], ids=["alone", "scaled"])
def test_native_missing_values_are_exact(steps, estimator):
    features, labels = load_breast_cancer(return_X_y=True)
    generator = np.random.default_rng(0)
    features[generator.random(features.shape) < 0.2] = np.nan
    prepared = prepared_of([step.fit(features) for step in steps], features)
    estimator.fit(prepared.transform(features), labels)
    exported, _ = assert_exact(estimator, prepared, np.full((1, 30), np.nan))
    assert exported.sides == [True] * 30


def test_missing_values_are_taken_only_where_the_model_answers_them():
    features, labels = load_wine(return_X_y=True)
    some_missing = np.where(np.random.default_rng(0).random(features.shape) < 0.3, np.nan, features)
    for kind, taken in (("boosting", False), ("forest", True), ("histogram", True)):
        tables = [some_missing] if taken else []  # fitted without: scikit-learn's forests answer even so
        exported, _ = assert_exact(CLASSIFIERS[kind].fit(features, labels), prepared_of([], features), *tables)
        assert exported.sides == [taken] * 13
    imputed = prepared_of([SimpleImputer().fit(features)], features)
    assert export_trees(CLASSIFIERS["histogram"].fit(features, labels), imputed).sides == [False] * 13


@pytest.mark.parametrize("kind", CLASSIFIERS)
def test_contributions_lead_from_the_typical_row_to_the_score(kind):
    features, labels = load_wine(return_X_y=True)
    prepared = prepared_of([], features)
    exported, model = served(CLASSIFIERS[kind].fit(features, labels), prepared)
    weights = [1.0, -1.0, 0.0]
    for row in numbers_of(exported, prepared, features[::7]):
        baseline, contributions = model.contributions(row, weights)
        assert len(contributions) == 13
        score = float(np.dot(weights, model.scores(row)))
        assert baseline + sum(contributions) == pytest.approx(score, abs=1e-9)
    typical = columns_of(exported, prepared).reference
    assert model.contributions(typical, weights)[1] == [0.0] * 13


def test_the_rows_at_thresholds_are_bounded_seeded_and_beside_every_threshold():
    features, labels = load_wine(return_X_y=True)
    prepared = prepared_of([], features)
    exported = export_trees(CLASSIFIERS["boosting"].fit(features, labels), prepared)
    rows = threshold_rows(exported, prepared)
    assert np.array_equal(rows, threshold_rows(exported, prepared))
    assert len(threshold_rows(exported, prepared, limit=50)) == 50
    splits = [node for node in exported.model["nodes"] if node >= 0]
    for column, threshold in zip(splits, exported.model["thresholds"], strict=True):
        for value in (np.nextafter(threshold, -np.inf), threshold, np.nextafter(threshold, np.inf)):
            assert value in rows[:, column]


def test_too_many_nodes_or_bytes_are_refused_with_a_hint(monkeypatch):
    features, labels = load_wine(return_X_y=True)
    estimator, prepared = CLASSIFIERS["forest"].fit(features, labels), prepared_of([], features)
    monkeypatch.setattr(trees, "LARGEST_BYTES", 5000)
    with pytest.raises(UnsupportedModel, match=r"bytes, more than 5,000: try max_depth=8"):
        export_trees(estimator, prepared)
    monkeypatch.setattr(trees, "LARGEST_NODES", 50)
    with pytest.raises(UnsupportedModel, match=r"nodes, more than 50: try max_depth=8"):
        export_trees(estimator, prepared)


def test_what_cannot_be_exported_says_what_would_work():
    features, labels = load_wine(return_X_y=True)
    prepared = prepared_of([], features)
    initial = GradientBoostingClassifier(init=DummyClassifier(), n_estimators=2).fit(features, labels)
    with pytest.raises(UnsupportedModel, match="leave `init` out"):
        export_trees(initial, prepared)
    several = RandomForestRegressor(2).fit(features, features[:, :2])
    with pytest.raises(UnsupportedModel, match="fit one model for each target"):
        export_trees(several, prepared)


def test_a_forest_that_was_fitted_on_a_data_frame_is_exported_without_a_word_about_names():
    frame, labels = load_wine(return_X_y=True, as_frame=True)
    fitted = RandomForestClassifier(3, random_state=0).fit(frame, labels)
    assert export_model(fitted, frame, labels).feature_names == list(frame.columns)
