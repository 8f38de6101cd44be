"""Publishers that edit, withdraw, answer late and break, through the real program, into both platforms."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from tests.emulators.faults import Slow
from tests.emulators.slack import SlackEmulator
from tests.emulators.slack_workspace import Posted
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.telegram_chats import Shown
from tests.publisher import serving
from tests.test_journeys import PATIENCE, Town

# Each another event: copies would be one alert, and one event one thread.
REPORTS = {
    "Angka": (
        "Gempa mengguncang Palu sebelum fajar",
        "Sedikitnya 12 orang luka akibat gempa di Palu, kata BMKG, yang mengingatkan sanksi bangunan.",
        "Warga Kecamatan Tatanga tidur di tenda sejak Senin, dan listrik padam di sebagian kota.",
    ),
    "Tidak": (
        "Pabrik gula Madukismo menutup gudang",
        "Direksi Madukismo tidak membayar pesangon buruh meski ada sanksi dari dinas tenaga kerja Bantul.",
        "Serikat pekerja akan menggugat perusahaan itu ke pengadilan hubungan industrial.",
    ),
    "Ralat": (
        "Museum Wayang Jakarta memamerkan koleksi baru",
        "Kurator Museum Wayang menampilkan 85 boneka kulit pinjaman Leiden tanpa sanksi bea masuk.",
        "Pameran dibuka untuk pelajar setiap Kamis dan ditutup akhir musim hujan.",
    ),
    "Penulis": (
        "Nelayan Ternate memprotes harga solar",
        "Ratusan perahu di Ternate berhenti melaut dan menolak sanksi syahbandar atas mogok itu.",
        "Gubernur Maluku Utara menjanjikan pertemuan dengan Pertamina pekan depan.",
    ),
    "Balik": (
        "Timnas voli putri kalah di Nakhon Ratchasima",
        "Indonesia kalah dengan 85 poin berbanding 97 dan menunggu sanksi federasi atas protes pelatih.",
        "Megawati Hangestri mencetak angka terbanyak dalam empat set itu.",
    ),
    "Hilang": (
        "Kebakaran hutan mendekati Ketapang",
        "Api di lahan gambut Ketapang mendekati jalan raya; perusahaan sawit terancam sanksi menteri.",
        "Helikopter menjatuhkan air tujuh kali sebelum kabut turun.",
    ),
    "Lunak": (
        "Bupati Lumajang melantik kepala desa",
        "Empat kepala desa di Lumajang dilantik ulang sesudah sanksi administrasi dicabut.",
        "Pelantikan disiarkan lewat radio komunitas di lereng Semeru.",
    ),
    "Lambat": (
        "Vaksin rabies tiba di Kupang",
        "Sebanyak 12 ribu dosis vaksin rabies tiba di Kupang; pemilik anjing liar terancam sanksi.",
        "Dokter hewan Flores mulai menyuntik dari kampung ke kampung.",
    ),
    "Rusak": (
        "Kereta cepat berhenti di Padalarang",
        "Kereta berhenti selama 12 menit di Padalarang, dan operator menghindari sanksi kementerian.",
        "Penumpang diminta pindah ke rangkaian cadangan menuju Halim.",
    ),
}
NAMES = tuple(REPORTS)


@dataclass
class Desk:
    """One publisher: an article, and what its address answers."""

    name: str
    address: str = ""
    title: str = ""
    lead: str = ""
    text: str = ""
    status: int = 200
    slow: float = 0.0

    def __post_init__(self) -> None:
        self.title, self.lead, facts = REPORTS[self.name]
        self.text = f"{self.lead} {facts}"

    @property
    def item(self) -> str:
        url = f"{self.address}/berita/{self.name.lower()}"
        names = f"<title>{self.title}</title><link>{url}</link><guid>{self.name}</guid>"
        return f"<item>{names}<description>{self.lead}</description></item>"

    async def answer(self, _request: web.Request) -> web.Response:
        await asyncio.sleep(self.slow)
        article = f"<article><h1>{self.title}</h1><p>{self.text}</p></article>"
        page = f"<html><head><title>{self.title} - Kawat</title></head><body>{article}</body></html>"
        return web.Response(text=page, status=self.status, content_type="text/html")


class Press(Town):
    """A town whose publisher's articles have pages, each on a host of its own."""

    def __init__(
        self, folder: Path, slack: SlackEmulator, telegram: TelegramEmulator, feed: str, desks: list[Desk]
    ) -> None:
        super().__init__(folder, slack, telegram, feed)
        self.desks = {desk.name: desk for desk in desks}
        self.published = False

    async def feed(self, _request: web.Request) -> web.Response:
        items = "".join(desk.item for desk in self.desks.values()) if self.published else ""
        feed = f'<rss version="2.0"><channel><title>Kawat</title>{items}</channel></rss>'
        return web.Response(text=feed, content_type="application/rss+xml")

    async def begin(self) -> None:
        """Every article is alerted in both chats, and its page was read once."""
        await self.program.start()
        await self.first_poll()
        self.published = True
        assert self.program.process
        self.program.process.send_signal(signal.SIGHUP)
        await self.until(slack=len(self.desks), telegram=len(self.desks))
        await self.until_store("SELECT count(*) FROM revisits", len(self.desks))
        await self.looked()

    async def looked(self) -> None:
        """Let every article be looked at now, and wait until it was and everything has arrived."""
        with closing(sqlite3.connect(self.store, timeout=30, isolation_level=None)) as store:
            store.execute("UPDATE revisits SET due_at = '2000-01-01 00:00:00.000000'")
            store.execute("UPDATE revisits SET doubt_since = '2000-01-01 00:00:00.000000' WHERE doubt != ''")
        await self.until_store("SELECT count(*) FROM revisits WHERE due_at < '2001-01-01'", 0)
        await self.settled("slack")
        await self.settled("telegram")

    async def until_store(self, question: str, answer: int) -> None:
        deadline = time.monotonic() + PATIENCE
        with closing(sqlite3.connect(self.store, timeout=30)) as store:
            while store.execute(question).fetchone()[0] != answer:
                assert time.monotonic() < deadline, question
                await asyncio.sleep(0.05)

    def in_slack(self, name: str) -> tuple[Posted, list[Posted]]:
        """An article's alert, and what stands in its thread."""
        posted = self.slack.from_bot(self.channel)
        alert = next(one for one in posted if one.shown.startswith(REPORTS[name][0]))
        return alert, [one for one in posted if one.thread_ts == alert.ts]

    def in_telegram(self, name: str) -> tuple[Shown, list[Shown]]:
        shown = self.telegram.posts(self.direct)
        alert = next(one for one in shown if one.text.startswith(REPORTS[name][0]))
        return alert, [one for one in shown if one.reply_to == alert.id]

    def told(self, name: str) -> list[str]:
        """The first line of each reply, the same in both chats but for the language."""
        _, slack = self.in_slack(name)
        _, telegram = self.in_telegram(name)
        assert len(slack) == len(telegram), (name, slack, telegram)
        return [one.shown.splitlines()[0] for one in slack]


Opening = Callable[..., Awaitable[Press]]
"""Opens a press with desks of these names."""


@pytest.fixture
async def opening(tmp_path: Path) -> AsyncIterator[Opening]:
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(SlackEmulator())
        telegram = await stack.enter_async_context(TelegramEmulator())

        async def open_press(*names: str) -> Press:
            desks = [Desk(name) for name in names]
            for desk in desks:
                desk.address = await stack.enter_async_context(serving(desk.answer))
            presses: list[Press] = []

            async def feed(request: web.Request) -> web.Response:
                return await presses[0].feed(request)

            presses.append(
                Press(tmp_path, slack, telegram, await stack.enter_async_context(serving(feed)), desks)
            )
            await stack.enter_async_context(presses[0].program)
            return presses[0]

        yield open_press


async def test_what_publishers_do_to_their_articles_is_told_once_in_both_chats(
    opening: Opening,
) -> None:
    press = await opening(*NAMES)
    config = press.program.config
    config.write_text(
        config.read_text(encoding="utf-8").replace("[polling]\n", "[polling]\ntimeout = '2s'\n"),
        encoding="utf-8",
    )
    await press.begin()
    desks = press.desks
    originals = {name: desk.text for name, desk in desks.items()}

    desks["Angka"].title += ": 21 luka"
    desks["Angka"].text = desks["Angka"].text.replace("12", "21")
    desks["Tidak"].text = desks["Tidak"].text.replace("tidak membayar", "membayar")
    desks["Ralat"].text += " Ralat: sebelumnya tertulis 58 boneka."
    desks["Penulis"].text += "</p><p>Editor: Ratna Dewi"
    desks["Balik"].text = desks["Balik"].text.replace("85", "95")
    desks["Hilang"].status = 410
    desks["Lunak"].title, desks["Lunak"].text = "404", "Halaman tidak ditemukan"
    desks["Lambat"].slow = 5.0
    desks["Rusak"].status = 500
    await press.looked()
    assert {name: press.told(name) for name in NAMES if press.told(name)} == {
        "Angka": ["Diedit: judul berubah, angka berubah"],
        "Tidak": ["Diedit: «tidak» muncul atau hilang"],
        "Ralat": press.told("Ralat"),
        "Balik": ["Diedit: angka berubah"],
    }
    assert press.told("Ralat")[0].startswith("Koreksi: ")

    desks["Balik"].text = originals["Balik"]
    desks["Lambat"].slow, desks["Rusak"].status = 0.0, 200
    for name in ("Lambat", "Rusak"):
        desks[name].text = originals[name].replace("12", "21")
    await press.looked()
    assert press.told("Balik")[1].startswith("Kembali seperti pada ")
    assert press.told("Hilang") == ["Ditarik: tidak ada lagi di alamatnya, juga pada kunjungan kedua"]
    assert press.told("Lunak") == press.told("Hilang")
    assert press.told("Rusak") == ["Diedit: angka berubah"]

    desks["Hilang"].status = 200
    await press.looked()
    await press.looked()
    assert press.told("Hilang")[1:] == ["Muncul lagi di alamatnya"]
    assert {name: len(press.told(name)) for name in NAMES} == {
        "Angka": 1, "Tidak": 1, "Ralat": 1, "Penulis": 0, "Balik": 2, "Hilang": 2, "Lunak": 1, "Lambat": 1, "Rusak": 1,
    }  # fmt: skip

    alert, (reply,) = press.in_telegram("Angka")
    assert alert.edited and alert.text.splitlines()[0] == f"{REPORTS['Angka'][0]}: 21 luka"
    assert "edited " in alert.text
    assert reply.marked("strikethrough") == ["fajar", "12"]
    assert reply.marked("bold")[1:] == ["fajar: 21 luka", "21"]
    posted, (under,) = press.in_slack("Angka")
    assert posted.edited and "diedit " in posted.shown
    assert [one["text"] for one in spans(under, "strike")] == ["fajar", "12"]
    assert [one["text"] for one in spans(under, "bold")][1:] == ["fajar: 21 luka", "21"]
    flagged, _ = press.in_telegram("Lunak")
    assert flagged.marked("strikethrough") == [REPORTS["Lunak"][0]] and "Withdrawn " in flagged.text

    await press.budi.presses(press.direct, reply.id, "Compare")
    await press.telegram.wait_for(lambda: "Version 1 " in press.telegram_texts()[-1])
    assert press.telegram.posts(press.direct)[-1].marked("strikethrough") == ["fajar", "12"]
    assert await press.program.terminate() == 0


def spans(posted: Posted, style: str) -> list[dict[str, object]]:
    """The pieces of rich text in a message that have a style."""
    elements = [
        element for block in posted.blocks if block["type"] == "rich_text" for element in block["elements"]
    ]
    return [span for element in elements for span in element["elements"] if span.get("style", {}).get(style)]


async def test_kill_9_between_a_look_and_its_reply_loses_nothing_and_doubles_nothing(
    opening: Opening,
) -> None:
    press = await opening("Angka")
    await press.begin()
    desk = press.desks["Angka"]
    for number in ("21", "27"):
        desk.text = " ".join(REPORTS["Angka"][1:]).replace("12", number)
        press.slack.faults.fail("chat.postMessage", Slow(30.0))  # stored at once, and nobody hears the answer
        with closing(sqlite3.connect(press.store, timeout=30, isolation_level=None)) as store:
            store.execute("UPDATE revisits SET due_at = '2000-01-01 00:00:00.000000'")
        count = len(press.telegram_texts()) + 1
        await press.until(slack=len(press.slack_texts()) + 1, telegram=count)
        await press.settled("telegram")  # where nobody can look, a cut-off message is sent once more
        await press.program.kill()
        await press.program.start()
        await press.settled("slack")
        await press.settled("telegram")
    await press.looked()
    assert press.told("Angka") == ["Diedit: angka berubah"] * 2
    assert await press.program.terminate() == 0
