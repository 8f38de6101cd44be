"""What the program says about itself: lines for people, objects for machines, and one id along an alert's way."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest

from bot.adapters.engine import InProcessEngine
from bot.adapters.store import SqlStore
from bot.dispatch import Lanes
from bot.errors import Uncertain
from bot.grouping import Grouping
from bot.logs import about, set_up
from bot.pipeline import Brought, Lookout, look_at, take_in
from bot.ports import Fetched
from bot.query import Index, parse
from tests.builders import NOON, article, chat, settings, watch
from tests.fakes import FakeClock, FakeMessenger
from tests.polled import claim, polled


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def said(out: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_for_people_is_its_level_and_its_sentence() -> None:
    out = StringIO()
    set_up(out=out)
    with about(delivery="d1"):
        logging.getLogger("bot.x").warning("The %s is full.", "disk")
        logging.getLogger("bot.x").info("not asked for")
    assert out.getvalue() == "WARNING: The disk is full.\n"


def test_who_asks_for_more_gets_the_time_and_the_context_too() -> None:
    out = StringIO()
    set_up(level="info", out=out)
    with about(delivery="d1"):
        logging.getLogger("bot.x").info("sent", extra={"chat": "redaksi"})
    assert out.getvalue().endswith("INFO    sent  [delivery=d1 chat=redaksi]\n")


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_fault_is_told_with_its_trace(form: str) -> None:
    out = StringIO()
    set_up(form=form, out=out)
    try:
        raise ValueError("of ours")
    except ValueError:
        logging.getLogger("bot.x").exception("It failed.")
    assert "It failed." in out.getvalue() and "ValueError: of ours" in out.getvalue()
    if form == "json":
        assert len(said(out)) == 1  # one object, however many lines the trace has


async def test_one_id_follows_an_alert_from_its_feed_to_its_message(sqlite: SqlStore) -> None:
    """Through an answer that was lost, too: grep for the id and read the whole story."""
    out, clock, room = StringIO(), FakeClock(), chat()
    set_up(level="info", form="json", out=out)
    messenger = FakeMessenger(troubles=[Uncertain("the answer was lost")], stored_anyway=True, found=["m1"])
    engine = InProcessEngine(clock)
    lanes = Lanes(sqlite, {room.name: room}, {"fake": messenger}, clock, stopping=lambda: False)
    engine.handle("drain", lanes.drain)
    index = Index()
    index.add("Putin", parse("Putin"))
    lookout = Lookout(index, {"Putin": watch()}, [room])
    async with sqlite.write() as tx:
        await tx.sources.sync([settings()], NOON)
    async with sqlite.write() as tx:
        (number,) = await tx.sources.due(NOON)
        source = await claim(tx, number, NOON, NOON)
        assert source is not None
    (looked,) = await look_at(sqlite, lookout, Grouping(), [(None, [article(title="Putin tiba")])], NOON)
    with about(source=source.name):
        async with sqlite.write() as tx:
            await take_in(tx, engine, lookout, [Brought(source, looked)], NOON, 3)
            await polled(tx, source, Fetched(), now=NOON, due_at=NOON, unseen=True, problem="")
    await engine.idle()
    clock.advance(seconds=30)
    await lanes.drain(room.name)
    await engine.stop(1)
    lines = said(out)
    (queued,) = [line for line in lines if line["event"] == "queued"]
    assert queued["source"] == "Antara" and queued["chat"] == "redaksi" and queued["subject"] == "alert:1"
    story = [line["event"] for line in lines if line.get("delivery") == queued["delivery"]]
    assert story[0] == "queued" and "the answer was lost" in story[1] and story[-1] == "found"
    assert all("source" not in line for line in lines if line["event"] == "found")
    assert messenger.deliveries == [queued["delivery"]]
