"""The C library's allocator, told to give memory back.

As it comes, glibc keeps what documents of 100 kB leave behind, in an arena for each thread: a process that polls thousands
of feeds holds a third more than it uses. With these limits a document's memory goes back to the system with the document.
"""

from __future__ import annotations

import ctypes

# mallopt(3): the parameter, and bytes or a count
LIMITS = (
    (-3, 64 * 1024),  # M_MMAP_THRESHOLD: larger pieces are mapped alone, and unmapped
    (-1, 128 * 1024),  # M_TRIM_THRESHOLD: so much may lie free at the heap's end
    (-8, 1),  # M_ARENA_MAX: Python's threads take turns anyway
)


def be_frugal() -> None:
    """Set the limits for this process; nothing happens where the C library has no such switch."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # musl, macOS, Windows
        return
    for parameter, value in LIMITS:
        mallopt(parameter, value)
