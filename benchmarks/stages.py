"""Where the time of a warm request goes: `python -m benchmarks.stages` prints µs of processor time a sample, by stage.

For one sample, and for a batch of 1,000.

Each stage is run on its own, on what the stage before it gave, in turns with the whole and with the floor; so the rest,
what no stage accounts for, is the calls between them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.measure import Context, median

ROOT = Path(__file__).resolve().parent.parent
EVENT = ROOT / "deployment" / "events" / "rest_list.event.json"
TURNS, SAMPLES_A_TURN = 31, 300
BATCH = 1_000
WHOLE, FLOOR = "all of it", "the floor: `json.loads` and `json.dumps`"
HEADERS, ANSWER = "judge the headers", "write the answer, count for the metrics"
PREDICTION = "scores, probabilities, class, prediction set", "look for what training never saw"


def stages(event):
    """What a request passes, in order: a sentence → a call of it."""
    from lambda_app import lambda_function as function
    from lambda_app.body import json_body
    from lambda_app.body.media_type import require_json
    from lambda_app.gateway import events
    from lambda_app.gateway.responses import Answer, respond
    from lambda_app.model.store import PACKAGED, LoadedModel, read_packaged
    from lambda_app.service import Service, Tally
    from lambda_app.telemetry import Telemetry

    service, telemetry = Service(LoadedModel(read_packaged(), PACKAGED)), Telemetry()
    request = events.read(event)
    body = request.body()
    document = json_body.read(body, service.bound)
    submission = service.validator.check(document)
    numbers, classes = submission.numbers, len(service.model.parameters.target_names)
    text, tally = service.predict(document)
    answer, started = Answer(text, tally=tally), perf_counter()
    written = json.loads(text)
    cors: dict[str, str] = {}

    def floor():
        json.loads(event["body"])
        json.dumps(written)

    def answers():
        return [*service.answers(submission, Tally(len(numbers), classes))]

    def record():
        telemetry.record("/predict", 200, None, perf_counter() - started, Context.aws_request_id, service, tally)

    return {
        WHOLE: lambda: function.lambda_handler(event, Context),
        FLOOR: floor,
        "read the event": lambda: events.read(event),
        HEADERS: lambda: require_json(events.read(event)),  # a request remembers its headers: each time a new one
        "read the JSON, which may not hold more than a valid body": lambda: json_body.read(body, service.bound),
        "check the document": lambda: service.validator.check(document),
        "scores, probabilities, class, prediction set": lambda: [*map(service.model.predict, numbers)],
        "look for what training never saw": lambda: service._range.outside(numbers),
        ANSWER: answers,
        "the line of log and metrics": record,
        "the response in the gateway's shape": lambda: respond(request, answer, cors),
    }


def additive(found):
    """The stages that add up to the whole: without what a measurement held of another stage, and with the rest."""
    read, predict, look = (found[name] for name in ("read the event", *PREDICTION))
    parts = {**found, HEADERS: found[HEADERS] - read, ANSWER: found[ANSWER] - predict - look}
    whole, floor = parts.pop(WHOLE), parts.pop(FLOOR)
    return {
        WHOLE: whole,
        FLOOR: floor,
        **parts,
        "find the route, keep the model, calls between these": whole - sum(parts.values()),
    }


def microseconds(event, samples):
    """Median µs a sample of each stage."""
    calls, times = stages(event), max(1, SAMPLES_A_TURN // samples)
    turns = {name: [] for name in calls}
    for _ in range(TURNS):
        for name, call in calls.items():
            started = process_time()
            for _ in range(times):
                call()
            turns[name].append((process_time() - started) / times / samples * 1e6)
    return additive({name: median(values) for name, values in turns.items()})


def main():
    """Print the stages of one sample and of a batch; what the handler prints goes nowhere."""
    event = json.loads(EVENT.read_text(encoding="ascii"))
    batch = {**event, "body": json.dumps({"instances": [json.loads(event["body"])["features"]] * BATCH})}
    with Path(os.devnull).open("w", encoding="ascii") as nowhere, redirect_stdout(nowhere):
        found = {"one": microseconds(event, 1), "batch": microseconds(batch, BATCH)}
    print(json.dumps(found, indent=1))


def measure() -> dict[str, dict[str, float]]:
    """µs a sample of each stage, of `one` sample and of a `batch`, in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.stages"]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, dict[str, float]] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    main()
