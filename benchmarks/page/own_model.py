"""`python -m benchmarks.page.own_model`: write the table of kinds in docs/your_own_model.md anew.

Every kind is fitted, exported and asked, which gives exactness and size; times are those of docs/performance.md, which
`make bench` measures.
"""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.kinds import matrix

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT, TIMES = ROOT / "docs" / "your_own_model.md", ROOT / "docs" / "performance.md"
HEAD = f"| kind | {' | '.join(matrix.TASKS)} |"
LINE = "|---|" + "---|" * len(matrix.TASKS)
CELL = re.compile(r"(\S+) · ([\d,]+) µs · ([\d,]+) KB")


def main() -> None:
    """Write it."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, rest = text.split(HEAD, 1)
    us = times(TIMES.read_text(encoding="utf-8"))
    lines = [HEAD, LINE]
    for kind in matrix.LINES:
        cells = [_cell(kind, task, us[kind, task]) if (kind, task) in us else "–" for task in matrix.TASKS]
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    DOCUMENT.write_text(before + "\n".join(lines) + rest[rest.index("\n\n") :], encoding="utf-8")


def table(text: str) -> dict[tuple[str, str], str]:
    """The cells, by kind and task, of the first table in a document that has these columns."""
    lines = text.split(f"{HEAD}\n", 1)[1].partition("\n\n")[0].splitlines()[1:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {(row[0], task): cell for row in rows for task, cell in zip(matrix.TASKS, row[1:], strict=True)}


def times(text: str) -> dict[tuple[str, str], int]:
    """µs of one sample by kind and task, from the text of docs/performance.md; only those that there are."""
    return {key: round(float(cell.partition(" ")[0])) for key, cell in table(text).items() if cell != "–"}


def figures(text: str) -> dict[tuple[str, str], tuple[float, int, int]]:
    """Largest difference, µs and KB by kind and task, from the text of docs/your_own_model.md."""
    found = {}
    for key, cell in table(text).items():
        if cell != "–":
            match = CELL.fullmatch(cell)
            if match is None:
                raise ValueError(f"{key}: {cell!r} is no cell of this table")
            difference, us, size = (number.replace(",", "") for number in match.groups())
            found[key] = float(difference), int(us), int(size)
    return found


def _cell(kind: str, task: str, us: int) -> str:
    fitted, features, parameters = matrix.exported(kind, task)
    off = matrix.difference(fitted, features, parameters)
    return f"{f'{off:.0e}' if off else 0} · {us:,} µs · {matrix.kilobytes(parameters):,} KB"


if __name__ == "__main__":
    main()
