"""One table of a population: every published interval as training makes it, beside what the published model does in truth.

Truth is what the model that is fitted on all of the table's rows does on new rows of the population, unless it is said
otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from sklearn.model_selection import RepeatedKFold
from threadpoolctl import threadpool_limits

from tests.simulation import fits, truths
from tests.simulation.populations import Classes, Numbers
from training.card.summary import RARE, predictive_value
from training.data.dataset import REGRESSION, Dataset
from training.evaluation.cross_validation import folds_of
from training.evaluation.evaluate import calibration_bins, figures_of
from training.evaluation.inspection.net_benefit import net_benefit
from training.evaluation.inspection.residuals import by_prediction
from training.evaluation.inspection.subgroups import thirds
from training.evaluation.measures import intervals, metrics
from training.evaluation.measures.coefficient_bootstrap import around
from training.evaluation.measures.operating_points import operating_point, operating_points
from training.evaluation.regression import RegressionEvaluation, gain_of, interval_of
from training.evaluation.regression import figures_of as regression_figures_of
from training.recipes.kinds import FOREST, Size

NEW_ROWS, NEW_ROWS_OF_A_FOREST, NEW_NUMBERS = 20_000, 5_000, 200_000
REFITS, OTHER_C, OTHER_PENALTY = 200, 0.02, 1000.0
THRESHOLDS = (0.1, 0.3)
MOST_COLUMNS = 10  # whose coefficients are refitted, as that is most of the work


class Interval(NamedTuple):
    """One published interval of one table, and the truth that it should hold."""

    figure: str
    ends: tuple[float, ...]
    truth: float


def tables(population: Classes | Numbers, draws: int, seed: int = 0) -> Iterator[list[Interval]]:
    """So many tables, each with its intervals."""
    generator = np.random.default_rng(seed)
    make = _classes if isinstance(population, Classes) else _numbers
    with threadpool_limits(limits=1):
        yield from make(population, draws, generator)


def _classes(population: Classes, draws: int, generator: np.random.Generator) -> Iterator[list[Interval]]:
    rows = NEW_ROWS_OF_A_FOREST if population.forest else NEW_ROWS
    new = population.draw(generator, rows)
    chances = population.probabilities(new)
    judged = _forest if population.forest else _logistic
    refitted = []
    for _ in range(draws):
        features, labels = _table(population, generator)
        repeated, of_new, others = judged(population, features, labels, new)
        found = [*_figures(population, features, labels, repeated, new, of_new, chances)]
        if others is not None:
            found += [_gain(labels, repeated, others[0], of_new, others[1], chances)]
            if features.shape[1] <= MOST_COLUMNS:
                refitted.append(_refits(features, labels, generator))
        yield found
    yield from _coefficients(refitted)


def _table(population: Classes, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """As training takes it: no class has fewer rows than there are folds."""
    while True:
        features = population.draw(generator, population.rows)
        chances = population.probabilities(features)
        labels = (generator.random((len(features), 1)) > chances.cumsum(axis=1)[:, :-1]).sum(axis=1)
        if np.bincount(labels, minlength=chances.shape[1]).min() >= population.amount.folds:
            return features, labels


def _logistic(population, features, labels, new):
    """Out-of-fold probabilities and those of new rows; then the same of another kind, which shrinks harder."""
    classes, amount = len(np.unique(labels)), population.amount
    pairs = list(folds_of(labels, amount.folds, amount.repeats))
    weights = _weights(pairs, len(labels))
    found = []
    for c in (1.0, OTHER_C):
        lines = fits.logistic(features, labels, weights, classes, c)
        own = fits.probabilities_of(lines[:-1], features)
        repeated = np.empty((amount.repeats, len(labels), classes))
        for number, (_, held_out) in enumerate(pairs):
            repeated[number // amount.folds, held_out] = own[number, held_out]
        found.append((repeated, fits.probabilities_of(lines[-1:], new)[0]))
    return *found[0], found[1]


def _forest(population, features, labels, new):
    amount = population.amount
    model = FOREST.make(Size(len(labels), features.shape[1], len(np.unique(labels))))
    repeated = np.empty((amount.repeats, len(labels), len(np.unique(labels))))
    for number, (training, held_out) in enumerate(folds_of(labels, amount.folds, amount.repeats)):
        fitted = model.fit(features[training], labels[training])
        repeated[number // amount.folds, held_out] = fitted.predict_proba(features[held_out])
    return repeated, model.fit(features, labels).predict_proba(new), None


def _weights(pairs: list[tuple[np.ndarray, np.ndarray]], rows: int) -> np.ndarray:
    """Of every fold's training rows; last, of all."""
    weights = np.ones((len(pairs) + 1, rows))
    for number, (_, held_out) in enumerate(pairs):
        weights[number, held_out] = 0
    return weights


def _figures(population, features, labels, repeated, new, of_new, chances) -> Iterator[Interval]:
    classes, averaged = repeated.shape[-1], repeated.mean(axis=0)
    names = tuple(f"class {label}" for label in range(classes))
    table = Dataset("", "", features, labels, (), names, 1, {}, "", "", "", "", ())
    truth = truths.of_metrics(of_new, chances)
    for name, metric in figures_of(table, repeated, population.amount).items():
        if metric.interval:
            yield Interval(metrics.TITLES.get(name, name.partition("_")[0]), metric.interval, truth[name])
    for part in calibration_bins(averaged, labels):
        held = truths.of_bin(of_new, chances, part.low, part.high)
        if held is not None:
            yield Interval("reliability, a bar", part.interval, held)
    codes, _ = thirds(features[:, 0])
    new_codes = truths.codes_like(features[:, 0], codes, new[:, 0])
    right = metrics.correct(repeated, labels).mean(axis=0)
    for group in np.unique(codes):
        own = (codes == group) & ((labels == 1) if classes == 2 else True)
        if own.any():
            ends = intervals.of_share(float(right[own].sum()), int(own.sum()))
            here = new_codes == group
            held = truths.of_answers(of_new[here], chances[here])["sensitivity" if classes == 2 else "accuracy"]
            yield Interval("subgroups", ends, held)
    if classes == 2:
        scores, positive = repeated[..., 1], labels == 1
        points = operating_points(scores, positive, "")
        points += [operating_point("of one's own", "", threshold, scores, positive) for threshold in THRESHOLDS]
        for point in points:
            found, spared = truths.of_threshold(of_new[:, 1], chances[:, 1], point.threshold)
            yield Interval("operating points, sensitivity", point.sensitivity_interval, found)
            yield Interval("operating points, specificity", point.specificity_interval, spared)
        half = points[0]
        ends = zip(half.sensitivity_interval, half.specificity_interval, strict=True)
        low, high = (predictive_value(found, spared, RARE) for found, spared in ends)
        truth_here = predictive_value(truth["sensitivity"], truth["specificity"], RARE)
        yield Interval("predictive value where it is rare", (low, high), truth_here)
        for threshold in THRESHOLDS:
            found, spared = truths.of_threshold(of_new[:, 1], chances[:, 1], threshold)
            share = float(positive.mean())  # the card's says that it is of classes as frequent as in the table
            truth_here = share * found - (1 - share) * threshold / (1 - threshold) * (1 - spared)
            yield Interval("net benefit", net_benefit(scores, positive, threshold).interval, truth_here)


def _gain(labels, ours, others, ours_of_new, others_of_new, chances) -> Interval:
    lost = [metrics.brier_scores(scores, labels).mean(axis=0) for scores in (ours, others)]
    truth = [truths.of_metrics(scores, chances)["brier"] for scores in (ours_of_new, others_of_new)]
    return Interval("gain over another kind", intervals.of_gain(lost[0] - lost[1]), truth[0] - truth[1])


def _refits(features: np.ndarray, labels: np.ndarray, generator: np.random.Generator):
    """Coefficients per standard deviation with their ends, from rows drawn again within each class."""
    weights = np.ones((REFITS + 1, len(labels)))
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        weights[:-1, own] = generator.multinomial(len(own), np.full(len(own), 1 / len(own)), REFITS)
    lines = fits.logistic(features, labels, weights, len(np.unique(labels)))
    scaled = lines[:, :, 1:] * fits.scales(features, weights)[:, None, :]
    return scaled[-1], *around(scaled[-1], scaled[:-1])


def _coefficients(refitted) -> Iterator[list[Interval]]:
    """Truth is what a coefficient is on average over such tables: nobody knows another truth of a shrunken one."""
    if refitted:
        middle = np.mean([estimates for estimates, *_ in refitted], axis=0)
        first = 1 if len(middle) == 2 else 0  # of two classes, class 0 has none
        for _, low, high in refitted:
            ends = zip(low[first:].ravel(), high[first:].ravel(), middle[first:].ravel(), strict=True)
            yield [Interval("coefficients", (lower, upper), truth) for lower, upper, truth in ends]


def _numbers(population: Numbers, draws: int, generator: np.random.Generator) -> Iterator[list[Interval]]:
    new, observed = population.draw(generator, NEW_NUMBERS)
    amount, refitted = population.amount, []
    for _ in range(draws):
        features, targets = population.draw(generator, population.rows)
        pairs = list(RepeatedKFold(n_splits=amount.folds, n_repeats=amount.repeats, random_state=0).split(features))
        found = []
        for penalty in (population.penalty, OTHER_PENALTY):
            lines = fits.ridge(features, targets, _weights(pairs, len(targets)), penalty)
            own = lines[:, 1:] @ features.T + lines[:, :1]
            repeated = np.empty((amount.repeats, len(targets)))
            for number, (_, held_out) in enumerate(pairs):
                repeated[number // amount.folds, held_out] = own[number, held_out]
            found.append((repeated, lines[-1, 0] + new @ lines[-1, 1:]))
        (ours, of_new), (others, others_of_new) = found
        truth, of_others = (float(np.abs(observed - own).mean()) for own in (of_new, others_of_new))
        refitted.append(_refits_of_numbers(population, features, targets, generator))
        of_median = float(np.abs(observed - np.median(targets)).mean())
        error = regression_figures_of(targets, ours, amount)["mean_absolute_error"]
        gained = np.abs(others - targets).mean(axis=0) - np.abs(ours - targets).mean(axis=0)
        yield [
            Interval("mean absolute error", error.interval, truth),
            Interval("gain over the median", gain_of(targets, ours)[1], of_median - truth),
            Interval("gain over another kind", intervals.of_gain(gained), of_others - truth),
            *_residuals(population, features, targets, ours, of_new, observed),
        ]
    yield from _coefficients(refitted)


def _refits_of_numbers(population: Numbers, features, targets, generator: np.random.Generator):
    """Coefficients per standard deviation with their ends, from rows drawn again."""
    weights = np.ones((REFITS + 1, len(targets)))
    weights[:-1] = generator.multinomial(len(targets), np.full(len(targets), 1 / len(targets)), REFITS)
    lines = fits.ridge(features, targets, weights, population.penalty)
    scaled = (lines[:, 1:] * fits.scales(features, weights))[:, None, :]
    return scaled[-1], *around(scaled[-1], scaled[:-1])


def _residuals(population: Numbers, features, targets, repeated, of_new, observed) -> Iterator[Interval]:
    """By parts of equally many rows along the predictions; new rows belong to the part that they are predicted into."""
    table = Dataset("", "", features, targets, (), (), 1, {}, "", "", "", "", (), task=REGRESSION)
    interval = interval_of(targets, repeated, population.amount)
    judged = RegressionEvaluation(population.amount, repeated, {}, (0.0, (0.0, 0.0)), interval, {}, None, None)
    parts = by_prediction(table, judged)
    rows = np.array_split(np.sort(judged.predictions), max(1, len(parts)))
    place = np.searchsorted([own[0] for own in rows[1:]], of_new, side="right")
    for number, part in enumerate(parts):
        own = observed[place == number] - of_new[place == number]
        yield Interval("residuals, mean of a part", part.mean_interval, float(own.mean()))
        yield Interval("residuals, size in a part", part.absolute_interval, float(np.abs(own).mean()))
        yield Interval(
            "residuals, held in a part", part.inside_interval, float((np.abs(own) <= interval.half_width).mean())
        )
