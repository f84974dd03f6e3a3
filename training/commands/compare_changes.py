"""What changes from one model to another: coefficients, and answers to the same samples.

Words: OLD and NEW are the two models; a pair is one sample in OLD's and in NEW's feature order.
"""

from __future__ import annotations

from training.data.samples import reorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambda_app.model.model_parameters import ModelParameters
    from lambda_app.model.predict import Classifier
    from training.data.samples import Pair

SHOWN = 12  # coefficients listed; the rest is summed up in a line


def changed_features(old: ModelParameters, new: ModelParameters) -> list[str]:
    """A line for each thing that callers must change; none where the features are the same in the same order."""
    added = [name for name in new.feature_names if name not in old.feature_names]
    removed = [name for name in old.feature_names if name not in new.feature_names]
    lines = [f"  {what}: {', '.join(names)}" for what, names in (("added", added), ("removed", removed)) if names]
    if not lines and old.feature_names != new.feature_names:
        lines = ["  the same in another order: callers that send lists would get wrong answers without a change"]
    return lines


def changed_coefficients(old: ModelParameters, new: ModelParameters) -> list[str]:
    """A line for each coefficient that changes most, in OLD's unit, so that a new scaler alone changes nothing."""
    before, after = _weights(old), _weights(new)
    units = dict(zip(new.feature_names + old.feature_names, new.scales + old.scales, strict=True))  # OLD's wins
    rows = []
    for row, feature in before | after:
        a, b = (weights.get((row, feature), 0.0) * units[feature] for weights in (before, after))
        label = feature if len(old.target_names) == 2 else f"{old.target_names[row]}: {feature}"
        note = "" if (row, feature) in before and (row, feature) in after else "  only in one model"
        rows.append((abs(b - a), f"  {label:<32} {a:>+10.4f} {b:>+10.4f} {b - a:>+11.2e}{note}"))
    rows.sort(key=lambda row: -row[0])
    if rows[0][0] == 0:
        return ["  none changes"]
    lines = [f"  {'':<32} {'OLD':>10} {'NEW':>10} {'change':>11}", *(line for _, line in rows[:SHOWN])]
    if len(rows) > SHOWN:
        lines.append(f"  … and {len(rows) - SHOWN} more, none changes by more than {rows[SHOWN][0]:.2e}")
    return lines


def _weights(model: ModelParameters) -> dict[tuple[int, str], float]:
    """Log-odds per raw unit, by row of coefficients and feature name."""
    return {
        (row, name): coefficient / scale
        for row, coefficients in enumerate(model.coefficients)
        for name, coefficient, scale in zip(model.feature_names, coefficients, model.scales, strict=True)
    }


def shared_golden_rows(old: ModelParameters, new: ModelParameters) -> list[Pair]:
    """OLD's golden rows, then those only NEW has; none where the features differ."""
    if set(old.feature_names) != set(new.feature_names):
        return []
    pairs = [(row["features"], reorder(row["features"], old, new)) for row in old.golden_rows]
    pairs += [(reorder(row["features"], new, old), row["features"]) for row in new.golden_rows]
    return list({tuple(for_old): (for_old, for_new) for for_old, for_new in pairs}.values())


def changed_answers(old: Classifier, new: Classifier, pairs: list[Pair], *, each: bool) -> list[str]:
    """A line a sample if asked for each, then the sum."""
    names = old.parameters.target_names
    lines, flips, sets, largest = [], 0, 0, 0.0
    for number, (for_old, for_new) in enumerate(pairs, 1):
        before, after = old.predict(for_old), new.predict(for_new)
        flipped = before[0] != after[0]
        flips += flipped
        sets += before[2] != after[2]
        change, k = max((abs(q - p), k) for k, (p, q) in enumerate(zip(before[1], after[1], strict=True)))
        largest = max(largest, change)
        if each:
            p, q = before[1][k], after[1][k]
            flip = f"  {names[before[0]]} → {names[after[0]]}" if flipped else ""
            lines.append(f"  {number:>3}  P({names[k]}) {p:.6f} → {q:.6f}  {q - p:+.2e}{flip}")
    lines.append(f"  {flips} of {len(pairs)} labels flip, {sets} prediction sets change; largest change {largest:.2e}")
    return lines
