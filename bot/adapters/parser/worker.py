"""What runs in the parser's process: one answer after the other, each within limits of time and memory.

Two limits of time: the first lets Python end the reading in good order; the second is the kernel's, for a library that
does not come back from C. Both count the processor's time, so a busy machine makes no page too slow.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from bot.adapters.parser.frames import LENGTH, Fault, Refused, pack
from bot.errors import SourceError
from bot.garbage import lasting

try:
    import resource
except ImportError:  # Windows: no limits there but the parent's patience
    resource = None  # type: ignore[assignment]  # a module elsewhere; there is none on Windows

NICE = 5  # the program, which serves people, goes first where both want the same core
KERNEL_GRACE = 3  # seconds of processor time between the first limit and the second
REMEDY = "It is tried again by itself; if it lasts, report the address, or remove this source."
OUT_OF_TIME = "Reading it took more than {seconds:g} seconds of work, so it was given up."
OUT_OF_MEMORY = "Reading it took more than {megabytes} MB of memory, so it was given up."

Reader = Callable[..., Any]


class OutOfTime(BaseException):
    """Raised by the alarm; no reader's `except Exception` may swallow it."""


def main(reader: str, seconds: float, megabytes: int) -> None:
    """Answer frames from standard input until it ends. `reader`: "module:function" that reads an answer."""
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # a Ctrl-C is for the program, which ends us by closing the pipe
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the frames
    if hasattr(os, "nice"):
        os.nice(NICE)
    module, _, name = reader.partition(":")
    read: Reader = getattr(importlib.import_module(module), name)
    if resource:
        _limit_memory(megabytes)
        signal.signal(signal.SIGPROF, _alarm)
    first = True
    while (job := _next(sys.stdin.buffer)) is not None:
        try:
            out.write(pack(_answer(read, job, seconds, megabytes)))
            out.flush()
        except BrokenPipeError:
            os._exit(0)  # the program was killed: nobody waits for the answer, or reads our complaint
        if first:  # the reader has imported what it needs
            first = False
            lasting()


def _next(stream: BinaryIO) -> Any:
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(head)
    job = stream.read(size)
    return pickle.loads(job) if len(job) == size else None  # the program was killed while it wrote


def _answer(read: Reader, job: tuple[Any, ...], seconds: float, megabytes: int) -> object:
    try:
        with _timed(seconds):
            return read(*job)
    except SourceError as error:
        return Refused(error.what, error.remedy)
    except OutOfTime:
        return Refused(OUT_OF_TIME.format(seconds=seconds), REMEDY)
    except MemoryError:
        return Refused(OUT_OF_MEMORY.format(megabytes=megabytes), REMEDY)
    except Exception as error:
        return Fault(type(error).__name__, traceback.format_exc())


@contextlib.contextmanager
def _timed(seconds: float) -> Iterator[None]:
    if not resource:
        yield
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(
        resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds + KERNEL_GRACE) + 1, most)
    )
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _alarm(*_: object) -> None:
    raise OutOfTime


def _limit_memory(megabytes: int) -> None:
    """Address space, from what the interpreter has already."""
    with contextlib.suppress(ValueError, OSError):  # a system that allows less anyway
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, resource.getrlimit(resource.RLIMIT_AS)[1]))
