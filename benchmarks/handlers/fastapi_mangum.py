"""FastAPI behind Mangum, with the pickled scikit-learn pipeline."""

import os
from typing import Annotated

import joblib
from fastapi import FastAPI, HTTPException
from mangum import Mangum
from pydantic import BaseModel, ConfigDict, FiniteFloat
from pydantic.types import Strict

MODEL = joblib.load(os.path.join(os.environ["BENCHMARK_MODELS"], "pipeline.joblib"))
LABELS = ["malignant", "benign"]
Sample = list[Annotated[FiniteFloat, Strict()]]
app = FastAPI()


class Submission(BaseModel):
    model_config = ConfigDict(extra="forbid")
    features: Sample | None = None
    instances: list[Sample] | None = None


@app.post("/predict")
def predict(submission: Submission):
    if (submission.features is None) == (submission.instances is None):
        raise HTTPException(422, "features or instances, not both")
    samples = [submission.features] if submission.instances is None else submission.instances
    if any(len(sample) != MODEL.n_features_in_ for sample in samples):
        raise HTTPException(422, "wrong length")
    probabilities = MODEL.predict_proba(samples)[:, 1].tolist()
    predictions = [{"prediction": int(p > 0.5), "label": LABELS[p > 0.5], "probability": p} for p in probabilities]
    return predictions[0] if submission.instances is None else {"predictions": predictions}


handler = Mangum(app, lifespan="off")
