"""Short runs of the soak test; `make soak` is the long one."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools import soak

pytestmark = pytest.mark.slow

CALLS = 8_000
ROOT = Path(__file__).parents[3]


def test_calls_keep_no_memory():
    """Less than a byte a call, where the smallest leak is a pointer of eight."""
    assert soak.traced_growth_bytes(CALLS) < CALLS


def test_a_leak_is_noticed():
    kept = []

    def leaking(events, count):
        kept.extend([count] * count)

    assert soak.traced_growth_bytes(CALLS, leaking) >= 7 * CALLS


def test_no_hostile_body_takes_longer_than_its_size_allows():
    """In a process of its own: measuring coverage takes longer than answering."""
    command = [sys.executable, "-c", "from tests.tools import soak; print(soak.too_slow(200_000))"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


def test_a_slow_handler_is_noticed(monkeypatch):
    honest = soak.predict
    monkeypatch.setattr(soak, "HOSTILE", {"lines": soak.HOSTILE["lines"]})
    monkeypatch.setattr(soak, "predict", lambda body: [honest(body) for _ in range(200)])
    assert soak.too_slow(200_000, (1,)) == ["lines"]
