"""Numbers of 32 bits, packed in bytes: a seventh of the room of a list, and nothing that a search for garbage has to look at."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

_BYTES = 4


def pack(numbers: Iterable[int]) -> bytes:
    """The numbers in their order."""
    return array("I", numbers).tobytes()


def unpack(packed: bytes) -> memoryview[int]:
    """The numbers again."""
    return memoryview(packed).cast("I")


def count(packed: bytes) -> int:
    """How many they are."""
    return len(packed) // _BYTES
