"""What a document is, told by its looks: servers' content types are wrong too often to decide alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from posixpath import splitext
from urllib.parse import urlsplit

from bot.errors import SourceError
from bot.sources.prolog import Root, find_root

TEXT_SUFFIXES = frozenset({".txt", ".text", ".md"})
HTML_TAGS = frozenset({
    "a", "article", "b", "body", "br", "center", "div", "font", "form", "h1", "h2", "h3", "head", "html",
    "img", "main", "meta", "noscript", "p", "pre", "script", "section", "span", "style", "table", "title",
    "ul",
})  # fmt: skip
SIGNATURES = (
    (b"%PDF-", "a PDF file"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"PK\x03\x04", "a ZIP or Office file"),
    (b"\x1f\x8b", "a compressed file"),
)


class Format(Enum):
    XML = auto()
    JSON = auto()
    HTML = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True)
class Look:
    """A document's format, and for markup its first element."""

    format: Format
    root: Root | None = None


def refuse_binary(body: bytes) -> None:
    """Raise SourceError for a document that is known to be no text."""
    for signature, what in SIGNATURES:
        if body.startswith(signature):
            raise SourceError(
                f"This is {what}, not a feed or a page.", "Use the address of the feed or article itself."
            )


def recognise(text: str, *, url: str, content_type: str = "") -> Look:
    """What kind of document this is. Raises SourceError if it is empty or declares XML entities."""
    start = text.lstrip()[:1]
    if not start:
        raise SourceError(
            "The document is empty.",
            "Open the address in a browser; if it is empty there, too, tell the publisher.",
        )
    media_type = content_type.partition(";")[0].strip().lower()
    if is_text_file(url, media_type) and start != "<":
        return Look(Format.TEXT)
    if start == "{":
        return Look(Format.JSON)
    if start != "<" and "xml" not in media_type and "html" not in media_type:
        return Look(Format.TEXT)
    root = find_root(text)
    if root is None:
        return Look(Format.HTML if "html" in media_type else Format.TEXT)
    return Look(Format.HTML if root.local in HTML_TAGS else Format.XML, root)


def is_text_file(url: str, media_type: str) -> bool:
    """Whether name or media type say plain text."""
    try:
        path = urlsplit(url).path
    except ValueError:
        path = url
    named_so = splitext(path.rstrip("/"))[1].lower() in TEXT_SUFFIXES and "html" not in media_type
    return named_so or media_type == "text/plain"
