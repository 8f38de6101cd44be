"""Only what is new in a document is parsed, and it is the same as if all of it had been."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.errors import SourceError
from bot.model import Article
from bot.sources import Parsed, owner_of, parse, unchanged, whole
from bot.sources.decoding import decode
from bot.sources.items import cut

FEEDS = Path(__file__).parent / "data" / "feeds"
REAL = Path(__file__).parents[2] / "shared" / "data" / "feeds"
URL = "https://example.com/rss"


def of(document: bytes | str, memo: bytes = b"") -> Parsed:
    return parse(document.encode() if isinstance(document, str) else document, url=URL, memo=memo)


def rss(*items: str, head: str = "<title>Contoh</title>") -> str:
    return f"<rss><channel>{head}{''.join(items)}</channel></rss>"


def item(title: str, guid: str = "", rest: str = "") -> str:
    return f"<item><title>{title}</title><guid isPermaLink='false'>{guid or title}</guid>{rest}</item>"


def titles(parsed: Parsed) -> list[str]:
    return [article.title for article in parsed.articles]


def test_only_new_items_are_articles_the_second_time() -> None:
    first = of(rss(item("A"), item("B")))
    second = of(rss(item("C"), item("A"), item("B")), first.memo)
    assert (titles(second), second.items, second.known) == (["C"], 3, 2)
    assert second.articles == of(rss(item("C"), item("A"), item("B"))).articles[:1]


def test_an_item_whose_words_changed_is_read_again_under_its_id() -> None:
    first = of(rss(item("A", "1")))
    second = of(rss(item("A, diralat", "1")), first.memo)
    assert titles(second) == ["A, diralat"]
    assert second.articles[0].id == first.articles[0].id


def test_a_document_that_did_not_change_is_known_without_a_look_inside() -> None:
    document = rss(item("A"), item("B")).encode()
    memo = of(document).memo
    owner = owner_of(URL, "auto", "")
    assert unchanged(memo, owner, whole(document)) == 2
    assert unchanged(memo, owner, whole(document + b" ")) is None
    assert unchanged(memo, owner_of(URL, "auto", "another name"), whole(document)) is None
    assert unchanged(b"", owner, whole(document)) is None


def test_what_a_memo_remembers_holds_for_its_source_only() -> None:
    first = of(rss(item("A")))
    other = parse(rss(item("A")).encode(), url="https://example.org/rss", memo=first.memo)
    assert titles(other) == ["A"]


def test_a_damaged_memo_of_this_source_is_never_made() -> None:
    """A title of the feed that would not fit is read again each time."""
    document = rss(item("A"), head=f"<title>{'x' * 5_000}</title><language>id</language>")
    second = of(document.replace("</channel>", f"{item('B')}</channel>"), of(document).memo)
    assert [(one.title, one.lang) for one in second.articles] == [("B", "id")]


def test_an_item_with_a_problem_is_tried_and_told_every_time() -> None:
    document = rss(item("A"), "<item/>", item("B"))
    first = of(document)
    again = of(document, first.memo)
    assert first.problems == again.problems and "Item 2 of 3 is empty." in again.problems
    assert (titles(again), again.known) == ([], 2)
    assert unchanged(first.memo, owner_of(URL, "auto", ""), whole(document.encode())) is None


def test_half_an_item_is_not_remembered() -> None:
    whole = rss(item("A"), item("B", rest="<description>Isi tentang Putin</description>"))
    first = of(whole[: whole.index("tentang")])
    assert titles(of(whole, first.memo)) == ["B"]


def test_the_guid_of_a_known_item_still_counts_in_a_quarrel() -> None:
    """Two texts under one guid: the new one must not pass for the known one."""
    first = of(rss(item("A", "sama"), item("X")))
    both = rss(item("B", "sama"), item("A", "sama"), item("X"))
    second = of(both, first.memo)
    assert titles(second) == ["B"]
    assert second.articles[0].id == of(both).articles[0].id != first.articles[0].id


def test_a_feed_whose_guids_are_all_the_same_still_works() -> None:
    known: set[str] = set()
    memo = b""
    for number in range(1, 6):
        parsed = of(rss(*(item(f"Berita {one}", "1") for one in range(max(1, number - 2), number + 1))), memo)
        memo = parsed.memo
        fresh = [one for one in parsed.articles if one.id not in known]
        assert f"Berita {number}" in [one.title for one in fresh]
        known |= {one.id for one in parsed.articles}
    assert len(known) <= 6  # the first changes its key once, when it is no longer alone


def test_items_of_a_json_feed_are_remembered_too() -> None:
    first = of('{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "A"}]}')
    second = of(
        '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": 2, "title": "B"}, {"id": "1", "title": "A"}]}',
        first.memo,
    )
    assert (titles(second), second.known) == (["B"], 1)


def test_sixty_thousand_items_are_read_over_several_polls_and_none_twice() -> None:
    document = rss(*(f"<item><guid>g{number}</guid></item>" for number in range(5_000)))
    seen: list[str] = []
    memo = b""
    for _ in range(3):
        parsed = of(document, memo)
        memo = parsed.memo
        seen += [one.id for one in parsed.articles]
    assert len(seen) == len(set(seen)) == 5_000
    assert parsed.problems == ()


def pairs() -> Iterator[tuple[Path, bytes, bytes]]:
    """Each feed without its first item, and whole."""
    for path in sorted(FEEDS.iterdir()) + (sorted(REAL.iterdir()) if REAL.is_dir() else []):
        text, _ = decode(path.read_bytes())
        document = text.encode()
        pieces = cut(document)
        if len(pieces) > 1 and pieces[0].closed:
            older = text[: pieces[0].start] + text[pieces[0].end :]
            yield (
                path,
                older.encode("utf-16"),
                text.encode("utf-16"),
            )  # a byte order mark outdoes any declaration


def test_in_every_feed_the_new_item_is_the_article_it_is_when_all_is_read() -> None:
    feeds = 0
    for path, older, document in pairs():
        try:
            whole, first = of(document), of(older)
        except SourceError:
            continue
        feeds += 1
        second = of(document, first.memo)
        assert second.articles, path.name
        assert _plain(second.articles) == _plain(whole.articles[: len(second.articles)]), path.name
        assert second.known >= len(whole.articles) - 2, path.name
    assert feeds >= (60 if REAL.is_dir() else 2)


def _plain(articles: tuple[Article, ...]) -> list[Article]:
    return list(articles)
