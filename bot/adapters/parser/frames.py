"""What passes between the program and its parser: pickles with their length in front.

The parser reads what strangers wrote, with libraries in C. Should one of them be taken over, what it sends back may make
the values of this module's list and nothing else.
"""

from __future__ import annotations

import io
import pickle
from dataclasses import dataclass
from struct import Struct
from typing import Any

LENGTH = Struct("<I")  # bytes of the pickle that follows
MADE = {  # the only classes that an answer may name
    "bot.model": ("Article",),
    "bot.ports": ("Read",),
    "bot.sources.parsed": ("Hints",),
    "bot.adapters.parser.frames": ("Refused", "Fault"),
    "datetime": ("datetime", "timezone", "timedelta"),
}


@dataclass(frozen=True, slots=True)
class Refused:
    """A SourceError, on its way."""

    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Fault:
    """An exception that nobody expected, with where it was raised."""

    kind: str
    trace: str


def pack(value: object) -> bytes:
    """A value as one frame. A document in it is copied once: its memory costs more than the copy."""
    frame = io.BytesIO()
    frame.write(bytes(LENGTH.size))
    pickle.dump(value, frame, protocol=5)
    with frame.getbuffer() as whole:
        LENGTH.pack_into(whole, 0, len(whole) - LENGTH.size)
    return frame.getvalue()


class _Careful(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if name not in MADE.get(module, ()):
            raise pickle.UnpicklingError(f"the parser sent a {module}.{name}")
        return super().find_class(module, name)


def unpack(pickled: bytes) -> Any:
    """The value in a frame from the parser. Raises UnpicklingError for one that must not be made."""
    return _Careful(io.BytesIO(pickled)).load()
