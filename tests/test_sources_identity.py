"""When two items are the same article: promises that hold over polls and restarts."""

from __future__ import annotations

from bot.model import Article
from bot.sources import parse

URL = "https://example.com/rss"


def ids(*items: str, url: str = URL, home: str = "https://example.com/") -> list[str]:
    return [article.id for article in articles(*items, url=url, home=home)]


def articles(*items: str, url: str = URL, home: str = "https://example.com/") -> tuple[Article, ...]:
    head = f"<rss><channel><link>{home}</link>"
    return parse(f"{head}{''.join(items)}</channel></rss>".encode(), url=url).articles


def item(title: str = "A", *, guid: str = "", link: str = "", body: str = "Isi.", date: str = "") -> str:
    parts = (
        f"<guid isPermaLink='false'>{guid}</guid>" if guid else "",
        f"<link>{link}</link>" if link else "",
    )
    return f"<item><title>{title}</title>{''.join(parts)}<pubDate>{date}</pubDate><description>{body}</description></item>"


def test_an_id_is_128_bits_in_hex_and_never_changes() -> None:
    """The value is stored by every installation: if this fails, every article would be told again."""
    assert ids(item(guid="g-1")) == ["9c027d2486e2b1d29376ac54c8a8e660"]


def test_the_guid_decides_and_nothing_else_about_the_item() -> None:
    first = ids(
        item("A", guid="g", link="https://example.com/1", body="x", date="Wed, 19 Jun 2024 10:00:00 GMT")
    )
    second = ids(
        item("B", guid="g", link="https://example.com/2", body="y", date="Thu, 20 Jun 2024 10:00:00 GMT")
    )
    assert first == second


def test_without_a_guid_the_link_decides() -> None:
    assert ids(item("A", link="/1")) == ids(item("B", link="/1")) != ids(item("A", link="/2"))


def test_without_guid_and_link_the_words_decide() -> None:
    assert ids(item("A", body="x")) == ids(item("A", body="x", date="Wed, 19 Jun 2024 10:00:00 GMT"))
    assert len({*ids(item("A", body="x")), *ids(item("B", body="x")), *ids(item("A", body="y"))}) == 3


def test_the_same_guid_in_two_sources_is_two_articles() -> None:
    assert ids(item(guid="1")) != ids(item(guid="1"), url="https://example.org/rss")


def test_a_redirect_changes_no_id() -> None:
    document = f"<rss><channel>{item(guid='1')}</channel></rss>".encode()
    redirected = parse(document, url="https://www.example.net/feed", source_url=URL)
    assert [article.id for article in redirected.articles] == ids(item(guid="1"))


def test_items_that_share_a_link_but_have_their_own_guids_stay_two() -> None:
    assert len(set(ids(item(guid="1", link="/live"), item(guid="2", link="/live")))) == 2


def test_a_guid_for_everything_is_no_guid() -> None:
    both = ids(item("A", guid="x", link="/1"), item("B", guid="x", link="/2"))
    assert both == ids(item("A", link="/1"), item("B", link="/2"))


def test_one_guid_and_one_link_for_everything_leave_the_words() -> None:
    assert len(ids(item("A", guid="x", link="/live"), item("B", guid="x", link="/live"))) == 2


def test_a_guid_used_for_two_links_counts_for_neither_and_no_other_item_is_touched() -> None:
    good, first, second = ids(
        item("A", guid="a"), item("B", guid="x", link="/1"), item("C", guid="x", link="/2")
    )
    assert len({good, first, second}) == 3
    assert good == ids(item("A", guid="a"))[0]


def test_a_link_that_is_the_home_page_identifies_no_item() -> None:
    home = "https://example.com/"
    assert ids(item("A", link=home), home=home) != ids(item("B", link=home), home=home)


def test_the_same_item_twice_is_one_article_and_said() -> None:
    twice = f"<rss><channel>{item(guid='1')}{item(guid='2')}{item(guid='1')}</channel></rss>".encode()
    parsed = parse(twice, url=URL)
    assert len(parsed.articles) == 2
    assert parsed.problems == ("Item 3 of 3 is the same article as Item 1 of 3 and was left out.",)
