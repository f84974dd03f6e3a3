"""The shortest useful answer, which all alternatives give."""

import json

LABELS = ["malignant", "benign"]


def respond(document, probabilities):
    """The proxy response; `probabilities`: of class 1, one a sample, as Python floats."""
    predictions = [{"prediction": int(p > 0.5), "label": LABELS[p > 0.5], "probability": p} for p in probabilities]
    body = {"predictions": predictions} if "instances" in document else predictions[0]
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}


def samples(document):
    """The samples of a document that is taken on trust."""
    return document["instances"] if "instances" in document else [document["features"]]
