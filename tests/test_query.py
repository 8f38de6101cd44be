"""Which articles a query finds, and on which letters."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import QueryError
from bot.model import Article, Hit
from bot.query import Index, parse
from tests.engines import each_engine  # noqa: F401  # both engines of the index are asked

SHARED = Path(__file__).parents[2] / "shared"


def hits(query: str, body: str, title: str = "") -> list[Hit]:
    index = Index()
    index.add("watch", parse(query))
    return list(index.match(Article("1", title=title, body=body)).get("watch", ()))


def found(query: str, body: str) -> list[str]:
    return [hit.text for hit in hits(query, body)]


@pytest.mark.parametrize(
    ("query", "body", "expected"),
    [
        ("Putin", "Putin, kata PUTIN. Rasputin!", ["Putin", "PUTIN"]),
        ("sanksi", "sanksinya dan sanksi-lah, bukan disanksi", ["sanksinya", "sanksi"]),
        ('"Korea Utara"', "Korea\nUtara, Korea-Utara; Korea. Utara", ["Korea\nUtara", "Korea-Utara"]),
        ('"Korea Utara"', "sikap Korea Utaranya, Koreanya Utara", ["Korea Utaranya"]),
        ('"Kim Jong Un"', "Kim Kim Jong Un", ["Kim Jong Un"]),
        ("Putin, Kim", "Kim dan Xi", ["Kim"]),
        ("Putin Kim", "Kim dan Xi", []),
        ("buku", "bunya", []),
        ("strasse", "Die Straße!", ["Straße"]),
        ("final", "ﬁnal", ["ﬁnal"]),
        ("G20", "KTT G-20 dan G20, bukan G201", ["G-20", "G20"]),
        ("TikTok", "TikTok, Tiktok, tiktoknya", ["TikTok", "Tiktok", "tiktoknya"]),
        ("朝鲜", "俄罗斯总统普京访问朝鲜。", ["朝鲜"]),
    ],
)
def test_a_query_finds_these_letters_and_no_others(query: str, body: str, expected: list[str]) -> None:
    assert found(query, body) == expected


def test_a_glued_word_is_found_at_the_seam() -> None:
    body = "tiba di PyongyangKorea Utara, Rabu"
    assert hits('"Korea Utara"', body) == [Hit("Korea Utara", "body", 17, 28, "Korea Utara", glued=True)]
    assert hits("Pyongyang", body)[0].glued


def test_a_part_of_a_short_seam_is_no_word() -> None:
    assert found("Donald", "McDonald") == []
    assert found("20", "KTT G20") == []


def test_hits_are_ordered_title_first() -> None:
    got = hits("Kim, Putin", "Putin dan Kim", title="Kim hadir")
    assert [(hit.field, hit.start, hit.term) for hit in got] == [
        ("title", 0, "Kim"),
        ("body", 0, "Putin"),
        ("body", 10, "Kim"),
    ]


def test_a_removed_query_finds_nothing() -> None:
    index = Index()
    index.add("a", parse("Putin"))
    index.add("b", parse("Putin"))
    index.remove("a")
    assert len(index) == 1
    assert "a" not in index
    assert set(index.match(Article("1", body="Putin"))) == {"b"}


def test_a_query_added_again_replaces_the_first() -> None:
    index = Index()
    index.add("a", parse("Putin"))
    index.add("a", parse("Kim"))
    assert not index.match(Article("1", body="Putin"))
    assert set(index.match(Article("1", body="Kim"))) == {"a"}


@pytest.mark.parametrize("query", ["", "  ", '"Korea Utara', "...", ","])
def test_a_query_that_cannot_be_read_is_refused_where_it_is_wrong(query: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(query)
    assert 0 <= refused.value.start <= refused.value.end <= len(query)


def test_terms_are_listed_once_as_written() -> None:
    assert parse('Putin, "Korea Utara", Putin').terms == ("Putin", "Korea Utara")


@given(st.text(), st.text(alphabet="abCD é\n-'ßﬁ朝12.", max_size=40))
def test_a_hit_is_the_letters_it_points_at(text: str, more: str) -> None:
    article = Article("1", title=more, body=text + more)
    index = Index()
    for key in ("a", "ab", "c", "ss", "fi", "朝", "12", '"a b"', '"b ss"', "朝朝"):
        index.add(key, parse(key))
    for key in re.findall(r"\w+", text):
        index.add(f"text:{key}", parse(f'"{key}"') if key.strip("_") else parse("a"))
    for found_hits in index.match(article).values():
        for hit in found_hits:
            assert article.field(hit.field)[hit.start : hit.end] == hit.text
            assert hit.start < hit.end


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared seed article is not on this machine")
def test_the_seed_article_counts_as_a_simple_count_does() -> None:
    for path in sorted((SHARED / "seed").glob("*.txt")):
        body = path.read_text(encoding="utf-8")
        assert len(found("Putin", body)) == len(re.findall(r"\bPutin\b", body))
        assert len(found('"Korea Utara"', body)) == len(re.findall(r"Korea Utara\b", body))
        assert len(found("sanksi", body)) == len(re.findall(r"\bsanksi\b", body, re.IGNORECASE))
        assert [hit.glued for hit in hits('"Korea Utara"', body)].count(True) == 1


def cases() -> list[tuple[str, str, str, str]]:
    path = SHARED / "matching" / "cases.tsv"
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(query, text, want, why) for query, text, want, why in (line.split("\t") for line in lines)]


@pytest.mark.skipif(not cases(), reason="the shared cases are not on this machine")
def test_the_shared_cases_pass() -> None:
    wrong = [
        (query, text, why)
        for query, text, want, why in cases()
        if bool(found(query, text.replace("\\n", "\n"))) != (want == "yes")
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("query", "body", "expected"),
    [
        ("sanksi", "sanksi-sanksi baru", ["sanksi-sanksi"]),
        ("sanksi{2}", "sanksi-sanksi baru", []),
        ("Putin NEAR/1 Kim", "Kim Putin", ["Kim", "Putin"]),
        ("Putin NEAR/2 Kim", "Kim dan Xi dan Putin. Kim", ["Putin", "Kim"]),
        ("(Putin OR Kim) NEAR/2 (sanksi OR embargo)", "Xi, Kim: embargo", ["Kim", "embargo"]),
        ("Putin NEAR/2 sanksi NEAR/2 Kim", "Putin sanksi baru Kim", ["sanksi", "Kim"]),
        ("Putin NEAR/5 Putin", "Putin tiba", []),
        ("~serang", "diserangnya Serangga penyerangan", ["diserangnya", "penyerangan"]),
        ("case:(Bank)", "bank Bank BANK", ["Bank"]),
        ('raw:"iPhone 5"', "iPhone 5, iphone 5, iPhone  5", ["iPhone 5"]),
        ('raw:"C++"', "C, C++", ["C"]),
        ("C++", "C, C++, C#", ["C"]),
        ("R&D", "R&D, R & D, R D", ["R&D", "R & D"]),
        ("naïve", "naive naïve NAÏVE", ["naïve", "NAÏVE"]),
        ("COVID-19", "Covid 19, covid19, COVID-19, covid 20", ["Covid 19", "covid19", "COVID-19"]),
        ("Zel?n*", "Zelenskyy Zelda zalon", ["Zelenskyy"]),
        ("朝鲜", "朝 鲜 朝鲜", ["朝鲜"]),
        ("2024", "2024Presiden", ["2024"]),
        ('"Bank BRI"', "Bank. BRI", []),
    ],
)
def test_the_whole_language_finds_these_letters(query: str, body: str, expected: list[str]) -> None:
    assert found(query, body) == expected


def test_near_does_not_reach_from_the_title_into_the_body() -> None:
    assert not hits("Kim NEAR/2 Putin", "Putin", title="Kim")
    assert not hits('"Kim Putin"', "Putin", title="Kim")


@pytest.mark.parametrize(
    ("query", "yes"),
    [
        ("title:Kim", True),
        ("title:Putin", False),
        ("lead:Putin", True),
        ("lead:Xi", False),
        ("body:Xi", True),
        ("Putin author:budi", True),
        ("Putin author:ani", False),
        ("source:kompas", True),
        ("Xi site:kompas.com", True),
        ("Xi site:pas.com", False),
        ("Xi lang:id", True),
        ("Xi country:id", False),
        ("tag:ekonomi NOT Putin", False),
        ("tag:ekonomi Xi", True),
    ],
)
def test_a_field_limits_where_is_looked(query: str, yes: bool) -> None:
    article = Article(
        "1", title="Kim hadir", body="Putin tiba.\nXi tidak.", lang="id", source="Kompas", author="Budi S.",
        url="https://www.kompas.com/a", tags=("Ekonomi",),
    )  # fmt: skip
    index = Index()
    index.add("watch", parse(query))
    assert bool(index.match(article)) is yes


@pytest.mark.parametrize("query", ["sanksi", "~serang", "Zelensk*", "sit?", '"Korea Utara"'])
def test_a_query_added_later_finds_words_seen_before(query: str) -> None:
    article = Article("1", body="sanksi menyerang Zelenskyy situ Korea Utara")
    index = Index()
    assert not index.match(article)
    index.add("watch", parse(query))
    assert "watch" in index.match(article)
    index.remove("watch")
    assert not index.match(article)
    index.add("watch", parse(query))
    assert "watch" in index.match(article)


def test_a_sample_of_articles_changes_no_answer() -> None:
    article = Article("1", body="Putin mengecam sanksi Barat", lang="id")
    for sample in ([], [article] * 3):
        index = Index(sample)
        index.add("a", parse("Putin AND sanksi"))
        index.add("b", parse("Putin AND Kim"))
        assert set(index.match(article)) == {"a"}
