"""Whether an item is only the beginning of its article."""

from __future__ import annotations

import re

from bot.model import Article

TEASER_CHARS = 600  # a shorter body is a teaser; the shortest wire report has more
CUT_OFF = re.compile(
    r"(?:…|\.\.\.|\[\s*(?:…|\.\.\.)\s*\]|read more|continue reading|baca (?:selengkapnya|juga|lebih lanjut)|selengkapnya)"
    r"[\s.»>→)\]]*$",
    re.IGNORECASE,
)


def is_teaser(article: Article) -> bool:
    """Does the article go on at its address?"""
    if not article.url:
        return False
    return len(article.body) < TEASER_CHARS or bool(CUT_OFF.search(article.body[-200:]))


def joined(teaser: str, full: str) -> str:
    """The full text, with the teaser in front where it says something of its own."""
    start = CUT_OFF.sub("", teaser).strip()
    return full if not start or start in full else f"{teaser}\n\n{full}"
