"""Lists of feeds as other readers export and import them (OPML 2.0)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from bot.errors import SourceError
from bot.sources.links import resolve
from bot.sources.wording import MAX_TAGS, TAG_CHARS, clean, one_line


@dataclass(frozen=True, slots=True)
class Listed:
    """A source as a list names it."""

    name: str  # may be empty
    url: str
    tags: tuple[str, ...] = ()  # the folders it lies in, and its categories


def read_opml(document: bytes) -> tuple[list[Listed], list[str]]:
    """The feeds of a list, each address once, and what could not be read of it. Raises SourceError for no list at all."""
    import listparser  # only when a list is there

    found = listparser.parse(document)
    listed: dict[str, Listed] = {}
    problems = []
    for number, feed in enumerate(found.feeds, 1):
        name = one_line(clean(feed.title or ""))
        address = (feed.url or "").strip()
        if address.lower().startswith("feed:"):  # an old way to say "open this in a reader"
            address = f"http:{address[5:]}" if address[5:].startswith("//") else address[5:]
        url = resolve(address, address)
        if not url:
            problems.append(f"Entry {number} ({name or 'without a name'}) has no web address.")
        else:
            listed.setdefault(url, Listed(name, url, _tags(feed)))
    if not found.feeds:
        raise SourceError(
            "This is no OPML list, or there are no feeds in it.",
            "Export the subscriptions of your reader as OPML.",
        )
    return list(listed.values()), problems


def _tags(feed: object) -> tuple[str, ...]:
    names = [name for path in getattr(feed, "categories", ()) for name in path] + list(
        getattr(feed, "tags", ())
    )
    cleaned = (one_line(clean(name))[:TAG_CHARS] for name in names)
    return tuple(dict.fromkeys(filter(None, cleaned)))[:MAX_TAGS]


def write_opml(sources: Iterable[Listed], title: str) -> Iterator[str]:
    """The lines of a list: sources with tags lie in a folder of the first one, all their tags are categories."""
    folders: dict[str, list[Listed]] = {}
    for source in sources:
        folders.setdefault(source.tags[0] if source.tags else "", []).append(source)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<opml version="2.0">'
    yield f"  <head><title>{_escaped(title)}</title></head>"
    yield "  <body>"
    for folder, inside in folders.items():
        if folder:
            yield f"    <outline text={quoteattr(folder)} title={quoteattr(folder)}>"
        yield from map(_outline, inside)
        if folder:
            yield "    </outline>"
    yield "  </body>"
    yield "</opml>"


def _outline(source: Listed) -> str:
    # A comma or slash parts categories, so a tag that has one is told by its folder only.
    tags = ",".join(tag for tag in source.tags if not set(tag) & {",", "/"})
    category = f" category={quoteattr(tags)}" if tags else ""
    name = quoteattr(source.name)
    return f'      <outline type="rss" text={name} title={name} xmlUrl={quoteattr(source.url)}{category}/>'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
