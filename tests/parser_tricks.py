"""A reader for the parser's process that does what a hostile page may make a library do. The document says what."""

from __future__ import annotations

import os
import re
import signal
import sys
import time

from bot.errors import SourceError
from bot.model import Source
from bot.ports import Fetched, Read
from bot.reading import read as really


def read(source: Source, fetched: Fetched, memo: bytes = b"", digest: bytes = b"") -> Read:
    match fetched.documents[0].body.decode():
        case "loop":
            while True:
                pass
        case "loop in C":
            re.match("(a+)+$", "a" * 40 + "b")
        case "sleep":
            time.sleep(3600)
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "fill":
            return Read(problems=(str(len(bytearray(4 << 30))),))
        case "fault":
            raise ZeroDivisionError
        case "refuse":
            raise SourceError("Nothing here.", "Look elsewhere.")
        case "print":
            print("a library that talks")  # noqa: T201
            sys.stdout.flush()
        case "code":
            return _Evil()  # type: ignore[return-value]
        case "who":
            return Read(
                problems=(str(os.getpid()), *sorted(name for name in os.environ if name.startswith("PANTAU")))
            )
        case _:
            return really(source, fetched, memo)
    return Read()


class _Evil:
    def __reduce__(self) -> object:
        return os.system, ("true",)
