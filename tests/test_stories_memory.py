"""One report on thirty sites is one text, two reports of one event are one story, and look-alikes are neither."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.stories.measures import b_cubed
from bot.errors import SourceError
from bot.jsonl import Record, read
from bot.model import Article
from bot.sources import parse
from bot.stories import Folding, Memory, Place
from bot.stories.memory import FORGOTTEN
from tests.engines import each_story_engine  # noqa: F401  # both engines are asked

NUSANTARA = Path(__file__).parent.parent / "benchmarks" / "stories" / "nusantara.jsonl"
TOPICS = Path(__file__).parent.parent.parent / "shared" / "data" / "stories" / "ecb-dev.jsonl"
FEEDS = Path(__file__).parents[2] / "shared" / "data" / "feeds"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

REPORT = (
    "Gempa bermagnitudo 6,1 mengguncang Palu, Sulawesi Tengah, Senin pagi. Pusat gempa berada 34 kilometer barat laut Donggala. "
    "Warga berlarian keluar rumah dan sebagian mengungsi ke lapangan Vatulemo. Kepala BPBD Palu, Rahmat Lamakarate, mengatakan "
    "petugas masih mendata kerusakan di Kecamatan Tatanga. Jaringan listrik di sejumlah kelurahan padam. Bandara tetap "
    "beroperasi seperti biasa, tetapi dua penerbangan tertunda karena petugas memeriksa landasan."
)
WEATHER = (
    "Prakiraan cuaca hari ini: {where} diperkirakan berawan pada pagi hari dan hujan ringan pada siang hingga malam. Suhu udara "
    "berkisar {low} sampai {high} derajat Celsius dengan kelembapan {wet} persen. Angin bertiup dari barat dengan kecepatan "
    "{wind} kilometer per jam. Masyarakat diimbau membawa payung dan mewaspadai genangan di jalan."
)


def article(
    key: str, body: str = REPORT, *, source: str = "", title: str = "", url: str = "", lang: str = "id"
) -> Article:
    return Article(
        key, url=url, title=title, body=body, lang=lang, source=source or f"outlet {key}", published=NOON
    )


def places(*articles: Article, folding: Folding = Folding.HIGH) -> list[Place]:
    memory = Memory()
    return [memory.place(one, folding=folding) for one in articles]


def _words(share: float) -> str:
    words = REPORT.split()
    return " ".join(words[: int(len(words) * share)])


def _noisy(every: int) -> str:
    return " ".join("lain" if at % every == 0 else word for at, word in enumerate(REPORT.split(), start=1))


@pytest.mark.parametrize(
    "copy",
    [
        f"Halo pembaca, berikut laporan kantor berita. {REPORT} Baca juga: berita lain. Hak cipta dilindungi.",
        _words(0.6),
        _words(0.35),
        _noisy(10),
        _noisy(5),
        " ".join(reversed([f"{sentence}." for sentence in REPORT.rstrip(".").split(". ")])),
        f"{WEATHER} {REPORT} {WEATHER}",
        REPORT.upper(),
    ],
    ids=["boilerplate", "60 %", "35 %", "10 % noise", "20 % noise", "re-ordered", "embedded", "capitals"],
)
def test_a_copy_is_folded_into_the_first(copy: str) -> None:
    first, second = places(article("a"), article("b", copy))
    assert (second.story, second.copy_of) == (first.story, "a")


def test_a_copy_of_a_copy_names_the_text_it_is_nearest_to_and_stays_in_the_story() -> None:
    found = places(article("a"), article("b", _words(0.6)), article("c", _words(0.6)))
    assert [place.story for place in found] == ["a", "a", "a"]
    assert found[2].copy_of in {"a", "b"}


def test_todays_weather_of_two_towns_in_the_same_words_is_two_texts() -> None:
    jakarta = WEATHER.format(where="Jakarta", low=24, high=32, wet=85, wind=12)
    bandung = WEATHER.format(where="Bandung", low=19, high=28, wet=91, wind=7)
    assert not places(article("a", jakarta), article("b", bandung))[1].copy_of


def test_one_publishers_two_articles_are_never_one_for_their_template() -> None:
    """The same headline every day, the same form of words, other figures."""
    first = article(
        "a",
        WEATHER.format(where="Jakarta", low=24, high=32, wet=85, wind=12),
        source="Kabar",
        title="Cuaca hari ini",
    )
    second = article(
        "b",
        WEATHER.format(where="Jakarta", low=25, high=33, wet=80, wind=10),
        source="Kabar",
        title="Cuaca hari ini",
    )
    assert not places(first, second)[1].copy_of


def test_one_publishers_second_headline_at_a_second_address_is_its_own_article() -> None:
    """docs/decisions/0003: a teaser of twenty words and more stands under several headlines."""
    first = article("a", source="Kabar", title="Gempa di Palu", url="https://k.example/1")
    second = article("b", source="Kabar", title="Listrik padam di Palu", url="https://k.example/2")
    assert not places(first, second)[1].copy_of


def test_one_publishers_article_that_comes_again_is_one() -> None:
    first = article("a", source="Kabar", title="Gempa di Palu", url="https://k.example/1")
    again = article("b", source="Kabar", title="Gempa di Palu", url="https://k.example/2")
    longer = article(
        "c",
        REPORT + " Sore ini guncangan terasa lagi.",
        source="Kabar",
        title="Gempa susulan",
        url="https://k.example/1",
    )
    assert [place.copy_of for place in places(first, again, longer)][1:] == ["a", "a"]


def test_a_cookie_wall_makes_no_copies() -> None:
    wall = (
        "Kami menghargai privasi Anda. Kami dan mitra kami menyimpan dan mengakses informasi pada perangkat, seperti kuki, "
        "dan memproses data pribadi. Dengan izin Anda kami dapat memakai data geolokasi yang akurat. "
        "Tekan setuju untuk melanjutkan."
    )
    found = places(article("a", wall, title="Gempa guncang Palu"), article("b", wall, title="Rupiah melemah"))
    assert not found[1].copy_of


def test_one_address_with_two_texts_is_two_articles() -> None:
    url = "https://live.example/hari-ini"
    one, other = (
        article("a", url=url, title="Gempa"),
        article("b", WEATHER, url=url + "?utm_source=x", title="Cuaca"),
    )
    assert not places(one, other)[1].copy_of


def test_one_address_in_two_feeds_is_one_article_with_its_teaser() -> None:
    url = "https://k.example/gempa"
    full = article("a", url=url, title="Gempa guncang Palu")
    teaser = article(
        "b", "Warga panik dan berhamburan.", url=url + "?utm_source=rss", title="Gempa guncang Palu"
    )
    assert places(full, teaser)[1].copy_of == "a"


def test_a_headline_alone_in_two_outlets_is_one_text() -> None:
    headline = "Gempa bermagnitudo 6,1 guncang Palu, warga berlarian keluar rumah"
    one, other = article("a", "", title=headline), article("b", "", title=headline.upper())
    third = article("c", "", title=headline.replace("6,1", "5,2").replace("Palu", "Ambon"))
    assert [place.copy_of for place in places(one, other, third)] == ["", "a", ""]


def test_comments_under_one_article_are_texts_of_their_own() -> None:
    """Seen in real feeds: one headline and one address, but for the fragment."""
    first = "Saya setuju dengan usul itu karena jalan di depan rumah kami rusak sejak tiga tahun lalu dan tak diperbaiki."
    second = "Usul itu mahal. Lebih baik uang dipakai untuk sekolah, sebab atap ruang kelas anak saya bocor setiap hujan turun."
    url = "https://k.example/usul"
    found = places(
        article("a", first, source="Kabar", title="Komentar: Usul jalan", url=f"{url}#komentar-1"),
        article("b", second, source="Kabar", title="Komentar: Usul jalan", url=f"{url}#komentar-2"),
    )
    assert not found[1].copy_of


def test_events_that_one_publisher_lists_under_one_headline_are_several() -> None:
    """Seen in real feeds: no text, one headline, an address for every date."""
    first = article(
        "a", "", source="Kabar", title="Pelatihan jurnalistik dasar untuk umum", url="https://k.example/e/1"
    )
    second = article(
        "b", "", source="Kabar", title="Pelatihan jurnalistik dasar untuk umum", url="https://k.example/e/2"
    )
    assert not places(first, second)[1].copy_of


@pytest.mark.parametrize(
    ("folding", "folded"), [(Folding.HIGH, True), (Folding.MEDIUM, False), (Folding.OFF, False)]
)
def test_how_like_a_copy_must_be_is_a_choice(folding: Folding, folded: bool) -> None:
    assert bool(places(article("a"), article("b", _noisy(6)), folding=folding)[1].copy_of) is folded


def test_an_english_report_joins_the_indonesian_story_by_its_names_and_numbers() -> None:
    english = (
        "A magnitude 6.1 earthquake struck Palu in Central Sulawesi on Monday. The epicentre was 34 kilometres northwest of "
        "Donggala. Residents fled to Vatulemo square. Rahmat Lamakarate of the BPBD said houses in Tatanga were damaged."
    )
    other = (
        "A magnitude 5.8 earthquake struck Ambon on Tuesday. Students of Pattimura fled. "
        "Welma Latuconsina said no one was hurt."
    )
    found = places(article("a"), article("b", english, lang="en"), article("c", other, lang="en"))
    assert [place.story for place in found] == ["a", "a", "c"]
    assert not found[1].copy_of


def own_set() -> tuple[list[Article], list[dict[str, str]]]:
    records = [one for one in read(NUSANTARA.open(encoding="utf-8")) if isinstance(one, Record)]
    return [one.article for one in records], [dict(one.extra) for one in records]


def test_the_indonesian_set_is_told_apart() -> None:
    articles, known = own_set()
    gold = [one["gold"] for one in known]
    memory = Memory()
    found = [memory.place(one) for one in articles]
    event = {one.id: name for one, name in zip(articles, gold, strict=True)}
    assert b_cubed([place.story for place in found], gold)[0] >= 0.93
    assert all(event[place.copy_of] == name for place, name in zip(found, gold, strict=True) if place.copy_of)
    copied = [bool(place.copy_of) for place, one in zip(found, known, strict=True) if "copy_gold" in one]
    assert sum(copied) / len(copied) >= 0.99
    assert not any(place.copy_of for place, one in zip(found, known, strict=True) if "copy_gold" not in one)


def test_other_topics_are_told_apart_in_any_order() -> None:
    if not TOPICS.exists():
        pytest.skip("the texts of ECB+ are not part of the repository")
    records = [one for one in read(TOPICS.open(encoding="utf-8")) if isinstance(one, Record)]
    gold = [one.extra["gold"] for one in records]
    scores = []
    for seed in range(2):
        memory, found = Memory(), [""] * len(records)
        for number in random.Random(seed).sample(range(len(records)), len(records)):
            found[number] = memory.place(records[number].article).story
        scores.append(b_cubed(found, gold)[0])
    assert min(scores) >= 0.87


def test_a_restart_gives_the_same_answers() -> None:
    articles, _ = own_set()
    half = len(articles) // 2
    straight = Memory()
    decided = [straight.place(one) for one in articles]
    rebuilt = Memory()
    for one, place in zip(articles[:half], decided[:half], strict=True):
        rebuilt.recall(one, place)
    assert [rebuilt.place(one) for one in articles[half:]] == decided[half:]


def test_a_restart_needs_only_the_articles_of_the_window() -> None:
    articles, _ = own_set()
    dated = [(one, one.published or NOON) for one in articles]
    straight = Memory(window=timedelta(days=1))
    decided = [straight.place(one, at) for one, at in dated]
    middle = len(articles) * 3 // 4
    kept = dated[middle][1].date() - timedelta(days=2)
    rebuilt = Memory(window=timedelta(days=1))
    for (one, at), place in list(zip(dated, decided, strict=True))[:middle]:
        if at.date() >= kept:
            rebuilt.recall(one, place, at)
    again = [rebuilt.place(one, at) for one, at in dated[middle:]]
    assert [(place.story, place.copy_of) for place in again] == [
        (place.story, place.copy_of) for place in decided[middle:]
    ]


def test_a_text_is_news_again_when_the_window_has_passed() -> None:
    memory = Memory(window=timedelta(days=2))
    first = memory.place(article("a"), NOON)
    assert memory.place(article("b"), NOON + timedelta(days=1)).copy_of == "a"
    later = memory.place(article("c"), NOON + timedelta(days=9))
    assert (later.story, later.copy_of) == ("c", "")
    assert first.story == "a" and len(memory) == 1


def test_a_story_that_goes_on_keeps_its_key_when_its_first_article_is_forgotten() -> None:
    memory = Memory(window=timedelta(days=2))
    follow_up = (
        "Rahmat Lamakarate dari BPBD Palu mengatakan kerusakan di Kecamatan Tatanga akibat gempa bermagnitudo 6,1 bertambah. "
        "Warga Palu masih bertahan di lapangan Vatulemo hari ke-{day}, sebagian dari Donggala."
    )
    found = [memory.place(article("a"), NOON)]
    for day in range(1, 7):
        found.append(memory.place(article(f"b{day}", follow_up.format(day=day)), NOON + timedelta(days=day)))
    assert {place.story for place in found} == {"a"}
    assert len(memory) <= 3


def test_what_is_forgotten_takes_no_room() -> None:
    memory = Memory(window=timedelta(days=1))
    for day in range(40):
        memory.place(article(str(day), f"{REPORT} {day}", source=f"s{day}"), NOON + timedelta(days=5 * day))
    assert len(memory) == 1


def test_what_came_before_the_window_is_forgotten_a_little_with_each_new_article() -> None:
    """After a quiet week a hundred thousand articles may be due at once, and the next one must not wait for all of that."""
    memory = Memory(window=timedelta(days=1))
    for number in range(400):
        memory.place(article(str(number), f"{WEATHER} {number} {number + 1}", source="s"), NOON)
    kept = [len(memory)]
    while len(memory) > len(kept):
        memory.place(article(f"b{len(kept)}", f"Hari {len(kept)}", source="s"), NOON + timedelta(days=9))
        kept.append(len(memory))
    assert kept[1] > 300
    assert max(before - after for before, after in pairwise(kept)) <= FORGOTTEN
    assert len(kept) < 60


def test_a_long_story_goes_on_while_its_beginning_is_forgotten() -> None:
    memory = Memory(window=timedelta(days=1))
    told = "Warga Palu di lapangan Vatulemo dan Rahmat Lamakarate dari BPBD Tatanga menunggu bantuan hari ke-{day}, kata {word}."
    for number in range(300):
        when = NOON + timedelta(minutes=10 * number)
        memory.place(
            article(f"a{number}", told.format(day=number // 144, word=f"orang{number}"), source=f"s{number}"),
            when,
        )
    last = article("z", told.format(day=3, word="Lurah"), source="z")
    assert memory.place(last, NOON + timedelta(minutes=3_000)).story == "a0"
    assert len(memory) < 160


def test_articles_without_dates_or_with_dates_long_past_stop_nothing() -> None:
    memory = Memory()
    memory.place(article("a"), NOON)
    assert memory.place(article("b"), NOON - timedelta(days=900)).copy_of == "a"
    slip = Article("s", body=WEATHER, source="y", published=NOON + timedelta(days=9_000))
    assert not memory.place(slip).copy_of
    undated = Article("c", body=REPORT, source="z")
    assert memory.place(undated).copy_of


@pytest.mark.parametrize(
    "body",
    [
        "",
        " ",
        "…",
        "a",
        "俄罗斯总统普京星期三凌晨抵达平壤进行国事访问。",
        "\ud800 x",
        "1 2 3",
        "x" * 100_000,
        "a b " * 50_000,
    ],
)
def test_no_text_is_too_strange(body: str) -> None:
    memory = Memory()
    for key in ("a", "b"):
        memory.place(article(key, body, title="t", url="https://x.example/\ud800"))
    assert len(memory) == 2


def test_two_articles_of_one_id_are_two_stories_when_they_tell_of_two_things() -> None:
    found = places(article("a"), article("a", WEATHER, source="z"))
    assert found[0].story != found[1].story


def test_the_same_stream_in_another_process_has_the_same_answers() -> None:
    """Nothing may hang on Python's own hashes, which are other ones in every process."""
    import subprocess
    import sys

    script = (
        "import sys; sys.path.insert(0, '.'); from tests.test_stories_memory import own_set; from bot.stories import Memory; "
        "import json; m = Memory(); print(json.dumps([m.place(a).story for a in own_set()[0][:150]]))"
    )
    told: Iterable[list[str]] = (
        json.loads(
            subprocess.run(
                [sys.executable, "-c", script],
                env={"PYTHONHASHSEED": seed, "PATH": ""},
                capture_output=True,
                check=True,
                cwd=Path(__file__).parent.parent,
            ).stdout
        )
        for seed in ("1", "2")
    )
    first, second = told
    assert first == second


def test_no_two_items_of_a_real_feed_are_one() -> None:
    """Templates, teasers, comments and listings of one publisher: folding any of them would lose an alert."""
    if not FEEDS.is_dir():
        pytest.skip("the collection of real feeds lies outside the repository")
    articles, folded = 0, []
    memory = Memory()
    for path in sorted(FEEDS.iterdir()):
        try:
            parsed = parse(path.read_bytes(), url="https://example.com/feed")
        except SourceError:
            continue
        source_of = {}
        for one in parsed.articles:
            articles += 1
            place = memory.place(replace(one, id=f"{path.name} {one.id}", source=path.name), NOON)
            source_of[f"{path.name} {one.id}"] = one
            if place.copy_of in source_of:
                folded.append((one.title, source_of[place.copy_of].title))
    assert articles > 1_000
    assert folded == []


class TestMoving:
    """An editor has put the limits of a story right."""

    LATER = (
        "Jumlah rumah yang rusak akibat gempa di Palu, Sulawesi Tengah, menurut Kepala BPBD Rahmat Lamakarate mencapai "
        "seratus lebih, terbanyak di Kecamatan Tatanga. Warga di lapangan Vatulemo mulai pulang."
    )

    def test_what_is_like_a_moved_article_follows_it(self) -> None:
        memory = Memory()
        first, second = article("a"), article("b", self.LATER)
        assert memory.place(first).story == memory.place(second).story == "a"
        memory.move([second], "b")
        assert memory.place(article("c", f"{self.LATER} Sekian.")) == Place("b", "b", 1.0)
        assert memory.place(article("d")).story == "a"

    def test_a_memory_that_recalls_the_move_is_the_same(self) -> None:
        every = [article("a"), article("b", self.LATER), article("c", REPORT)]
        memory, again = Memory(), Memory()
        placed = [memory.place(one) for one in every]
        memory.move([every[0], every[2]], "new")
        for one, place in zip(every, placed, strict=True):
            again.recall(one, replace(place, story="a" if one.id == "b" else "new"))
        for number, body in enumerate((REPORT, self.LATER, WEATHER)):
            one = article(f"next {number}", body.replace("Palu", "Sigi"))
            assert memory.place(one) == again.place(one)

    def test_two_stories_become_one(self) -> None:
        memory = Memory()
        memory.place(article("a"))
        weather = article("b", WEATHER.format(where="Bogor", low=23, high=31, wet=80, wind=10))
        assert memory.place(weather).story == "b"
        memory.move([weather], "a")
        assert memory.place(article("c", weather.body)).story == "a"

    def test_a_copy_alone_speaks_for_its_new_story(self) -> None:
        memory = Memory()
        copied = article("b", _words(0.6))
        memory.place(article("a"))
        assert memory.place(copied).copy_of == "a"
        memory.move([copied], "b")
        assert memory.place(article("c", _words(0.6))).story in ("a", "b")
        again = Memory()
        again.recall(article("a"), Place("a"))
        again.recall(copied, Place("b"))
        one = article("d", self.LATER)
        assert memory.place(one).story == again.place(one).story

    def test_what_is_not_remembered_is_not_moved(self) -> None:
        memory = Memory()
        memory.place(article("a"))
        memory.move([article("elsewhere")], "new")
        assert memory.place(article("b")) == Place("a", "a", 1.0)

    def test_moved_articles_are_forgotten_like_others(self) -> None:
        memory = Memory()
        memory.place(article("a"), NOON)
        memory.move([article("a")], "new")
        for number in range(3):
            memory.place(article(f"z{number}", WEATHER), NOON + timedelta(days=20))
        assert len(memory) == 3


def test_what_may_begin_no_story_is_kept_only_where_it_belongs_to_one() -> None:
    memory = Memory()
    first = article("first")
    assert memory.place(first, may_begin=False) == Place("first") and len(memory) == 0
    assert memory.place(first).story == "first" and len(memory) == 1
    again = article("again")
    assert memory.place(again, may_begin=False).copy_of == "first" and len(memory) == 2
