"""From a feed to a chat and back, through the real program, the real SDKs and two strict platforms on the loopback."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing, suppress
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from tests.emulators.faults import Drop, Slow
from tests.emulators.slack import SlackEmulator
from tests.emulators.telegram import TelegramEmulator, too_many_requests
from tests.fakes import rss
from tests.program import Program, tables
from tests.publisher import serving

TEXT = (
    "Presiden Rusia Vladimir Putin tiba di PyongyangKorea Utara pada Rabu dini hari dan disambut Kim Jong Un di bandara. "
    "Negara yang terkena sanksi berat itu menjanjikan kerja sama. Laporan bernomor {number} ini ditulis untuk uji coba."
)
PATIENCE = 30.0  # seconds; a start takes about two on a busy machine


class Town:
    """A publisher, both platforms, and the program between them."""

    def __init__(self, folder: Path, slack: SlackEmulator, telegram: TelegramEmulator, feed: str) -> None:
        self.slack, self.telegram = slack, telegram
        self.items: list[tuple[str, str]] = []
        self.channel = slack.channel("redaksi")
        self.rani, self.budi = slack.user("Rani"), telegram.user("Budi")
        self.direct = self.budi.id  # a private chat: a group is told three times as slowly
        self.store = folder / "pantau.db"
        config = "\n".join(
            [
                f"[slack]\napi_url = '{slack.api_url}'\n[telegram]\napi_url = '{telegram.url}'\n[polling]\ninterval = '1h'",
                "allow_networks = ['127.0.0.1']",
                tables("sources", [{"name": "Kawat", "url": f"{feed}/feed.xml", "interval": "1h"}]),
                tables(
                    "watches",
                    [
                        {"name": "Putin", "query": "Putin"},
                        {"name": "Korea Utara", "query": '"Korea Utara"'},
                        {"name": "Sanksi", "query": "sanksi"},
                    ],
                ),
                tables(
                    "chats",
                    [
                        {"name": "slack", "platform": "slack", "id": self.channel.id},
                        {"name": "telegram", "platform": "telegram", "id": self.direct, "language": "en"},
                        {"name": "layar", "platform": "console", "id": "console"},
                    ],
                ),
            ]
        )
        self.program = Program(
            folder,
            config,
            PANTAU_SLACK_BOT_TOKEN=slack.bot_token,
            PANTAU_SLACK_APP_TOKEN=slack.app_token,
            PANTAU_TELEGRAM_TOKEN=telegram.token,
        )

    async def publish(self, *numbers: int) -> None:
        """Put reports into the feed, and have it polled now if the program runs (its start looks by itself)."""
        for number in numbers:
            self.items.insert(0, (f"Putin berita {number}", TEXT.format(number=number)))
        process = self.program.process
        if process and process.returncode is None:
            process.send_signal(signal.SIGHUP)
        else:
            with closing(sqlite3.connect(self.store, timeout=30, isolation_level=None)) as store:
                store.execute("UPDATE sources SET due_at = '2000-01-01 00:00:00'")

    async def feed(self, _request: web.Request) -> web.Response:
        return web.Response(text=rss(self.items), content_type="application/rss+xml")

    async def first_poll(self, feeds: int = 1) -> None:
        """Until the program has polled the empty feeds: what comes after is news and not backlog."""
        deadline = time.monotonic() + PATIENCE
        while self._polled() < feeds:
            assert time.monotonic() < deadline, "the program never polled"
            await asyncio.sleep(0.05)

    def _polled(self) -> int:
        if not self.store.exists():
            return 0
        with closing(sqlite3.connect(self.store, timeout=30)) as store, suppress(sqlite3.OperationalError):
            polled = "SELECT count(*) FROM sources WHERE ok_at IS NOT NULL"
            return int(store.execute(polled).fetchone()[0])
        return 0  # no tables yet

    async def settled(self, chat: str) -> None:
        """Until the program has stored that everything for this chat was sent."""
        deadline = time.monotonic() + PATIENCE
        open_ = "SELECT count(*) FROM deliveries WHERE chat = ? AND state != 'sent'"
        with closing(sqlite3.connect(self.store, timeout=30)) as store:
            while store.execute(open_, (chat,)).fetchone()[0]:
                assert time.monotonic() < deadline, f"{chat} is not settled"
                await asyncio.sleep(0.02)

    def slack_texts(self) -> list[str]:
        return [posted.shown for posted in self.slack.from_bot(self.channel) if not posted.only_for]

    def telegram_texts(self) -> list[str]:
        return [shown.text for shown in self.telegram.posts(self.direct)]

    async def says(self, in_slack: str, in_telegram: str) -> None:
        """Until a message in each chat says this."""
        deadline = time.monotonic() + PATIENCE
        while not (
            any(in_slack in text for text in self.slack_texts())
            and any(in_telegram in text for text in self.telegram_texts())
        ):
            assert time.monotonic() < deadline, (self.slack_texts(), self.telegram_texts())
            await asyncio.sleep(0.05)

    async def until(self, slack: int, telegram: int) -> None:
        """Until so many messages stand in each chat."""
        deadline = time.monotonic() + PATIENCE
        while len(self.slack_texts()) < slack or len(self.telegram_texts()) < telegram:
            assert time.monotonic() < deadline, (self.slack_texts(), self.telegram_texts())
            await asyncio.sleep(0.05)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(SlackEmulator())
        telegram = await stack.enter_async_context(TelegramEmulator())
        towns: list[Town] = []

        async def feed(request: web.Request) -> web.StreamResponse:
            return await towns[0].feed(request)

        address = await stack.enter_async_context(serving(feed))
        towns.append(Town(tmp_path, slack, telegram, address))
        await stack.enter_async_context(towns[0].program)
        yield towns[0]


def counts(texts: list[str]) -> dict[int, int]:
    """How often each report's number stands in a chat, edits and answers apart."""
    heads = [text.splitlines()[0] for text in texts]
    return {
        int(head.rsplit(" ", 1)[1]): heads.count(head) for head in heads if head.startswith("Putin berita")
    }


async def test_a_story_arrives_once_in_all_three_chats_and_a_summary_can_be_asked_for(town: Town) -> None:
    await town.program.start()
    await town.first_poll()
    await town.publish(1)
    await town.until(slack=1, telegram=1)
    for text in (town.slack_texts()[0], town.telegram_texts()[0]):
        assert text.splitlines()[0] == "Putin berita 1"
        assert "Putin 2×" in text and "Korea Utara 1×" in text and "Sanksi 1×" in text
        assert "PyongyangKorea Utara" in text
    assert "WIB" in town.slack_texts()[0]
    (shown,) = town.telegram.posts(town.direct)
    assert shown.buttons == ["Summary", "Story", "Mute 24 h"]
    await town.budi.says(town.direct, "/summary@pantau_bot Putin")
    await town.rani.types(town.channel, "/pantau summary Putin")
    await town.until(slack=2, telegram=2)
    assert (
        "Articles: 1, sources: 1, stories: 1." in town.telegram_texts()[1]
        and "disambut Kim Jong Un" in town.telegram_texts()[1]
    )
    assert (
        "1 artikel dari 1 sumber" in town.slack_texts()[1] and "disambut Kim Jong Un" in town.slack_texts()[1]
    )
    await town.budi.presses(town.direct, shown.id, "Mute 24 h")
    await town.until(slack=2, telegram=3)
    assert "Mute which one" in town.telegram_texts()[2]
    began = time.monotonic()
    assert await town.program.terminate() == 0
    assert time.monotonic() - began < 10
    assert town.program.said.count("Putin berita 1") >= 1  # the console chat


async def test_a_restart_sends_nothing_twice(town: Town) -> None:
    await town.program.start()
    await town.first_poll()
    await town.publish(1, 2)
    await town.until(slack=2, telegram=2)
    await town.program.terminate()
    await town.publish(3)
    await town.program.start()
    await town.until(slack=3, telegram=3)
    await town.program.terminate()
    assert counts(town.slack_texts()) == counts(town.telegram_texts()) == {1: 1, 2: 1, 3: 1}


async def test_kill_9_in_the_middle_of_a_send_loses_nothing_and_doubles_nothing_in_slack(town: Town) -> None:
    await town.program.start()
    await town.first_poll()
    town.slack.faults.fail(
        "chat.postMessage", Slow(30.0)
    )  # stored at once, answered when nobody listens any more
    await town.publish(1)
    await town.until(slack=1, telegram=1)
    await town.settled("telegram")
    await town.program.kill()
    await town.publish(2)
    await town.program.start()
    await town.until(slack=2, telegram=2)
    await town.program.terminate()
    assert counts(town.slack_texts()) == {1: 1, 2: 1}
    assert counts(town.telegram_texts()) == {1: 1, 2: 1}


async def test_a_lost_answer_doubles_nothing_in_slack_and_a_lost_request_is_sent_again_in_both(
    town: Town,
) -> None:
    await town.program.start()
    await town.first_poll()
    town.slack.faults.fail("chat.postMessage", Drop.AFTER)
    town.telegram.fail("sendMessage", Drop.BEFORE)
    await town.publish(1)
    await town.until(slack=1, telegram=1)
    await town.publish(2)
    await town.until(slack=2, telegram=2)
    await town.program.terminate()
    assert counts(town.slack_texts()) == {1: 1, 2: 1}
    assert counts(town.telegram_texts()) == {1: 1, 2: 1}


async def test_a_chat_that_must_wait_holds_up_no_other(town: Town) -> None:
    await town.program.start()
    await town.first_poll()
    town.telegram.fail("sendMessage", too_many_requests(3))
    await town.publish(1)
    began = time.monotonic()
    await town.until(slack=1, telegram=0)
    assert town.telegram_texts() == []
    await town.until(slack=1, telegram=1)
    assert time.monotonic() - began >= 3
    assert town.telegram.count("sendMessage") == 2
    await town.program.terminate()


@pytest.mark.parametrize("revoked", ["slack", "telegram"])
async def test_a_token_revoked_while_running_leaves_the_other_platform_at_work_and_the_owners_told(
    town: Town, revoked: str, unused_tcp_port: int
) -> None:
    """The notice, /status, the health address, `check --running` and the exit status say it."""
    with town.program.config.open("a", encoding="utf-8") as config:
        config.write(f"[alerts]\nowners = '{revoked}'\n[metrics]\nlisten = '127.0.0.1:{unused_tcp_port}'\n")
    await town.program.start()
    await town.first_poll()
    if revoked == "slack":
        town.slack.web.tokens[town.slack.bot_token] = "token_revoked"
        await town.publish(1)
        await town.until(slack=0, telegram=2)
        notice = town.telegram_texts()[1]
        assert notice.startswith("Slack no longer accepts Pantau's token\nSince ")
        assert "PANTAU_SLACK_BOT_TOKEN was revoked" in notice
        await town.budi.says(town.direct, "/status")
        await town.until(slack=0, telegram=3)
        assert all(line in town.telegram_texts()[2] for line in notice.splitlines())
    else:
        town.telegram.revoke_token()
        await town.publish(1)
        await town.until(slack=2, telegram=0)
        notice = town.slack_texts()[1]
        assert notice.startswith("Telegram tidak lagi menerima token Pantau\nSejak ")
        await town.rani.types(town.channel, "/pantau status")
        await town.slack.until(lambda: len(town.slack.from_bot(town.channel)) == 3)
        shown = town.slack.from_bot(town.channel)[2].shown
        assert all(line in shown for line in notice.splitlines())
    async with aiohttp.ClientSession(f"http://127.0.0.1:{unused_tcp_port}") as session:
        async with session.get("/healthz") as response:
            assert response.status == 200
            assert (await response.json())["platforms"][revoked]["condition"] == "refused"
        async with session.get("/readyz") as response:
            assert response.status == 503
    check = Program(town.store.parent, town.program.config.read_text(encoding="utf-8"))
    assert await check.run("check", "--running") == 1
    assert f"{revoked.title()} no longer accepts" in check.said
    assert await town.program.terminate() == 1
    assert town.program.said.count("Traceback") == 0


async def test_a_platform_without_a_token_is_named_and_its_alerts_wait_for_it(town: Town) -> None:
    token = town.program.environ.pop("PANTAU_TELEGRAM_TOKEN")
    await town.program.start()
    await town.first_poll()
    await town.publish(1)
    await town.until(slack=1, telegram=0)
    await town.program.terminate()
    assert "PANTAU_TELEGRAM_TOKEN is not set" in town.program.said
    town.program.environ["PANTAU_TELEGRAM_TOKEN"] = token
    await town.program.start()
    await town.until(slack=1, telegram=1)
    await town.program.terminate()
    assert counts(town.slack_texts()) == counts(town.telegram_texts()) == {1: 1}


@pytest.mark.parametrize(
    "variable", ["PANTAU_TELEGRAM_TOKEN", "PANTAU_SLACK_BOT_TOKEN", "PANTAU_SLACK_APP_TOKEN"]
)
async def test_a_wrong_token_ends_with_one_clear_sentence(town: Town, variable: str) -> None:
    token = town.program.environ[variable]
    town.program.environ[variable] = token[:-4] + "nope"
    assert await town.program.run() == 1
    last = town.program.said.strip().splitlines()[-1]
    assert last.startswith("pantau: ") and variable in last
    assert "Traceback" not in town.program.said and token not in town.program.said


QUAKE = (
    "Gempa bermagnitudo 6,2 mengguncang Kabupaten Cianjur, Jawa Barat, pada Rabu pagi dan merobohkan puluhan rumah di "
    "Kecamatan Cugenang. Badan Nasional Penanggulangan Bencana mencatat 9 orang tewas dan puluhan lainnya luka-luka. "
    "Putin menyampaikan belasungkawa kepada para korban."
)
COPY = f"CIANJUR - {QUAKE} Kepala desa setempat meminta bantuan tenda dan selimut untuk warga yang mengungsi."
TOLL = (
    "Korban tewas akibat gempa di Kabupaten Cianjur, Jawa Barat, bertambah menjadi 14 orang. Badan Nasional Penanggulangan "
    "Bencana menyebut puluhan rumah roboh di Kecamatan Cugenang. Putin kembali menyampaikan belasungkawa."
)


async def test_a_copy_grows_the_alert_and_a_development_is_a_reply_also_when_it_is_killed_between(
    town: Town,
) -> None:
    """Three outlets: one reports, one prints a near-copy, one has a new death toll; in Slack, Telegram and the terminal."""
    outlets: dict[str, list[tuple[str, str]]] = {"antara": [], "kompas": [], "tempo": []}

    async def feed(request: web.Request) -> web.Response:
        return web.Response(text=rss(outlets[request.path.strip("/")]), content_type="application/rss+xml")

    async def news(outlet: str, title: str, text: str) -> None:
        outlets[outlet].append((title, text))
        await town.publish()

    async with serving(feed) as address:
        sources = [{"name": name, "url": f"{address}/{name}", "interval": "1h"} for name in outlets]
        with town.program.config.open("a", encoding="utf-8") as config:
            config.write(f"\n{tables('sources', sources)}\n")
        await town.program.start()
        await town.first_poll(4)
        await news("antara", "Gempa guncang Cianjur", QUAKE)
        await town.until(slack=1, telegram=1)
        await town.settled("slack")
        await town.settled("telegram")
        await town.program.kill()
        await news("kompas", "Cianjur diguncang gempa", COPY)
        await town.program.start()
        await town.says("Juga dimuat: kompas", "Also in: kompas")
        await town.settled("slack")
        await town.settled("telegram")
        await town.program.kill()
        await news("tempo", "Korban gempa Cianjur jadi 14 orang", TOLL)
        await town.program.start()
        await town.until(slack=2, telegram=2)
        await town.program.terminate()
    alert, reply = town.slack.from_bot(town.channel)
    assert (alert.thread_ts, reply.thread_ts) == ("", alert.ts)
    assert alert.shown.splitlines()[0] == "Gempa guncang Cianjur"
    assert "Baru: 14 orang (sebelumnya 9)" in reply.shown
    first, second = town.telegram.posts(town.direct)
    assert second.reply_to == first.id and "New: 14 orang (was 9)" in second.text
    assert first.text.splitlines()[0] == "Gempa guncang Cianjur"
    assert town.program.said.count("    Korban gempa Cianjur jadi 14 orang\n") == 1  # under its alert
