"""Articles, matches and summaries go through a pipe without loss, and a bad line stops nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jsonl import BadLine, Record, article_line, match_line, read, summary_line
from bot.model import Article, Hit, Match, Passage
from bot.summary import Cited, Summary

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ARTICLES = st.builds(
    Article,
    id=TEXT.filter(bool),
    url=TEXT,
    title=TEXT.map(lambda title: f"a{title}"),
    body=TEXT,
    lang=TEXT,
    source=TEXT,
    author=TEXT,
    published=st.none() | st.datetimes(timezones=st.sampled_from([UTC])),
)


def one(line: str) -> Record:
    (record,) = read([line])
    assert isinstance(record, Record), record
    return record


@given(
    article=ARTICLES, extra=st.dictionaries(TEXT.map(lambda key: f"x{key}"), st.integers() | st.lists(TEXT))
)
def test_an_article_comes_out_of_a_pipe_as_it_went_in(article: Article, extra: dict[str, object]) -> None:
    assert one(article_line(article, extra)) == Record(article, extra)


def test_a_line_has_only_the_fields_that_are_known_and_its_date_in_rfc_3339() -> None:
    article = Article("a1", title="Café", published=datetime(2024, 6, 19, 3, 4, tzinfo=UTC))
    assert article_line(article) == '{"id": "a1", "title": "Café", "published": "2024-06-19T03:04:00Z"}'


def test_a_date_keeps_its_own_offset() -> None:
    line = article_line(one('{"title": "x", "published": "2024-06-19T10:04:00+07:00"}').article)
    assert json.loads(line)["published"] == "2024-06-19T10:04:00+07:00"


def test_unknown_fields_never_replace_known_ones() -> None:
    assert json.loads(article_line(Article("1", title="kita"), {"title": "lain", "story": "s"})) == {
        "id": "1",
        "title": "kita",
        "story": "s",
    }


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('["a"]', "expected an object, found list"),
        ('{"title": 5}', "title: expected text, found int"),
        ('{"id": true, "title": "x"}', "id: expected text, found bool"),
        ('{"url": "https://a.example", "title": " "}', "neither title nor body"),
        ('{"title": "x", "published": "kemarin"}', "published: 'kemarin' is not a date"),
        ('{"title": "x", "published": "2024-06-19T10:00:00"}', "has no time zone"),
    ],
)
def test_a_bad_line_is_reported_with_its_number_and_the_rest_go_on(line: str, why: str) -> None:
    before, bad, after = read(['{"title": "a"}\n', "\n", line, '{"title": "b"}'])
    assert isinstance(bad, BadLine)
    assert bad.number == 3
    assert why in bad.why
    assert isinstance(before, Record)
    assert isinstance(after, Record)
    assert (before.article.title, after.article.title) == ("a", "b")


def test_an_article_is_read_before_the_next_line_is_asked_for() -> None:
    def lines() -> Iterator[str]:
        yield '{"title": "a"}'
        raise AssertionError("read ahead")

    assert isinstance(next(read(lines())), Record)


def test_an_article_without_an_id_gets_one_from_its_text_and_address() -> None:
    line = '{"url": "https://a.example/1", "title": "a", "body": "b"}'
    assert one(line).article.id == one(line).article.id != ""
    for other in (line.replace("/1", "/2"), line.replace('"a"', '"c"'), line.replace('"b"', '"c"')):
        assert one(other).article.id != one(line).article.id


def test_a_number_for_an_id_and_null_for_a_field_are_understood() -> None:
    assert one('{"id": 7, "title": "a", "body": null}').article == Article("7", title="a")


def test_a_byte_order_mark_and_half_a_letter_harm_nothing() -> None:
    article = one('\ufeff{"id": "1", "title": "a\\ud800b"}').article
    assert article.title == "a\ufffdb"
    article_line(article, {"x": "\udfff"}).encode()


def test_a_match_says_where_each_word_stands() -> None:
    hits = (
        Hit("Korea Utara", "body", 9, 20, "Korea Utara", glued=True),
        Hit("Putin", "title", 0, 5, "Putin"),
    )
    line = match_line(Article("1"), Match("w", hits, Passage("body", 0, 30, "Kalimatnya.")))
    assert json.loads(line) == {
        "article": "1",
        "watch": "w",
        "hits": [
            {
                "term": "Korea Utara",
                "field": "body",
                "start": 9,
                "end": 20,
                "text": "Korea Utara",
                "glued": True,
            },
            {"term": "Putin", "field": "title", "start": 0, "end": 5, "text": "Putin"},
        ],
        "sentence": "Kalimatnya.",
    }


def test_a_summary_cites_each_sentence_and_says_what_it_covers() -> None:
    date = datetime(2024, 6, 19, tzinfo=UTC)
    summary = Summary((Cited("Satu.", Article("1", body="Satu."), "body", 0, 5),), 3, (date, date), 2)
    assert json.loads(summary_line(summary)) == {
        "sentences": [{"text": "Satu.", "cites": [{"article": "1", "start": 0, "end": 5, "field": "body"}]}],
        "articles": 3,
        "period": ["2024-06-19T00:00:00Z", "2024-06-19T00:00:00Z"],
        "left_out": 2,
    }
    assert json.loads(summary_line(Summary((), 0, None, 0)))["period"] is None


def test_tags_go_through_and_back() -> None:
    (record,) = read(['{"id": "a", "body": "x", "tags": ["Dunia", "Asia"]}'])
    assert isinstance(record, Record) and record.article.tags == ("Dunia", "Asia")
    assert json.loads(article_line(record.article, record.extra))["tags"] == ["Dunia", "Asia"]
    (bad,) = read(['{"id": "a", "body": "x", "tags": "Dunia"}'])
    assert isinstance(bad, BadLine) and bad.why == "tags: expected a list of texts"
