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


# What the first version of the language cannot say yet.
LATER = re.compile(r"[~*?({:]|\b(AND|OR|NOT|O?NEAR)\b|^naïve$|^북한$|^minister$")


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
        if not LATER.search(query) and bool(found(query, text.replace("\\n", "\n"))) != (want == "yes")
    ]
    assert wrong == []
