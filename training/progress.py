"""How far a run is, and how long the rest of it will take; silent where nobody watches.

A run knows its steps beforehand and what each will cost, roughly. What was done so far took so many times as long as was
thought; so, it is assumed, will the rest, but for the step at work, whose own pace is known.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from tqdm import tqdm

CROSS_VALIDATION, PREDICTION_SETS, FIGURES = "cross-validation", "prediction sets", "intervals of the figures"
COEFFICIENTS, AUDIT, CARD = "coefficient intervals", "nested audit", "model card"
UNSEEN = 2  # seconds; a bar that would be gone by then is not shown

Item = TypeVar("Item")


class Run:
    """A whole run. `costs`: the steps in order, and the seconds that each is expected to take."""

    def __init__(self, costs: Mapping[str, float], clock: Callable[[], float] = time.monotonic) -> None:
        self._waiting = dict(costs)
        self._clock = clock
        self._expected = self._taken = 0.0  # seconds of the finished steps: as was thought, and as it was
        self._cost = self._share = self._started = 0.0  # of the step at work; what share of it is done
        self._visible_from = clock() + UNSEEN
        self._bar = tqdm(
            total=sum(costs.values()),
            bar_format="{percentage:3.0f}%|{bar}| {desc}",
            disable=None,  # where standard error is no terminal
            leave=False,
            delay=UNSEEN,
        )

    def __contains__(self, step: str) -> bool:
        return step in self._waiting

    def over(self, items: Iterable[Item], step: str, total: int) -> Iterator[Item]:
        """The items of a step that is waiting, one after another."""
        self._cost, self._share, self._started = self._waiting.pop(step), 0.0, self._clock()
        self._show(step)
        if self._started >= self._visible_from:
            self._bar.refresh()  # the first item may take long
        for number, item in enumerate(items, 1):
            yield item
            self._share = number / total
            self._show(step)
        self._expected += self._cost
        self._taken += self._clock() - self._started
        self._cost = self._share = 0.0
        self._bar.clear()  # what is printed next has the line for itself

    def seconds_left(self) -> float:
        """Until the end of the whole run."""
        here = self._clock() - self._started if self._cost else 0.0
        expected = self._expected + self._cost * self._share
        pace = (self._taken + here) / expected if expected else 1.0
        rest = here / self._share - here if self._share else max(0.0, pace * self._cost - here)
        return rest + pace * sum(self._waiting.values())

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()

    def _show(self, step: str) -> None:
        self._bar.set_description_str(f"{step}; {duration(self.seconds_left())} left", refresh=False)
        self._bar.update(self._expected + self._cost * self._share - self._bar.n)


_at_work: ContextVar[Run | None] = ContextVar("_at_work", default=None)


@contextmanager
def whole_run(costs: Mapping[str, float]) -> Iterator[Run]:
    """What is done inside counts as steps of one run."""
    run = Run(costs)
    token = _at_work.set(run)
    try:
        yield run
    finally:
        _at_work.reset(token)
        run.close()


def progress(items: Iterable[Item], step: str, total: int) -> Iterator[Item]:
    """The items themselves. The bar is the run's, or, outside a run that knows of this step, one for the step alone."""
    run = _at_work.get()
    if run is not None and step in run:
        return run.over(items, step, total)
    return iter(tqdm(items, desc=step, total=total, disable=None, leave=False, delay=UNSEEN))


@contextmanager
def at_once(step: str) -> Iterator[None]:
    """A step that is not cut into items."""
    for _ in progress((None,), step, 1):
        yield


def duration(seconds: float) -> str:
    """ "40 seconds", "3 minutes"."""
    if seconds <= 5:
        return "a few seconds"
    if seconds < 90:
        return f"{round(seconds, -1):.0f} seconds"
    return f"{seconds / 60:.0f} minutes"
