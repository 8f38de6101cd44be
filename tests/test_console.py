"""The terminal is a chat like any other: what is sent appears, what is typed or pressed is answered."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from rich.console import Console

from bot.adapters.console import ConsoleMessenger, messenger
from bot.chat import Button, Line, LineKind, Message, Place, Request, Span, User, say
from bot.errors import ChatGone, Uncertain

HERE = Place("console", "console")


def alert(*notes: str, number: int = 1) -> Message:
    heading = Line((Span(f"Berita {number}", url="https://example.com/"),), LineKind.HEADING)
    lines = (
        heading,
        say("Kutipan.", kind=LineKind.QUOTE),
        *(say(note, kind=LineKind.NOTE) for note in notes),
    )
    return Message(lines, (Button("Ringkasan", f"/summary #{number}"), Button("Bisukan", f"/mute #{number}")))


class Keyboard:
    """Lines that a test types."""

    def __init__(self) -> None:
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._asked = asyncio.Semaphore(0)

    async def lines(self) -> AsyncIterator[str]:
        while True:
            self._asked.release()
            line = await self._lines.get()
            if line is None:
                return
            yield line

    async def type(self, *lines: str, wait: float = 5.0) -> None:
        """Type the lines, and wait until all of them have been dealt with. Raises TimeoutError."""
        await asyncio.wait_for(self._asked.acquire(), wait)
        for line in lines:
            self._lines.put_nowait(line)
            await asyncio.wait_for(self._asked.acquire(), wait)
        self._asked.release()

    async def end(self) -> None:
        """Type Ctrl-D."""
        self._lines.put_nowait(None)
        await asyncio.sleep(0)


class Desk:
    """Answers every request with its own words, and remembers it."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    async def __call__(self, request: Request) -> Message:
        self.requests.append(request)
        return Message((say(f"jawaban atas {request.name} {request.argument}".strip()),))

    @property
    def asked(self) -> list[tuple[str, str]]:
        return [(request.name, request.argument) for request in self.requests]


class Terminal:
    """A console chat with a keyboard, a screen to read, and a desk that answers."""

    def __init__(self, *, interactive: bool = True) -> None:
        self.screen = io.StringIO()
        self.keyboard = Keyboard()
        self.desk = Desk()
        out = Console(file=self.screen, width=40, force_terminal=False)
        self.chat = ConsoleMessenger(out, self.keyboard.lines(), interactive=interactive)

    def news(self) -> str:
        """What has appeared on the screen since the last look."""
        text = self.screen.getvalue()
        self.screen.seek(0)
        self.screen.truncate()
        return text


@pytest.fixture
async def terminal() -> AsyncIterator[Terminal]:
    terminal = Terminal()
    await terminal.chat.start(terminal.desk)
    yield terminal
    await terminal.chat.stop()


async def test_a_message_appears_with_numbers_for_its_buttons(terminal: Terminal) -> None:
    assert await terminal.chat.send(HERE, alert(), "d") == "1"
    assert terminal.news() == (
        f"{'─' * 40}\nBerita 1\nhttps://example.com/\n    Kutipan.\n\n[1] Ringkasan   [2] Bisukan\n\n"
    )


async def test_messages_have_ids_of_their_own(terminal: Terminal) -> None:
    assert [await terminal.chat.send(HERE, alert(), "d") for _ in range(3)] == ["1", "2", "3"]


async def test_a_typed_command_is_asked_and_its_answer_shown(terminal: Terminal) -> None:
    before = datetime.now(UTC)
    await terminal.keyboard.type("  /summary Putin 24h ")
    (request,) = terminal.desk.requests
    assert (request.name, request.argument) == ("summary", "Putin 24h")
    assert (request.place, request.user) == (HERE, User("console", "console"))
    assert before <= request.at <= datetime.now(UTC)
    assert terminal.news() == f"› /summary Putin 24h\n{'─' * 40}\njawaban atas summary Putin 24h\n\n"


async def test_the_slash_may_be_left_out(terminal: Terminal) -> None:
    await terminal.keyboard.type("summary Putin", "Help")
    assert terminal.desk.asked == [("summary", "Putin"), ("help", "")]


async def test_an_empty_line_is_nothing(terminal: Terminal) -> None:
    await terminal.keyboard.type("", "  \t")
    assert terminal.desk.asked == []
    assert terminal.news() == ""


async def test_a_number_presses_the_button(terminal: Terminal) -> None:
    await terminal.chat.send(HERE, alert(number=7), "d")
    terminal.news()
    await terminal.keyboard.type("2", "[1]")
    assert terminal.desk.asked == [("mute", "#7"), ("summary", "#7")]
    assert "› /mute #7\n" in terminal.news()


async def test_buttons_of_older_messages_still_work(terminal: Terminal) -> None:
    for number in (7, 8, 9):
        await terminal.chat.send(HERE, alert(number=number), "d")
    assert "[5] Ringkasan   [6] Bisukan" in terminal.news()
    await terminal.keyboard.type("1", "6", "3")
    assert terminal.desk.asked == [("summary", "#7"), ("mute", "#9"), ("summary", "#8")]


async def test_buttons_of_an_answer_work_too(terminal: Terminal) -> None:
    async def answer(request: Request) -> Message:
        await terminal.desk(request)
        return alert(number=len(terminal.desk.requests))

    await terminal.chat.stop()
    keyboard = Keyboard()
    chat = ConsoleMessenger(Console(file=terminal.screen, force_terminal=False), keyboard.lines())
    await chat.start(answer)
    await keyboard.type("/status", "2", "3")
    assert terminal.desk.asked == [("status", ""), ("mute", "#1"), ("summary", "#2")]
    await chat.stop()


async def test_what_is_neither_command_nor_button_is_answered_with_help(terminal: Terminal) -> None:
    """The router has the words for it; here it only must arrive."""
    await terminal.keyboard.type("99", "²", "apa kabar")
    assert terminal.desk.asked == [("99", ""), ("²", ""), ("apa", "kabar")]


async def test_a_reply_stands_further_in_also_when_it_is_edited(terminal: Terminal) -> None:
    remote_id = await terminal.chat.send(HERE, alert(), "d")
    terminal.news()
    reply = await terminal.chat.send(HERE, alert(number=2), "d", remote_id)
    shown = terminal.news()
    assert "    Berita 2\n" in shown and shown.startswith("    ──")
    assert all(row.startswith("    ") for row in shown.splitlines() if row)
    assert max(map(len, shown.splitlines())) == 40
    await terminal.chat.edit(HERE, reply, alert("Juga dimuat: Tempo", number=2))
    assert "    Juga dimuat: Tempo\n" in terminal.news()


async def test_an_edit_shows_what_has_changed_under_its_heading(terminal: Terminal) -> None:
    remote_id = await terminal.chat.send(HERE, alert(), "d")
    await terminal.chat.send(HERE, alert(number=2), "d")
    terminal.news()
    await terminal.chat.edit(HERE, remote_id, alert("Juga dimuat: Tempo"))
    assert terminal.news() == (
        f"── ↻ {'─' * 35}\nBerita 1\nhttps://example.com/\nJuga dimuat: Tempo\n\n"
        "[1] Ringkasan   [2] Bisukan\n\n"
    )
    await terminal.chat.edit(HERE, remote_id, alert("Juga dimuat: Tempo", "Lagi"))
    assert "Tempo" not in terminal.news()


async def test_an_edit_that_changes_nothing_shows_nothing(terminal: Terminal) -> None:
    remote_id = await terminal.chat.send(HERE, alert(), "d")
    terminal.news()
    await terminal.chat.edit(HERE, remote_id, alert())
    assert terminal.news() == ""


async def test_an_edit_of_a_message_from_before_a_restart_shows_all_of_it(terminal: Terminal) -> None:
    await terminal.chat.edit(HERE, "12", alert("Juga dimuat: Tempo"))
    shown = terminal.news()
    assert "↻" in shown
    assert "Kutipan.\nJuga dimuat: Tempo\n" in shown


async def test_a_button_that_an_edit_adds_gets_a_new_number(terminal: Terminal) -> None:
    remote_id = await terminal.chat.send(HERE, alert(), "d")
    message = alert()
    await terminal.chat.edit(
        HERE, remote_id, Message(message.lines, (*message.buttons, Button("Semua", "/all")))
    )
    assert "[1] Ringkasan   [2] Bisukan   [3] Semua" in terminal.news()


async def test_after_the_end_of_input_messages_still_arrive(terminal: Terminal) -> None:
    await terminal.keyboard.end()
    await terminal.chat.send(HERE, alert(), "d")
    assert "Berita 1" in terminal.news()


async def test_where_nobody_can_answer_there_are_no_buttons_and_nothing_is_read() -> None:
    terminal = Terminal(interactive=False)
    await terminal.chat.start(terminal.desk)
    with pytest.raises(TimeoutError):
        await terminal.keyboard.type("/help", wait=0.05)
    await terminal.chat.send(HERE, alert(), "d")
    await terminal.chat.edit(HERE, "1", alert("baru"))
    assert "Ringkasan" not in terminal.news()
    await terminal.chat.stop()
    assert terminal.desk.asked == []


async def test_a_stop_lets_the_answer_under_way_finish() -> None:
    terminal = Terminal()
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def answer(_request: Request) -> Message:
        begun.set()
        await go_on.wait()
        return Message((say("selesai"),))

    await terminal.chat.start(answer)
    typing = asyncio.create_task(terminal.keyboard.type("/summary", "/status"))
    await begun.wait()
    stopping = asyncio.create_task(terminal.chat.stop())
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.wait_for(stopping, 5)
    typing.cancel()
    assert terminal.news().count("selesai") == 1


async def test_a_stop_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messenger, "GRACE", 0.01)
    terminal = Terminal()
    begun = asyncio.Event()

    async def answer(_request: Request) -> Message:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    await terminal.chat.start(answer)
    typing = asyncio.create_task(terminal.keyboard.type("/summary"))
    await begun.wait()
    await asyncio.wait_for(terminal.chat.stop(), 5)
    typing.cancel()


async def test_a_stop_may_come_twice_or_before_any_start() -> None:
    terminal = Terminal()
    await terminal.chat.stop()
    await terminal.chat.start(terminal.desk)
    await terminal.chat.stop()
    await terminal.chat.stop()


async def test_a_terminal_cannot_be_searched_and_needs_no_pause(terminal: Terminal) -> None:
    assert terminal.chat.pace(HERE).seconds == 0
    with pytest.raises(Uncertain):
        await terminal.chat.find(HERE, "d", datetime.now(UTC))


class BrokenPipe(io.StringIO):
    """A screen whose other end has gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError

    def flush(self) -> None:
        raise BrokenPipeError


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "broken pipe"])
async def test_a_terminal_that_has_gone_is_a_chat_that_has_gone(closed: bool) -> None:
    """The program goes on, and the alert is known to be unsent."""
    screen = io.StringIO() if closed else BrokenPipe()
    if closed:
        screen.close()
    keyboard, desk = Keyboard(), Desk()
    chat = ConsoleMessenger(Console(file=screen, force_terminal=False), keyboard.lines())
    with pytest.raises(ChatGone):
        await chat.send(HERE, alert(), "d")
    await chat.start(desk)
    await keyboard.type("/help", "/status")
    await chat.stop()


async def test_letters_that_the_terminal_does_not_have_cost_nothing_else() -> None:
    screen = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    chat = ConsoleMessenger(Console(file=screen, force_terminal=False, width=5))
    await chat.send(HERE, Message((say("Jum’at \ud800"),)), "d")
    assert screen.buffer.getvalue() == b"?????\nJum?a\nt ?\n\n"


async def test_old_messages_are_forgotten_one_day(
    monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    """A process that runs for months must not keep every message it ever showed."""
    monkeypatch.setattr(messenger, "REMEMBERED", 2)
    for number in (7, 8, 9):
        await terminal.chat.send(HERE, alert(number=number), "d")
    await terminal.keyboard.type("5")
    await terminal.keyboard.type("1")
    assert terminal.desk.asked == [("summary", "#9"), ("1", "")]
