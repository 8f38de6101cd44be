"""Lines come in while everything else goes on, and nothing waits for a keyboard at the end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from bot.adapters.console import typed, typed_lines

ENOUGH = 10.0  # seconds; far longer than any of this takes


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """The two ends of a pipe: for reading, for writing."""
    reading, writing = os.pipe()
    yield reading, writing
    for end in (writing, reading):
        with contextlib.suppress(OSError):  # a test may have closed it
            os.close(end)


async def test_lines_arrive_until_the_end_of_input(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    os.write(writing, "satu\n\ndua 東京\xa0\r\ntiga".encode())
    os.close(writing)
    assert [line async for line in typed_lines(reading)] == ["satu", "", "dua 東京\xa0\r", "tiga"]


async def test_a_letter_may_arrive_in_two_parts(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    letter = "é\n".encode()

    async def type_slowly() -> None:
        """Which also shows that a line not yet complete holds up nobody."""
        for byte in letter:
            os.write(writing, bytes([byte]))
            await asyncio.sleep(0.02)

    typing = asyncio.create_task(type_slowly())
    assert await asyncio.wait_for(anext(typed_lines(reading)), ENOUGH) == "é"
    await typing


async def test_bytes_that_are_no_text_do_not_end_the_input(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    os.write(writing, b"\xff\nx\n")
    os.close(writing)
    assert [line async for line in typed_lines(reading)] == ["\ufffd", "x"]


async def test_an_input_that_cannot_be_read_is_at_its_end(pipe: tuple[int, int]) -> None:
    reading, _ = pipe
    os.close(reading)
    assert [line async for line in typed_lines(reading)] == []


async def test_without_a_standard_input_its_descriptor_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may belong to the database by then."""
    read: list[int] = []

    def chunk(descriptor: int) -> bytes:
        read.append(descriptor)
        return b""

    monkeypatch.setattr(typed, "_chunk", chunk)
    assert [line async for line in typed_lines()] == []
    monkeypatch.setattr("sys.stdin", None)
    assert [line async for line in typed_lines()] == []
    assert read == [0]  # by the first of the two


def test_what_is_typed_after_the_end_of_the_program_disturbs_nobody(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = pipe
    complaints: list[object] = []
    monkeypatch.setattr(threading, "excepthook", complaints.append)

    async def program() -> str:
        return await anext(typed_lines(reading))

    os.write(writing, b"/help\n")
    assert asyncio.run(program()) == "/help"
    os.write(writing, b"too late\n")
    for thread in threading.enumerate():
        if thread.name == "console input":
            thread.join(ENOUGH)
    assert complaints == []


async def test_a_terminal_that_hangs_up_is_the_end_of_input() -> None:
    keyboard, screen = pty.openpty()
    os.write(keyboard, b"/help\n")
    lines = typed_lines(screen)
    assert await asyncio.wait_for(anext(lines), ENOUGH) == "/help"
    os.close(keyboard)
    assert [line async for line in lines] == []
    os.close(screen)


PROGRAM = """
import asyncio
import contextlib
from bot.adapters.console import ConsoleMessenger
from bot.chat import Message, Place, say

async def answer(request):
    return Message((say(f"asked {request.name}"),))

async def main():
    console = ConsoleMessenger()
    await console.start(answer)
    await asyncio.sleep(0.1)
    await console.send(Place("console", "console"), Message((say("still here"),)), "d")
    await console.stop()

asyncio.run(main())
"""


@pytest.mark.parametrize("closed", [False, True], ids=["somebody could still type", "no input at all"])
def test_the_program_ends_though_nobody_presses_enter(closed: bool) -> None:
    """And without the complaints that Python makes of a thread that is caught reading."""
    started = time.monotonic()
    with subprocess.Popen(
        ["sh", "-c", 'exec "$0" -c "$1" <&-' if closed else 'exec "$0" -c "$1"', sys.executable, PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    ) as program:
        assert program.stdout
        assert program.stderr
        assert program.wait(ENOUGH) == 0
        assert b"still here" in program.stdout.read()
        assert program.stderr.read() == b""
    assert time.monotonic() - started < ENOUGH
