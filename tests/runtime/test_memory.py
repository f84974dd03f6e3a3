"""Short runs of the memory test; `make soak` has the long one."""

from tests.runtime import memory
from tests.runtime.sandboxes import NEWER_MARSHALLING, sandboxes


def test_refused_bodies_leave_no_memory_behind():
    """In a control group as large as the function's memory, where there is one: a killed runtime fails the test."""
    with sandboxes(1, NEWER_MARSHALLING) as (sandbox,), memory.control_group(memory.started(sandbox)):
        _, _, growth = memory.refuse(sandbox, rounds=memory.WARM_UP + 3)
        sandbox.close()
    assert growth <= memory.GROWTH_KIB
