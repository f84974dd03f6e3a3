"""AWS Lambda Powertools with pydantic models; plain Python arithmetic."""

import json
import math
import os
from typing import Annotated

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from pydantic import BaseModel, ConfigDict, FiniteFloat, model_validator
from pydantic.types import Strict

with open(os.path.join(os.environ["BENCHMARK_MODELS"], "weights.json"), encoding="ascii") as file:
    weights = json.load(file)
WEIGHTS, INTERCEPT = weights["weights"], weights["intercept"]
LABELS = ["malignant", "benign"]
Sample = Annotated[list[Annotated[FiniteFloat, Strict()]], "thirty numbers"]


class Submission(BaseModel):
    model_config = ConfigDict(extra="forbid")
    features: Sample | None = None
    instances: list[Sample] | None = None

    @model_validator(mode="after")
    def lengths(self):
        if (self.features is None) == (self.instances is None):
            raise ValueError("features or instances, not both")
        if any(len(sample) != len(WEIGHTS) for sample in self.samples()):
            raise ValueError("wrong length")
        return self

    def samples(self):
        return [self.features] if self.instances is None else self.instances


app = APIGatewayRestResolver(enable_validation=True)
logger = Logger(service="benchmark")


def predict_one(sample):
    log_odds = sum(w * x for w, x in zip(WEIGHTS, sample)) + INTERCEPT
    probability = 1 / (1 + math.exp(-log_odds))
    return {"prediction": int(probability > 0.5), "label": LABELS[probability > 0.5], "probability": probability}


@app.post("/predict")
def predict(submission: Submission) -> dict:
    predictions = [predict_one(sample) for sample in submission.samples()]
    logger.info("predicted", extra={"predictions": len(predictions)})
    return predictions[0] if submission.instances is None else {"predictions": predictions}


def handler(event, context):
    return app.resolve(event, context)
