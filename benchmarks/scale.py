"""What many requests take and cost, as arithmetic. `python -m benchmarks.scale` prints the tables of docs/scale.md.

Prices are those of deployment/cost.py, and one more that only this table needs: put yours in.
"""

from __future__ import annotations

from math import ceil

from deployment.cost import ANSWER_BYTES, CLOUDWATCH_OVERHEAD_BYTES, FUNCTION_LOG_BYTES, PRICES

# Noted on the same day for the same region, from memory.
GIGABYTE_SECOND = {"arm64": PRICES["lambda_gb_second_arm64"], "x86_64": 0.0000166667}
FRONT_DOOR_PER_MILLION = {
    "REST API": PRICES["rest_api_million_requests"],
    "HTTP API": PRICES["http_api_million_requests"],
    "Function URL": 0.00,
}

MEMORY_GIGABYTES = 128 / 1024
BILLED_MILLISECONDS = 2  # a single prediction at the smallest share: docs/performance.md

REQUESTS_PER_ENVIRONMENT = 10  # a second: Lambda's quota for synchronous calls, however short they are
ENVIRONMENTS = 1_000  # a region's default quota of concurrent executions
NEW_ENVIRONMENTS = 1_000  # every ten seconds, of one function
GATEWAY_REQUESTS = 10_000  # a second: API Gateway's default quota of an account in a region
RATES = (1_000, 10_000, 100_000)

BULK_MICROSECONDS = 10  # a sample in a batch of 1,000, on a whole processor: docs/performance.md, rounded up
BULK_BATCH = 500  # in and out, a Step Functions state may hold 256 KiB
WHOLE_PROCESSOR_MEGABYTES = 1_769


def per_million(processor: str, front_door: str) -> dict[str, float]:
    """Dollars for a million single predictions, by what they are paid for."""
    seconds = 1_000_000 * BILLED_MILLISECONDS / 1_000
    log_gigabytes = (FUNCTION_LOG_BYTES + CLOUDWATCH_OVERHEAD_BYTES) / 1_000
    return {
        "requests": PRICES["lambda_million_requests"],
        "compute": seconds * MEMORY_GIGABYTES * GIGABYTE_SECOND[processor],
        "front door": FRONT_DOOR_PER_MILLION[front_door],
        "logs": log_gigabytes * (PRICES["logs_gb_ingested"] + PRICES["logs_gb_month_stored"]),
        "data out": ANSWER_BYTES / 1_000 * PRICES["transfer_gb_out"],
    }


def requests_per_second(concurrency: int, milliseconds: float) -> float:
    """What a reserved concurrency carries: by time, or by Lambda's quota for each environment if that is less."""
    return min(concurrency * 1_000 / milliseconds, concurrency * REQUESTS_PER_ENVIRONMENT)


def needed(rate: int) -> dict[str, int]:
    """Environments, regions at default quotas, and seconds to scale from nothing, for a rate of requests a second."""
    environments = ceil(rate / REQUESTS_PER_ENVIRONMENT)
    regions = max(ceil(environments / ENVIRONMENTS), ceil(rate / GATEWAY_REQUESTS))
    seconds = ceil(environments / regions / NEW_ENVIRONMENTS) * 10  # in all regions at once
    return {"environments": environments, "regions": regions, "seconds": seconds}


def bulk(samples: int) -> dict[str, float]:
    """Requests, dollars, and minutes of one environment, for samples sent in batches at 128 MB on arm64."""
    requests = ceil(samples / BULK_BATCH)
    share = MEMORY_GIGABYTES * 1024 / WHOLE_PROCESSOR_MEGABYTES
    seconds = requests * ceil(BULK_BATCH * BULK_MICROSECONDS / 1_000 / share) / 1_000
    dollars = requests * PRICES["lambda_million_requests"] / 1e6 + seconds * MEMORY_GIGABYTES * GIGABYTE_SECOND["arm64"]
    return {"requests": requests, "dollars": dollars, "minutes": seconds / 60}


def cost_table() -> str:
    """Dollars a million, each way in and each processor a row."""
    names = list(per_million("arm64", "REST API"))
    lines = [f"| way in | processor | {' | '.join(names)} | all |", "|---|---|" + "--:|" * (len(names) + 1)]
    for front_door in FRONT_DOOR_PER_MILLION:
        for processor in GIGABYTE_SECOND:
            parts = per_million(processor, front_door)
            cells = [f"{value:.4f}" if name == "compute" else f"{value:.2f}" for name, value in parts.items()]
            lines.append(f"| {front_door} | {processor} | {' | '.join(cells)} | {sum(parts.values()):.2f} |")
    return "\n".join(lines)


def concurrency_table() -> str:
    """Requests a second by reserved concurrency and by the time that a request takes."""
    times = (1, 20, 100, 500)
    lines = [f"| reserved concurrency | {' | '.join(f'{time} ms' for time in times)} |", "|--:|" + "--:|" * len(times)]
    for concurrency in (10, 100, 1_000):
        cells = [f"{requests_per_second(concurrency, time):,.0f}" for time in times]
        lines.append(f"| {concurrency:,} | {' | '.join(cells)} |")
    return "\n".join(lines)


def rates_table() -> str:
    """What a rate of requests takes."""
    lines = ["| requests/s | environments | regions at default quotas | s to scale from none |", "|--:|--:|--:|--:|"]
    lines += [f"| {rate:,} | {' | '.join(f'{value:,}' for value in needed(rate).values())} |" for rate in RATES]
    return "\n".join(lines)


def bulk_table() -> str:
    """What bulk scoring takes."""
    lines = [f"| samples | requests of {BULK_BATCH} | US dollars | minutes of one environment |", "|--:|--:|--:|--:|"]
    for samples in (1_000_000, 100_000_000):
        work = bulk(samples)
        lines.append(f"| {samples:,} | {work['requests']:,} | {work['dollars']:.4f} | {work['minutes']:,.1f} |")
    return "\n".join(lines)


TABLES = (cost_table, concurrency_table, rates_table, bulk_table)

if __name__ == "__main__":
    print("\n\n".join(table() for table in TABLES))
