"""`python -m tests.runtime.load`: 20 runtime processes and 20 clients; then one process, killed 50 times under load."""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

from tests.runtime.sandboxes import NEWER_MARSHALLING, Sandbox, sandboxes
from tests.tools.handling import NAMES, SAMPLE, rest

BACK_SECONDS = 0.5
FAILURES_A_KILL = 1
REQUESTS = [
    (rest(json.dumps({"features": SAMPLE})), 200),
    (rest(json.dumps({"features": dict(zip(NAMES, SAMPLE, strict=True)), "explain": True})), 200),
    (rest(json.dumps({"instances": [SAMPLE] * 20})), 200),
    (rest('{"features": ["\ud800"]}'), 400),
    (rest("[" * 2000), 400),
    (rest(None, method="GET", path="/model"), 200),
]


def hammer(processes: int, clients: int, requests: int) -> int:
    """How many of the requests, spread over the processes by concurrent clients, were not answered as they must be."""
    with sandboxes(processes, NEWER_MARSHALLING) as running, ThreadPoolExecutor(clients) as pool:
        expected = [(event, running[0].invoke(event)) for event, _ in REQUESTS]
        assert [response["statusCode"] for _, response in expected] == [status for _, status in REQUESTS]
        numbers = range(requests)
        return sum(pool.map(lambda number: not _is_right(running[number % processes], *expected[number % 6]), numbers))


def _is_right(sandbox: Sandbox, event, expected: dict) -> bool:
    """Exactly the expected response; of an error, where the request id differs, all but that."""
    try:
        response = sandbox.invoke(event)
    except (OSError, HTTPException, ValueError):
        return False
    if response.get("statusCode") == 200:
        return response == expected
    return _anonymous(response) == _anonymous(expected)


def _anonymous(response: dict) -> dict:
    if "body" not in response:
        return response
    return {**response, "body": {**json.loads(response["body"]), "request_id": None}}


def kill(times: int) -> list[tuple[int, float]]:
    """Kill the runtime process while requests come. For each time: failed requests, seconds until it answered again."""
    event, _ = REQUESTS[0]
    chance = random.Random(0)
    results = []
    with sandboxes(1, NEWER_MARSHALLING) as (sandbox,):
        expected = sandbox.invoke(event)
        for _ in range(times):
            process = sandbox.runtime_process()
            assert process, "no runtime process"
            moments: list[float] = []

            def murder(process=process, moments=moments) -> None:
                time.sleep(chance.uniform(0.005, 0.05))
                os.kill(process, signal.SIGKILL)
                moments.append(time.perf_counter())

            murderer = threading.Thread(target=murder)
            murderer.start()
            failed, back = 0, 0.0
            while not back:
                right = _is_right(sandbox, event, expected)
                failed += not right
                now = time.perf_counter()
                if right and moments and sandbox.runtime_process() not in (process, None):
                    back = now - moments[0]
                if moments and now - moments[0] > 30:
                    back = now - moments[0]  # it did not come back
            murderer.join()
            results.append((failed, back))
    return results


def main() -> int:
    """Run both; 0 when the figures are kept."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.runtime.load", description="The function under load and faults."
    )
    parser.add_argument("--processes", type=int, default=20)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=50)
    arguments = parser.parse_args()
    started = time.perf_counter()
    wrong = hammer(arguments.processes, arguments.clients, arguments.requests)
    seconds = time.perf_counter() - started
    print(f"{arguments.processes} processes, {arguments.requests:,} requests in {seconds:.0f} s: {wrong} wrong")
    results = kill(arguments.kills)
    failed = max(failed for failed, _ in results)
    backs = sorted(back for _, back in results)
    print(
        f"killed {len(results)} times: at most {failed} failed requests each, "
        f"back in {backs[len(backs) // 2]:.3f} s (median), {backs[-1]:.3f} s at most"
    )
    return 1 if wrong or failed > FAILURES_A_KILL or backs[-1] > BACK_SECONDS else 0


if __name__ == "__main__":
    sys.exit(main())
