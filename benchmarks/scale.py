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

BATCH = 1_000  # samples a request
BATCH_MICROSECONDS = 10  # a sample in a batch of 1,000, on a whole processor: docs/performance.md, rounded up
BATCH_ANSWER_BYTES = 300  # a prediction in a batch
WHOLE_PROCESSOR_MEGABYTES = 1_769
THROTTLE = 10  # requests a second: the template's default

# Bulk scoring: docs/bulk.md. The rate is that of one whole processor, rounded down.
BULK_ROWS_PER_SECOND = 30_000
BULK_ROW_BYTES = 236  # an id and 30 columns, as CSV
BULK_PART_BYTES = 64 * 1024 * 1024
BULK_PART_SECONDS = 1  # a part's start, its requests to S3, and what Lambda rounds
# What a part is billed for beside its time. Requests to S3: a list and up to three puts; two gets, and one of Finish's.
PART_TRANSITIONS, PART_PUTS, PART_GETS = 3, 4, 3
TRANSITION, PUT, GET = 0.025 / 1_000, 0.005 / 1_000, 0.0004 / 1_000  # dollars, noted with the rest, from memory
SPARK_ROWS_PER_SECOND = 20_000  # a core: docs/bulk.md
SPARK_CORES = 8


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


def batches(samples: int) -> dict[str, float]:
    """Requests, dollars and minutes of one caller, for samples sent through the REST API in batches, one after another."""
    requests = ceil(samples / BATCH)
    share = MEMORY_GIGABYTES * 1024 / WHOLE_PROCESSOR_MEGABYTES
    seconds = requests * ceil(BATCH * BATCH_MICROSECONDS / 1_000 / share) / 1_000
    each = (PRICES["lambda_million_requests"] + FRONT_DOOR_PER_MILLION["REST API"]) / 1e6
    sent = samples * BATCH_ANSWER_BYTES / 1e9 * PRICES["transfer_gb_out"]
    dollars = requests * each + seconds * MEMORY_GIGABYTES * GIGABYTE_SECOND["arm64"] + sent
    return {"requests": requests, "dollars": dollars, "minutes": seconds / 60}


def bulk(rows: int) -> dict[str, float]:
    """Parts, what they cost by what it is paid for, and the minutes of one environment, for a distributed map."""
    parts = ceil(rows * BULK_ROW_BYTES / BULK_PART_BYTES)
    seconds = rows / BULK_ROWS_PER_SECOND + parts * BULK_PART_SECONDS
    return {
        "parts": parts,
        "compute": seconds * WHOLE_PROCESSOR_MEGABYTES / 1024 * GIGABYTE_SECOND["arm64"],
        "transitions": parts * PART_TRANSITIONS * TRANSITION,
        "storage requests": parts * (PART_PUTS * PUT + PART_GETS * GET),
        "minutes": seconds / 60,
    }


def bulk_dollars(rows: int) -> float:
    """All that a distributed map over these rows is billed."""
    work = bulk(rows)
    return work["compute"] + work["transitions"] + work["storage requests"]


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
    """What a distributed map takes."""
    lines = [
        "| rows | parts | compute | transitions | requests to S3 | dollars | minutes, 10 at once | 100 at once |",
        "|" + "--:|" * 8,
    ]
    for rows in (1_000_000, 100_000_000, 1_000_000_000):
        work = bulk(rows)
        cells = [f"{work[name]:.3f}" for name in ("compute", "transitions", "storage requests")]
        minutes = [f"{max(work['minutes'] / min(many, work['parts']), 0.1):,.1f}" for many in (10, 100)]
        lines.append(
            f"| {rows:,} | {work['parts']:,} | {' | '.join(cells)} | {bulk_dollars(rows):.2f} | {' | '.join(minutes)} |"
        )
    return "\n".join(lines)


def ways_table() -> str:
    """Each way to score many rows: minutes and dollars for a million and for a billion."""

    def single(rows: int) -> tuple[float, float]:
        return rows / THROTTLE / 60, sum(per_million("arm64", "REST API").values()) * rows / 1e6

    ways = {
        f"a request a row, at the template's {THROTTLE} a second": single,
        f"batches of {BATCH:,}, one after another": lambda rows: (batches(rows)["minutes"], batches(rows)["dollars"]),
        "the command, one process": lambda rows: (rows / BULK_ROWS_PER_SECOND / 60, None),
        "the distributed map, 100 at once": lambda rows: (
            bulk(rows)["minutes"] / min(100, bulk(rows)["parts"]),
            bulk_dollars(rows),
        ),
        f"Spark, {SPARK_CORES} cores": lambda rows: (rows / SPARK_ROWS_PER_SECOND / SPARK_CORES / 60, None),
    }
    lines = ["| way | a million rows, minutes | dollars | a billion rows, minutes | dollars |", "|---|--:|--:|--:|--:|"]
    for name, work in ways.items():
        cells = []
        for rows in (1_000_000, 1_000_000_000):
            minutes, dollars = work(rows)
            cells += [f"{max(minutes, 0.1):,.1f}", "your machine's" if dollars is None else f"{dollars:,.2f}"]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


TABLES = (cost_table, concurrency_table, rates_table, bulk_table)
BULK_TABLES = (ways_table,)  # of docs/bulk.md

if __name__ == "__main__":
    print("\n\n".join(table() for table in (*TABLES, *BULK_TABLES)))
