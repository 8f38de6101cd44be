"""The parser's process as the program sees it: answers go in, what is new comes out, and it is there again after any end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import pickle
import signal
import sys
from collections import deque
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from bot.adapters.parser.frames import LENGTH, Fault, Refused, pack, unpack
from bot.adapters.parser.worker import OUT_OF_TIME, REMEDY
from bot.errors import SourceError
from bot.model import Source
from bot.ports import Fetched, Read
from bot.reading import digest_of, untouched

log = logging.getLogger(__name__)

SECONDS = 5.0  # of the processor for one answer; the slowest real page takes 0.2
MEGABYTES = 1_024  # of address space; a feed of 10 MB takes 300
PATIENCE = 60.0  # seconds for one answer, however busy the machine is
AT_ONCE = 32  # answers in the pipe; what waits further is not packed yet
START = "from bot.adapters.parser.worker import main; main({reader!r}, {seconds!r}, {megabytes!r})"
FROM_OUTSIDE = (-signal.SIGTERM, -signal.SIGKILL)  # ends that say nothing about the page


class Ended(Exception):
    """The process is gone; `blame`: the page it worked on is the reason."""

    def __init__(self, how: str, *, blame: bool) -> None:
        super().__init__(how)
        self.blame = blame


@dataclass(slots=True, eq=False)
class Job:
    """One answer to read."""

    source: Source
    frame: bytes
    answer: asyncio.Future[Any]
    tries: int = field(default=0)


class ParserProcess:
    """Parses in a process of its own (bot.ports.Parser); use it as an async context manager.

    A page that ends the process costs itself only: what waits behind it goes to the next process.
    """

    def __init__(
        self, reader: str = "bot.reading:read", *, seconds: float = SECONDS, megabytes: int = MEGABYTES
    ) -> None:
        """`reader`: "module:function", what reads an answer there."""
        self._start = START.format(reader=reader, seconds=seconds, megabytes=megabytes)
        self._seconds = seconds
        self._jobs: deque[Job] = deque()  # in the order of their frames in the pipe
        self._called = asyncio.Event()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        self._work = asyncio.create_task(self._serve())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._work
        await self._end()

    async def parse(self, source: Source, fetched: Fetched, memo: bytes = b"") -> Read:
        """What is new in an answer (bot.ports.Parser). One that did not change at all does not leave this process."""
        if not fetched.documents:
            return Read(memo=memo)
        digest = digest_of(fetched)
        if seen := untouched(source, fetched, memo, digest):
            return seen
        read: Read = await self.ask(source, fetched, memo, digest)
        return read

    async def ask(self, source: Source, *arguments: object) -> Any:
        """What the reader says to these arguments. Raises SourceError."""
        async with self._room:
            answer = asyncio.get_running_loop().create_future()
            job = Job(source, pack((source, *arguments)), answer)
            self._jobs.append(job)
            if self._process:
                self._write(self._process, job)
            self._called.set()
            said = await answer
        if isinstance(said, Refused):
            raise SourceError(said.what, said.remedy)
        if isinstance(said, Fault):
            raise RuntimeError(f"{said.kind} in the parser's process:\n{said.trace}")
        return said

    async def _serve(self) -> None:
        while True:
            await self._called.wait()
            try:
                await self._answers()
            except Ended as ended:
                self._bury(ended)
            except OSError as error:  # no process can be started now
                log.error("The parser's process cannot be started: %s", error)
                self._settle(
                    SourceError("It could not be read: the machine has no room for another process.")
                )
            finally:
                await self._end()

    async def _answers(self) -> None:
        """Start a process and take its answers until nothing more is asked for ever. Raises Ended."""
        process = await self._begin()
        for job in self._jobs:
            self._write(process, job)
        self._process = process
        while True:
            if not self._jobs:
                self._called.clear()
                await self._called.wait()
            said = await self._next(process)
            job = self._jobs.popleft()
            if not job.answer.done():  # whoever asked may be gone
                job.answer.set_result(said)

    async def _begin(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # nothing from the folder that the program was started in
            "-c",
            self._start,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=_environment(),
        )

    def _write(self, process: asyncio.subprocess.Process, job: Job) -> None:
        assert process.stdin
        # Not drained: AT_ONCE bounds what waits there, and a wait here could meet the other side's.
        process.stdin.write(job.frame)

    async def _next(self, process: asyncio.subprocess.Process) -> Any:
        assert process.stdout
        try:
            async with asyncio.timeout(PATIENCE):
                (size,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
                return unpack(await process.stdout.readexactly(size))
        except TimeoutError as error:
            raise Ended("did not answer", blame=True) from error
        except (pickle.UnpicklingError, EOFError, AttributeError) as error:
            if isinstance(error, asyncio.IncompleteReadError):
                code = await process.wait()
                raise Ended(f"ended with status {code}", blame=code not in FROM_OUTSIDE) from error
            raise Ended(f"spoke nonsense ({error})", blame=True) from error

    def _bury(self, ended: Ended) -> None:
        """Settle the page that the process died of; one that it may not have died of has another try."""
        if not self._jobs:
            return
        job = self._jobs[0]
        job.tries += 1
        if not ended.blame and job.tries < 2:
            log.warning("The parser's process %s; another one takes its place.", ended)
            return
        log.warning(
            "%s: the parser's process %s over it; another one takes its place.", job.source.name, ended
        )
        self._settle(
            SourceError(OUT_OF_TIME.format(seconds=self._seconds), REMEDY)
            if _by_the_clock(ended)
            else SourceError("Reading it ended the parser, so it was given up.", REMEDY)
        )

    def _settle(self, error: SourceError) -> None:
        job = self._jobs.popleft()
        if not job.answer.done():
            job.answer.set_exception(error)
        if not self._jobs:
            self._called.clear()

    async def _end(self) -> None:
        """End the process, if there is one: it goes by itself once its pipe is closed."""
        process, self._process = self._process, None
        if not process or process.returncode is not None:
            return
        assert process.stdin
        process.stdin.close()
        try:
            async with asyncio.timeout(1.0):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


def _environment() -> dict[str, str]:
    """What the process is told: where Python's modules are, and none of our secrets."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PANTAU_")}
    return {**ours, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _by_the_clock(ended: Ended) -> bool:
    return str(ended) in ("did not answer", f"ended with status {-signal.SIGXCPU}")
