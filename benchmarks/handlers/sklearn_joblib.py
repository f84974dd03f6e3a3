"""The pickled scikit-learn pipeline, loaded with joblib."""

import json
import os

import joblib

from benchmarks.handlers.answer import respond, samples

MODEL = joblib.load(os.path.join(os.environ["BENCHMARK_MODELS"], "pipeline.joblib"))


def handler(event, context):
    document = json.loads(event["body"])
    return respond(document, MODEL.predict_proba(samples(document))[:, 1].tolist())
