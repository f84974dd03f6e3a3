"""What changes from one model to another: coefficients, and answers to the same samples.

Words: OLD and NEW are the two models; a pair is one sample in OLD's and in NEW's feature order.
"""

from __future__ import annotations

from training.data.samples import reorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambda_app.model.artefact.model_parameters import ModelParameters
    from training.data.samples import Pair

    Model = Any  # a loaded Classifier or Regressor; both models are of the same task

SHOWN = 12  # coefficients listed; the rest is summed up in a line


def changed_features(old: ModelParameters, new: ModelParameters) -> list[str]:
    """A line for each thing that callers must change; none where the features are the same in the same order."""
    added = [name for name in new.feature_names if name not in old.feature_names]
    removed = [name for name in old.feature_names if name not in new.feature_names]
    lines = [f"  {what}: {', '.join(names)}" for what, names in (("added", added), ("removed", removed)) if names]
    if not lines and old.feature_names != new.feature_names:
        lines = ["  the same in another order: callers that send lists would get wrong answers without a change"]
    return lines


def changed_coefficients(old: Model, new: Model) -> list[str]:
    """A line for each coefficient that changes most, in OLD's unit, so that a new scaler alone changes nothing."""
    if not all(model.parameters.model["kind"] == "linear" for model in (old, new)):
        return ["  trees have none: see the answers"]
    (before, old_units), (after, new_units) = _weights(old), _weights(new)
    units = {**new_units, **old_units}
    rows = []
    for row, feature in before | after:
        a, b = (weights.get((row, feature), 0.0) * units[feature] for weights in (before, after))
        label = feature if row is None else f"{old.parameters.target_names[row]}: {feature}"
        note = "" if (row, feature) in before and (row, feature) in after else "  only in one model"
        rows.append((abs(b - a), f"  {label:<32} {a:>+10.4f} {b:>+10.4f} {b - a:>+11.2e}{note}"))
    rows.sort(key=lambda row: -row[0])
    if rows[0][0] == 0:
        return ["  none changes"]
    lines = [f"  {'':<32} {'OLD':>10} {'NEW':>10} {'change':>11}", *(line for _, line in rows[:SHOWN])]
    if len(rows) > SHOWN:
        lines.append(f"  … and {len(rows) - SHOWN} more, none changes by more than {rows[SHOWN][0]:.2e}")
    return lines


def _weights(model: Model) -> tuple[dict[tuple[int | None, str], float], dict[str, float]]:
    """What a raw unit (or a category) adds, by row of scores (None: there is one) and feature; and units by feature."""
    record, owners = model.parameters.model, model.columns.columns_of_numbers
    weights: dict[tuple[int | None, str], float] = {}
    units: dict[str, float] = {}
    several = len(record["coefficients"]) > 1
    for row, coefficients in enumerate(record["coefficients"]):
        for number, (coefficient, scale) in enumerate(zip(coefficients, record["scales"], strict=True)):
            column = model.parameters.columns[owners[number]]
            place = number - owners.index(owners[number])
            key = row if several else None
            if column["kind"] == "number":
                name = column["name"] if place == 0 else f"{column['name']} is missing"
                weights[key, name], units[name] = coefficient / scale, scale
            elif coefficient:
                for value, numbers in column["categories"]:
                    name = f"{column['name']} = {value}"
                    weights[key, name], units[name] = coefficient * numbers[place], 1.0
    return weights, units


def shared_golden_rows(old: ModelParameters, new: ModelParameters) -> list[Pair]:
    """OLD's golden rows, then those only NEW has; none where the features differ."""
    if set(old.feature_names) != set(new.feature_names):
        return []
    pairs = [(row["features"], reorder(row["features"], old, new)) for row in old.golden_rows]
    pairs += [(reorder(row["features"], new, old), row["features"]) for row in new.golden_rows]
    return list({tuple(for_old): (for_old, for_new) for for_old, for_new in pairs}.values())


def changed_answers(old: Model, new: Model, pairs: list[Pair], *, each: bool) -> list[str]:
    """A line a sample if asked for each, then the sum. A sample that one model refuses is counted, not compared."""
    names = old.parameters.target_names
    lines, flips, sets, refused, largest = [], 0, 0, 0, 0.0
    for number, (for_old, for_new) in enumerate(pairs, 1):
        numbers = old.columns.numbers(for_old), new.columns.numbers(for_new)
        if numbers[0] is None or numbers[1] is None:
            refused += 1
            lines += [f"  {number:>3}  refused by {'OLD' if numbers[0] is None else 'NEW'}"] if each else []
            continue
        before, after = old.predict(numbers[0]), new.predict(numbers[1])
        if not names:
            largest = max(largest, abs(after[0] - before[0]))
            lines += [f"  {number:>3}  {before[0]:.6g} → {after[0]:.6g}  {after[0] - before[0]:+.2e}"] if each else []
            continue
        flipped = before[0] != after[0]
        flips += flipped
        sets += before[2] != after[2]
        change, k = max((abs(q - p), k) for k, (p, q) in enumerate(zip(before[1], after[1], strict=True)))
        largest = max(largest, change)
        if each:
            p, q = before[1][k], after[1][k]
            flip = f"  {names[int(before[0])]} → {names[int(after[0])]}" if flipped else ""
            lines.append(f"  {number:>3}  P({names[k]}) {p:.6f} → {q:.6f}  {q - p:+.2e}{flip}")
    counted = f"{flips} of {len(pairs)} labels flip, {sets} prediction sets change; " if names else ""
    note = f"; {refused} refused by one model" if refused else ""
    lines.append(f"  {counted}largest change {largest:.2e}{note}")
    return lines
