"""What a month costs: `python -m deployment.cost --requests 1000000`.

Prices are inputs, by name: give yours with `--price NAME=DOLLARS`. The ones below are list prices in us-east-1, without
free tier, tax or discount, noted on the day below: from copies of AWS's price lists, but X-Ray, stored logs and transfer
from memory. Check them before you rely on them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from math import ceil

REGION, READ_ON = "us-east-1", "2026-11-23"
SOURCES = "aws.amazon.com/{lambda,api-gateway,cloudwatch,xray,ec2}/pricing"
PRICES = {
    "lambda_million_requests": 0.20,
    "lambda_gb_second_arm64": 0.0000133334,
    "rest_api_million_requests": 3.50,
    "logs_gb_ingested": 0.50,
    "logs_gb_month_stored": 0.03,
    "xray_million_traces": 5.00,
    "metric_month": 0.30,
    "alarm_metric_month": 0.10,
    "dashboard_month": 3.00,
    "transfer_gb_out": 0.09,
}

# What this deployment makes of a request and of a month. Tests hold our line, the answer, the alarms and the dashboard to
# the code and the template; the gateway's line, the traces and the number of metrics are counted by hand.
FUNCTION_LOG_BYTES, ACCESS_LOG_BYTES = 930, 450  # our line, and the gateway's
CLOUDWATCH_OVERHEAD_BYTES = 26  # that CloudWatch adds to every line
ANSWER_BYTES = 900  # one prediction and its headers
TRACED_SHARE = 0.05  # X-Ray's default rule: one request a second, and 5 % of the others
SECONDS_A_MONTH = 30 * 24 * 3600
ALARMS, ALARM_METRICS, DASHBOARDS = 11, 17, 1
METRICS = 20  # the function's own, with the error codes that occur


def monthly(
    requests: float, milliseconds: float, megabytes: int, retention_days: int, prices: dict[str, float]
) -> dict[str, float]:
    """Dollars a month, by what they are paid for. `milliseconds` is billed time a request, rounded up as Lambda does."""
    millions = requests / 1e6
    gigabyte_seconds = requests * ceil(milliseconds) / 1000 * megabytes / 1024
    lines = FUNCTION_LOG_BYTES + ACCESS_LOG_BYTES + 2 * CLOUDWATCH_OVERHEAD_BYTES
    log_gigabytes = requests * lines / 1e9
    traces = min(requests, SECONDS_A_MONTH) + max(0, requests - SECONDS_A_MONTH) * TRACED_SHARE
    return {
        "API Gateway": millions * prices["rest_api_million_requests"],
        "Lambda requests": millions * prices["lambda_million_requests"],
        "Lambda compute": gigabyte_seconds * prices["lambda_gb_second_arm64"],
        "log ingestion": log_gigabytes * prices["logs_gb_ingested"],
        "log storage": log_gigabytes * retention_days / 30 * prices["logs_gb_month_stored"],
        "X-Ray traces (at most)": traces / 1e6 * prices["xray_million_traces"],
        "data sent out": requests * ANSWER_BYTES / 1e9 * prices["transfer_gb_out"],
        "metrics": METRICS * prices["metric_month"],
        "alarms": ALARM_METRICS * prices["alarm_metric_month"],
        "dashboard": DASHBOARDS * prices["dashboard_month"],
    }


def table(costs: dict[str, float], requests: float) -> str:
    """The costs as lines of text, with their sum and what a million requests come to."""
    width = max(map(len, costs))
    rows = [f"{name:<{width}}  {dollars:>12,.2f}" for name, dollars in costs.items()]
    total = sum(costs.values())
    rows += ["-" * (width + 14), f"{'dollars a month':<{width}}  {total:>12,.2f}"]
    if requests:
        rows.append(f"{'a million':<{width}}  {total / requests * 1e6:>12,.2f}")
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table that the command line asks for; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m deployment.cost", description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=float, default=1e6, help="a month (default: %(default)g)")
    parser.add_argument("--milliseconds", type=float, default=2, help="billed for each (default: %(default)g)")
    parser.add_argument("--memory", type=int, default=128, metavar="MB", help="MemorySize (default: %(default)s)")
    parser.add_argument("--retention", type=int, default=30, metavar="DAYS", help="LogRetentionDays (%(default)s)")
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
    if min(options.requests, options.milliseconds, options.memory, options.retention) < 0:
        parser.error("numbers may not be negative")
    print(
        table(
            monthly(options.requests, options.milliseconds, options.memory, options.retention, prices), options.requests
        )
    )
    print(f"\nList prices, {REGION}, noted {READ_ON}, without free tier. Check them: {SOURCES}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
