"""The event loop that the program runs on."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_to_end(work: Coroutine[Any, Any, T]) -> T:
    """What `asyncio.run` does, on uvloop where it is installed: a poll costs less, and timers keep nearer to their time."""
    try:
        import uvloop
    except ImportError:  # Windows, PyPy
        return asyncio.run(work)
    return uvloop.run(work)
