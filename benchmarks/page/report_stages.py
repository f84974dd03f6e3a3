"""The section of docs/performance.md on where the time of one warm sample goes."""

from __future__ import annotations

from benchmarks.stages import FLOOR, WHOLE


def section(stages: dict[str, float]) -> str:
    """Markdown from `stages.measure()`: what each part of the ratio to the floor is spent on."""
    floor = stages[FLOOR]
    rows = "\n".join(
        f"| {name} | {value:.1f} | {value / floor:.2f} |" for name, value in stages.items() if name != FLOOR
    )
    return f"""## Where the time of one sample goes

What is wanted is twice the floor; it is {stages[WHOLE] / floor:.2f} times. These are its parts, each run on its own in turns with the
whole (`python -m benchmarks.stages`). Reading JSON is most of the floor itself. What a handler without checks, warnings
and metrics would do beside it is the prediction, the answer and the response; the rest is what makes an answer one that
can be relied on, and no part of it is large.

| part | µs | × the floor |
|---|--:|--:|
{rows}"""
