"""One measurement of one handler in its own process: `python -m benchmarks.measure HANDLER WHAT`.

Prints JSON. WHAT is `cold` (import + first answer on top of the runtime client, ms), `memory` (peak, MB), `paced`
(µs of single predictions, one after another and with pauses), `load` (ms of loading and proving the model, without
any import), `rows` (each prediction of all events) or `warm` (µs a
request, and a sample in batches, each with the floor measured in turns with it). Times are processor time: what counts
is the same on a machine that is busy otherwise.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from time import perf_counter, process_time, sleep

TURNS = 15
SECONDS_A_TURN = 0.01
PACED, PAUSE_SECONDS = 300, 0.02
BATCHES = (1, 10, 100, 1_000, 10_000)
# As where there is no second processor: a thread that waits for work spins, and its time is the process's, too.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class Context:
    """What the handlers read of Lambda's context."""

    aws_request_id = "3f0e6a0c-1111-4222-8333-444455556666"
    function_name = "benchmark"
    memory_limit_in_mb = 128
    invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:benchmark"


def load(name):
    """The handler of this name."""
    return importlib.import_module(f"benchmarks.handlers.{name}").handler


def cold(name, events):
    """Milliseconds for import and first answer, with what the runtime client loads already loaded."""
    importlib.import_module("awslambdaric.bootstrap")
    started = process_time()
    answer = load(name)(events["single"], Context)
    return {"milliseconds": (process_time() - started) * 1000, "probability": probability(answer, "single")}


def load_model(name, events):
    """Milliseconds to read and prove the model that is packaged here, ours only, and those that the proof takes."""
    from lambda_app.model import linear, links, predict, store, trees  # noqa: F401 – so that no import is timed

    started = process_time()
    model = store.read_packaged()
    loaded = process_time()
    predict._proved(model)
    return {"load_ms": (loaded - started) * 1000, "proof_ms": (process_time() - loaded) * 1000}


def memory(name, events):
    """The most memory this process ever had resident, in MB, after a hundred predictions."""
    handler = load(name)
    for _ in range(100):
        handler(events["single"], Context)
    with open("/proc/self/status", encoding="ascii") as file:  # not getrusage: that starts at the parent's peak
        peak = next(line for line in file if line.startswith("VmHWM"))
    return {"megabytes": int(peak.split()[1]) / 1024}


def warm(name, events):
    """Median µs for one sample, and per sample in batches; `floor` beside each, in turns with it."""
    handler = load(name)
    result = {}
    for key in events:
        answer = handler(events[key], Context)
        result[key] = in_turns(handler, events[key], answer, 1 if key == "single" else int(key))
        result[key]["probability"] = probability(answer, key)
    return result


def paced(name, events):
    """Processor µs of single predictions, one after another and 20 ms apart; of the latter, how many took at most 1 ms.

    A small share is used up by predictions one after another, and stopped; it can keep up with those 20 ms apart. After
    each of those one more follows at once, `again_us`; `page_faults` is how many a prediction 20 ms apart meets.
    """
    import resource

    handler, event = load(name), events["single"]
    together, apart, again, elapsed, faults = [], [], [], [], 0
    for _ in range(TURNS):
        started = process_time()
        for _ in range(PACED):
            handler(event, Context)
        together.append((process_time() - started) / PACED * 1e6)
    for _ in range(PACED):
        sleep(PAUSE_SECONDS)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        cpu, started = process_time(), perf_counter()
        handler(event, Context)
        middle, ended = process_time(), perf_counter()
        handler(event, Context)
        again.append((process_time() - middle) * 1e6)
        apart.append((middle - cpu) * 1e6)
        elapsed.append((ended - started) * 1e6)
        faults += resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    return {
        "together_us": median(together),
        "apart_us": median(apart),
        "again_us": median(again),
        "page_faults": faults / PACED,
        "within_1_ms": sum(microseconds <= 1000 for microseconds in elapsed) / PACED,
    }


def rows(name, events):
    """The probability of every sample of every event, in order."""
    handler = load(name)
    answers = [json.loads(handler(event, Context)["body"]) for event in events.values()]
    return [prediction["probability"] for answer in answers for prediction in answer["predictions"]]


def in_turns(handler, event, answer, samples):
    """µs a sample of the handler and of the floor, and their ratio: medians of turns."""
    answer = json.loads(answer["body"])
    started = process_time()
    handler(event, Context)
    calls = max(1, int(SECONDS_A_TURN / (process_time() - started)))
    turns = []
    for _ in range(TURNS if calls > 1 else 5):
        started = process_time()
        for _ in range(calls):
            handler(event, Context)
        handled = process_time()
        for _ in range(calls):
            json.loads(event["body"])
            json.dumps(answer)
        handler_time, floor_time = handled - started, process_time() - handled
        turns.append((handler_time, floor_time, handler_time / floor_time))
    handler_time, floor_time, ratio = (median(column) for column in zip(*turns, strict=True))
    scale = 1e6 / calls / samples
    return {"us": handler_time * scale, "floor_us": floor_time * scale, "ratio": ratio}


def median(values):
    """The middle value; of an even number, the upper one. Not from statistics, which memory is measured without."""
    values = sorted(values)
    return values[len(values) // 2]


def probability(answer, key):
    """The last prediction's probability, none of a regression; the floor predicts nothing, its answer is ours."""
    body = json.loads(answer["body"])
    return (body if key == "single" else body.get("predictions", [body])[-1]).get("probability")


def main():
    """Measure what the command line asks for; what handlers print goes nowhere."""
    name, what = sys.argv[1:]
    with open(os.environ["BENCHMARK_EVENTS"], encoding="ascii") as file:
        events = json.load(file)
    output, sys.stdout = sys.stdout, open(os.devnull, "w", encoding="ascii")  # noqa: SIM115 – until the process ends
    result = {"cold": cold, "load": load_model, "memory": memory, "paced": paced, "rows": rows, "warm": warm}[what](
        name, events
    )
    json.dump(result, output)


if __name__ == "__main__":
    main()
