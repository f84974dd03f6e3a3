"""The function in the real runtime: AWS's runtime interface emulator (in aws-sam-cli) and runtime client."""

from __future__ import annotations

import json
import re
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

from deployment.runtime_emulator import RuntimeEmulator, install_emulator

ROOT = Path(__file__).resolve().parent.parent
HANDLERS = {"empty": "benchmarks.handlers.empty.handler", "ours": "lambda_app.lambda_function.lambda_handler"}
STARTS = 15
WARM_UP, REQUESTS = 100, 2_000
RUNTIMES = (1, 2, 5, 10, 20)
SECONDS = 3


def measure(event: Path) -> dict:
    """Init, time a request, and requests a second, of this project and of a handler that does nothing."""
    sent = event.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        emulator = str(install_emulator(Path(folder)))
        results: dict = {**_inits(emulator, sent), **_requests(emulator, sent)}
        results["per_second"] = {str(count): _throughput(emulator, sent, count) for count in RUNTIMES}
    return results


def _inits(emulator: str, event: bytes) -> dict:
    """Init times in turns, and the medians of their ratios to the empty handler's."""
    found: dict = {name: [] for name in HANDLERS}
    for _ in range(STARTS):
        for name, handler in HANDLERS.items():
            with closing(start(emulator, handler)) as runtime:
                invoke(runtime, event)
                found[name].append(init_milliseconds(runtime))
    ratios = {
        name: statistics.median([ours / empty for ours, empty in zip(found[name], found["empty"], strict=True)])
        for name in HANDLERS
    }
    spreads = {name: [statistics.median(values), min(values), max(values)] for name, values in found.items()}
    return {"init_ms": spreads, "init_ratio": ratios}


def _requests(emulator: str, event: bytes) -> dict:
    """Median and 99th percentile of the milliseconds a request, the two handlers in turns."""
    found: dict = {name: [] for name in HANDLERS}
    with ExitStack() as stack:
        started = {name: stack.enter_context(closing(start(emulator, HANDLERS[name]))) for name in HANDLERS}
        for number in range(WARM_UP + REQUESTS):
            for name, runtime in started.items():
                milliseconds = invoke(runtime, event) * 1000
                if number >= WARM_UP:
                    found[name].append(milliseconds)
    percentiles = {name: statistics.quantiles(values, n=100) for name, values in found.items()}
    return {
        "median_ms": {name: statistics.median(values) for name, values in found.items()},
        "p99_ms": {name: cuts[98] for name, cuts in percentiles.items()},
    }


def _throughput(emulator: str, event: bytes, count: int) -> float:
    """Requests a second of `count` runtimes with a client each, on this machine's processors."""
    with ExitStack() as stack:
        runtimes = [stack.enter_context(closing(start(emulator, HANDLERS["ours"]))) for _ in range(count)]
        for runtime in runtimes:
            invoke(runtime, event)
        end = time.perf_counter() + SECONDS

        def client(runtime: RuntimeEmulator) -> int:
            answered = 0
            while time.perf_counter() < end:
                invoke(runtime, event)
                answered += 1
            return answered

        with ThreadPoolExecutor(count) as clients:
            return sum(clients.map(client, runtimes)) / SECONDS


def start(emulator: str, handler: str, package: Path = ROOT, python: str = sys.executable) -> RuntimeEmulator:
    """A sandbox that names itself as Lambda's smallest."""
    environment = {
        "AWS_REGION": "eu-central-1",
        "AWS_LAMBDA_FUNCTION_NAME": "benchmark",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
    }
    return RuntimeEmulator(package, handler, environment, python=python, emulator=emulator, level="info")


def invoke(runtime: RuntimeEmulator, event: bytes) -> float:
    """Send one event; the seconds it took. Stops the benchmark unless it is answered with 200."""
    started = time.perf_counter()
    answer = runtime.invoke(event)
    seconds = time.perf_counter() - started
    if json.loads(answer)["statusCode"] != 200:
        raise SystemExit("the function in the runtime does not answer 200")
    return seconds


def init_milliseconds(runtime: RuntimeEmulator) -> float:
    """The init phase as the emulator reports it."""
    found = re.search(r"INIT REPORT\(durationMs: ([0-9.]+)\)", runtime.log())
    if not found:
        raise SystemExit("the emulator's log has no INIT REPORT")
    return float(found[1])
