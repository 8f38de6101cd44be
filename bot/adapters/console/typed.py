"""What is typed, line by line, without holding up the event loop or the program's end."""

from __future__ import annotations

import asyncio
import codecs
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable

STANDARD_INPUT = 0  # its file descriptor
CHUNK_BYTES = 4096  # a terminal gives at most this much of a line at once


async def typed_lines(descriptor: int = STANDARD_INPUT) -> AsyncIterator[str]:
    """The lines that arrive on a file descriptor, until its end."""
    if descriptor == STANDARD_INPUT and sys.stdin is None:
        return  # started without one (`<&-`): by now the descriptor may be anything, even the database
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[str | None] = asyncio.Queue()

    def hand_over(line: str | None) -> None:
        loop.call_soon_threadsafe(waiting.put_nowait, line)

    threading.Thread(target=_read, args=(descriptor, hand_over), name="console input", daemon=True).start()
    while (line := await waiting.get()) is not None:
        yield line


def _read(descriptor: int, hand_over: Callable[[str | None], None]) -> None:
    """Pass on line after line, then None.

    Reads the descriptor and not `sys.stdin`: a thread that waits inside `sys.stdin` holds its lock, and
    Python aborts at exit when it cannot take that lock.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    begun = ""
    try:
        while chunk := _chunk(descriptor):
            *whole, begun = (begun + decoder.decode(chunk)).split("\n")
            for line in whole:
                hand_over(line)
        if begun:
            hand_over(begun)
        hand_over(None)
    except RuntimeError:  # the event loop has closed: nobody listens any more
        return


def _chunk(descriptor: int) -> bytes:
    """What can be read now; nothing once the input is at its end or its terminal has gone."""
    try:
        return os.read(descriptor, CHUNK_BYTES)
    except OSError:
        return b""
