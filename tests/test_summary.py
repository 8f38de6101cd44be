"""A summary is made of the articles' own sentences, spread over the stories, and says where each stands."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Article
from bot.summary import Mark, Story, Summary, contradictions, gist, headline, rank, summarise
from bot.summary.extract import best_first

NOON = datetime(2024, 6, 19, 12, tzinfo=UTC)
SEED = Path(__file__).parents[2] / "shared" / "seed"

QUAKE = """JAKARTA, KOMPAS.com – Gempa bermagnitudo 6,2 mengguncang Kota Palu pada Rabu pagi.

Baca juga: Gempa Palu 2018 dalam gambar yang belum pernah dilihat.

Badan penanggulangan bencana mencatat dua belas warga tewas di tiga kecamatan.

Bandara Mutiara ditutup sampai Kamis malam karena landasannya retak."""
QUAKE_LEAD = "Gempa bermagnitudo 6,2 mengguncang Kota Palu pada Rabu pagi."

MATCH = """Persija menang dua gol atas Arema dalam pertandingan terakhir musim ini di Stadion Gelora.

Pelatih tim tamu mengundurkan diri seusai laga yang diwarnai tiga kartu merah itu."""


def article(id: str, body: str = "", *, title: str = "", source: str = "", hours: float = 0) -> Article:
    return Article(
        id, title=title, body=body, source=source or f"s{id}", published=NOON + timedelta(hours=hours)
    )


def alone(*articles: Article) -> list[Story]:
    return [Story((one,)) for one in articles]


def texts(summary: Summary) -> list[str]:
    return [cited.text for cited in summary.sentences]


def test_sentences_are_quoted_in_their_own_order_without_the_dateline_and_the_pointers() -> None:
    assert texts(summarise(alone(article("1", QUAKE)), sentences=3)) == [
        QUAKE_LEAD,
        "Badan penanggulangan bencana mencatat dua belas warga tewas di tiga kecamatan.",
        "Bandara Mutiara ditutup sampai Kamis malam karena landasannya retak.",
    ]


def test_every_story_gets_one_sentence_before_any_gets_two() -> None:
    summary = summarise(alone(article("1", QUAKE), article("2", MATCH)), sentences=3)
    assert [cited.article.id for cited in summary.sentences] == ["1", "1", "2"]


def test_a_second_report_of_the_same_event_does_not_take_the_place_of_another_event() -> None:
    again = QUAKE.replace("Rabu pagi", "Rabu pagi waktu setempat")
    summary = summarise(alone(article("1", QUAKE), article("2", again), article("3", MATCH)), sentences=2)
    assert [cited.article.id for cited in summary.sentences] == ["1", "3"]


def test_nothing_is_said_twice_even_when_there_is_nothing_else_to_say() -> None:
    summary = summarise(alone(*(article(str(at), QUAKE) for at in range(20))), sentences=5)
    assert len(texts(summary)) == len(set(texts(summary))) == 3


def test_a_summary_says_what_it_covers_and_what_it_leaves_out() -> None:
    stories = [
        Story((article("1", QUAKE, hours=-5), article("2", QUAKE))),
        *alone(article("3", MATCH), Article("4", body=MATCH)),
    ]
    summary = summarise(stories, sentences=1)
    assert (summary.articles, summary.left_out) == (4, 2)
    assert summary.period == (NOON - timedelta(hours=5), NOON)


def test_of_nothing_there_is_an_empty_summary() -> None:
    assert summarise([], sentences=3) == Summary((), 0, None, 0)
    assert summarise(alone(Article("1")), sentences=3).sentences == ()


def test_an_article_without_a_quotable_sentence_is_quoted_by_its_title() -> None:
    stump = "Presiden Rusia tiba di Pyongyang pada Rabu dan …"
    stories = alone(article("1", stump, title=" Putin tiba di Pyongyang "))
    (cited,) = summarise(stories, sentences=3).sentences
    assert (cited.text, cited.field) == ("Putin tiba di Pyongyang", "title")


def test_the_sentence_that_carries_the_title_is_preferred() -> None:
    body = """Hujan turun sejak pagi di hampir seluruh wilayah ibu kota.

    Warga membuka payung dan berjalan pelan menuju stasiun.

    Harga beras medium melonjak tajam di pasar induk Cipinang."""
    untitled = summarise(alone(article("1", body)), sentences=2)
    titled = summarise(alone(article("1", body, title="Harga beras melonjak di Cipinang")), sentences=2)
    assert not texts(untitled)[-1].startswith("Harga beras")
    assert texts(titled)[-1].startswith("Harga beras")


def test_what_was_agreed_late_in_a_report_is_quoted_before_the_colour_at_its_beginning() -> None:
    body = """Presiden tiba di bandara pada Rabu malam dengan pesawat kepresidenan yang baru.

    Tuan rumah menyambut tamunya dengan hangat di ujung karpet merah yang panjang sekali.

    Jalan menuju wisma dihiasi lampu, bendera, dan bunga segar dari tiga provinsi terdekat.

    Kedua negara menandatangani perjanjian pertahanan dan menolak sanksi yang berlaku."""
    assert "perjanjian pertahanan" in texts(summarise(alone(article("1", body)), sentences=3))[-1]


def toll(id: str, number: str, *, source: str, hours: float, more: str = "") -> Article:
    body = f"Gempa di Kota Palu menewaskan {number} orang menurut badan penanggulangan bencana daerah.{more}"
    return article(id, body, source=source, hours=hours)


def test_a_number_that_has_changed_is_told_in_its_latest_state() -> None:
    reports = [
        toll(str(at), number, source="antara", hours=at) for at, number in enumerate(("12", "20", "1.035"))
    ]
    (said,) = summarise([Story(tuple(reports))], sentences=3).sentences
    assert "menewaskan 1.035 orang" in said.text
    assert said.article.id == "2"


def test_the_outlets_of_one_story_take_turns() -> None:
    reports = [
        article("1", QUAKE, source="a"),
        article("2", f"{QUAKE}\n\n{MATCH}", source="b", hours=1),
        article(
            "3",
            "Presiden terbang ke Palu untuk meninjau rumah sakit darurat yang didirikan tentara.",
            source="c",
            hours=2,
        ),
    ]
    said = summarise([Story(tuple(reports))], sentences=5).sentences
    assert {one.article.source for one in said} == {"a", "b", "c"}
    assert len(texts(summarise([Story(tuple(reports))], sentences=50))) == len(
        set(texts(summarise([Story(tuple(reports))], sentences=50)))
    )


def test_two_outlets_that_give_two_numbers_contradict_each_other() -> None:
    one, other = toll("1", "12", source="antara", hours=0), toll("2", "dua", source="kompas", hours=1)
    (found,) = contradictions(Story((one, other)))
    assert {found.one.article.id, found.other.article.id} == {"1", "2"}
    assert found.one.text == found.one.article.body[found.one.start : found.one.end]


@pytest.mark.parametrize(
    "other",
    [
        toll("2", "12", source="kompas", hours=1),
        toll("2", "20", source="antara", hours=1),
        article("2", "Banjir di Kota Semarang merendam 40 orang pedagang pasar sejak Selasa malam."),
        article(
            "2", "Gempa di Kota Palu pada 2018 menurut badan penanggulangan bencana daerah terjadi lagi."
        ),
    ],
    ids=["same number", "its own correction", "another event", "no count"],
)
def test_what_is_no_contradiction_is_not_shown_as_one(other: Article) -> None:
    assert contradictions(Story((toll("1", "12", source="antara", hours=0), other))) == ()


def test_the_gist_is_two_to_five_sentences_in_their_order() -> None:
    long = "\n\n".join(
        f"Pernyataan nomor {word} dari panitia acara itu menyebut jumlah peserta yang datang ke lapangan utama."
        for word in [
            "satu",
            "dua",
            "tiga",
            "empat",
            "lima",
            "enam",
            "tujuh",
            "delapan",
            "sembilan",
            "sepuluh",
        ]
    )
    chosen = gist(article("1", long))
    assert 2 <= len(chosen) <= 5
    assert chosen == sorted(chosen, key=lambda one: one.start)
    assert gist(article("1", "Satu kalimat saja yang ada di sini.")) != []
    assert gist(Article("1")) == []


PIECES = [
    QUAKE,
    MATCH,
    "Suara.com - ",
    "Foto: Antara\n",
    "***",
    "“Ya!” ",
    "Ia. ",
    "\n\n",
    "习近平访问。",
    "\ud800",
]
BODIES = st.lists(st.sampled_from(PIECES), max_size=6).map("".join) | st.text(max_size=80)


@given(bodies=st.lists(BODIES, max_size=5), title=st.text(max_size=20), count=st.integers(0, 6))
def test_every_sentence_is_found_letter_for_letter_at_its_offsets(
    bodies: list[str], title: str, count: int
) -> None:
    stories = alone(*(Article(str(at), title=title, body=body) for at, body in enumerate(bodies)))
    summary = summarise(stories, sentences=count)
    assert len(summary.sentences) <= count
    for cited in summary.sentences:
        assert cited.text == cited.article.field(cited.field)[cited.start : cited.end]
        assert cited.text.strip() == cited.text != ""


def test_stories_are_ranked_by_sources_then_matches_then_age() -> None:
    many = [article(f"m{at}", MATCH, hours=-9 - at) for at in range(3)]
    hit, late, early = article("h", hours=-8), article("l", hours=-1), article("e", hours=-7)
    same_outlet = [article("o1", source="o", hours=-6), article("o2", source="o", hours=-5)]
    keys = {one.id: "many" for one in many} | {one.id: "outlet" for one in same_outlet}
    stories = rank([early, late, *same_outlet, hit, *many], keys, {"h": 2})
    assert [story.first.id for story in stories] == ["m2", "h", "l", "o1", "e"]
    assert [story.sources for story in stories] == [3, 1, 1, 1, 1]


def test_of_stories_with_equal_sources_and_urgency_the_further_reaching_outlet_comes_first() -> None:
    outlets = {"blog": 4, "local": 3, "": 2, "national": 1, "wire": 0}
    articles = [replace(article(tier or "none", hours=hours), tier=tier) for tier, hours in outlets.items()]
    stories = rank(articles, {}, {"blog": 9})
    assert [story.first.tier for story in stories] == ["wire", "national", "local", "", "blog"]
    urgent = rank(articles, {}, {}, {"blog": 1})
    assert urgent[0].first.tier == "blog"


def test_the_first_one_published_speaks_for_a_story() -> None:
    """One without a date cannot say that it was first."""
    articles = [Article("x"), article("b", hours=2), article("a", hours=1)]
    (story,) = rank(articles, dict.fromkeys("xab", "same"))
    assert [one.id for one in story.articles] == ["a", "b", "x"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Article("1", title="  Putin tiba\n di Pyongyang "), "Putin tiba di Pyongyang"),
        (Article("1", body=QUAKE), QUAKE_LEAD),
        (Article("1", body="Foto: Antara\nJudul di baris pertama\nIsi berita."), "Judul di baris pertama"),
        (Article("1", url="https://a.example/1"), "https://a.example/1"),
        (Article("1", body="kata " * 100), "kata " * 23 + "kata…"),
        (Article("1", title="x" * 5_000_000), "x" * 299 + "…"),
    ],
    ids=["title", "dateline", "caption", "address", "clipped", "monster"],
)
def test_a_headline_is_one_short_line(given: Article, said: str) -> None:
    assert headline(given) == said


def test_a_thousand_articles_take_a_second() -> None:
    """Also when all are nearly the same, so that every sentence is weighed. Doubled for slow machines."""
    articles = [article(str(at), f"{QUAKE}\n\n{MATCH} {at}", hours=-at) for at in range(1000)]
    begun = time.process_time()
    assert len(summarise(rank(articles, {}), sentences=50).sentences) == 5
    assert time.process_time() - begun < 2


def test_what_is_watched_is_told_once_and_displaces_no_fact_of_the_sample_report() -> None:
    if not SEED.exists():
        pytest.skip("the sample report is not on this machine")
    (file,) = SEED.glob("*.txt")
    body = file.read_text(encoding="utf-8")

    def marks(_: Article) -> list[Mark]:
        return [
            Mark(word, found.start(), found.end())
            for word in ("Putin", "sanksi")
            for found in re.finditer(word, body)
        ]

    said = texts(summarise(alone(Article("1", body=body)), sentences=5, marks=marks))
    for fact in ("disambut", "kemitraan strategis", "menuding Korea Utara menyuplai senjata", "sanksi"):
        assert any(fact in one for one in said), fact


def test_what_is_watched_tips_the_scale_and_no_more() -> None:
    """Two sentences that say as much: the watched one comes first; a photo credit never comes."""
    body = (
        f"{QUAKE}\n\nPemerintah daerah membuka dapur umum untuk warga di lapangan kota pada sore hari itu juga.\n\n"
        "Tentara mendirikan tenda darurat bagi warga di halaman sekolah pada sore hari itu juga.\n\n"
        "(Foto: Antara/tenda)"
    )
    at = body.index("tenda darurat")
    last = body.rindex("tenda")
    watched = [Mark("tenda", at, at + 5), Mark("foto", last, last + 5)]
    order = [
        next(
            at
            for at, one in enumerate(best_first(Article("1", body=body), marks=its))
            if "tenda" in body[one.start : one.end]
        )
        for its in ((), watched)
    ]
    assert order[1] < order[0]
    assert not any(
        "Foto" in body[one.start : one.end] for one in best_first(Article("1", body=body), marks=watched)
    )


def test_the_sample_report_is_told_by_its_three_facts() -> None:
    """Who, where and when; the partnership that was signed; the sanctions and the arms that are alleged."""
    if not SEED.exists():
        pytest.skip("the sample report is not on this machine")
    (file,) = SEED.glob("*.txt")
    said = texts(summarise(alone(Article("1", body=file.read_text(encoding="utf-8"))), sentences=5))
    assert said[0].split()[:3] == ["Vladimir", "Putin", "disambut"]
    assert any("kemitraan strategis" in one for one in said)
    assert any("menuding Korea Utara menyuplai senjata" in one for one in said)
    assert not any(one.startswith("Foto") for one in said)
