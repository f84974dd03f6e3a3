"""Thresholds of scikit-learn's own threshold classifiers: the label follows them on every row, as scikit-learn's does."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier, TunedThresholdClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lambda_app.model.predict import load
from training.errors import UnsupportedModel
from training.export import export_model

KINDS = {
    "logistic": make_pipeline(StandardScaler(), LogisticRegression()),
    "boosting": GradientBoostingClassifier(n_estimators=5, random_state=0),
    "histogram": HistGradientBoostingClassifier(max_iter=5, random_state=0),
    "forest": RandomForestClassifier(n_estimators=5, random_state=0),
}


def labels_of(fitted, features, labels):
    """The exported model, and how many of its labels are not scikit-learn's."""
    model = load(export_model(fitted, features, labels))
    found = [model.predict(model.columns.numbers(row))[0] for row in features.tolist()]
    return model, int((fitted.classes_[found] != fitted.predict(features)).sum())


@pytest.mark.parametrize("threshold", [0.08, 0.2, 0.5, 0.8])
@pytest.mark.parametrize("kind", KINDS)
def test_the_label_follows_a_fixed_threshold(kind, threshold):
    """0.2 and 0.8 are probabilities that a forest of five trees often gives."""
    features, labels = load_breast_cancer(return_X_y=True)
    fitted = FixedThresholdClassifier(KINDS[kind], threshold=threshold).fit(features, labels)
    model, different = labels_of(fitted, features, labels)
    assert (model.parameters.decision_threshold, different) == (threshold, 0)


@pytest.mark.parametrize("kind", ["logistic", "boosting", "histogram"])
def test_a_threshold_on_the_other_class_is_turned_round_exactly(kind):
    """Class 0 is said where its probability reaches the threshold."""
    features, labels = load_breast_cancer(return_X_y=True)
    fitted = FixedThresholdClassifier(KINDS[kind], threshold=0.3, pos_label=0, response_method="predict_proba")
    model, different = labels_of(fitted.fit(features, labels), features, labels)
    assert model.parameters.decision_threshold == pytest.approx(0.7, abs=1e-12)
    assert 1 - model.parameters.decision_threshold < 0.3 <= 1 - np.nextafter(model.parameters.decision_threshold, 0)
    assert different == 0


@pytest.mark.parametrize("threshold", [-1.0, 0.0, "auto", 2.0])
def test_a_threshold_on_the_score_goes_through_the_link(threshold):
    features, labels = load_breast_cancer(return_X_y=True)
    fitted = FixedThresholdClassifier(KINDS["logistic"], threshold=threshold, response_method="decision_function")
    assert labels_of(fitted.fit(features, labels), features, labels)[1] == 0


def test_a_tuned_threshold_is_taken():
    features, labels = load_breast_cancer(return_X_y=True)
    tuned = TunedThresholdClassifierCV(KINDS["logistic"], scoring="recall", cv=3, thresholds=10).fit(features, labels)
    model, different = labels_of(tuned, features, labels)
    assert (model.parameters.decision_threshold, different) == (tuned.best_threshold_, 0)


@pytest.mark.parametrize(
    ("fitted", "sentence"),
    [
        (FixedThresholdClassifier(KINDS["forest"], threshold=0.3, pos_label=0), "use pos_label=1"),
        (FixedThresholdClassifier(KINDS["logistic"], threshold=1.5), "above 0 and at most 1"),
    ],
)
def test_what_cannot_be_turned_into_one_is_refused(fitted, sentence):
    features, labels = load_breast_cancer(return_X_y=True)
    with pytest.raises(UnsupportedModel, match=sentence):
        export_model(fitted.fit(features, labels), features, labels)
