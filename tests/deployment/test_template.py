"""The template keeps its promises once SAM has transformed it, where public scanners do not look."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.deployment.promises import PROMISES
from tests.deployment.promises.stacks import Stacks, sources


@pytest.fixture(scope="module")
def stacks() -> Stacks:
    return Stacks(sources())


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_promise(promise: Callable[[Stacks], None], stacks: Stacks) -> None:
    promise(stacks)
