"""What a month costs: `python -m deployment.cost --requests 1000000`, with `--prod` for everything that prod switches on.

Prices are inputs, by name: give yours with `--price NAME=DOLLARS`. The ones below are list prices in us-east-1, without
tax or discount, noted on the day below: from copies of AWS's price lists, but stored logs, transfer, the HTTP API and
what is always free from memory. Check them before you rely on them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

REGION, READ_ON = "us-east-1", "2026-11-23"
SOURCES = "aws.amazon.com/{lambda,api-gateway,cloudwatch,ec2}/pricing"
PRICES = {
    "lambda_million_requests": 0.20,
    "lambda_gb_second_arm64": 0.0000133334,
    "rest_api_million_requests": 3.50,
    "http_api_million_requests": 1.00,
    "logs_gb_ingested": 0.50,
    "logs_gb_month_stored": 0.03,
    "metric_month": 0.30,
    "alarm_metric_month": 0.10,
    "dashboard_month": 3.00,
    "transfer_gb_out": 0.09,
}
# What AWS gives every account each month, for ever, in the units of the prices; other stacks may use it up.
ALWAYS_FREE = {
    "lambda_million_requests": 1,
    "lambda_gb_second_arm64": 400_000,
    "logs_gb_ingested": 5,
    "metric_month": 10,
    "alarm_metric_month": 10,
    "dashboard_month": 3,
    "transfer_gb_out": 100,
}

# What this deployment makes of a request and of a month. Tests hold our line, the answer, the alarms and the dashboard to
# the code and the template; the gateway's line and the number of metrics are counted by hand.
FUNCTION_LOG_BYTES, ACCESS_LOG_BYTES = 1240, 420  # our line, and the gateway's
CLOUDWATCH_OVERHEAD_BYTES = 26  # that CloudWatch adds to every line
ANSWER_BYTES = 900  # one prediction and its headers
HOURS_A_MONTH = 30 * 24
ALARM_METRICS, DASHBOARDS = 19, 1
METRICS = 25  # the function's own, with the error codes that occur; billed in the hours in which they are sent


class Deployment(NamedTuple):
    """What is deployed, as far as it costs."""

    milliseconds: float = 2  # billed for a request; rounded up as Lambda does
    megabytes: int = 128
    retention_days: int = 30
    has_access_log: bool = False
    has_alarms: bool = False
    gateway: str = "rest_api_million_requests"


def amounts(requests: float, deployment: Deployment) -> dict[str, dict[str, float]]:
    """How much of what a month of requests uses: what is paid for → name of the price → amount in its unit."""
    lines = FUNCTION_LOG_BYTES + CLOUDWATCH_OVERHEAD_BYTES
    if deployment.has_access_log:
        lines += ACCESS_LOG_BYTES + CLOUDWATCH_OVERHEAD_BYTES
    seconds = requests * ceil(deployment.milliseconds) / 1000
    logs = requests * lines / 1e9
    used = {
        "API Gateway": {deployment.gateway: requests / 1e6},
        "Lambda requests": {"lambda_million_requests": requests / 1e6},
        "Lambda compute": {"lambda_gb_second_arm64": seconds * deployment.megabytes / 1024},
        "log ingestion": {"logs_gb_ingested": logs},
        "log storage": {"logs_gb_month_stored": logs * deployment.retention_days / 30},
        "data sent out": {"transfer_gb_out": requests * ANSWER_BYTES / 1e9},
        "metrics": {"metric_month": METRICS * min(1, requests / HOURS_A_MONTH)},
    }
    if deployment.has_alarms:
        used["alarms"] = {"alarm_metric_month": ALARM_METRICS}
        used["dashboard"] = {"dashboard_month": DASHBOARDS}
    return used


def monthly(
    requests: float, deployment: Deployment, prices: dict[str, float], *, is_free_counted: bool = False
) -> dict[str, float]:
    """Dollars a month, by what they are paid for; by list, or with what is always free taken off."""
    return {
        what: sum(
            max(0, amount - (ALWAYS_FREE.get(price, 0) if is_free_counted else 0)) * prices[price]
            for price, amount in used.items()
        )
        for what, used in amounts(requests, deployment).items()
    }


def table(requests: float, deployment: Deployment, prices: dict[str, float]) -> str:
    """The costs as lines of text in two columns, with their sums and what a million requests come to."""
    by_list = monthly(requests, deployment, prices)
    with_free = monthly(requests, deployment, prices, is_free_counted=True)
    rows = [(what, by_list[what], with_free[what]) for what in by_list]
    total = ("dollars a month", sum(by_list.values()), sum(with_free.values()))
    million = [("a million", *(dollars / requests * 1e6 for dollars in total[1:]))] if requests else []
    width = max(len(what) for what, *_ in [*rows, total])
    header = f"{'':<{width}}  {'by list':>10}  {'after what is free':>18}"
    lines = [f"{what:<{width}}  {listed:>10,.2f}  {free:>18,.2f}" for what, listed, free in [*rows, total, *million]]
    return "\n".join([header, *lines[: len(rows)], "-" * len(header), *lines[len(rows) :]])


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table that the command line asks for; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m deployment.cost", description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=float, default=1e6, help="a month (default: %(default)g)")
    parser.add_argument("--rate", type=float, metavar="PER_SECOND", help="instead of --requests: all month long")
    parser.add_argument("--milliseconds", type=float, default=2, help="billed for each (default: %(default)g)")
    parser.add_argument("--memory", type=int, default=256, metavar="MB", help="MemorySize (default: %(default)s)")
    parser.add_argument("--retention", type=int, default=30, metavar="DAYS", help="LogRetentionDays (%(default)s)")
    parser.add_argument("--prod", action="store_true", help="with alarms, dashboard and access log")
    parser.add_argument("--http-api", action="store_true", help="deployed from http_api.yaml")
    parser.add_argument("--price", action="append", default=[], metavar="NAME=DOLLARS", help=", ".join(PRICES))
    options = parser.parse_args(arguments)
    prices = dict(PRICES)
    for assignment in options.price:
        name, _, dollars = assignment.partition("=")
        if name not in PRICES:
            parser.error(f"there is no price {name}; known: {', '.join(PRICES)}")
        try:
            prices[name] = float(dollars)
        except ValueError:
            parser.error(f"--price {name}= wants a number")
    requests = options.requests if options.rate is None else options.rate * HOURS_A_MONTH * 3600
    if min(requests, options.milliseconds, options.memory, options.retention) < 0:
        parser.error("numbers may not be negative")
    gateway = "http_api_million_requests" if options.http_api else "rest_api_million_requests"
    deployment = Deployment(
        options.milliseconds, options.memory, options.retention, options.prod, options.prod, gateway
    )
    print(table(requests, deployment, prices))
    print(f"\nList prices, {REGION}, noted {READ_ON}. Check them: {SOURCES}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
