"""Sitemaps, above all those for news: addresses with a headline, a date and keywords (sitemaps.org, Google News)."""

from __future__ import annotations

from typing import Any

from bot.errors import SourceError
from bot.sources.dates import read_date
from bot.sources.items import MAX_ITEMS
from bot.sources.links import resolve
from bot.sources.memory import Memory, key
from bot.sources.parsed import Draft, Reading

ROOTS = frozenset({"urlset", "sitemapindex"})
SHOWN = 3  # sitemaps of an index that are named


def read_sitemap(text: str, url: str, memory: Memory) -> Reading:
    """The addresses in a sitemap at `url` that `memory` does not hold. Raises SourceError for an index of sitemaps."""
    root = _root(text)
    if root is None or _name(root) not in ROOTS:
        raise SourceError(
            "This is no sitemap.", "Use the address of a news sitemap; robots.txt often names it."
        )
    if _name(root) == "sitemapindex":
        raise _index(root, url)
    drafts: list[Draft] = []
    problems: list[str] = []
    known: list[bytes] = []
    entries = [child for child in root if _name(child) == "url"]
    for number, entry in enumerate(entries, 1):
        said = _said(entry)
        link = resolve(url, said.get("loc", ""))
        digest = key(f"{link}\0{said.get('title', '')}")
        if digest in memory.items:
            known.append(digest)
        elif len(drafts) < MAX_ITEMS and link:
            drafts.append(_draft(said, link, f"Address {number} of {len(entries)}", digest))
        elif not link:
            problems.append(f"Address {number} of {len(entries)} is no web address.")
    left = len(entries) - len(drafts) - len(known) - len(problems)
    if left > 0:
        problems.append(
            f"The sitemap has {len(entries):,} addresses; {left:,} of them are read at the next polls."
        )
    return Reading("sitemap", drafts, problems, items=len(entries), known=known)


def _draft(said: dict[str, str], link: str, place: str, digest: bytes) -> Draft:
    return Draft(
        place=place,
        link=link,
        title=said.get("title", ""),
        lang=said.get("language", ""),
        published=read_date(said.get("publication_date", "")) or read_date(said.get("lastmod", "")),
        tags=tuple(word.strip() for word in said.get("keywords", "").split(",")),
        digest=digest,
    )


def _index(root: Any, url: str) -> SourceError:
    listed = [_said(child) for child in root if _name(child) == "sitemap"]
    listed.sort(key=lambda said: ("news" in said.get("loc", ""), said.get("lastmod", "")), reverse=True)
    named = ", ".join(filter(None, (resolve(url, said.get("loc", "")) for said in listed[:SHOWN])))
    return SourceError(
        "This is a list of sitemaps, not a sitemap.", f"Use one of them: {named}" if named else ""
    )


def _root(text: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def _said(entry: Any) -> dict[str, str]:
    """Local name -> text, of everything inside; the first of a name counts."""
    found: dict[str, str] = {}
    for element in entry.iter():
        if text := (element.text or "").strip():
            found.setdefault(_name(element), text)
    return found


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
