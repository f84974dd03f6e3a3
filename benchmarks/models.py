"""The shipped model in the form that each alternative wants it."""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ARTEFACT = ROOT / "lambda_app" / "model" / "model_parameters.json"


def write(folder: Path) -> None:
    """Write pipeline.joblib, pipeline.onnx, generated.py (m2cgen) and weights.json, all of the shipped model."""
    import joblib  # the parent process stays small: what it imports, its children need not measure
    import m2cgen
    import skl2onnx
    from skl2onnx.common.data_types import DoubleTensorType

    pipeline, folded = _pipeline()
    joblib.dump(pipeline, folder / "pipeline.joblib")
    inputs = [("samples", DoubleTensorType([None, folded.coef_.shape[1]]))]
    options = {id(pipeline): {"zipmap": False}}
    onnx = skl2onnx.to_onnx(pipeline, initial_types=inputs, options=options)
    (folder / "pipeline.onnx").write_bytes(onnx.SerializeToString())
    (folder / "generated.py").write_text(m2cgen.export_to_python(folded), encoding="ascii")
    weights = {"weights": folded.coef_[0].tolist(), "intercept": float(folded.intercept_[0])}
    (folder / "weights.json").write_text(json.dumps(weights), encoding="ascii")


def samples(count: int) -> list[list[float]]:
    """The data set's rows in order, over and over until there are `count`."""
    from sklearn.datasets import load_breast_cancer

    rows = load_breast_cancer().data.tolist()
    return [rows[index % len(rows)] for index in range(count)]


def _pipeline():
    """The artefact as a fitted pipeline, and as one classifier with the scaler folded in, for m2cgen."""
    import numpy
    from sklearn.datasets import load_breast_cancer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    fields = json.loads(ARTEFACT.read_text(encoding="ascii"))
    data = load_breast_cancer()
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(data.data, data.target)
    scaler, classifier = pipeline[0], pipeline[1]
    typical = [column["typical"] for column in fields["columns"]]
    scaler.mean_, scaler.scale_ = numpy.array(typical), numpy.array(fields["model"]["scales"])
    scaler.var_ = scaler.scale_**2
    classifier.coef_ = numpy.array(fields["model"]["coefficients"])
    classifier.intercept_ = numpy.array(fields["model"]["intercepts"])
    folded = LogisticRegression().fit(pipeline[0].transform(data.data), data.target)
    folded.coef_ = classifier.coef_ / scaler.scale_
    folded.intercept_ = classifier.intercept_ - folded.coef_ @ scaler.mean_
    return pipeline, folded
