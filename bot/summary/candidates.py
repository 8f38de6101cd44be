"""The sentences of an article that may be quoted, each where it stands in the stored text."""

from __future__ import annotations

import re
import string
from itertools import islice
from typing import NamedTuple

from bot.model import Article
from bot.sentences import sentences
from bot.summary.clean import dateline, is_news, trimmed
from bot.summary.newswords import EMPTY

MOST_SENTENCES = 200  # of one article; what a report says only after these is not its news

_WORD = re.compile(r"[^\W_]+")
# A single Latin letter says nothing; a single Han letter is a word.
_SAYS_NOTHING = EMPTY | frozenset(string.ascii_lowercase + string.digits)


class Candidate(NamedTuple):
    """A sentence that may be quoted; `content` are its words that say something."""

    field: str
    start: int
    end: int
    words: int
    content: frozenset[str]
    opens: bool = True  # does it open a paragraph?


def candidates(article: Article) -> list[Candidate]:
    """In the order of the text: what can be quoted as news; if nothing can, the title; if there is none, all of it."""
    body, skipped, behind = article.body, dateline(article.body), 0
    fit: list[Candidate] = []
    unfit: list[Candidate] = []
    for start, end in islice(sentences(body), MOST_SENTENCES):
        start = max(start, skipped)
        opens = "\n" in body[behind:start] or start == skipped
        behind = end
        end = trimmed(body, start, end)
        said = told(body[start:end])
        if not said:
            continue
        kind = fit if is_news(body[start:end], len(said)) else unfit
        kind.append(Candidate("body", start, end, len(said), content(said), opens))
    return fit or _title(article) or unfit


def told(text: str) -> list[str]:
    """The words of a text in lower case. Plainer than bot.text.words, and many times faster."""
    return _WORD.findall(text.lower())


def content(said: list[str]) -> frozenset[str]:
    """The words that say what a text is about."""
    return frozenset(said) - _SAYS_NOTHING


def _title(article: Article) -> list[Candidate]:
    start, end = len(article.title) - len(article.title.lstrip()), len(article.title.rstrip())
    said = told(article.title)
    return [Candidate("title", start, end, len(said), content(said))] if said else []
