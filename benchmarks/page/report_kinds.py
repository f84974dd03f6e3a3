"""A section of docs/performance.md: every kind of model, beside the alternatives, by task and by size."""

from __future__ import annotations

from benchmarks.kinds import alternatives, nodes
from benchmarks.kinds.alternatives import ROUNDING
from benchmarks.kinds.matrix import TASKS
from benchmarks.kinds.models import ASKED, TITLES, TRAINED

NAMES = {
    "ours": "this project",
    "onnx_runtime": "ONNX Runtime",
    "sklearn_joblib": "scikit-learn + joblib",
    "m2cgen_code": "m2cgen's code",
}


def kinds(results: dict) -> str:
    """Its tables: beside the alternatives, in batches, by task, by nodes."""
    found = results["kinds"]
    parts = [_alternatives(found["kinds"]), _batches(found["kinds"]), _tasks(found["warm"])]
    return "\n\n".join(["\n".join(lines) for lines in [*parts, _nodes(found["nodes"]), _loads(found["nodes"])]])


def _alternatives(kinds: dict) -> list[str]:
    lines = [
        "## Every kind of model",
        "",
        f"Trained on {TRAINED:,} made-up rows of ten columns, numbers with one decimal. Wrong: of {ASKED:,} other such rows, those whose",
        f"probability is off scikit-learn's by more than {ROUNDING:g}, more than a 32-bit float's rounding: they went down another branch.",
        "",
        "| kind | handler | one sample, µs | import + first answer, ms | memory, MB | wrong rows | off by at most |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for kind, measured in kinds.items():
        size = f" ({measured['nodes']:,} nodes)" if measured["nodes"] else ""
        for name, title in NAMES.items():
            found = measured["handlers"].get(name)
            cells = ["cannot convert it", *["–"] * 4]
            if found:
                cells = [f"{found[key]:,.1f}" for key in ("us", "cold_ms", "memory_mb")]
                cells += [f"{found['wrong']:,}", "0" if found["most"] == 0 else f"{found['most']:.1e}"]
            lines.append(f"| {TITLES[kind]}{size} | {title} | {' | '.join(cells)} |")
    return lines


def _batches(kinds: dict) -> list[str]:
    lines = [
        f"A sample in a batch, µs:\n\n| kind | handler | {' | '.join(f'in {n:,}' for n in alternatives.BATCHES)} |",
        f"|---|---|{'--:|' * len(alternatives.BATCHES)}",
    ]
    for kind, measured in kinds.items():
        for name, found in measured["handlers"].items():
            cells = [f"{us:,.1f}" for us in found["batch_us"].values()]
            lines.append(f"| {TITLES[kind]} | {NAMES[name]} | {' | '.join(cells)} |")
    return lines


def _tasks(warm: dict) -> list[str]:
    """By kind and task: docs/your_own_model.md has these µs, and what the kinds are."""
    lines = [
        "Ours for each task, one sample, µs (× its floor); exactness, sizes and the data are in "
        f"[your_own_model.md](your_own_model.md#kind-by-kind):\n\n| kind | {' | '.join(TASKS)} |",
        f"|---|{'--:|' * len(TASKS)}",
    ]
    for kind, measured in warm.items():
        cells = [f"{one['us']:.1f} ({one['ratio']:.1f})" if one else "–" for one in map(measured.get, TASKS)]
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return lines


def _nodes(sizes: list[dict]) -> list[str]:
    pairs = [("single", "one sample"), *((str(rows), f"in {rows:,}") for rows in nodes.BATCHES)]
    lines = [
        "A forest by its size, up to the most nodes that can be exported; µs a sample, ours / ONNX Runtime's:\n\n"
        f"| trees | nodes | {' | '.join(title for _, title in pairs)} |",
        f"|--:|--:|{'--:|' * len(pairs)}",
    ]
    for size in sizes:
        ours, theirs = size["us"]["ours"], size["us"]["onnx_runtime"]
        cells = [f"{ours[key]:,.1f} / {theirs[key]:,.1f}" for key, _ in pairs]
        lines.append(f"| {size['trees']} | {size['nodes']:,} | {' | '.join(cells)} |")
    return lines


def _loads(sizes: list[dict]) -> list[str]:
    lines = [
        "Loading such a forest, once a cold start: the file is read, hashed, checked field by field and built, then its",
        "golden rows are predicted and compared.\n\n| nodes | file, KB | loading, ms | of it the proof, ms |",
        "|--:|--:|--:|--:|",
    ]
    for size in sizes:
        cells = [f"{size['bytes'] / 1000:,.0f}", f"{size['load_ms']:.1f}", f"{size['proof_ms']:.2f}"]
        lines.append(f"| {size['nodes']:,} | {' | '.join(cells)} |")
    return lines
