"""What feedparser cannot read is read by another, in the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sources import Parsed, parse

FEEDS = Path(__file__).parent / "data" / "feeds"
REAL = Path(__file__).parents[2] / "shared" / "data" / "feeds"


def of(document: bytes) -> Parsed:
    return parse(document, url="https://example.com/rss")


@pytest.fixture
def without_feedparser(monkeypatch: pytest.MonkeyPatch) -> None:
    import feedparser

    real = feedparser.parse

    def raising(stream, **options):  # type: ignore[no-untyped-def]
        if any(tag in stream.getvalue() for tag in (b"<item", b"<entry")):
            raise UnicodeError
        return real(stream, **options)

    monkeypatch.setattr(feedparser, "parse", raising)


@pytest.mark.parametrize("name", ["rss.xml", "rdf.xml", "atom.xml"])
def test_the_rescue_reads_what_feedparser_reads(name: str, request: pytest.FixtureRequest) -> None:
    document = (FEEDS / name).read_bytes()
    expected = of(document)
    request.getfixturevalue("without_feedparser")
    assert of(document).articles == expected.articles


@pytest.mark.skipif(not REAL.is_dir(), reason="the collection of real feeds lies outside the repository")
@pytest.mark.usefixtures("without_feedparser")
def test_no_real_item_is_lost_by_the_rescue_alone() -> None:
    articles = wanted = 0
    for path in sorted(REAL.iterdir()):
        parsed = of(path.read_bytes())
        articles += len(parsed.articles)
        wanted += parsed.items
        assert not [one for one in parsed.articles if not one.url and not one.title and not one.body]
    assert articles == wanted == 2_079


def test_an_item_that_is_broken_for_both_is_named_and_not_taken_by_half() -> None:
    parsed = of(b"<rss><channel><item><title>Setengah</item><item><title>B</title></item></channel></rss>")
    assert "B" in [one.title for one in parsed.articles]
    assert any("Item 1 of 2" in problem for problem in parsed.problems)
