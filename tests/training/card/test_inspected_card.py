"""Every figure that the inspection puts into the shipped card, recomputed from the table with scikit-learn alone."""

from __future__ import annotations

import re

import numpy as np
from scipy.stats import ttest_ind
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LinearRegression
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

from tests.training.card.shipped import (
    CARD,
    FEATURES,
    LABELS,
    MALIGNANT,
    count,
    folds,
    malignant,
    model,
    rows_below,
    wilson,
)

NAMES = list(load_breast_cancer().feature_names)
QUANTITIES = [name.removeprefix("mean ") for name in NAMES[:10]]


def share(right):
    """Rows rightly answered (means over the repeats), as a cell."""
    hits, n = right.sum(), len(right)
    low, high = wilson(hits, n)
    return f"{count(hits)} of {n}: {hits / n * 100:.1f} % [{low:.3f}, {high:.3f}]"


def test_subgroups_are_thirds_of_the_mean_radius():
    low, high = np.quantile(FEATURES[:, 0], [1 / 3, 2 / 3])
    small, large = FEATURES[:, 0] <= low, FEATURES[:, 0] > high
    found, spared = (malignant() >= 0.5).mean(axis=0), (malignant() < 0.5).mean(axis=0)
    expected = [
        [name, f"{part.sum()}", share(found[part & MALIGNANT]), share(spared[part & ~MALIGNANT])]
        for name, part in (
            (f"up to {low:.4g}", small),
            (f"above {low:.4g}, up to {high:.4g}", ~small & ~large),
            (f"above {high:.4g}", large),
        )
    ]
    assert rows_below("| mean radius | rows |") == expected
    assert expected[0][2].startswith("4.7 of 6:")
    assert f"worst with mean radius up to {low:.4g}, where it finds malignant in {expected[0][2]}." in CARD


def test_the_learning_curve():
    sizes = [round(share * 512) for share in (0.1, 0.2, 0.4, 0.7, 1)]
    held, learnt = {size: [] for size in sizes}, {size: [] for size in sizes}
    for training, held_out in folds()[:10]:
        mixed = np.random.default_rng(0).permutation(training)
        ranked = {
            row: place / (LABELS[mixed] == k).sum()
            for k in (0, 1)
            for place, row in enumerate(mixed[LABELS[mixed] == k])
        }
        order = sorted(mixed, key=ranked.get)  # as many of each class in every beginning as in the whole
        for size in sizes:
            fitted = model().fit(FEATURES[order[:size]], LABELS[order[:size]])
            for scores, rows in ((held, held_out), (learnt, order[:size])):
                scores[size].append(log_loss(LABELS[rows], fitted.predict_proba(FEATURES[rows])))
    curve = ", ".join(f"{size} → {np.mean(held[size]):.3g}" for size in sizes)
    own = ", ".join(f"{np.mean(learnt[size]):.3g}" for size in sizes)
    assert f"log loss of held-out rows: {curve}; of the rows learnt from: {own}]" in CARD
    assert (
        f"Learning from 512 instead of 358 rows takes the log loss on held-out rows from {np.mean(held[358]):.3g} to "
        f"{np.mean(held[512]):.3g}; on the rows that were learnt from it is {np.mean(learnt[512]):.3g} (means over 10 folds"
    ) in CARD


def benefit(threshold):
    """Net benefit and the ends of its interval, by Zou and Donner's rule."""
    called = (malignant() >= threshold).mean(axis=0)
    found, alarms = called[MALIGNANT].sum(), called[~MALIGNANT].sum()
    odds = threshold / (1 - threshold)
    value = (found - odds * alarms) / 569
    ends = []
    for end in (0, 1):
        of_found = wilson(found, 212)[end] * 212 - found
        of_spared = wilson(357 - alarms, 357)[end] * 357 - (357 - alarms)
        ends.append(value + (2 * end - 1) * np.sqrt(of_found**2 + (odds * of_spared) ** 2) / 569)
    return value, ends, (212 - odds * 357) / 569


def test_the_net_benefit_and_where_it_is_surely_better():
    expected = []
    for threshold in (0.05, 0.1, 0.2, 0.5):
        value, (low, high), of_all = benefit(threshold)
        cost = f"1/{round(1 / threshold - 1)} of a miss"
        expected.append(
            [
                f"{threshold * 100:g} %",
                cost,
                f"{100 * value:.1f} [{100 * low:.1f}, {100 * high:.1f}]",
                f"{100 * of_all:.1f}",
                "0",
            ]
        )
    assert rows_below("| acting from P(malignant) ≥ |") == expected
    better = []
    for percent in range(1, 100):
        _, (low, _), of_all = benefit(percent / 100)
        better += [percent] if low > max(0, of_all) else []
    assert better == list(range(better[0], better[-1] + 1))
    assert f"At each threshold from {better[0]} % to {better[-1]} % it is surely better than both" in CARD


def test_labels_to_check():
    own = malignant().mean(axis=0)
    sure = np.maximum(own, 1 - own) >= 0.9
    wrong = sure & ((own > 0.5) != MALIGNANT)
    ranked = sorted(np.flatnonzero(wrong), key=lambda row: min(own[row], 1 - own[row]))
    expected = np.minimum(own, 1 - own)[sure].sum()
    assert (
        f"Of {sure.sum()} rows, models that had not seen them were at least 90 % sure. {wrong.sum()} of them are"
        in CARD
    )
    assert f": rows {', '.join(f'{row + 1}' for row in ranked)} (surest first" in CARD
    assert f"{expected:.1f} such are to be expected" in CARD


def test_variance_inflation_directions_and_groups():
    scaled = StandardScaler().fit_transform(FEATURES)
    inflation = {}
    for column, name in enumerate(NAMES):
        others = np.delete(scaled, column, axis=1)
        inflation[name] = 1 / (1 - LinearRegression().fit(others, scaled[:, column]).score(others, scaled[:, column]))
    size = lambda value: f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"  # noqa: E731 – of this test alone
    high = sum(value > 10 for value in inflation.values())
    assert f"above 10 for {high} of 30 number columns (the largest: {size(max(inflation.values()))})" in CARD
    assert high == 23

    coefficients = dict(zip(NAMES, model().fit(FEATURES, LABELS)[-1].coef_[0], strict=True))
    alone = {}
    for column, name in enumerate(NAMES):
        test = ttest_ind(FEATURES[~MALIGNANT, column], FEATURES[MALIGNANT, column])
        alone[name] = int(np.sign(test.statistic)) if test.pvalue < 0.05 else 0
    against = {name for name in NAMES if coefficients[name] * alone[name] < 0}
    assert f"the coefficient says the opposite ({len(against)} of 30)" in CARD

    expected = {}
    for quantity in QUANTITIES:
        own = [f"mean {quantity}", f"{quantity} error", f"worst {quantity}"]
        texts = [f"{name} {coefficients[name]:+.3g} {'·↑↓'[alone[name]]}" for name in own]
        cell = ", ".join(f"**{text}**" if name in against else text for name, text in zip(own, texts, strict=True))
        moves = sum(scaled[:, NAMES.index(name)] * coefficients[name] for name in own).std()
        expected[moves] = [quantity, cell, f"{moves:.3g}", size(max(inflation[name] for name in own))]
    assert rows_below("| columns | coefficients |") == [expected[moves] for moves in sorted(expected, reverse=True)]


def test_what_else_a_reader_looks_for_is_there():
    sections = dict(re.findall(r"^## (.+)\n\n((?:.|\n)*?)(?=^## |\Z)", CARD, re.MULTILINE))
    assert "September 1993" in sections["Data"]
    assert "Cancer Letters, 77, 163-171" in sections["Data"]
    assert "Out of scope:" in sections["Intended use and limits"]
    assert "python -m lambda_app" in sections["How to start"]
    assert "issue" in sections["Contact"]
    summary = CARD.split("In short:\n\n")[1].split("\n\n")[0].splitlines()
    assert len(summary) <= 10
