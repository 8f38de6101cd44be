"""What an article is called in a chat."""

from __future__ import annotations

from bot.model import Article
from bot.sentences import sentences
from bot.summary.clean import dateline, is_furniture, shown

LEAD_CHARS = 120  # code points of a first sentence that stands in for a headline: two lines on a phone
TITLE_CHARS = 300  # longer than any headline in the feeds we read; a page that lost its markup is clipped


def headline(article: Article) -> str:
    """The title, else the first sentence without its dateline, else the address; clipped with "…"."""
    if title := _one_line(article.title, TITLE_CHARS):
        return title
    body, skipped = article.body, dateline(article.body)
    said = (body[max(start, skipped) : end] for start, end in sentences(body))
    first = next((one for one in said if not is_furniture(one)), "")
    return _one_line(shown(first, body), LEAD_CHARS) if first else article.url


def _one_line(text: str, limit: int) -> str:
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    return (head if line[limit - 1] == " " else head.rpartition(" ")[0] or head).rstrip() + "…"
