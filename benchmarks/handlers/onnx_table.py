"""ONNX Runtime on a table with texts: an input of its own for each column, as skl2onnx's documentation has it."""

import json
import os

import numpy
import onnxruntime

from benchmarks.handlers.answer import respond, samples

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
SESSION = onnxruntime.InferenceSession(os.path.join(os.environ["BENCHMARK_MODELS"], "pipeline.onnx"), options)
COLUMNS = [
    (given.name, numpy.str_ if given.type == "tensor(string)" else numpy.float32) for given in SESSION.get_inputs()
]


def handler(event, context):
    document = json.loads(event["body"])
    columns = zip(*samples(document), strict=True)
    inputs = {
        name: numpy.array(values, dtype=kind).reshape(-1, 1)
        for (name, kind), values in zip(COLUMNS, columns, strict=True)
    }
    return respond(document, SESSION.run(["probabilities"], inputs)[0][:, 1].tolist())
