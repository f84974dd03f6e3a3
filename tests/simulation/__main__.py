"""`make simulate`: how often the published intervals hold the truth, on tables drawn from populations that are known.

Prints a line a population and figure, then the figures over all populations. Exits with 1 where an interval holds the
truth in fewer than 93 of 100 tables of a population, beyond what chance explains of so many draws, or over all of them.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict

import numpy as np

from tests.simulation.draws import tables
from tests.simulation.populations import CLASSES, NUMBERS

DRAWS, DRAWS_OF_A_FOREST = 400, 100
LEAST = 0.93
SURE = 2  # standard errors


def held(population, draws: int, seed: int = 0) -> dict[str, list[float]]:
    """Figure → a share a table: of the intervals of that name, those that held the truth."""
    found = defaultdict(list)
    for table in tables(population, draws, seed):
        by_figure = defaultdict(list)
        for interval in table:
            by_figure[interval.figure].append(interval.ends[0] <= interval.truth <= interval.ends[1])
        for figure, own in by_figure.items():
            found[figure].append(float(np.mean(own)))
    return found


def coverage(shares: list[float]) -> tuple[float, float]:
    """The mean, and its standard error by chance: tables are independent, intervals of one table are not."""
    spread = max(float(np.std(shares)), 0.05 / len(shares) ** 0.5)
    return float(np.mean(shares)), spread / len(shares) ** 0.5


def main(arguments: list[str]) -> int:
    """Draw, print, judge; the only argument is how many tables a population."""
    draws = int(arguments[0]) if arguments else DRAWS
    everywhere, failed, start = defaultdict(list), [], time.monotonic()
    for population in [*CLASSES, *NUMBERS]:
        own = min(draws, DRAWS_OF_A_FOREST) if getattr(population, "forest", False) else draws
        print(f"{population.name}: {population.rows} rows")
        for figure, shares in held(population, own).items():
            share, error = coverage(shares)
            everywhere[figure].append((share, error, population.name))
            low = share + SURE * error < LEAST
            failed += [f"{figure}, {population.name}"] if low else []
            print(f"  {figure:<32}{share * 100:>6.1f} % ± {error * 100:.1f}{'  TOO RARELY' if low else ''}", flush=True)
    print(f"\n{'interval':<34}{'coverage':<12}lowest")
    for figure, found in everywhere.items():
        mean = float(np.mean([share for share, *_ in found]))
        share, error, name = min(found)
        failed += [figure] if mean < LEAST else []
        print(f"{figure:<34}{mean * 100:>5.1f} %     {share * 100:.1f} % ± {error * 100:.1f} ({name})")
    print(f"\n{draws} tables a population, {time.monotonic() - start:.0f} seconds")
    if failed:
        print(f"in fewer than {LEAST * 100:.0f} of 100: {'; '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
