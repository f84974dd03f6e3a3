"""A section of docs/performance.md: cold starts as users have them."""

from __future__ import annotations


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
