"""Other kinds of model on the very same folds: is the simple one good enough?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from training.data.dataset import Dataset
from training.evaluation import metrics
from training.evaluation.cross_validation import folds_of, over_folds
from training.evaluation.evaluate import Evaluation
from training.progress import progress
from training.recipes.fitting import fit
from training.recipes.pipelines import imputer

# Wolberg, Street, Heisey & Mangasarian, "Computer-derived nuclear features distinguish malignant from benign breast
# cytology", Human Pathology 26, 1995: 10-fold cross-validation on these 569 patients
PUBLISHED = (("logistic regression, Wolberg 1995", 0.962), ("MSM-T, Wolberg 1995", 0.975))
EXAMPLE_SHA256 = "fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed"


@dataclass(frozen=True)
class Peer:
    """One kind of model: figures with 95 % intervals; `difference` is its accuracy minus ours, paired by row."""

    name: str
    accuracy: float
    accuracy_interval: tuple[float, float]
    roc_auc: float | None
    roc_auc_interval: tuple[float, float] | None
    difference: tuple[float, float] | None


def candidates(impute: str | None) -> dict[str, Any]:
    """The peers by name, with scikit-learn's defaults."""
    fill = imputer(impute)
    return {
        "SVM (RBF)": make_pipeline(*fill, StandardScaler(), SVC()),
        "random forest": make_pipeline(*fill, RandomForestClassifier(random_state=0)),
        "gradient boosting": make_pipeline(*fill, HistGradientBoostingClassifier(random_state=0)),
    }


def peers(dataset: Dataset, evaluation: Evaluation) -> list[Peer]:
    """Ours first, then each candidate, then what was published on the example. Raises TrainingError."""
    counts = metrics.resample_counts(dataset.labels)
    own = evaluation.repeat_probabilities
    results = [_peer("this recipe", own, own, dataset.labels, counts)]
    for name, estimator in candidates(dataset.impute).items():
        scores = _scores(name, estimator, dataset, evaluation)
        results.append(_peer(name, scores, own, dataset.labels, counts))
    if dataset.sha256 == EXAMPLE_SHA256:
        for name, accuracy in PUBLISHED:
            interval = metrics.wilson(accuracy * len(dataset.labels), len(dataset.labels))
            results.append(Peer(name, accuracy, interval, None, None, None))
    return results


def _scores(name: str, estimator: Any, dataset: Dataset, evaluation: Evaluation) -> np.ndarray:
    """Out-of-fold scores (repeats × rows × K), the highest score being the predicted class."""
    amount, features, labels = evaluation.effort, dataset.features, dataset.labels

    def judge(training: np.ndarray, held_out: np.ndarray) -> np.ndarray:
        return _class_scores(fit(estimator, features[training], labels[training]), features[held_out])

    pairs = progress(folds_of(labels, amount.folds, amount.repeats), name, amount.folds * amount.repeats)
    return over_folds(judge, labels, pairs, amount.repeats)


def _class_scores(model: Any, features: np.ndarray) -> np.ndarray:
    """One score a class: probabilities where there are some, else distances to the boundary (SVM)."""
    if hasattr(model, "predict_proba"):
        return np.asarray(model.predict_proba(features))
    distances = model.decision_function(features)
    return distances if distances.ndim == 2 else np.column_stack([-distances, distances])


def _peer(name: str, scores: np.ndarray, own: np.ndarray, labels: np.ndarray, counts: np.ndarray) -> Peer:
    right = metrics.correct(scores, labels).mean(axis=0)
    gained = right - metrics.correct(own, labels).mean(axis=0)
    return Peer(
        name=name,
        accuracy=float(right.mean()),
        accuracy_interval=metrics.interval(counts @ right / len(labels)),
        roc_auc=float(metrics.roc_auc(scores, labels, np.ones((1, len(labels))))[0]),
        roc_auc_interval=metrics.interval(metrics.roc_auc(scores, labels, counts)),
        difference=None if scores is own else metrics.interval(counts @ gained / len(labels)),
    )


def print_peers(results: list[Peer]) -> None:
    """One table, 95 % intervals beside each figure."""
    print(f"\n{'peers on the same folds':<36}{'accuracy':<26}{'ROC AUC':<26}accuracy gained")
    for peer in results:
        area = "–" if peer.roc_auc_interval is None else f"{peer.roc_auc:.4f} {_brackets(peer.roc_auc_interval)}"
        gained = "" if peer.difference is None else "from {:+.4f} to {:+.4f}".format(*peer.difference)
        accuracy = f"{peer.accuracy:.4f} {_brackets(peer.accuracy_interval)}"
        print(f"  {peer.name:<34}{accuracy:<26}{area:<26}{gained}".rstrip())


def _brackets(interval: tuple[float, float]) -> str:
    return "[{:.4f}, {:.4f}]".format(*interval)
