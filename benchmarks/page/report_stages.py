"""The section of docs/performance.md on where the time of a warm request goes."""

from __future__ import annotations

from benchmarks.stages import BATCH, FLOOR, WHOLE


def section(stages: dict[str, dict[str, float]]) -> str:
    """Markdown from `stages.measure()`: what each part of the ratios to the floor is spent on."""
    one, batch = stages["one"], stages["batch"]
    rows = "\n".join(f"| {name} | {_cells(one, name)} | {_cells(batch, name)} |" for name in one if name != FLOOR)
    return f"""## Where the time goes

What is wanted is twice the floor for one sample and 1.3 times in a batch of {BATCH:,}; it is {one[WHOLE] / one[FLOOR]:.2f} and {batch[WHOLE] / batch[FLOOR]:.2f}. These
are the parts, each run on its own in turns with the whole (`python -m benchmarks.stages`). Reading JSON is most of the
floor itself. What a handler without checks, warnings and metrics would do beside it is the prediction, the answer and
the response; the rest is what makes an answer one that can be relied on, and no part of it is large.

| part | one sample, µs | × the floor | in a batch, µs a sample | × the floor |
|---|--:|--:|--:|--:|
{rows}"""


def _cells(stages: dict[str, float], name: str) -> str:
    share = max(0.0, stages[name])  # the difference of two measurements may fall a hair below
    return f"{share:.2f} | {share / stages[FLOOR]:.2f}"
