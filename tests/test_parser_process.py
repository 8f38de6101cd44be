"""A page that ends, fills or holds up the parser costs that page only."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest

from bot.adapters.parser import ParserProcess
from bot.errors import SourceError
from bot.model import Source
from bot.ports import Document, Fetched, Read
from bot.reading import read
from tests.fakes import rss

SOURCE = Source(1, "Kawat", "https://example.com/feed")


def saying(body: str | bytes) -> Fetched:
    return Fetched((Document(SOURCE.url, body.encode() if isinstance(body, str) else body),))


@pytest.fixture
async def tricky() -> AsyncIterator[ParserProcess]:
    async with ParserProcess("tests.parser_tricks:read", seconds=0.5, megabytes=1_024) as parser:
        yield parser


async def pid(parser: ParserProcess) -> int:
    return int((await parser.parse(SOURCE, saying("who"))).problems[0])


async def test_what_comes_back_is_what_is_read_here() -> None:
    answer = saying(rss([("Putin tiba", "Putin tiba di Pyongyang."), ("Hujan", "Hujan di Bogor.")]))
    async with ParserProcess() as parser:
        first = await parser.parse(SOURCE, answer)
        assert first == read(SOURCE, answer)
        items = [("Putin tiba", "Putin tiba di Pyongyang."), ("Hujan", "Hujan di Bogor."), ("Baru", "Baru.")]
        grown = saying(rss(items))
        second = await parser.parse(SOURCE, grown, first.memo)
        assert second == read(SOURCE, grown, first.memo)
        assert second.known == 2 and second.articles[0].title == "Baru"


async def test_a_304_and_an_answer_that_did_not_change_start_no_process() -> None:
    answer = saying(rss([("A", "a")]))
    memo = read(SOURCE, answer).memo
    async with ParserProcess("no.such:module") as parser:
        assert await parser.parse(SOURCE, Fetched(unchanged=True), memo) == Read(memo=memo)
        assert await parser.parse(SOURCE, answer, memo) == Read(items=1, known=1, memo=memo)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("loop", "more than 0.5 seconds of work"),
        ("loop in C", "more than 0.5 seconds of work"),
        ("crash", "ended the parser"),
        ("killed", "ended the parser"),
        ("fill", "more than 1024 MB of memory"),
        ("refuse", "Nothing here. Look elsewhere."),
        ("code", "ended the parser"),
    ],
)
async def test_a_page_that_kills_it_costs_that_page_only(tricky: ParserProcess, page: str, said: str) -> None:
    good = saying(rss([("A", "a")]))
    before, bad, behind = await asyncio.gather(
        tricky.parse(SOURCE, good),
        tricky.parse(SOURCE, saying(page)),
        tricky.parse(SOURCE, good),
        return_exceptions=True,
    )
    assert isinstance(before, Read) and isinstance(behind, Read)
    assert isinstance(bad, SourceError) and said in str(bad)
    assert isinstance(await tricky.parse(SOURCE, good), Read)


async def test_one_that_sleeps_for_ever_is_ended_from_outside(
    tricky: ParserProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.parser.process.PATIENCE", 3.0)
    with pytest.raises(SourceError, match="given up"):
        await tricky.parse(SOURCE, saying("sleep"))
    assert await pid(tricky)


async def test_a_fault_of_our_own_is_raised_with_its_trace(tricky: ParserProcess) -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError in the parser's process"):
        await tricky.parse(SOURCE, saying("fault"))


async def test_a_process_that_somebody_ended_is_replaced_and_the_page_is_read(tricky: ParserProcess) -> None:
    first = await pid(tricky)
    os.kill(first, signal.SIGKILL)
    assert await pid(tricky) != first


async def test_a_library_that_prints_disturbs_nobody(tricky: ParserProcess) -> None:
    assert await tricky.parse(SOURCE, saying("print")) == Read()


async def test_no_secret_reaches_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANTAU_SLACK_BOT_TOKEN", "xoxb-1")
    async with ParserProcess("tests.parser_tricks:read") as parser:
        assert len((await parser.parse(SOURCE, saying("who"))).problems) == 1


async def test_it_is_gone_when_the_program_is(tricky: ParserProcess) -> None:
    async with ParserProcess("tests.parser_tricks:read") as parser:
        number = await pid(parser)
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


async def test_hundreds_of_answers_at_once_come_back_to_whoever_asked(tricky: ParserProcess) -> None:
    answers = [saying(rss([(f"Berita {number}", "Isi.")])) for number in range(200)]
    async with ParserProcess() as parser:
        found = await asyncio.gather(*(parser.parse(SOURCE, answer) for answer in answers))
    assert [one.articles[0].title for one in found] == [f"Berita {number}" for number in range(200)]


async def test_the_loop_goes_on_while_a_page_is_read(tricky: ParserProcess) -> None:
    work = asyncio.create_task(tricky.parse(SOURCE, saying("loop")))
    turns = 0
    while not work.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert turns > 20
    with pytest.raises(SourceError):
        await work
