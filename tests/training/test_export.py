"""The export: exact, and closed to whatever it could not prove."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lambda_app.model.model_parameters import InvalidModel, ModelParameters
from lambda_app.model.predict import Classifier
from lambda_app.model.store import PACKAGED_PATH
from training import export
from training.errors import UnsupportedModel
from training.export import export_classifier
from training.export.golden_rows import golden_rows


@pytest.fixture(scope="module")
def small():
    generator = np.random.default_rng(0)
    features = generator.normal(size=(60, 3)) * [1, 10, 100] + [0, 5, -50]
    return features, (features[:, 0] + features[:, 1] / 10 > 0.5).astype(int)


@pytest.fixture(scope="module")
def model(small):
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(*small)


def test_the_committed_model_is_scikit_learn_s_on_all_569_rows(example, fitted):
    with open(PACKAGED_PATH, encoding="ascii", newline="") as file:
        classifier = Classifier(ModelParameters.from_json(file.read()))
    expected, predicted = fitted.predict_proba(example.features), fitted.predict(example.features)
    scores = fitted.decision_function(example.features)
    rows = zip(example.features.tolist(), expected, predicted, scores, strict=True)
    checked = 0
    for sample, probabilities, label, score in rows:
        prediction, found, _ = classifier.predict(sample)
        assert np.abs(np.array(found) - probabilities).max() <= 1e-12
        assert classifier.scores(sample)[0] == pytest.approx(score, abs=1e-9)
        assert prediction == label
        checked += 1
    assert checked == 569


def test_a_standard_scaler_s_means_and_intercepts_are_kept_to_the_last_bit(small, model):
    parameters = export_classifier(model, *small)
    assert parameters.means == model[0].mean_.tolist()
    assert parameters.scales == model[0].scale_.tolist()
    assert parameters.coefficients == model[1].coef_.tolist()
    assert parameters.intercepts == model[1].intercept_.tolist()


def test_ranges_are_those_of_the_rows_given(small, model):
    parameters = export_classifier(model, *small)
    assert parameters.minima == small[0].min(axis=0).tolist()
    assert parameters.maxima == small[0].max(axis=0).tolist()


def test_golden_rows_are_near_and_far_from_the_boundary(small, model):
    probabilities = model.predict_proba(small[0])
    margins = np.abs(probabilities[:, 1] - 0.5)
    golden = np.array([row["probabilities"][1] for row in golden_rows(small[0], probabilities)])
    assert len(golden) >= 5
    assert np.abs(golden - 0.5).min() == margins.min()
    assert golden.min() == probabilities[:, 1].min()
    assert golden.max() == probabilities[:, 1].max()


@pytest.mark.parametrize("offset", [1e-11, 0.3, np.nan])
def test_a_probability_that_differs_on_one_row_is_refused(small, model, offset):
    parameters = export_classifier(model, *small)
    expected, predicted = model.predict_proba(small[0]), model.predict(small[0])
    assert export.prove(parameters, small[0], expected, predicted) <= 1e-15
    expected[17] += [offset, -offset]
    with pytest.raises(InvalidModel, match="row 17: a probability differs"):
        export.prove(parameters, small[0], expected, predicted)


def test_scikit_learn_s_answer_that_is_no_distribution_is_refused():
    """All three classes' own probabilities vanish in the middle, and OneVsRestClassifier answers three zeros."""
    features = np.array([[-1e4], [-1e4 + 1], [0], [1e4], [1e4 + 1], [1], [2], [3]])
    labels = np.array([0, 0, 1, 2, 2, 1, 1, 1])
    fitted = OneVsRestClassifier(LogisticRegression()).fit(features, labels)
    for estimator in fitted.estimators_:
        estimator.intercept_ = estimator.intercept_ - 1e5
    with pytest.raises(UnsupportedModel, match="don't add up to 1 on every row: put a StandardScaler first"):
        export_classifier(fitted, features, labels)


def test_a_label_that_differs_on_one_row_is_refused(small, model, monkeypatch):
    def one_off(self, features):
        labels = model[1].predict(model[0].transform(features))
        labels[3] = 1 - labels[3]
        return labels

    monkeypatch.setattr(type(model), "predict", one_off)
    with pytest.raises(InvalidModel, match="row 3: the label differs"):
        export_classifier(model, *small)


def test_labels_may_be_text_booleans_or_any_integers(small):
    features, labels = small
    for classes in (["no", "yes"], [False, True], [-7, 40]):
        own = np.array(classes)[labels]
        fitted = make_pipeline(StandardScaler(), LogisticRegression()).fit(features, own)
        assert export_classifier(fitted, features, own).target_names == [str(label) for label in classes]


def test_coefficients_made_sparse_are_exported_too(small, model):
    sparse = make_pipeline(StandardScaler(), LogisticRegression()).fit(*small)
    sparse[1].sparsify()
    assert export_classifier(sparse, *small).coefficients == model[1].coef_.tolist()


def test_an_unfitted_model_is_refused(small):
    with pytest.raises(NotFittedError):
        export_classifier(make_pipeline(StandardScaler(), LogisticRegression()), *small)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"target_names": ["1", "0"]}, "target_names must be in scikit-learn's class order, which is 0, 1"),
        ({"target_names": ["a", "b", "c"]}, "3 target_names were given for 2 classes"),
        ({"feature_names": ["a"]}, "1 feature_names were given for 3 features"),
        ({"labels": [0] * 59}, "labels must be one a row"),
        ({"labels": [2] * 60}, "each a class that the classifier was fitted on"),
        ({"features": np.zeros((60, 2))}, "features must be rows × 3"),
        ({"features": [["a", 1, 2]] * 60}, "features must be a dense table of numbers"),
    ],
)
def test_what_does_not_fit_the_model_is_refused(small, model, changes, sentence):
    arguments = {"features": small[0], "labels": small[1], **changes}
    with pytest.raises(UnsupportedModel, match=sentence):
        export_classifier(model, **arguments)


def test_missing_values_without_an_imputer_are_refused(small, model):
    features = small[0].copy()
    features[0, 0] = np.nan
    with pytest.raises(UnsupportedModel, match="put a SimpleImputer first"):
        export_classifier(model, features, small[1])


def test_several_labels_a_row_are_refused(small):
    features, labels = small
    several = np.column_stack([labels, 1 - labels])
    fitted = OneVsRestClassifier(LogisticRegression(max_iter=500)).fit(features, several)
    with pytest.raises(UnsupportedModel, match="fit it on one label a row"):
        export_classifier(fitted, features, labels)


def test_a_model_of_one_feature_and_names_that_are_not_ascii(small):
    features, labels = small[0][:, :1], small[1]
    fitted = LogisticRegression().fit(features, labels)
    parameters = export_classifier(fitted, features, labels, feature_names=["Größe"], target_names=["nein", "jā"])
    assert ModelParameters.from_json(parameters.to_json()).feature_names == ["Größe"]
