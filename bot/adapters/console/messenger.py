"""The console as a messenger: prints what is sent, and answers what is typed."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from rich.console import Console

from bot.adapters.console.render import render, render_typed
from bot.adapters.console.typed import STANDARD_INPUT, typed_lines
from bot.chat import LineKind, Message, Place, Request, User, parse_command
from bot.errors import ChatGone, Uncertain
from bot.health import Health
from bot.model import Priority
from bot.pace import Pace
from bot.ports import Answer

log = logging.getLogger(__name__)

HERE = Place("console", "console")
SOMEBODY = User("console", "console")
REMEMBERED = 500  # messages whose buttons still work and whose changes are shown as changes
GRACE = 5.0  # seconds that an answer under way has to finish

_NUMBER = re.compile(r"\[?([0-9]{1,9})\]?")


class _Shown(NamedTuple):
    message: Message
    numbers: dict[str, int]  # of its buttons, by command
    under: str = ""  # what it replies to


class ConsoleMessenger:
    """A chat in the terminal; messages and buttons are numbered as long as the program runs."""

    platform = "console"
    health = Health()  # whoever sits there sees whether it works

    def __init__(
        self, out: Console | None = None, lines: AsyncIterator[str] | None = None, *, interactive: bool = True
    ) -> None:
        """`lines` are typed for somebody, as in a demonstration; by default, they come from the keyboard."""
        self._out = out or Console()
        self._lines = lines
        self._interactive = interactive
        self._echoes = lines is not None or not os.isatty(STANDARD_INPUT)  # a terminal does so itself
        self._shown: dict[str, _Shown] = {}  # by the id that `send` gave
        self._commands: dict[int, str] = {}  # by the number of their button
        self._messages = itertools.count(1)
        self._numbers = itertools.count(1)
        self._listening: asyncio.Task[None] | None = None
        self._answering = asyncio.Lock()

    def pace(self, place: Place) -> Pace:
        return Pace(0.0)

    async def turn(self, priority: Priority, last: float) -> None:
        """A terminal takes whatever comes."""

    def parts(self, message: Message) -> Sequence[Message]:
        return [message]

    async def start(self, answer: Answer | None) -> None:
        if self._interactive and answer:
            lines = self._lines or typed_lines()
            self._listening = asyncio.create_task(self._listen(lines, answer), name="console")

    async def stop(self) -> None:
        task, self._listening = self._listening, None
        if task:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._answering.acquire(), GRACE)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def check(self, place: Place) -> None:
        """A terminal can always be written to; that it has gone shows when it is."""

    async def send(self, place: Place, message: Message, delivery: str, under: str = "") -> str:
        remote_id = str(next(self._messages))
        self._show(remote_id, message, under=under)
        return remote_id

    async def edit(self, place: Place, remote_id: str, message: Message) -> None:
        """What a terminal has shown stays as it is: changed lines are printed anew, under their heading."""
        shown = self._shown.get(remote_id)
        if shown is None or shown.message != message:
            self._show(remote_id, message, under=shown.under if shown else "", updated=True)

    async def delete(self, place: Place, remote_id: str) -> None:
        """What a terminal has shown stays."""

    async def find(self, place: Place, delivery: str, since: datetime, under: str = "") -> str | None:
        raise Uncertain("a terminal cannot be searched")

    def _show(self, remote_id: str, message: Message, *, under: str = "", updated: bool = False) -> None:
        before = self._shown.get(remote_id, _Shown(Message(()), {}))
        numbers = {}
        for command in dict.fromkeys(button.command for button in message.buttons if self._interactive):
            numbers[command] = before.numbers.get(command) or next(self._numbers)
        fresh = (
            line
            for line in message.lines
            if line.kind is LineKind.HEADING or line not in before.message.lines
        )
        said = replace(message, lines=tuple(fresh))
        self._write(render(self._out, said, numbers, updated=updated, reply=bool(under)))
        self._shown[remote_id] = _Shown(message, numbers, under)
        self._commands.update({number: command for command, number in numbers.items()})
        while len(self._shown) > REMEMBERED:
            forgotten = self._shown.pop(next(iter(self._shown)))
            for number in forgotten.numbers.values():
                self._commands.pop(number, None)

    def _write(self, text: str) -> None:
        encoding = self._out.encoding
        try:
            self._out.file.write(text.encode(encoding, "replace").decode(encoding))
            self._out.file.flush()
        except (OSError, ValueError) as error:  # ValueError: the file has been closed
            raise ChatGone("the terminal has gone") from error

    async def _listen(self, lines: AsyncIterator[str], answer: Answer) -> None:
        async for line in lines:
            typed = line.strip()
            if typed:
                async with self._answering:
                    await self._hear(typed, answer)

    async def _hear(self, typed: str, answer: Answer) -> None:
        """Answer a command, or the button of that number; for what is neither, `answer` offers help."""
        number = _NUMBER.fullmatch(typed)
        pressed = self._commands.get(int(number[1])) if number else None
        name, argument = parse_command(pressed or typed)
        try:
            if pressed or self._echoes:
                self._write(render_typed(self._out, pressed or typed))
            reply = await answer(Request(name, argument, HERE, SOMEBODY, datetime.now(UTC)))
            await self.send(HERE, reply, delivery="")
        except ChatGone as error:
            log.warning("could not answer %r: %s", typed, error)
