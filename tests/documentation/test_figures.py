"""The README's figures are those of docs/performance.md, which only `make bench` writes."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
# Columns of the page: warm, × its floor, import + first answer, that without bytecode, memory, unpacked, zipped.
SHOWN = [0, 2, 4, 6]


def rows(text, header):
    """First cell → the other cells' figures, without the spread that may follow in brackets."""
    lines = text[text.index(header) :].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return {name: [cell.partition(" (")[0] for cell in figures] for name, *figures in cells}


def test_each_figure_of_the_readme_s_table_is_in_the_page():
    shown, measured = rows(README, "| handler | warm, µs | import"), rows(PAGE, "| handler | warm, µs | × its floor")
    assert len(shown) >= 5
    for name, figures in shown.items():
        assert figures == [measured[name][column] for column in SHOWN], name


def test_the_batch_s_figures_are_in_the_page():
    batches = rows(PAGE, "| handler | 1 | 10 | 100 |")
    sample, ratio = re.search(r"a sample takes ([\d.,]+) µs, × ([\d.]+)", README).groups()
    assert [sample, ratio] == batches["this project"][3::2]


def test_the_figures_are_first_among_those_that_check_their_input():
    measured = rows(PAGE, "| handler | warm, µs | × its floor")
    numbers = {
        name: [float(cell.replace(",", "")) for cell in cells] for name, cells in measured.items() if "✓" in name
    }
    ours = numbers.pop("this project ✓")
    assert len(numbers) >= 2
    for name, others in numbers.items():
        assert all(mine < other for mine, other in zip(ours, others, strict=True)), name


def test_the_rates_of_bulk_scoring_are_those_of_the_page():
    bulk, header = (ROOT / "docs" / "bulk.md").read_text(encoding="utf-8"), "| way | rows a second"
    assert rows(bulk, header) == rows(PAGE, header) != {}
