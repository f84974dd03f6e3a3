"""A short run of the memory test; `make soak` has the long one."""

from benchmarks.as_deployed import runtime_python
from tests.runtime import memory
from tests.runtime.sandboxes import sandboxes
from tests.tools.refused import REFUSED


def test_refused_bodies_leave_no_memory_behind():
    """In a control group as large as the function's memory, where there is one: a killed runtime fails the test."""
    python = runtime_python()
    with sandboxes(1, memory.ENVIRONMENT, python) as (sandbox,), memory.control_group(memory.started(sandbox)):
        sizes = memory.refuse(sandbox, REFUSED, rounds=8)
        sandbox.close()
    assert max(sizes) - sizes[0] <= memory.allowed_kib(python)
