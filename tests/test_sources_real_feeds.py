"""Feeds as published: other people's texts, so they lie outside the repository."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from bot.errors import SourceError
from bot.sources import Parsed, parse

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "feeds"
FEEDS = sorted(FOLDER.iterdir()) if FOLDER.is_dir() else []

pytestmark = pytest.mark.skipif(not FEEDS, reason="the collection of real feeds lies outside the repository")


@cache
def read(path: Path) -> Parsed | SourceError:
    try:
        return parse(path.read_bytes(), url="https://example.com/feed")
    except SourceError as error:
        return error


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.name)
def test_every_item_is_an_article_or_named(path: Path) -> None:
    tags = len(re.findall(rb"<(?:\w+:)?(?:item|entry)[\s>/]", path.read_bytes()))
    parsed = read(path)
    if isinstance(parsed, Parsed):
        assert len(parsed.articles) == tags or parsed.problems
        assert all(article.title or article.body or article.url for article in parsed.articles)
    else:
        assert parsed.what


def test_no_real_item_is_lost_and_every_true_date_is_read() -> None:
    """2,079 items in 74 feeds; 28 of them say they are from the year 1, which is how one generator writes "unknown"."""
    parsed = [one for one in map(read, FEEDS) if isinstance(one, Parsed)]
    articles = [article for one in parsed for article in one.articles]
    assert (len(parsed), len(articles)) == (74, 2_079)
    assert [one.problems for one in parsed if one.problems] == []
    assert sum(article.published is None for article in articles) == 28
