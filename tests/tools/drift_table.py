"""`python -m tests.tools.drift_table`: write the drift alarms' table of deployment/README.md anew, from simulated years.

The formulas are read out of monitoring.yaml and worked out for many days at once. What a model expects was itself measured
on its table's rows, so it is drawn as a share of so many; it stays the same for a year, so that days are no strangers.
Only chance is simulated.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.datasets import load_diabetes, load_wine

from lambda_app.metrics import MOST_ROWS
from lambda_app.model.artefact.model_parameters import ModelParameters
from tests.deployment.sam import MONITORING_TEMPLATE, ROOT, Template, read
from tests.tools.own_model import OWN
from tests.tools.tables import replaced
from training.data.dataset import REGRESSION, Dataset
from training.evaluation.evaluate import evaluate
from training.evaluation.regression import evaluate_regression
from training.recipes.effort import Effort

DOCUMENT: Path = ROOT / "deployment" / "README.md"
FUNCTIONS = {"IF": np.where, "ABS": np.abs}
TRAFFIC = (200, 1_000, 10_000)  # instances a day
MODELS, DAYS = 1_000, 365
EFFORT = Effort(repeats=1, resamples=2, splits=1)  # what is expected hangs on nothing that this leaves out
CHANGED = {"UndecidedAlarm": 2.0, "OutOfRangeAlarm": 2.0, "ClassMixAlarm": 0.75}  # times the share
NAMES = {"UndecidedAlarm": "undecided", "OutOfRangeAlarm": "out of range", "ClassMixAlarm": "commonest class"}


class Expected(NamedTuple):
    """A share that a model expects, and the rows that it was measured on."""

    model: str
    alarm: str
    share: float
    rows: int


def rings(template: Template, alarm: str, some: Any, expected: Any, instances: int, rows: int) -> Any:
    """For each day whether the alarm goes off. CloudWatch's metric math is arithmetic that Python reads, too."""
    properties = template["Resources"][alarm]["Properties"]
    expressions = {metric["Id"]: metric["Expression"] for metric in properties["Metrics"] if "Expression" in metric}
    everything = np.full(np.shape(some), float(instances))
    known: dict[str, Any] = {
        "some": some, "expected": expected, "all": everything, "measured": min(MOST_ROWS, rows) * everything,
    }  # fmt: skip
    with np.errstate(divide="ignore", invalid="ignore"):
        for name in ("rows", "pooled", "variance", "z"):
            known[name] = eval(expressions[name], {"__builtins__": {}}, {**FUNCTIONS, **known})
    assert properties["ComparisonOperator"] == "GreaterThanThreshold"
    return known["z"] > properties["Threshold"]  # not a number, as 0 / 0: CloudWatch has no point, and does not ring


def years(template: Template, expected: Expected, true: float, instances: int, days: int = DAYS) -> np.ndarray:
    """Which days of which of many models (models × days) ring, where the share is `true` and not what is expected."""
    chance = np.random.default_rng(20261125)
    measured = chance.binomial(expected.rows, expected.share, (MODELS, 1)) / expected.rows * instances
    counted = chance.binomial(instances, true, (MODELS, days))
    return np.asarray(rings(template, expected.alarm, counted, measured, instances, expected.rows))


def expectations() -> list[Expected]:
    """What the shipped model expects, and what models of three classes and of numbers do."""
    shipped = ModelParameters.from_json(OWN.read_text(encoding="ascii"))
    wine, diabetes = load_wine(), load_diabetes(scaled=False)
    of_wine = evaluate(_dataset(wine, ("a", "b", "c")), amount=EFFORT).expected_shares
    of_diabetes = evaluate_regression(_dataset(diabetes, ()), amount=EFFORT).expected_shares
    return [
        *_of("breast cancer", shipped.expected_shares, shipped.data_set["rows"]),
        *_of("wine", of_wine, len(wine.target)),
        *_of("diabetes", of_diabetes, len(diabetes.target)),
    ]


def _dataset(bunch: Any, classes: tuple[str, ...]) -> Dataset:
    names = tuple(map(str, bunch.feature_names))
    task = {} if classes else {"task": REGRESSION, "target_name": "y"}
    return Dataset("t", "", bunch.data, bunch.target, names, classes, 1, {}, "", "", "", "", (), **task)


def _of(model: str, shares: Any, rows: int) -> list[Expected]:
    found = {"UndecidedAlarm": shares["undecided"], "OutOfRangeAlarm": shares["out_of_range"]}
    found["ClassMixAlarm"] = max(shares["by_class"], default=None)
    return [Expected(model, alarm, share, rows) for alarm, share in found.items() if share is not None]


def table() -> str:
    """As it must stand in the guide."""
    template = read(MONITORING_TEMPLATE)
    lines = [
        "| model (rows) | share | expected | honest, 200 a day | 1,000 | 10,000 | changed, 200 a day | 1,000 | 10,000 |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for own in expectations():
        honest = [years(template, own, own.share, instances).any(axis=1).mean() for instances in TRAFFIC]
        true = own.share * CHANGED[own.alarm]
        changed = [years(template, own, true, instances, days=20).mean() for instances in TRAFFIC]
        cells = " | ".join(f"{100 * share:.1f} %" for share in (own.share, *honest, *changed))
        lines.append(f"| {own.model} ({own.rows}) | {NAMES[own.alarm]} | {cells} |")
    return "\n".join(lines)


if __name__ == "__main__":
    DOCUMENT.write_text(replaced(DOCUMENT.read_text("utf-8"), table()), "utf-8")
