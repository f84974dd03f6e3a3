"""The function in the real runtime: AWS's runtime interface emulator (in aws-sam-cli) and runtime client."""

from __future__ import annotations

import http.client
import json
import os
import platform
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HANDLERS = {"empty": "benchmarks.empty.handler", "ours": "lambda_app.lambda_function.lambda_handler"}
STARTS = 15
WARM_UP, REQUESTS = 100, 2_000
RUNTIMES = (1, 2, 5, 10, 20)
SECONDS = 3
INVOKE = "/2015-03-31/functions/function/invocations"


class Runtime:
    """One emulator with one runtime process behind it; one request at a time, more would crash it."""

    def __init__(self, emulator: Path, handler: str) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 – closed with the runtime
        self._port, api_port = _free_port(), _free_port()
        command = [
            *(str(emulator), "--log-level", "info"),
            *("--runtime-interface-emulator-address", f"127.0.0.1:{self._port}"),
            *("--runtime-api-address", f"127.0.0.1:{api_port}"),
            *(sys.executable, "-m", "awslambdaric", handler),
        ]
        environment = {
            "PATH": os.defpath,
            "AWS_REGION": "eu-central-1",
            "AWS_LAMBDA_FUNCTION_NAME": "benchmark",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
            "AWS_LAMBDA_FUNCTION_TIMEOUT": "10",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "LAMBDA_TASK_ROOT": str(ROOT),
        }
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=self._log, stderr=subprocess.STDOUT, start_new_session=True
        )
        deadline = time.monotonic() + 10
        while not _listening(self._port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the runtime emulator did not start: {self.log()}")
            time.sleep(0.02)

    def invoke(self, event: bytes) -> float:
        """Send one event; the seconds it took. Stops the benchmark unless it is answered with 200."""
        started = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        connection.request("POST", INVOKE, event)
        answer = connection.getresponse().read()
        connection.close()
        seconds = time.perf_counter() - started
        if json.loads(answer)["statusCode"] != 200:
            raise SystemExit("the function in the runtime does not answer 200")
        return seconds

    def init_milliseconds(self) -> float:
        """The init phase as the emulator reports it."""
        found = re.search(r"INIT REPORT\(durationMs: ([0-9.]+)\)", self.log())
        if not found:
            raise SystemExit("the emulator's log has no INIT REPORT")
        return float(found[1])

    def log(self) -> str:
        """What the emulator and the function wrote so far."""
        return os.pread(self._log.fileno(), os.fstat(self._log.fileno()).st_size, 0).decode("utf-8", "replace")

    def close(self) -> None:
        """End the emulator and its runtime."""
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(3)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._log.close()


def measure(event: Path) -> dict:
    """Init, time a request, and requests a second, of this project and of a handler that does nothing."""
    sent = event.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        emulator = _emulator(Path(folder))
        results: dict = {**_inits(emulator, sent), **_requests(emulator, sent)}
        results["per_second"] = {str(count): _throughput(emulator, sent, count) for count in RUNTIMES}
    return results


def _inits(emulator: Path, event: bytes) -> dict:
    """Init times in turns, and the median of the pairs' ratios."""
    found: dict = {name: [] for name in HANDLERS}
    for _ in range(STARTS):
        for name, handler in HANDLERS.items():
            with closing(Runtime(emulator, handler)) as runtime:
                runtime.invoke(event)
                found[name].append(runtime.init_milliseconds())
    ratios = [ours / empty for ours, empty in zip(found["ours"], found["empty"], strict=True)]
    spreads = {name: [statistics.median(values), min(values), max(values)] for name, values in found.items()}
    return {"init_ms": spreads, "init_ratio": statistics.median(ratios)}


def _requests(emulator: Path, event: bytes) -> dict:
    """Median and 99th percentile of the milliseconds a request, the two handlers in turns."""
    found: dict = {name: [] for name in HANDLERS}
    with ExitStack() as stack:
        started = {name: stack.enter_context(closing(Runtime(emulator, HANDLERS[name]))) for name in HANDLERS}
        for number in range(WARM_UP + REQUESTS):
            for name, runtime in started.items():
                milliseconds = runtime.invoke(event) * 1000
                if number >= WARM_UP:
                    found[name].append(milliseconds)
    percentiles = {name: statistics.quantiles(values, n=100) for name, values in found.items()}
    return {
        "median_ms": {name: statistics.median(values) for name, values in found.items()},
        "p99_ms": {name: cuts[98] for name, cuts in percentiles.items()},
    }


def _throughput(emulator: Path, event: bytes, count: int) -> float:
    """Requests a second of `count` runtimes with a client each, on this machine's processors."""
    with ExitStack() as stack:
        runtimes = [stack.enter_context(closing(Runtime(emulator, HANDLERS["ours"]))) for _ in range(count)]
        for runtime in runtimes:
            runtime.invoke(event)
        end = time.perf_counter() + SECONDS

        def client(runtime: Runtime) -> int:
            answered = 0
            while time.perf_counter() < end:
                runtime.invoke(event)
                answered += 1
            return answered

        with ThreadPoolExecutor(count) as clients:
            return sum(clients.map(client, runtimes)) / SECONDS


def _emulator(folder: Path) -> Path:
    """A copy of the emulator that can be executed; the wheel it comes in drops that permission."""
    import samcli.local.rapid  # private to SAM CLI, whose version is pinned

    machine = "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"
    copy = folder / "aws-lambda-rie"
    shutil.copy(Path(samcli.local.rapid.__path__[0]) / f"aws-lambda-rie-{machine}", copy)
    copy.chmod(0o755)
    return copy


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
