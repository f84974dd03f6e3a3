"""docs/performance.md from what was measured."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version

from benchmarks.measure import BATCHES
from benchmarks.page import report_as_deployed, report_kinds, report_stages
from benchmarks.page.decide import sentences
from benchmarks.page.plot import CHECKS_INPUT, NAMES

PACKAGES = [
    "scikit-learn",
    "numpy",
    "onnxruntime",
    "m2cgen",
    "aws-lambda-powertools",
    "pydantic",
    "fastapi",
    "mangum",
    "awslambdaric",
    "aws-sam-cli",
]
ROUNDS = {"cold": "cold", "uncompiled": "cold without bytecode", "memory": "memory", "warm": "warm"}
TITLES = {**{name: title.replace("\n", " ") for name, title in NAMES.items()}, "floor": "the floor"}


def page(results: dict) -> str:
    """The whole document."""
    parts = [
        _introduction(results),
        _table(results),
        _batches(results),
        report_stages.section(results["stages"]),
        report_kinds.kinds(results),
        report_as_deployed.as_deployed(results),
        _runtime(results),
        _bulk(results),
        _share(results),
        _profile(),
    ]
    return "\n\n".join(parts) + "\n"


PICKED_INSTEAD = ("powertools_pydantic", "sklearn_joblib", "fastapi_mangum")


def summary(results: dict) -> str:
    """The README's table: what a user would pick instead, by the medians of the whole page."""
    lines = ["| handler | warm, µs | import + first answer, ms | memory, MB | zipped, MB |", "|---|--:|--:|--:|--:|"]
    for name in ("ours", "m2cgen_code", "numpy_dot", "onnx_runtime", *PICKED_INSTEAD):
        measured = results["handlers"][name]
        medians = [measured["warm"]["single"]["us"][0], measured["cold_ms"][0], measured["memory_mb"][0]]
        cells = [_title(name), *(f"{value:,.1f}" for value in medians), f"{results['sizes'][name]['zipped']:,.3f}"]
        lines.append(f"| {' | '.join(cells)} |")
    batch = results["handlers"]["ours"]["warm"]["1000"]
    lines += [
        "",
        f"✓ checks its input. In a batch of 1,000 a sample takes {batch['us'][0]:,.1f} µs, × {batch['ratio'][0]:.2f} what reading and writing its",
        "JSON takes. m2cgen's code, numpy and ONNX Runtime are quicker for a warm sample of a linear model: they check nothing and",
        "log nothing. Medians of processor time, imports from bytecode.",
    ]
    return "\n".join(lines)


def _title(name: str) -> str:
    return TITLES[name] + (" ✓" if name in CHECKS_INPUT else "")


def _introduction(results: dict) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    rounds = ", ".join(f"{count} for {ROUNDS[what]}" for what, count in results["rounds"].items())
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    return f"""# Performance

{sentences(results)}

![Warm time, cold start, memory and package size of each handler](images/performance.png)

Written by `make bench`; do not edit. Every handler has the same fitted model and gets the same API Gateway event; their
probabilities were checked to agree within 1e-9. The floor is `json.loads` of the body and `json.dumps` of the answer:
it predicts nothing. Each handler lies in a package of its own, with what it needs and nothing else. Each measurement runs
in a fresh process, the handlers one after the other in every round (rounds: {rounds});
the figures are medians, in brackets the lowest and the highest round. Times are processor time, because the machine is shared. ✓ marks handlers that check their input.

Measured on Python {platform.python_version()}, {machine}; {versions}."""


def _table(results: dict) -> str:
    lines = [
        "## One sample, cold start, memory, size",
        "",
        "| handler | warm, µs | × its floor | import + first answer, ms | without bytecode, ms | memory, MB | unpacked, MB | zipped, MB |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name in TITLES:
        measured, size = results["handlers"][name], results["sizes"][name]
        single = measured["warm"]["single"]
        cells = [
            _title(name),
            _spread(single["us"], 1),
            f"{single['ratio'][0]:.2f}",
            _spread(measured["cold_ms"], 1),
            _spread(measured["uncompiled_ms"], 1),
            _spread(measured["memory_mb"], 1),
            f"{size['unpacked']:,.2f}" if name != "floor" else "–",
            f"{size['zipped']:,.3f}" if name != "floor" else "–",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    lines += [
        "",
        '"× its floor" compares with `json.loads` of the body and `json.dumps` of the handler\'s own answer, in turns',
        "with it: the alternatives answer only prediction, label and probability, so their floors are lower than ours.",
        "Import and first answer come on top of what the runtime client has loaded already: from bytecode, as pip leaves it in",
        "a container and `make build` in our package, and without, as `sam build` alone packs everybody's files in a folder that",
        "nobody may write into. 1 MB is 10⁶ bytes in sizes, 2²⁰ in memory.",
    ]
    return "\n".join(lines)


def _batches(results: dict) -> str:
    lines = [
        "## Batches, µs a sample",
        "",
        f"| handler | {' | '.join(f'{size:,}' for size in BATCHES)} | 1,000: × its floor |",
        "|---|" + "--:|" * (len(BATCHES) + 1),
    ]
    for name, title in TITLES.items():
        if name == "floor":
            continue
        warm = results["handlers"][name]["warm"]
        cells = [f"{warm[str(size)]['us'][0]:,.1f}" for size in BATCHES]
        lines.append(f"| {title} | {' | '.join(cells)} | {warm['1000']['ratio'][0]:.2f} |")
    ours = results["handlers"]["ours"]["warm"]
    growth = ours["10000"]["us"][0] / ours["100"]["us"][0]
    lines += ["", f"Ours, a sample in a batch of 10,000 against one of 100: × {growth:.2f}."]
    return "\n".join(lines)


def _bulk(results: dict) -> str:
    return f"""## A file of rows

`python -m benchmarks.bulk` alone: 100,000 rows of an id and 30 columns, read and written by one process; processor time,
start included, the best of three; memory is the process's largest. [bulk.md](bulk.md) says when to score in bulk, and how.

{results["bulk"]}"""


def _runtime(results: dict) -> str:
    real = results["runtime"]
    rows = [
        f"| {title} | {_spread(real['init_ms'][name], 0)} | "
        f"{real['median_ms'][name]:.2f} | {real['p99_ms'][name]:.2f} |"
        for name, title in (("empty", "a handler that does nothing"), ("ours", "this project"))
    ]
    middle = real["median_ms"]["ours"] / real["median_ms"]["empty"]
    counts = real["per_second"]
    return "\n".join(
        [
            "## In the real runtime",
            "",
            "AWS's runtime interface emulator and runtime client, one request at a time; elapsed time at the client:",
            "",
            "| handler | init, ms | median, ms | 99th percentile, ms |",
            "|---|--:|--:|--:|",
            *rows,
            "",
            f"Ours takes × {real['init_ratio']['ours']:.2f} the init time and × {middle:.2f} the median of the handler that",
            "does nothing (init: the median of starts made in turns). A busy machine shows in elapsed times.",
            "",
            f"| runtimes, a client each | {' | '.join(counts)} |",
            "|---|" + "--:|" * len(counts),
            f"| requests/s | {' | '.join(f'{value:,.0f}' for value in counts.values())} |",
            "",
            f"All runtimes and their clients share {os.cpu_count()} processors here; in Lambda each has its own share.",
        ]
    )


def _share(results: dict) -> str:
    share = results["small_share"]
    title = "## At Lambda's smallest share\n\n"
    if "impossible" in share:
        warm = results["handlers"]["ours"]["warm"]["single"]["us"][0]
        return f"{title}Not measured: {share['impossible']}. Without the limits a prediction takes {warm:.0f} µs."
    rows = [
        f"| {text} | {share[name]['together_us']:,.1f} | {share[name]['apart_us']:,.0f} | "
        f"{share[name]['reported_ms']:.2f} | {share[name]['billed_ms']:.0f} |"
        for name, text in (("empty", "a handler that does nothing"), ("ours", "this project"))
    ]
    return "\n".join(
        [
            f"{title}In a control group with 128 MB and 0.0723 of a processor: the handler's processor time, and a request 50 ms",
            "after the one before it in the real runtime, as the emulator reports and bills it. Medians:",
            "",
            "| handler | one after another, µs | 20 ms apart, µs | in the runtime, ms | billed, ms |",
            "|---|--:|--:|--:|--:|",
            *rows,
            "",
            f"What is ours in it: a second prediction right after one of those 20 ms apart takes {share['ours']['again_us']:,.0f} µs. The rest is code",
            "and data that the processor's caches lost meanwhile, on a shared machine to others' work; page faults are",
            f"{share['ours']['page_faults']:.2f} a prediction. {share['ours']['within_1_ms']:.1%} of ours took no more than 1 ms from start to end.",
            f"What is the runtime's: {share['empty']['reported_ms']:.2f} ms, which the handler that does nothing takes as well, before ours adds {share['ours']['reported_ms'] - share['empty']['reported_ms']:.2f}.",
            "Billed are whole milliseconds.",
        ]
    )


def _profile() -> str:
    return """## Find out where the time goes

```sh
python -X importtime -c 'import lambda_app.lambda_function' 2>&1 | sort -t'|' -k2 -n | tail   # a cold start
python -c '
import cProfile, json, pstats
from lambda_app.lambda_function import lambda_handler
event = json.load(open("deployment/events/rest_list.event.json"))
with cProfile.Profile() as profile:
    for _ in range(20_000): lambda_handler(event, None)
pstats.Stats(profile).sort_stats("tottime").print_stats(15)' | grep -v '^{'
```

Nothing on the cold path loads OpenSSL or anything outside the standard library.
`tests/serving/times/test_budgets.py` lists all imports and keeps these figures."""


def _spread(values: list[float], digits: int) -> str:
    middle, lowest, highest = (f"{value:,.{digits}f}" for value in values)
    return f"{middle} ({lowest}–{highest})"
