"""`python -m tests.tools.suspicion_table`: write docs/api.md's table of what `input_suspect` notices, and of false alarms.

Each row is judged by what an export learns from nine tenths of the rows, of which it is none: as it is, and after what
goes wrong on the way to an API.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine

from tests.tools.tables import DOCUMENT, replaced
from training.evaluation.measures.expected_shares import guard

FOLDS = 10
Change = Callable[[np.ndarray], np.ndarray]


def lognormal(columns: int = 8, rows: int = 400) -> np.ndarray:
    """Columns as skewed as prices or counts."""
    return np.random.default_rng(0).lognormal(0, 1, size=(rows, columns))


DATA = {
    "breast cancer": lambda: load_breast_cancer().data,
    "wine": lambda: load_wine().data,
    "iris": lambda: load_iris().data,
    "digits": lambda: load_digits().data,
    "diabetes": lambda: load_diabetes(scaled=False).data,
    "lognormal": lognormal,
}


def swapped(values: np.ndarray) -> np.ndarray:
    """The shipped data's means for its worst values, and the other way round."""
    return np.hstack([values[:, 20:], values[:, 10:20], values[:, :10]])


CHANGES: dict[str, Change] = {
    "÷ 10": lambda values: values / 10,
    "× 10": lambda values: values * 10,
    "÷ 2.54": lambda values: values / 2.54,
    "logarithms": lambda values: np.log(np.maximum(values, 1e-4)),
    "reversed": lambda values: values[:, ::-1],
    "rotated by one": lambda values: np.roll(values, 1, axis=1),
}
OF_THE_SHIPPED: dict[str, Change] = {"mean for worst": swapped}


def held_out_shares(rows: np.ndarray, changes: dict[str, Change]) -> dict[str, float]:
    """The share of rows that are suspect after each change."""
    order, suspect = np.random.default_rng(1).permutation(len(rows)), dict.fromkeys(changes, 0)
    for held_out in np.array_split(order, FOLDS):
        suspicion = guard(rows[np.setdiff1d(order, held_out)])
        for name, change in changes.items():
            suspect[name] += sum(suspicion.holds(row) for row in change(rows[held_out]).tolist())
    return {name: count / len(rows) for name, count in suspect.items()}


def table() -> str:
    """As it must stand in the document."""
    names = ["honest", *CHANGES, *OF_THE_SHIPPED]
    lines = [f"| data (rows × columns) | {' | '.join(names)} |", f"| --- |{' --- |' * len(names)}"]
    for data, load in DATA.items():
        rows = load()
        changes = {"honest": lambda values: values, **CHANGES, **(OF_THE_SHIPPED if data == "breast cancer" else {})}
        shares = held_out_shares(rows, changes)
        cells = [f"{100 * shares[name]:.1f} %" if name in shares else "–" for name in names]
        lines.append(f"| {data} ({len(rows)} × {rows.shape[1]}) | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    DOCUMENT.write_text(replaced(DOCUMENT.read_text("utf-8"), table()), "utf-8")
