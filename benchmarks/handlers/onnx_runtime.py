"""ONNX Runtime, on the pipeline as skl2onnx converts it."""

import json
import os

import numpy
import onnxruntime

from benchmarks.handlers.answer import respond, samples

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1  # as Lambda's smallest functions have no second processor to use
SESSION = onnxruntime.InferenceSession(os.path.join(os.environ["BENCHMARK_MODELS"], "pipeline.onnx"), options)


def handler(event, context):
    document = json.loads(event["body"])
    inputs = {"samples": numpy.array(samples(document), dtype=numpy.float64)}
    return respond(document, SESSION.run(["probabilities"], inputs)[0][:, 1].tolist())
