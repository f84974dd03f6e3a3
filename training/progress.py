"""A progress bar for steps that take more than two seconds; silent where nobody watches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")


def progress(items: Iterable[Item], label: str, total: int) -> Iterator[Item]:
    """The items themselves. The bar is on standard error, only on a terminal, and leaves nothing behind."""
    yield from tqdm(items, desc=label, total=total, disable=None, leave=False, delay=2)
