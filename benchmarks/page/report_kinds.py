"""Two sections of docs/performance.md: every kind of model, and cold starts as users have them."""

from __future__ import annotations

from benchmarks.kind_models import ASKED, TITLES, TRAINED
from benchmarks.kinds import BATCH, ROUNDING

NAMES = {
    "ours": "this project",
    "onnx_runtime": "ONNX Runtime",
    "sklearn_joblib": "scikit-learn + joblib",
    "m2cgen_code": "m2cgen's code",
}


def kinds(results: dict) -> str:
    """The table of kinds, and the forest by its size."""
    lines = [
        "## Every kind of model",
        "",
        f"Trained on {TRAINED:,} made-up rows of ten columns, numbers with one decimal. Wrong: of {ASKED:,} other such rows, those whose",
        f"probability is off scikit-learn's by more than {ROUNDING:g}, more than a 32-bit float's rounding: they went down another branch.",
        "",
        f"| kind | handler | one sample, µs | in {BATCH}, µs | import + first answer, ms | memory, MB | wrong rows | off by at most |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for kind, measured in results["kinds"]["kinds"].items():
        nodes = f" ({measured['nodes']:,} nodes)" if measured["nodes"] else ""
        for name, title in NAMES.items():
            found = measured["handlers"].get(name)
            cells = ["cannot convert it", *["–"] * 5]
            if found:
                cells = [f"{found[key]:,.1f}" for key in ("us", "batch_us", "cold_ms", "memory_mb")]
                cells += [f"{found['wrong']:,}", "0" if found["most"] == 0 else f"{found['most']:.1e}"]
            lines.append(f"| {TITLES[kind]}{nodes} | {title} | {' | '.join(cells)} |")
    lines += ["", *_sizes(results["kinds"]["sizes"])]
    return "\n".join(lines)


def _sizes(sizes: list[dict]) -> list[str]:
    lines = [
        f"| forest: trees | nodes | ours: one sample, µs | ONNX Runtime | ours: in {BATCH} | ONNX Runtime |",
        "|--:|--:|--:|--:|--:|--:|",
    ]
    for size in sizes:
        cells = [f"{size['us'][name][key]:,.1f}" for key in ("single", str(BATCH)) for name in ("ours", "onnx_runtime")]
        lines.append(f"| {size['trees']} | {size['nodes']:,} | {' | '.join(cells)} |")
    return lines


def as_deployed(results: dict) -> str:
    """What a user's cold start costs, with and without bytecode."""
    found = results["as_deployed"]
    titles = {
        "empty": "a handler that does nothing",
        "compiled": "this project, from `make build`",
        "plain": "this project, from `sam build` alone",
    }
    rows = []
    for name, title in titles.items():
        started, answer = found["starts"][name], found["first_answer_ms"].get(name)
        cells = [f"{started['init_ms']:,.0f}", f"{started['init_ratio']:.2f}"]
        cells += [f"{started['processor_ms']:,.1f}", f"{started['processor_ratio']:.2f}"]
        rows.append(f"| {title} | {' | '.join(cells)} | {f'{answer:,.1f}' if answer else ''} |")
    return "\n".join(
        [
            "## Cold starts as deployed",
            "",
            f"What SAM CLI built, in a read-only folder, started by AWS's runtime emulator and runtime client on Python {found['python']}.",
            "Lambda's folder is read-only and `sam build` packs no bytecode, so without `make build` every cold start compiles anew.",
            "Processor time is from the start of the runtime client to the first answer; init is elapsed, as the emulator reports it.",
            "",
            "| handler | init, ms | × | processor time, ms | × | import + first answer, ms |",
            "|---|--:|--:|--:|--:|--:|",
            *rows,
            "",
            f"Reading and writing the JSON alone: {found['first_answer_ms']['floor']:,.1f} ms for the first answer. Medians of starts in turns.",
        ]
    )
