"""Bad input through the real command line: each mistake is named with its place and a remedy, and costs itself only."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from tests.fakes import rss
from tests.program import Program, tables
from tests.publisher import serving

ROOT = Path(__file__).parents[1]
PATIENCE = 30.0  # seconds; a start takes about two on a busy machine
AT_ONCE = 2  # processes of ours at the same time
TITLE_CHARS = 5_000_000

PAGE = "<!doctype html><html><head><title>Masuk</title></head><body><p>Silakan masuk, kata Putin.</p></body></html>"
ENTITIES = "".join(
    f'<!ENTITY {name} "{f"&{inner};" * 10}">' for inner, name in zip("abcdefgh", "bcdefghi", strict=True)
)
BOMB = rss([("Putin &i;", "&i;")]).replace("<rss", f'<!DOCTYPE rss [<!ENTITY a "Putin ">{ENTITIES}]><rss', 1)


def feed(name: str) -> str:
    """A healthy feed of one report, which says where it stood."""
    return rss([(f"Putin di {name}", f"Presiden Putin hadir di {name}.")])


def long_title() -> str:
    return feed("Judul").replace("Putin di Judul</title>", f"Putin di Judul {'x' * TITLE_CHARS}</title>")


@dataclass(frozen=True, slots=True)
class Bad:
    """A source that is wrong: what is said about it, and what can be done."""

    what: str
    remedy: str
    document: bytes | None = None  # None: there is no such file
    read: bool = False  # its report can be told all the same


BAD = {
    "Laman": Bad("A login page answers here, not the feed.", "an address that needs no login", PAGE.encode()),
    "Judul": Bad(
        f"the title has {TITLE_CHARS + 15:,} characters",
        "the first 1,000 are kept",
        long_title().encode(),
        read=True,
    ),
    "Bait": Bad(
        "is not valid UTF-8",
        "were read as Windows-1252",
        feed("Bait").encode().replace(b"hadir", b"ha\xffdir"),
        read=True,
    ),
    "Bom": Bad(
        "declares XML entities", "Ask the publisher for a feed without <!ENTITY> declarations", BOMB.encode()
    ),
    "Berkas": Bad("Berkas.xml is not there", "Check the path in the configuration"),
    "Alamat": Bad("has nothing at this address (404 Not Found)", "Check the address of this source"),
}
READ = [name for name, bad in BAD.items() if bad.read]
UNREAD = [name for name, bad in BAD.items() if not bad.read]
PARSED = ["Judul", "Bom", "Berkas"]  # by `parse` too; the sources' own tests have the rest


@dataclass(slots=True)
class Said:
    """What one run of the program wrote, and its exit status."""

    status: int
    out: str
    err: str = ""

    @property
    def text(self) -> str:
        """All of it in one line: the terminal's width breaks sentences anywhere."""
        return " ".join(f"{self.out} {self.err}".split())


@dataclass(slots=True)
class Newsroom:
    """One configuration with every bad source and a good one, before and after the bad ones are mended."""

    folder: Path
    mended: bool = False
    once: Said = field(init=False)
    waiting: int = 0  # alerts kept after the first run for the chat that has no token
    check: Said = field(init=False)
    parsed: dict[str, Said] = field(default_factory=dict)
    run: Said = field(init=False)

    async def live(self) -> None:
        """once; check and parse of what is broken; then mended, and run until everything is told."""
        for name, bad in BAD.items():
            if bad.document is not None:
                self._file(name).write_bytes(bad.document)
        async with serving(self._publish) as address:
            program = Program(self.folder, self._config(address))
            self.once = Said(await program.run("once"), program.said)
            self.waiting = self._count("deliveries WHERE chat = 'meja' AND state = 'pending'")
            slots = asyncio.Semaphore(AT_ONCE)
            self.check, *parsed = await asyncio.gather(
                pantau("check", "-c", str(program.config), slots=slots),
                *(pantau("parse", str(self._file(name)), slots=slots) for name in PARSED),
            )
            self.parsed = dict(zip(PARSED, parsed, strict=True))
            self._mend()
            async with program:
                await program.start()
                await self._until_told(len(BAD) + 1)
                self.run = Said(await program.terminate(), program.said)

    def _config(self, address: str) -> str:
        sources: list[dict[str, object]] = [
            {"name": name, "url": self._file(name).name} for name in BAD if name != "Alamat"
        ]
        sources += [{"name": name, "url": f"{address}/feed/{name}.xml"} for name in ("Alamat", "Baik")]
        return "\n".join(
            [
                '[polling]\nallow_networks = ["127.0.0.1"]',
                tables("sources", sources),
                tables("watches", [{"name": "Putin", "query": "Putin"}]),
                tables("chats", [{"name": "layar", "platform": "console", "id": "console"}]),
                tables("chats", [{"name": "meja", "platform": "telegram", "id": "42"}]),
            ]
        )

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.xml"

    async def _publish(self, request: web.Request) -> web.Response:
        name = request.path.rpartition("/")[2].removesuffix(".xml")
        if name == "Alamat" and not self.mended:
            raise web.HTTPNotFound
        return web.Response(text=feed(name), content_type="application/rss+xml")

    def _mend(self) -> None:
        """Every source is as it should be, and its hour has come."""
        self.mended = True
        for name in UNREAD:
            self._file(name).write_text(feed(name), encoding="utf-8")
        with closing(sqlite3.connect(self.folder / "pantau.db", isolation_level=None)) as store:
            store.execute("UPDATE sources SET due_at = '2000-01-01 00:00:00'")

    async def _until_told(self, alerts: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while self._count("deliveries WHERE chat = 'layar' AND state = 'sent'") < alerts:
            assert time.monotonic() < deadline, "not every mended source was told"
            await asyncio.sleep(0.05)

    def _count(self, what: str) -> int:
        with closing(sqlite3.connect(self.folder / "pantau.db", timeout=PATIENCE)) as store:
            (count,) = store.execute(f"SELECT count(*) FROM {what}").fetchone()
            return int(count)


async def pantau(*arguments: str, given: bytes = b"", slots: asyncio.Semaphore | None = None) -> Said:
    """Run the command with this on its standard input; nothing of ours is in its environment."""
    async with slots or asyncio.Semaphore(1):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *arguments,
            cwd=ROOT,
            env={"PATH": "", "LANG": "C.UTF-8"},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(given), PATIENCE)
    assert process.returncode is not None
    return Said(process.returncode, out.decode(), err.decode())


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """Lived through once: every start of the program costs more than a second."""
    lived = Newsroom(tmp_path_factory.mktemp("newsroom"))
    asyncio.run(lived.live())
    return lived


def told(said: Said, name: str) -> int:
    """How many alerts of this source's report the console shows."""
    return said.out.count(f"\nPutin di {name}")


@pytest.mark.parametrize("name", BAD)
def test_a_bad_source_is_named_with_its_remedy(newsroom: Newsroom, name: str) -> None:
    bad = BAD[name]
    for said in (newsroom.once, newsroom.check, newsroom.parsed.get(name, newsroom.check)):
        assert said.status == 1
        assert bad.what in said.text and bad.remedy in said.text
        assert "Traceback" not in said.text
    assert f"WARNING: {name}: " in newsroom.once.text
    assert f"✗ source {name}: " in newsroom.check.text


def test_the_good_source_between_bad_ones_is_told_in_the_same_run(newsroom: Newsroom) -> None:
    assert told(newsroom.once, "Baik") == 1
    assert "✓ source Baik: 1 articles" in newsroom.check.text


@pytest.mark.parametrize("name", READ)
def test_a_report_with_a_flaw_is_told_as_far_as_it_can_be_read(newsroom: Newsroom, name: str) -> None:
    assert told(newsroom.once, name) == 1


def test_parse_writes_what_can_be_read_and_nothing_else(newsroom: Newsroom) -> None:
    (line,) = newsroom.parsed["Judul"].out.splitlines()
    assert json.loads(line)["title"].startswith("Putin di Judul")
    assert newsroom.parsed["Bom"].out == newsroom.parsed["Berkas"].out == ""


@pytest.mark.parametrize("name", UNREAD)
def test_a_source_that_was_broken_is_told_once_it_is_mended(newsroom: Newsroom, name: str) -> None:
    assert told(newsroom.once, name) == 0
    assert told(newsroom.run, name) == 1


def test_what_was_told_before_the_restart_is_not_told_again(newsroom: Newsroom) -> None:
    assert newsroom.run.status == 0
    assert [told(newsroom.run, name) for name in (*READ, "Baik")] == [0, 0, 0]


def test_a_missing_token_is_named_and_its_alerts_are_kept(newsroom: Newsroom) -> None:
    for said in (newsroom.once, newsroom.check, newsroom.run):
        assert 'Chat "meja" is on Telegram, but PANTAU_TELEGRAM_TOKEN is not set' in said.text
    assert newsroom.waiting == len(READ) + 1


MISTAKEN = """\
[polling]
interval = true
[[sources]]
name = "Kawat"
adress = "seed.xml"
url = "seed.xml"
[[watches]]
name = "Putin"
query = "Putin"
"""


async def test_an_unknown_key_and_a_wrong_type_are_named_together_by_every_command(tmp_path: Path) -> None:
    (tmp_path / "seed.xml").write_text(feed("Kawat"), encoding="utf-8")
    (config := tmp_path / "config.toml").write_text(MISTAKEN, encoding="utf-8")
    slots = asyncio.Semaphore(AT_ONCE)
    commands = [("once", "-c"), ("run", "-c"), ("check", "-c"), ("match", "-w")]
    for said in await asyncio.gather(*(pantau(*command, str(config), slots=slots) for command in commands)):
        assert said.status == 1
        assert "2 problems in the configuration" in said.err
        assert f"{config}:2: [polling]: interval is true; expected a duration" in said.err
        assert f'{config}:5: [[sources]] "Kawat": there is no key "adress"' in said.err
        assert "Traceback" not in said.err
    assert not (tmp_path / "pantau.db").exists(), "nothing is begun on half a configuration"
    config.write_text(MISTAKEN.replace("true", '"5m"').replace('adress = "seed.xml"\n', ""), encoding="utf-8")
    mended = await pantau("once", "-c", str(config))
    assert mended.status == 0 and told(mended, "Kawat") == 1


async def test_a_bad_line_in_a_pipe_is_numbered_and_the_lines_around_it_are_matched() -> None:
    good = '{"id": "%s", "title": "Putin tiba"}'
    lines = [
        good % "a",
        "{broken",
        '{"id": 7, "title": ["Putin"]}',
        '{"id": "\xff", "title": "Putin"}',
        good % "b",
    ]
    said = await pantau("match", "-q", "Putin", "-", given="\n".join(lines).encode("latin-1"))
    assert said.status == 1
    assert [json.loads(line)["article"] for line in said.out.splitlines()] == ["a", "\ufffd", "b"]
    assert "-:2: not JSON" in said.err and "-:3: title: expected text, found list" in said.err


async def test_what_no_filter_can_read_is_one_sentence_and_status_1(tmp_path: Path) -> None:
    (bomb := tmp_path / "bom.xml").write_text(BOMB, encoding="utf-8")
    slots = asyncio.Semaphore(AT_ONCE)
    missing, exploding, unreadable = await asyncio.gather(
        pantau("match", "-q", "Putin", "tiada.jsonl", slots=slots),
        pantau("match", "-q", "Putin", str(bomb), slots=slots),
        pantau("match", "-q", '"Putin', "-", slots=slots),
    )
    for said in (missing, exploding, unreadable):
        assert said.status == 1 and said.out == "" and said.err.startswith("pantau: ")
        assert "Traceback" not in said.err
    assert "tiada.jsonl: No such file or directory. Name a file that can be read" in missing.err
    assert "declares XML entities" in exploding.err
    assert "^" in unreadable.err, "the query is shown with its mistake"
