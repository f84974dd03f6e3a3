"""ONNX Runtime, on the pipeline as skl2onnx converts it."""

import json
import os

import numpy
import onnxruntime

from benchmarks.handlers.answer import respond, samples

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1  # as Lambda's smallest functions have no second processor to use
SESSION = onnxruntime.InferenceSession(os.path.join(os.environ["BENCHMARK_MODELS"], "pipeline.onnx"), options)
# Doubles for the linear model; trees are converted with 32-bit inputs, as their operator knows no other.
TYPE = numpy.float64 if SESSION.get_inputs()[0].type == "tensor(double)" else numpy.float32


def handler(event, context):
    document = json.loads(event["body"])
    inputs = {"samples": numpy.array(samples(document), dtype=TYPE)}
    return respond(document, SESSION.run(["probabilities"], inputs)[0][:, 1].tolist())
