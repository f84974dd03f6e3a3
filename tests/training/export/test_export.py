"""The export: exact, and closed to whatever it could not prove."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lambda_app.model.artefact.format_checks import InvalidModel
from lambda_app.model.artefact.model_parameters import ModelParameters
from lambda_app.model.predict import GOLDEN_TOLERANCE
from lambda_app.model.store import read_packaged
from training.errors import UnsupportedModel
from training.export import export_model
from training.export.golden_rows import golden_rows
from training.export.proof import prove, values_of
from training.export.steps.prepared import prepare


@pytest.fixture(scope="module")
def small():
    generator = np.random.default_rng(0)
    features = generator.normal(size=(60, 3)) * [1, 10, 100] + [0, 5, -50]
    return features, (features[:, 0] + features[:, 1] / 10 > 0.5).astype(int)


@pytest.fixture(scope="module")
def model(small):
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(*small)


def test_the_committed_model_is_scikit_learn_s_on_all_569_rows(example, fitted):
    classifier = read_packaged()
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
    parameters = export_model(model, *small)
    assert [column["typical"] for column in parameters.columns] == model[0].mean_.tolist()
    assert parameters.model["scales"] == model[0].scale_.tolist()
    assert parameters.model["coefficients"] == model[1].coef_.tolist()
    assert parameters.model["intercepts"] == model[1].intercept_.tolist()


def test_ranges_are_those_of_the_rows_given(small, model):
    columns = export_model(model, *small).columns
    assert [column["minimum"] for column in columns] == small[0].min(axis=0).tolist()
    assert [column["maximum"] for column in columns] == small[0].max(axis=0).tolist()


def test_golden_rows_are_near_and_far_from_the_boundary(small, model):
    probabilities = model.predict_proba(small[0])
    margins = np.abs(probabilities[:, 1] - 0.5)
    golden = probabilities[golden_rows(probabilities), 1]
    assert len(golden) >= 5
    assert np.abs(golden - 0.5).min() == margins.min()
    assert golden.min() == probabilities[:, 1].min()
    assert golden.max() == probabilities[:, 1].max()


def test_no_row_of_the_table_stands_in_the_file_unless_it_is_public(small, model):
    """A row may be a person."""
    rows = {tuple(row) for row in small[0].tolist()}
    mixed, real = (export_model(model, *small, real_golden_rows=public) for public in (False, True))
    assert not rows & {tuple(golden["features"]) for golden in mixed.golden_rows}
    assert {tuple(golden["features"]) for golden in real.golden_rows} <= rows
    assert not rows & {tuple(example["features"].values()) for example in mixed.examples}


@pytest.mark.parametrize("offset", [1e-11, 0.3, np.nan])
def test_a_probability_that_differs_on_one_row_is_refused(small, model, offset):
    parameters, rows = export_model(model, *small), values_of(prepare([], small[0]), small[0])
    expected, predicted = model.predict_proba(small[0]), model.predict(small[0])
    assert prove(parameters, rows, expected, predicted) <= GOLDEN_TOLERANCE / 1000
    expected[17] += [offset, -offset]
    with pytest.raises(InvalidModel, match="row 17: the answer differs"):
        prove(parameters, rows, expected, predicted)


def test_a_row_that_only_scikit_learn_answers_is_refused(small, model):
    parameters = export_model(model, *small)
    with pytest.raises(InvalidModel, match="row 0: scikit-learn answers it, the exported model can't"):
        prove(parameters, [[None, 1.0, 2.0]], np.array([[0.5, 0.5]]), None)


def test_scikit_learn_s_answer_that_is_no_distribution_is_refused():
    """All three classes' own probabilities vanish in the middle, and OneVsRestClassifier answers three zeros."""
    features = np.array([[-1e4], [-1e4 + 1], [0], [1e4], [1e4 + 1], [1], [2], [3]])
    labels = np.array([0, 0, 1, 2, 2, 1, 1, 1])
    fitted = OneVsRestClassifier(LogisticRegression()).fit(features, labels)
    for estimator in fitted.estimators_:
        estimator.intercept_ = estimator.intercept_ - 1e5
    with pytest.raises(UnsupportedModel, match="don't add up to 1 on every row: put a StandardScaler first"):
        export_model(fitted, features, labels)


def test_a_label_that_differs_on_one_row_is_refused(small, model, monkeypatch):
    def one_off(self, features):
        labels = model[1].predict(model[0].transform(features))
        labels[3] = 1 - labels[3]
        return labels

    monkeypatch.setattr(type(model), "predict", one_off)
    with pytest.raises(InvalidModel, match="row 3: the label differs"):
        export_model(model, *small)


def test_labels_may_be_text_booleans_or_any_integers(small):
    features, labels = small
    for classes in (["no", "yes"], [False, True], [-7, 40]):
        own = np.array(classes)[labels]
        fitted = make_pipeline(StandardScaler(), LogisticRegression()).fit(features, own)
        assert export_model(fitted, features, own).target_names == [str(label) for label in classes]


def test_coefficients_made_sparse_are_exported_too(small, model):
    sparse = make_pipeline(StandardScaler(), LogisticRegression()).fit(*small)
    sparse[1].sparsify()
    assert export_model(sparse, *small).model["coefficients"] == model[1].coef_.tolist()


def test_an_unfitted_model_is_refused(small):
    with pytest.raises(NotFittedError):
        export_model(make_pipeline(StandardScaler(), LogisticRegression()), *small)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"target_names": ["1", "0"]}, "target_names must be in scikit-learn's class order, which is 0, 1"),
        ({"target_names": ["a", "b", "c"]}, "3 target_names were given for 2 classes"),
        ({"feature_names": ["a"]}, "1 feature_names were given for 3 features"),
        ({"targets": [0] * 59}, "targets must be one a row"),
        ({"targets": [2] * 60}, "each be a class that the classifier was fitted on"),
        ({"features": np.zeros((60, 2))}, "features must be rows × 3"),
        ({"features": np.zeros(60)}, "features must be a dense table"),
    ],
)
def test_what_does_not_fit_the_model_is_refused(small, model, changes, sentence):
    arguments = {"features": small[0], "targets": small[1], **changes}
    with pytest.raises(UnsupportedModel, match=sentence):
        export_model(model, **arguments)


def test_missing_values_without_an_imputer_are_refused(small, model):
    features = small[0].copy()
    features[0, 0] = np.nan
    with pytest.raises(UnsupportedModel, match="put a SimpleImputer first"):
        export_model(model, features, small[1])


def test_several_labels_a_row_are_refused(small):
    features, labels = small
    several = np.column_stack([labels, 1 - labels])
    fitted = OneVsRestClassifier(LogisticRegression(max_iter=500)).fit(features, several)
    with pytest.raises(UnsupportedModel, match="fit it on one label a row"):
        export_model(fitted, features, labels)


def test_a_model_of_one_feature_and_names_that_are_not_ascii(small):
    features, labels = small[0][:, :1], small[1]
    fitted = LogisticRegression().fit(features, labels)
    parameters = export_model(fitted, features, labels, feature_names=["Größe"], target_names=["nein", "jā"])
    assert ModelParameters.from_json(parameters.to_json()).feature_names == ["Größe"]
