"""The whole program in one process, without its command line: how it starts, goes on and ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bot import app as program
from bot.app import assemble, connected
from bot.chat import Place
from bot.checkup import check_all
from bot.config import Config, load
from bot.errors import CannotStart, ConfigError, NotReachable, OwnerLost, TryAgain
from bot.pace import Pace
from bot.ports import Answer
from tests.fakes import FakeMessenger, rss
from tests.program import tables
from tests.test_store_trouble import disconnect_all


@dataclass
class Absent(FakeMessenger):
    """A platform that takes no connection until its troubles with starting are over."""

    platform: str = "telegram"
    starts: list[Exception] = field(default_factory=list)  # raised one after the other
    started: bool = False

    async def start(self, answer: Answer | None) -> None:
        if self.starts:
            raise self.starts.pop(0)
        self.started = True

    def pace(self, place: Place) -> Pace:
        return Pace(0.0)

    async def send(self, place, message, delivery: str, under: str = "") -> str:  # type: ignore[no-untyped-def]  # as the fake's
        if not self.started:
            raise TryAgain("Pantau is not connected.", 0.05)
        return await super().send(place, message, delivery)


AWAY = NotReachable("Telegram cannot be reached at http://127.0.0.1: check the network.")


def config_in(folder: Path, storage: str = "", watches: str = "") -> Config:
    """Two chats on two platforms, and a feed with one report for them."""
    (folder / "feed.xml").write_text(rss([("Putin tiba", "Putin tiba di Pyongyang.")]), encoding="utf-8")
    file = folder / "config.toml"
    chats: list[dict[str, object]] = [
        {"name": "redaksi", "platform": "slack", "id": "C0123456"},
        {"name": "lapangan", "platform": "telegram", "id": "42"},
    ]
    file.write_text(
        (f"[storage]\nurl = '{storage}'\n" if storage else "")
        + tables("sources", [{"name": "Kawat", "url": "feed.xml", "kind": "feed"}])
        + (watches or tables("watches", [{"name": "Putin", "query": "Putin"}]))
        + tables("chats", chats),
        encoding="utf-8",
    )
    return load(file, {})


async def until(done: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not done():  # noqa: ASYNC110  # what is waited for belongs to fakes
            await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "FIRST_RETRY", 0.02)
    monkeypatch.setattr("bot.jobs.SWEEP", 0.1)


class TestAPlatformThatIsAway:
    async def test_holds_nobody_up_and_is_connected_when_it_answers(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        slack, telegram = FakeMessenger("slack"), Absent(starts=[AWAY] * 4)
        stop = asyncio.Event()
        async with (
            assemble(config_in(tmp_path), [telegram, slack]) as app,
            connected(app, answering=True),
        ):
            serving = asyncio.create_task(app.serve(stop))
            await until(lambda: slack.shown)
            await until(lambda: telegram.shown)
            stop.set()
            await serving
        assert len(slack.shown) == len(telegram.shown) == 1
        warnings = [
            line.getMessage()
            for line in caplog.records
            if "telegram" in line.getMessage() and line.levelno == 30
        ]
        assert len(warnings) == 2 and "cannot be reached" in warnings[0] and "connected now" in warnings[1]

    async def test_keeps_its_alerts_after_a_single_run_that_ends_soon(self, tmp_path: Path) -> None:
        slack, telegram = FakeMessenger("slack"), Absent(starts=[NotReachable("Away.", wait=60)])
        async with (
            assemble(config_in(tmp_path), [telegram, slack]) as app,
            connected(app, answering=False),
            asyncio.timeout(5),
        ):
            assert await app.once() == 1
        assert len(slack.shown) == 1 and not telegram.shown

    async def test_is_asked_no_sooner_than_it_wishes(self, tmp_path: Path) -> None:
        telegram = Absent(starts=[NotReachable("Telegram asks to wait.", wait=0.3)])
        async with assemble(config_in(tmp_path), [telegram]) as app, connected(app, answering=True):
            await asyncio.sleep(0.1)
            assert not telegram.started
            await until(lambda: telegram.started)

    async def test_with_a_token_that_turns_out_wrong_is_given_up_while_the_others_are_served(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        telegram = Absent(starts=[AWAY, CannotStart("Telegram does not know the token.")])
        async with assemble(config_in(tmp_path), [telegram]) as app, connected(app, answering=True):
            await until(lambda: "does not know the token" in caplog.text)
            await asyncio.sleep(0.1)
        assert not telegram.started
        assert [line.levelno for line in caplog.records].count(logging.ERROR) == 1


async def test_a_wrong_token_ends_the_start(tmp_path: Path) -> None:
    wrong = Absent(starts=[CannotStart("Telegram does not know the token.")])
    async with assemble(config_in(tmp_path), [wrong, FakeMessenger("slack")]) as app:
        with pytest.raises(CannotStart, match="does not know the token"):
            async with connected(app, answering=True):
                pass


async def test_a_token_that_was_right_once_takes_nobody_down_at_a_restart(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config, slack = config_in(tmp_path), FakeMessenger("slack")
    async with assemble(config, [Absent(), slack]) as app, connected(app, answering=True):
        pass
    revoked = Absent(starts=[CannotStart("Telegram does not know the token.")])
    async with assemble(config, [revoked, slack]) as app, connected(app, answering=False):
        assert await app.once() == 1
    assert len(slack.shown) == 1 and not revoked.shown
    assert "does not know the token. Pantau goes on without telegram" in caplog.text
    alone = Absent(starts=[CannotStart("Telegram does not know the token.")])
    async with assemble(config, [alone]) as app:
        with pytest.raises(CannotStart, match="does not know the token"):
            async with connected(app, answering=True):
                pass


async def test_the_program_ends_when_its_store_may_belong_to_another(
    tmp_path: Path, postgres_url: str
) -> None:
    async with assemble(config_in(tmp_path, postgres_url), [FakeMessenger("slack")]) as app:
        await disconnect_all(postgres_url)
        with pytest.raises(OwnerLost, match="Start Pantau again"):
            async with asyncio.timeout(10):
                await app.serve(asyncio.Event())


async def test_a_character_that_postgresql_cannot_store_is_a_mistake_with_its_line(tmp_path: Path) -> None:
    config = config_in(tmp_path, watches='[[watches]]\nname = "Putin"\nquery = "Pu\\u0000tin"\n')
    with pytest.raises(ConfigError, match=r"config\.toml:7: watch 'Putin': leave out the NUL"):
        async with assemble(config, [FakeMessenger("slack")]):
            pass


@pytest.mark.parametrize("made", [True, False])
async def test_check_says_whether_the_store_can_be_made(tmp_path: Path, made: bool) -> None:
    place = tmp_path / "new" / "folder" if made else Path("/dev/null/x")
    out = Console(file=StringIO(), width=300)
    await check_all(config_in(tmp_path, f"sqlite:///{place / 'pantau.db'}"), out)
    said = out.file.getvalue()  # type: ignore[attr-defined]  # the StringIO above
    assert ("will be made at the first start" in said) is made
    assert ("✗ sqlite:////dev/null/x/pantau.db: cannot be made in /dev/null" in said) is not made
    assert not (tmp_path / "new").exists()


async def test_what_one_run_leaves_waiting_the_next_one_sends(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    async with assemble(config, [Absent(starts=[AWAY] * 99)]) as app, connected(app, answering=False):
        assert await app.once() == 2  # Telegram is away, and nothing serves Slack
    back = Absent()
    async with assemble(config, [back, FakeMessenger("slack")]) as app, connected(app, answering=False):
        assert await app.once() == 0
    assert len(back.shown) == 1


async def test_what_waits_for_a_chat_that_left_the_configuration_is_kept_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = config_in(tmp_path)
    telegram = Absent(starts=[NotReachable("Away.", wait=60)])
    async with (
        assemble(config, [telegram, FakeMessenger("slack")]) as app,
        connected(app, answering=False),
    ):
        await app.once()
    renamed = replace(config, chats=(config.chats[0], replace(config.chats[1], name="dermaga")))
    late = FakeMessenger("telegram")
    async with assemble(renamed, [late, FakeMessenger("slack")]) as app, connected(app, answering=False):
        assert await app.once() == 1
    assert "messages wait for the chat 'lapangan', which is not configured any more" in caplog.text
    async with assemble(config, [late, FakeMessenger("slack")]) as app, connected(app, answering=False):
        assert await app.once() == 0
    assert len(late.shown) == 1
