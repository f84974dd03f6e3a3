"""The floor: what no handler can avoid, reading the body and writing the answer. It predicts nothing."""

import json
import os

with open(os.environ["BENCHMARK_ANSWER"], encoding="ascii") as file:
    answer = json.load(file)


def handler(event, context):
    json.loads(event["body"])
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(answer)}
