"""An estimate before, and on the way the time left for the whole run, not for the step at work."""

from __future__ import annotations

import io
import re
import time

import pytest

from training import progress
from training.commands.train_model import main
from training.progress import Run, whole_run


class Clock:
    """Stands still, but for what is added."""

    now = 1000.0

    def __call__(self):
        return self.now


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_time_left_is_of_the_whole_run_and_learns():
    clock = Clock()
    run = Run({"a": 10.0, "b": 20.0, "c": 30.0}, clock)
    assert run.seconds_left() == 60

    first = run.over("xy", "a", 2)
    next(first)
    assert run.seconds_left() == 60
    clock.now += 4
    assert run.seconds_left() == 56  # nothing finished: nothing learned
    clock.now += 6
    next(first)
    assert run.seconds_left() == 10 + 2 * 50  # half of it took 10 s; the others will take twice as long as was thought
    clock.now += 10
    assert list(first) == []
    assert run.seconds_left() == 2 * 50

    second = run.over("xy", "b", 2)
    next(second)
    clock.now += 5
    next(second)
    assert run.seconds_left() == 5 + (20 + 5) / (10 + 10) * 30  # its own pace for this one, the run's for the last
    clock.now += 5
    assert list(second) == []
    assert list(run.over("x", "c", 1)) == ["x"]
    assert run.seconds_left() == 0


def test_a_step_that_takes_longer_than_its_share_is_never_over_before_its_time():
    clock = Clock()
    run = Run({"a": 1.0, "b": 1.0}, clock)
    items = run.over("x", "a", 1)
    next(items)
    clock.now += 100
    assert run.seconds_left() == 1  # b; of a nobody knows
    items.close()


def test_the_bar_says_it_on_a_terminal_and_leaves_nothing(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(progress, "UNSEEN", 0)
    with whole_run({"first": 100.0, "second": 500.0}):
        for _ in progress.progress(range(2), "first", 2):
            time.sleep(0.15)  # longer than tqdm waits between two pictures
    said = re.findall(r"([ \d]+)%\|[^|]*\| (\w+); ([\w ]+) left", terminal.getvalue())
    assert ("  0", "first", "10 minutes") in said
    assert said[-1] == (" 17", "first", "a few seconds")
    assert terminal.getvalue().endswith("\r")


def test_nobody_watching_nothing_is_shown(capsys):
    with whole_run({"first": 1.0}):
        assert list(progress.progress("xy", "first", 2)) == ["x", "y"]
    assert capsys.readouterr() == ("", "")


RUNS = {
    "classes, with all that can be asked for": ["--audit", "--compare"],
    "a number": ["--task", "regression", "--compare"],
    "trees": ["--estimator", "forest"],
}


@pytest.mark.parametrize("options", RUNS.values(), ids=RUNS)
def test_every_step_that_a_run_takes_was_planned_and_every_planned_one_is_taken(
    options, write_csv, output, monkeypatch, capsys, quick
):
    """Else the estimate would be of another run."""
    planned, own = [], []

    class Watched(Run):
        def __init__(self, costs):
            super().__init__(costs)
            planned.append(self)

    monkeypatch.setattr(progress, "Run", Watched)
    monkeypatch.setattr(progress, "tqdm", lambda items=None, **rest: own.append(rest) or Silent(items))
    monkeypatch.setattr("training.commands.plan.timed_fit", lambda *_: 2.0)
    rows = [[(7 * n) % 10 + n % 2, (3 * n) % 11, n % 2] for n in range(60)]
    path = write_csv([["a", "b", "y"], *rows])
    arguments = ["--data", path, "--target", "y", "--folds", "3", "--output", str(output)]
    assert main([*arguments, *options]) == 0, capsys.readouterr().err
    [run] = planned
    assert not run._waiting
    assert [rest.get("desc") for rest in own] == [None], "a bar that is not the run's"
    assert re.search(r"^this will take about \d+ (seconds|minutes)$", capsys.readouterr().out, re.MULTILINE)


class Silent:
    """In the place of a bar."""

    n = 0

    def __init__(self, items):
        self.items = items

    def __iter__(self):
        return iter(self.items)

    def set_description_str(self, text, refresh):
        pass

    def update(self, by):
        self.n += by

    clear = close = refresh = lambda self: None
