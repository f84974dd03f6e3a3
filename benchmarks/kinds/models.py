"""One fitted model of each kind, in the form that each alternative wants it, and the rows that all are asked.

The data are made up, from a seed: ten columns of numbers with one decimal, as instruments write them, or six of those
and four of texts. A model is trained on 2,000 rows; 5,000 others of the same kind are predicted.
"""

from __future__ import annotations

import compileall
from contextlib import suppress
from pathlib import Path

from benchmarks.kinds.process import write_package

TRAINED, ASKED, SEED = 2_000, 5_000, 0
TITLES = {
    "forest": "forest, 100 trees",
    "boosting": "gradient boosting, 100 trees",
    "histogram": "histogram boosting, 100 trees",
    "categories": "linear, 6 numbers and 4 texts",
}
NUMBERS, TEXTS = [f"number {n}" for n in range(6)], [f"text {n}" for n in range(4)]
CITIES = ["Aachen", "Bonn", "Celle", "Dresden", "Erfurt", "Freiburg", "Gera", "Halle"]


def write(kind: str, folder: Path, trees: int = 100, leaves: int | None = None) -> int:
    """Write the models of a kind that can be had, ours as a whole package; returns the number of nodes.

    `leaves`: at most so many a tree of a forest; None: its depth is bounded.
    """
    import joblib

    from training.export import export_model

    features, targets = table(kind)
    features, targets = features[:TRAINED], targets[:TRAINED]
    model = _estimator(kind, trees, leaves).fit(features, targets)
    joblib.dump(model, folder / "pipeline.joblib")
    exported = export_model(model, features, targets, target_names=["malignant", "benign"], real_golden_rows=True)
    write_package(exported, folder)
    for write_one in (_write_onnx, _write_generated):
        with suppress(Exception):  # what cannot be converted has no file, and `handlers` does not name it
            write_one(kind, model, folder)
    return len(exported.model.get("nodes", ()))


def asked(kind: str) -> list[list]:
    """The rows to predict, as JSON has them."""
    features, _ = table(kind)
    rows = features[TRAINED:]
    return rows.to_numpy().tolist() if kind == "categories" else rows.tolist()


def handlers(kind: str, folder: Path) -> dict[str, str]:
    """Who can predict this kind, and the module that does."""
    modules = {"ours": "ours", "onnx_runtime": "onnx_runtime", "sklearn_joblib": "sklearn_joblib"}
    if kind == "categories":
        modules = {"ours": "ours", "onnx_runtime": "onnx_table", "sklearn_joblib": "sklearn_table"}
    modules["m2cgen_code"] = "m2cgen_code"
    files = {"onnx_runtime": "pipeline.onnx", "m2cgen_code": "generated.py"}
    return {name: module for name, module in modules.items() if (folder / files.get(name, "pipeline.joblib")).exists()}


def table(kind: str):
    """Features (rows × 10) and targets (rows) of 7,000 rows."""
    import numpy

    features, score = mixed(TRAINED + ASKED) if kind == "categories" else _numbers(numpy.random.default_rng(SEED))
    return features, (score > 0).astype(int)


def mixed(count: int):
    """So many rows of six columns of numbers and four of texts, and a score that depends on most of them."""
    import numpy
    import pandas

    chance = numpy.random.default_rng(SEED)
    numbers, score = _numbers(chance, count)
    frame = pandas.DataFrame(numbers[:, :6], columns=NUMBERS)
    for name in TEXTS:
        places = chance.integers(0, len(CITIES), count)
        frame[name] = pandas.Series([CITIES[place] for place in places], dtype=object)
        score = score + 10 * (places - 3.5)
    return frame, score


def _numbers(chance, count: int = TRAINED + ASKED):
    numbers = chance.uniform(0, 100, (count, 10)).round(1)
    score = numbers[:, 0] - numbers[:, 1] + 0.02 * numbers[:, 2] * numbers[:, 3] - 50 + chance.normal(0, 20, count)
    return numbers, score


def _estimator(kind: str, trees: int, leaves: int | None):
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    if kind == "forest":
        depth = 8 if leaves is None else None
        return RandomForestClassifier(trees, max_depth=depth, max_leaf_nodes=leaves, random_state=SEED, n_jobs=1)
    if kind == "boosting":
        return GradientBoostingClassifier(n_estimators=trees, random_state=SEED)
    if kind == "histogram":
        return HistGradientBoostingClassifier(max_iter=trees, max_leaf_nodes=15, early_stopping=False)
    steps = [("numbers", StandardScaler(), NUMBERS), ("texts", OneHotEncoder(handle_unknown="ignore"), TEXTS)]
    return make_pipeline(ColumnTransformer(steps), LogisticRegression(max_iter=1_000))


def _write_onnx(kind: str, model, folder: Path) -> None:
    import skl2onnx
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType

    inputs = [("samples", FloatTensorType([None, 10]))]
    if kind == "categories":
        types = [*[FloatTensorType] * 6, *[StringTensorType] * 4]
        inputs = [(name, each([None, 1])) for name, each in zip(model.feature_names_in_, types, strict=True)]
    converted = skl2onnx.to_onnx(model, initial_types=inputs, options={id(model): {"zipmap": False}})
    (folder / "pipeline.onnx").write_bytes(converted.SerializeToString())


def _write_generated(kind: str, model, folder: Path) -> None:
    import m2cgen

    (folder / "generated.py").write_text(m2cgen.export_to_python(model), encoding="ascii")
    compileall.compile_file(folder / "generated.py", quiet=1)
