"""Which feeds a site may have, and which of them is offered."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from bot.errors import SourceError
from bot.model import Source
from bot.ports import Document, Fetched
from bot.reading import InThread
from bot.scouting import address, free_name, scout
from bot.sources import candidates
from tests.fakes import rss

SITE = "https://example.com/"


def test_feeds_that_a_page_names_come_before_those_it_links_to_and_those_of_comments_last() -> None:
    page = """<link rel="alternate" type="application/rss+xml" title="Komentar" href="/comments/feed/">
      <LINK type='application/atom+xml' href='berita.atom' rel='alternate'><a href="/rss/">RSS</a>
      <a href="/kontak">Kontak</a><link rel="alternate" hreflang="en" href="/en/">
      <link rel=alternate type=application/feed+json href=/feed.json?a=1&amp;b=2>"""
    found = candidates(page, SITE)
    assert found[:3] == [f"{SITE}berita.atom", f"{SITE}feed.json?a=1&b=2", f"{SITE}rss/"]
    assert found[-1] == f"{SITE}comments/feed/" or len(found) == 12
    assert f"{SITE}kontak" not in found and f"{SITE}feed" in found


def test_a_page_without_end_is_looked_through_in_linear_time() -> None:
    assert len(candidates("<link " * 200_000 + "<a href='" * 200_000, SITE)) <= 12


@dataclass
class Web:
    """Pages by address."""

    pages: dict[str, str]
    asked: list[str] = field(default_factory=list)

    async def fetch(self, source: Source) -> Fetched:
        self.asked.append(source.url)
        if source.url not in self.pages:
            raise SourceError("example.com has nothing at this address (404 Not Found).", "Check it.")
        return Fetched((Document(source.url, self.pages[source.url].encode()),))


FEED = rss([(f"Berita {number}", "Isi.") for number in range(5)])


async def test_the_feed_behind_a_site_is_found_and_its_last_three_titles_are_shown() -> None:
    web = Web(
        {SITE: "<html><link rel=alternate type=application/rss+xml href=/rss></html>", f"{SITE}rss": FEED}
    )
    found = await scout("example.com/", "", (), web, InThread())
    assert (found.settings.url, found.settings.name, found.items) == (f"{SITE}rss", "Kawat", 5)
    assert [article.title for article in found.newest] == ["Berita 0", "Berita 1", "Berita 2"]


async def test_a_feed_is_its_own_answer() -> None:
    web = Web({f"{SITE}feed": FEED})
    assert (await scout(f"{SITE}feed", "Nama", (), web, InThread())).settings.name == "Nama"
    assert web.asked == [f"{SITE}feed"]


async def test_a_site_that_names_none_is_asked_where_feeds_usually_are() -> None:
    web = Web({SITE: "<html><p>Selamat datang.</p></html>", f"{SITE}feed.xml": FEED})
    assert (await scout(SITE, "", (), web, InThread())).settings.url == f"{SITE}feed.xml"


async def test_a_site_without_a_feed_is_said_after_few_requests() -> None:
    web = Web({SITE: "<html><p>Selamat datang.</p></html>"})
    with pytest.raises(SourceError, match=r"No feed was found at example.com.*kind = .page."):
        await scout(SITE, "", (), web, InThread())
    assert len(web.asked) <= 13


@pytest.mark.parametrize(
    "typed", ["", "file:///etc/passwd", "ftp://example.com/", "two words", "/etc/passwd"]
)
def test_only_web_addresses_are_looked_at(typed: str) -> None:
    with pytest.raises(SourceError, match="is no web address"):
        address(typed)


def test_an_address_as_slack_writes_it_is_understood() -> None:
    assert address("<https://example.com/rss|example.com>") == "https://example.com/rss"


def test_a_name_that_is_taken_gets_its_host_and_then_a_number() -> None:
    taken = {"Berita"}
    assert free_name("Berita", "https://www.example.com/1", taken) == "Berita (example.com)"
    taken.add("Berita (example.com)")
    assert free_name("Berita", "https://www.example.com/2", taken) == "Berita 2"
    assert len(free_name("x" * 200, SITE, {"x" * 60})) == 60
