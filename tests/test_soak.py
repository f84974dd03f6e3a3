"""Short runs of the soak test; `make soak` is the long one."""

import pytest

from tests import soak

SIZE = 200_000
CALLS = 4_000


def test_calls_keep_no_memory():
    """Less than a byte a call, where the smallest leak is a pointer of eight."""
    assert soak.traced_growth_bytes(CALLS) < CALLS


def test_a_leak_is_noticed():
    kept = []

    def leaking(events, count):
        kept.extend([count] * count)

    assert soak.traced_growth_bytes(CALLS, leaking) >= 7 * CALLS


@pytest.mark.parametrize("name", soak.HOSTILE)
def test_a_hostile_body_takes_no_longer_than_its_size_allows(name):
    body = soak.HOSTILE[name](SIZE)
    for tries in (3, 5, 10):  # a machine may be busy; a handler that is slow stays slow
        taken, parsing = soak.seconds(body, tries)
        allowed = soak.limit(name, 2 * SIZE, parsing)
        if taken <= allowed:
            break
    assert taken <= allowed
