"""scikit-learn on a table with texts: a data frame, so that the pipeline finds its columns by name."""

import json
import os

import joblib
import pandas

from benchmarks.handlers.answer import respond, samples

MODEL = joblib.load(os.path.join(os.environ["BENCHMARK_MODELS"], "pipeline.joblib"))


def handler(event, context):
    document = json.loads(event["body"])
    table = pandas.DataFrame(samples(document), columns=MODEL.feature_names_in_)
    return respond(document, MODEL.predict_proba(table)[:, 1].tolist())
