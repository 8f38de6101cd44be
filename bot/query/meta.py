"""Conditions on what is known about an article besides its text: who wrote it, where it stood, in which
language.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.model import Article
from bot.query.tree import Meta
from bot.text import words

_COUNTRY_LETTERS = 2  # top-level domains of countries have two letters (ISO 3166)


def holds(meta: Meta, article: Article) -> bool:
    """Does the article answer the condition?"""
    return meta_key(meta) <= meta_keys(article)


def meta_key(meta: Meta) -> frozenset[str]:
    """The keys that an article must have for the condition to hold: one for each word of it."""
    if meta.field in ("site", "lang", "country"):
        return frozenset([f"{meta.field}:{meta.text.lower().removeprefix('www.')}"])
    return frozenset(f"{meta.field}:{word.text}" for word in words(meta.text))


def meta_keys(article: Article) -> frozenset[str]:
    """Everything about an article that a condition can ask for."""
    keys = {f"author:{word.text}" for word in words(article.author)}
    keys |= {f"source:{word.text}" for word in words(article.source)}
    keys |= {f"tag:{word.text}" for tag in article.tags for word in words(tag)}
    if article.lang:
        language = article.lang.lower()
        keys |= {f"lang:{language}", f"lang:{language.split('-')[0]}"}
    host = _host(article.url)
    labels = host.split(".") if host else []
    keys |= {f"site:{'.'.join(labels[at:])}" for at in range(len(labels))}
    if labels and len(labels[-1]) == _COUNTRY_LETTERS:
        keys.add(f"country:{labels[-1]}")
    return frozenset(keys)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # not an address after all
        return ""
