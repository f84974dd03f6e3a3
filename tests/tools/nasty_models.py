"""`python -m tests.tools.nasty_models wide --by time`: the search of nasty_bodies.py on a model that bodies may be nastier to.

Made by hand and from a seed, like those of budget_models.py, and put in the place of the tests' own model.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from random import Random

from tests import small_models
from tests.tools import budget_models, own_model

WIDE, CATEGORIES = 200, 1_000
PREFIX = "the same hundred characters stand before the number that is the only difference between two names " * 2


def wide():
    """200 columns, whose long names differ in their last characters only; each is at most the next one."""
    columns = [small_models.number(f"{PREFIX}{n:03}", spellings=[f"s{n}"]) for n in range(WIDE)]
    chance = Random(0)
    rows = [sorted(round(chance.uniform(-5, 5), 3) for _ in columns) for _ in range(5)]
    record = small_models.linear([[chance.uniform(-1, 1) for _ in columns]])
    pairs = [[n, n + 1] for n in range(WIDE - 1)]
    return small_models.model(rows=rows, columns=columns, model=record, ordered_pairs=pairs)


def thousand_categories():
    """One column of 1,000 texts that differ in their last characters only, beside 29 of numbers."""
    chance = Random(0)
    known = [[f"{PREFIX}{n:04}", [chance.uniform(-1, 1)]] for n in range(CATEGORIES)]
    columns = [small_models.number(f"number {n}", spellings=[f"s{n}"]) for n in range(29)]
    columns.append(small_models.category("text", categories=known, typical=known[0][0]))
    record = small_models.linear([[chance.uniform(-1, 1) for _ in columns]])
    row = [*(round(chance.uniform(-5, 5), 3) for _ in range(29)), known[-1][0]]
    return small_models.model(rows=[row] * 5, columns=columns, model=record)


MODELS = {"wide": wide, "thousand_categories": thousand_categories, "forest": budget_models.forest}


def search(name: str, folder: Path):
    """nasty_bodies.py on this model, which takes the place of the tests' own before anything loads that."""
    own_model.OWN = folder / f"{name}.json"
    MODELS[name]().save(own_model.OWN)
    from tests.tools import handling, nasty_bodies  # noqa: PLC0415 – they load the model

    handling.CODES.update(unknown_category=400, not_a_category=400)
    return nasty_bodies


def main() -> int:
    """The exit code of the search on the model that the first argument names."""
    with tempfile.TemporaryDirectory() as folder:
        return search(sys.argv.pop(1), Path(folder)).main()


if __name__ == "__main__":
    sys.exit(main())
