"""What this thread worked on last, so that the next step of the same run need not read it again.

The key says all that the value depends on, and a value is never changed by those who get it. One value is kept at a time:
with a million proposals it is gigabytes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(threading.local, Generic[T]):
    """The last value of one kind in each thread."""

    def __init__(self) -> None:
        self._held: tuple[Hashable, T] | None = None

    def keep(self, key: Hashable, value: T) -> T:
        """Remember the value in place of the last one, and return it."""
        self._held = (key, value)
        return value

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of that key: the one remembered, else a new one; the old one is let go before it is made."""
        if self._held is not None and self._held[0] == key:
            return self._held[1]
        self._held = None
        return self.keep(key, make())
