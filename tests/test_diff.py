"""What changed between two versions of an article, for whoever asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.chat import Style
from bot.ports import KeptVersion, Origin
from bot.stories import LOOKS, Version, Weight
from tests.builders import NOON, article, chat
from tests.test_handlers import Room
from tests.test_pipeline import WIRE

URL = "https://www.example.com/berita/putin-tiba"
FIRST = KeptVersion(1, Origin.PAGE, Version("Putin tiba", "Sedikitnya 12 orang menunggu. Hujan turun."), NOON)
SECOND = replace(
    FIRST,
    number=2,
    text=Version("Putin tiba", "Sedikitnya 21 orang menunggu. Hujan turun."),
    weight=Weight.HEAVY,
)
THIRD = replace(
    SECOND, number=3, text=Version("Putin datang", SECOND.text.body), seen=NOON + timedelta(hours=1)
)


@pytest.fixture
async def room(sqlite: SqlStore) -> Room:
    room = Room(sqlite, chat("redaksi"), chat("desk", language="en"))
    await room.says("/watch add Putin: Putin")
    await room.polls("Antara", article(id="putin", url=URL, title="Putin tiba", body=WIRE))
    return room


async def looked_at(room: Room, *versions: KeptVersion) -> None:
    async with room.store.write() as tx:
        await tx.revisits.begin({"putin": NOON}, LOOKS[0])
        for one in versions:
            await tx.revisits.keep("putin", one)


async def test_the_first_and_the_last_version_are_compared_unless_others_are_named(room: Room) -> None:
    await looked_at(room, FIRST, SECOND, THIRD)
    answer = await room.type("/diff #1")
    head, versions, kinds, headline, body = answer.lines
    assert answer.private
    assert (head.text, head.spans[0].url) == ("Putin tiba", URL)
    assert versions.text == "Versi 1 (22 Nov 19.00) → versi 3 (22 Nov 20.00). Yang ada: 1, 2, 3"
    assert kinds.text == "judul berubah, angka berubah"
    marks = [
        (span.style, span.text)
        for line in (headline, body)
        for span in line.spans
        if span.style is not Style.PLAIN
    ]
    assert marks == [(Style.STRIKE, "tiba"), (Style.BOLD, "datang"), (Style.STRIKE, "12"), (Style.BOLD, "21")]
    assert "judul" not in await room.says(f"/diff {URL} 1 2")
    assert "~" not in await room.says(f"/diff <{URL}|{URL}> 2 1")
    assert "Tidak ada kata yang berbeda." in await room.says("/diff #1 2 2")


async def test_what_did_not_change_says_when_it_is_looked_at_again(room: Room) -> None:
    assert "tidak diberitakan, jadi tidak dilihat lagi" in await room.says(f"/diff {URL}")
    await looked_at(room, FIRST)
    assert "belum berubah; dilihat lagi 22 Nov 19.05" in await room.says("/diff #1")
    async with room.store.write() as tx:
        revisit = await tx.revisits.get("putin")
        assert revisit
        await tx.revisits.settle(replace(revisit, due_at=None))
    assert "tidak berubah; tidak dilihat lagi" in await room.says("/diff #1")


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("/diff", "Tulis /diff #NOMOR"),
        ("/diff #1 2", "Tulis /diff #NOMOR"),
        ("/diff Putin", "Tulis /diff #NOMOR"),
        ("/diff #1 1 9", "Tidak ada versi 9. Yang ada: 1, 2."),
        ("/diff #99", "Peringatan nomor 99 tidak ada"),
        ("/diff #2", "Peringatan nomor 2 tidak ada"),  # it is another chat's
        ("/diff https://www.example.com/berita/putin-tibe", "Maksud Anda"),
    ],
)
async def test_what_cannot_be_compared_is_refused_with_what_there_is(
    room: Room, asked: str, answer: str
) -> None:
    await looked_at(room, FIRST, SECOND)
    assert answer in await room.says(asked)
