"""Which metrics of a new model are worse than the old one's, beyond what chance explains.

Words: a metric is the artefact's {"value", "interval", …}; an interval is [low, high] or missing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeGuard

    Metric = dict[str, Any]

LOWER_IS_BETTER = ("log_loss", "brier", "ece", "mean_absolute_error", "root_mean_squared_error")
HIGHER_IS_BETTER = ("accuracy", "roc_auc", "sensitivity", "specificity", "r2", "recall")  # recall_0, recall_1, … too


def metrics_report(old: dict[str, Metric], new: dict[str, Metric]) -> tuple[list[str], list[str]]:
    """A table's lines, and the reasons against NEW.

    It fails closed: a metric that NEW dropped counts against it, and so does having nothing to judge by.
    """
    lines = [f"  {'':<24} {'OLD':<29} {'NEW':<29} verdict"]
    reasons, judged = [], 0
    for name in old | new:
        verdict = _verdict(name, old.get(name), new.get(name))
        lines.append(f"  {name:<24} {_show(old.get(name)):<29} {_show(new.get(name)):<29} {verdict}")
        judged += verdict in ("within", "BETTER", "WORSE")
        if verdict == "WORSE":
            reasons.append(f"{name} is worse beyond its interval: {_show(old[name])} → {_show(new[name])}")
        if verdict == "DROPPED":
            reasons.append(f"{name} is no longer reported")
    if not judged:
        reasons.append("no metric with an interval is in both files, so nothing shows that NEW is not worse")
    return lines, reasons


def _sign(name: str) -> int:
    """1 where more is better, -1 where less is, 0 where that is not known."""
    if name in LOWER_IS_BETTER:
        return -1
    return 1 if name.startswith(HIGHER_IS_BETTER) else 0


def _verdict(name: str, old: Metric | None, new: Metric | None) -> str:
    sign = _sign(name)
    if not _usable(old):
        return "new" if _usable(new) else "not judged"
    if not _usable(new) or old.get("class") != new.get("class"):
        return "DROPPED" if sign else "not judged"
    if not sign or not (old.get("interval") or new.get("interval")):
        return "not judged"
    if _outside(new, old, -sign) or _outside(old, new, sign):
        return "WORSE"
    if _outside(new, old, sign) or _outside(old, new, -sign):
        return "BETTER"
    return "within"


def _usable(metric: Metric | None) -> TypeGuard[Metric]:
    return metric is not None and isinstance(metric.get("value"), int | float)


def _outside(one: Metric, other: Metric, side: int) -> bool:
    """Whether one's value lies above (side 1) or below (side -1) the other's interval."""
    interval = other.get("interval")
    if not interval:
        return False
    return bool(one["value"] > interval[1] if side > 0 else one["value"] < interval[0])


def _show(metric: Metric | None) -> str:
    if not _usable(metric):
        return "–"
    interval = metric.get("interval")
    return f"{metric['value']:.4f}" + (f" [{interval[0]:.4f}, {interval[1]:.4f}]" if interval else "")
