"""Every other figure of the shipped card, recomputed from the table with scikit-learn alone, and not by what wrote it.

That the intervals hold the truth is simulated: tests/simulation/.
"""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, brier_score_loss, log_loss, precision_recall_curve, roc_auc_score

from lambda_app.model.training_range import TrainingRange
from lambda_app.sample_warnings import Suspicion
from tests.training.card.shipped import (
    CARD,
    FEATURES,
    LABELS,
    MALIGNANT,
    WIDE,
    count,
    folds,
    malignant,
    model,
    out_of_fold,
    rows_below,
    wilson,
)
from training.card.prediction_sets import reading_sets
from training.export.training_limits import ordered_pairs, suspicion

METRICS = {name: value for name, value, *_ in rows_below("| metric | value | 95 % interval |")}
ENDS = {name: ends for name, _, ends, *_ in rows_below("| metric | value | 95 % interval |")}
GRID = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)


def mean(figure):
    """Over the repeats; `figure` is given the probabilities of benign."""
    return float(np.mean([figure(1 - own) for own in malignant()]))


def calibration_error(benign):
    """In ten equal bins, by a loop."""
    error = 0.0
    for low in range(10):
        inside = np.minimum((benign * 10).astype(int), 9) == low
        error += abs(benign[inside].sum() - LABELS[inside].sum()) / len(LABELS)
    return error


def line(repeats, labels):
    """Slope and intercept of the log-odds of benign, over all repeats at once."""
    benign = np.clip(1 - repeats, 1e-6, 1 - 1e-6).ravel()
    fitted = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10)
    fitted.fit(np.log(benign / (1 - benign)).reshape(-1, 1), np.tile(labels, len(repeats)))
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("accuracy", lambda benign: accuracy_score(LABELS, benign > 0.5)),
        ("ROC AUC", lambda benign: roc_auc_score(LABELS, benign)),
        ("log loss", lambda benign: log_loss(LABELS, benign)),
        ("Brier score", lambda benign: brier_score_loss(LABELS, benign)),
        ("calibration error", calibration_error),
        ("sensitivity, malignant", lambda benign: (benign[MALIGNANT] <= 0.5).mean()),
        ("specificity, benign", lambda benign: (benign[~MALIGNANT] > 0.5).mean()),
    ],
)
def test_a_metric_is_the_mean_of_scikit_learns_over_the_repeats(name, figure):
    assert METRICS[name] == f"{mean(figure):.4f}"


def written(ends):
    return f"[{ends[0]:.4f}, {ends[1]:.4f}]"


@pytest.mark.parametrize(
    ("name", "rows", "right"),
    [
        ("accuracy", LABELS >= 0, lambda own: (own >= 0.5) == MALIGNANT),
        ("sensitivity, malignant", MALIGNANT, lambda own: own >= 0.5),
        ("specificity, benign", ~MALIGNANT, lambda own: own < 0.5),
    ],
)
def test_the_interval_of_a_share(name, rows, right):
    hits = np.mean([right(own)[rows].sum() for own in malignant()])
    assert ENDS[name] == written(wilson(hits, rows.sum()))


@pytest.mark.parametrize(
    ("name", "losses"),
    [
        ("log loss", lambda own: -np.log(np.where(MALIGNANT, own, 1 - own))),
        ("Brier score", lambda own: (own - MALIGNANT) ** 2),
    ],
)
def test_the_interval_of_a_loss(name, losses):
    rows = np.mean([losses(own) for own in malignant()], axis=0)
    half = WIDE * np.std(rows, ddof=1) / np.sqrt(569) / rows.mean()
    assert ENDS[name] == written(rows.mean() * np.exp([-half, half]))


def test_the_interval_of_the_area():
    """DeLong's variance, by the table of all 75,684 pairs."""
    pairs = np.mean([own[MALIGNANT][:, None] > own[~MALIGNANT][None, :] for own in malignant()], axis=0)
    variance = pairs.mean(axis=1).var(ddof=1) / 212 + pairs.mean(axis=0).var(ddof=1) / 357
    area = pairs.mean()
    half = WIDE * np.sqrt(variance) / (area * (1 - area))
    ends = expit([logit(area) - half, logit(area) + half])
    assert ENDS["ROC AUC"] == written(ends)
    assert f"95 % interval {ends[0]:.4f} to {ends[1]:.4f}](images/roc.png)" in CARD


def test_the_intervals_of_the_calibration_line():
    """Where the likelihood, the other number of the line being the best, has fallen by what the sandwich says."""
    scores = logit(np.clip(1 - malignant(), 1e-6, 1 - 1e-6))

    def lack(intercept, slope):
        expected = intercept + slope * scores
        return (np.logaddexp(0, expected) - LABELS * expected).sum() / 10

    slope, intercept = line(malignant(), LABELS)
    design, expected = np.stack([np.ones_like(scores), scores]), expit(intercept + slope * scores)
    inverse = np.linalg.inv(np.einsum("irn,jrn,rn->ij", design, design, expected * (1 - expected)) / 10)
    rows = (design * (LABELS - expected)).mean(axis=1)
    wider = np.maximum(1, np.diag(inverse @ rows @ rows.T @ inverse) / np.diag(inverse))
    for which, name in enumerate(("calibration intercept", "calibration slope")):
        for end in map(float, ENDS[name].strip("[]").split(", ")):
            left = minimize_scalar(
                lambda own, end=end, which=which: lack(*((end, own), (own, end))[which]), (0.1, 2)
            ).fun
            fallen = 2 * (left - lack(intercept, slope))
            assert fallen == pytest.approx(WIDE**2 * wider[which], rel=0.002)  # the card's ends have four digits


def test_calibration_slope_and_intercept():
    slope, intercept = line(malignant(), LABELS)
    assert METRICS["calibration slope"] == f"{slope:.4f}"
    assert METRICS["calibration intercept"] == f"{intercept:.4f}"
    assert f"Calibration slope {slope:.2f} [" in CARD
    assert f"off by {mean(calibration_error):.3f};" in CARD


def test_what_a_perfectly_calibrated_model_would_show():
    """By another generator's draws: outcomes drawn from the probabilities, judged as the real ones are."""
    repeats, generator = 1 - malignant(), np.random.default_rng(7)
    bins = [np.minimum((own * 10).astype(int), 9) for own in repeats]
    errors = []
    for _ in range(1000):
        gaps = repeats - (generator.random(569) < repeats.mean(axis=0))
        errors.append(np.mean([np.abs(np.bincount(b, gap, 10)).sum() / 569 for b, gap in zip(bins, gaps, strict=True)]))
    shown = re.search(r"a perfectly calibrated model would show ([\d.]+) \[([\d.]+), ([\d.]+)\]", CARD)
    expected = [np.mean(errors), *np.percentile(errors, [2.5, 97.5])]
    assert [float(figure) for figure in shown.groups()] == pytest.approx(expected, abs=0.0015)


def test_the_rows_and_what_always_answering_the_commonest_would_reach():
    assert "- 569 rows × 30 features" in CARD
    shares = [f"{(kind == MALIGNANT).mean() * 100:.1f} %" for kind in (True, False)]
    assert rows_below("| class | rows | share |") == [["malignant", "212", shares[0]], ["benign", "357", shares[1]]]
    assert f"Always answering benign would be right in {shares[1]} of the rows." in CARD


@pytest.mark.slow
def test_figures_with_c_chosen_anew_inside_each_fold():
    """The rule: of those within 0.001 of the lowest log loss, in five folds, the slope that is nearest 1."""
    found = np.empty((10, 569))
    for number, (training, held_out) in enumerate(folds()):
        own, labels = FEATURES[training], LABELS[training]
        tried = {c: out_of_fold(own, labels, 5, 1, c) for c in GRID}
        losses = {c: log_loss(labels, 1 - repeats[0]) for c, repeats in tried.items()}
        equal = [c for c in GRID if losses[c] <= min(losses.values()) + 0.001]
        best = min(equal, key=lambda c: abs(line(tried[c], labels)[0] - 1)) if len(equal) > 1 else equal[0]
        found[number // 10, held_out] = model(best).fit(own, labels).predict_proba(FEATURES[held_out])[:, 0]
    figures = {
        "accuracy": lambda benign: accuracy_score(LABELS, benign > 0.5),
        "ROC AUC": lambda benign: roc_auc_score(LABELS, benign),
        "log loss": lambda benign: log_loss(LABELS, benign),
        "Brier score": lambda benign: brier_score_loss(LABELS, benign),
    }
    expected = []
    for name, figure in figures.items():
        published, nested = mean(figure), float(np.mean([figure(1 - own) for own in found]))
        expected.append([name, f"{published:.4f}", f"{nested:.4f}", f"{nested - published:+.4f}"])
    assert rows_below("| metric | published | C chosen anew") == expected


def floor(probabilities, level):
    """The ⌊(1 - level)(n + 1)⌋-th smallest."""
    return np.sort(probabilities)[int((1 - level) * (len(probabilities) + 1) + 1e-9) - 1]


def floors(level):
    averaged = malignant().mean(axis=0)
    return floor(averaged[MALIGNANT], level), floor(1 - averaged[~MALIGNANT], level)


def test_operating_points_their_counts_and_what_is_wrong_there():
    expected, wrong = [], []
    for name, threshold in (
        ("threshold 0.5", 0.5),
        ("sensitivity ≥ 0.95", floors(0.95)[0]),
        ("sensitivity ≥ 0.99", floors(0.99)[0]),
    ):
        called = (malignant() >= threshold).mean(axis=0)
        found, alarms = called[MALIGNANT].sum(), called[~MALIGNANT].sum()
        cells = [
            f"{hits / n * 100:.1f} % [{wilson(hits, n)[0]:.3f}, {wilson(hits, n)[1]:.3f}]"
            for hits, n in ((found, 212), (357 - alarms, 357))
        ]
        expected.append([name, f"{threshold:.4f}", *cells, count(212 - found), count(alarms)])
        wrong.append(f"{name}: {count(212 - found + alarms)} wrong")
    assert rows_below("| chosen for | called malignant at") == expected
    assert f"Confusion at the operating points, of 569 rows: {'; '.join(wrong)}]" in CARD
    assert f"At 0.5 it finds {expected[0][2]} of malignant and spares {expected[0][3]} of benign." in CARD


def test_the_floors_of_the_sets_and_how_many_rows_the_picture_leaves_undecided():
    expected = [[f"{level * 100:g} %", *(f"{found:.4f}" for found in floors(level))] for level in (0.99, 0.95, 0.9)]
    assert rows_below("| level | malignant in the set at") == expected
    undecided = int((~decided()[0]).sum())
    assert f"{undecided} of 569 rows ({undecided / 5.69:.1f} %) are undecided at about 99 %]" in CARD


@pytest.mark.slow
def test_what_the_sets_do_on_held_out_rows_over_ten_splits():
    """Model and floors of 19 parts of 20, tried on the twentieth; ten times, in parts drawn anew."""
    inside = np.zeros((3, 10, 569, 2), dtype=bool)
    for number, (training, held_out) in enumerate(folds(splits=20)):
        own, truth = FEATURES[training], LABELS[training]
        inner, new = out_of_fold(own, truth, 10, 1)[0], model().fit(own, truth).predict_proba(FEATURES[held_out])
        for place, level in enumerate((0.99, 0.95, 0.9)):
            sure = new >= [floor(inner[truth == 0], level), floor(1 - inner[truth == 1], level)]
            inside[place, number // 20, held_out] = sure | ~sure.any(axis=1, keepdims=True)
    expected = []
    for name, sets in zip(("99 % (served)", "95 %", "90 %"), inside, strict=True):
        holds, alone = sets[:, np.arange(569), LABELS], sets.sum(axis=2) == 1
        by_class = [
            f"{kind} {spread(holds[:, k == LABELS].mean(axis=1))}" for k, kind in enumerate(("malignant", "benign"))
        ]
        right = [own[single].mean() for own, single in zip(holds, alone, strict=True)]
        expected.append([f"about {name}", "; ".join(by_class), spread(alone.mean(axis=1)), spread(right)])
    assert rows_below("| level | held-out rows whose set holds") == expected
    right = expected[0][3].partition(" (")[0]
    assert (
        f"decide {expected[0][2].partition(' (')[0]} of held-out rows, and {right} of these are right: means over"
        in CARD
    )


def spread(shares):
    """Mean, lowest and highest, as a cell."""
    ends = f" ({min(shares) * 100:.1f} to {max(shares) * 100:.1f})" if min(shares) < max(shares) else ""
    return f"{np.mean(shares) * 100:.1f} %{ends}"


def decided():
    """Which rows the floors decide that they gave themselves, and which of all rows' sets hold the truth."""
    averaged, (low, high) = malignant().mean(axis=0), floors(0.99)
    sick, healthy = averaged >= low, 1 - averaged >= high
    sick, healthy = sick | ~(sick | healthy), healthy | ~(sick | healthy)
    return sick != healthy, np.where(MALIGNANT, sick, healthy)


def test_the_card_owns_that_its_picture_flatters(example, evaluation):
    alone, holds = decided()
    text = reading_sets(example, evaluation)
    assert f"{alone.mean() * 100:.1f} % are decided there, and {holds[alone].mean() * 100:.1f} % of these" in text
    held_out = next(judged for judged in evaluation.held_out_coverage if judged.level == "0.99")
    assert held_out.decided_accuracy.highest < holds[alone].mean()


def test_precision_where_recall_is_95_percent():
    """At the highest threshold that reaches it, of each repeat."""
    found = []
    for own in malignant():
        precision, recall, _ = precision_recall_curve(MALIGNANT, own, drop_intermediate=False)
        found.append(precision[np.flatnonzero(recall >= 0.95).max()])
    assert f"precision where recall is 95 %: malignant {np.mean(found):.3f}]" in CARD
    assert f"area under the curve {mean(lambda benign: roc_auc_score(LABELS, benign)):.4f}, 95 %" in CARD


def test_the_bins_of_the_reliability_diagram():
    benign = 1 - malignant().mean(axis=0)
    bins = np.minimum((benign * 10).astype(int), 9)
    dots = [
        f"{benign[bins == own].mean():.2f} → {LABELS[bins == own].mean():.2f} ({(bins == own).sum()} rows)"
        for own in np.unique(bins)
    ]
    assert f"of the probability of benign, predicted → observed: {', '.join(dots)}]" in CARD


def test_how_many_signs_are_not_stable():
    generator, drawn = np.random.default_rng(0), []
    for _ in range(200):
        rows = np.concatenate([generator.choice(np.flatnonzero(k == LABELS), (k == LABELS).sum()) for k in (0, 1)])
        drawn.append(model().fit(FEATURES[rows], LABELS[rows])[-1].coef_[0])
    estimates = model().fit(FEATURES, LABELS)[-1].coef_[0]
    unstable = int((np.abs(estimates) <= WIDE * np.std(drawn, axis=0, ddof=1)).sum())
    assert f"**The sign of {unstable} of 30 coefficients is not stable**: over 200 refits" in CARD
    assert f"the sign of {30 - unstable} of 30 is stable]" in CARD


def test_what_alarms_compare_with():
    """Ranges, pairs and bounds of 19 parts of 20, tried on the twentieth."""
    outside, suspect = 0, 0
    for training, held_out in folds(splits=20, repeats=1):
        seen, new = FEATURES[training], FEATURES[held_out]
        outside += ((new < seen.min(axis=0)) | (new > seen.max(axis=0))).any(axis=1).sum()
        ranges = zip(seen.min(axis=0).tolist(), seen.max(axis=0).tolist(), strict=True)
        columns = [{"kind": "number", "minimum": low, "maximum": high} for low, high in ranges]
        learnt = SimpleNamespace(columns=columns, ordered_pairs=ordered_pairs(seen), suspicion=suspicion(seen))
        suspect += sum(map(Suspicion(TrainingRange(learnt)).holds, new.tolist()))
    assert (
        f"Of rows like these {outside / 5.69:.1f} % lie outside the range of the others in some column, and "
        f"{suspect / 5.69:.1f} % are called suspect"
    ) in CARD


def test_how_rare_disease_changes_what_a_call_is_worth():
    found, spared = ((malignant() >= 0.5)[:, MALIGNANT].mean(), (malignant() < 0.5)[:, ~MALIGNANT].mean())
    worth = lambda hit, spare: hit * 0.01 / (hit * 0.01 + (1 - spare) * 0.99)  # noqa: E731 – of this test alone
    ends = [worth(wilson(found * 212, 212)[end], wilson(spared * 357, 357)[end]) for end in (0, 1)]
    assert (
        f"Where only 1.0 % are malignant, {worth(found, spared) * 100:.1f} % [{ends[0]:.3f}, {ends[1]:.3f}] of those"
    ) in CARD
