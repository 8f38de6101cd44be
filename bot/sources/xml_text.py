"""A feed's text made safe for feedparser: only characters that XML allows, and nothing that stalls it."""

from __future__ import annotations

import html
import re
from itertools import islice
from xml.sax.saxutils import escape

AUTHOR_TEXT = 500  # letters; feedparser's e-mail pattern is quadratic in them: 200,000 letters took it 166 s

ILLEGAL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # XML 1.0, 2.2
REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
AUTHOR = re.compile(
    r"(<(?:[A-Za-z_][\w.-]{0,63}:)?(?:author|creator|publisher|contributor|managingeditor|webmaster|owner|name|email)\b"
    rf"[^<>]{{0,500}}>(?:\s{{0,100}}<!\[CDATA\[)?[^<]{{{AUTHOR_TEXT}}})[^<]+",
    re.IGNORECASE,
)
TAG_CHARS = (
    2_000  # of a start tag; feedparser is quadratic in its attributes, too: 20,000 of them took it 7 s
)
TAG_ATTRIBUTES = 100  # in so long a tag; a picture inside an attribute is long, too, but harmless
LONG_TAG = re.compile(rf"(<[A-Za-z_][\w:.-]{{0,99}})([^<>]{{{TAG_CHARS},}}?)(/?>)", re.ASCII)
# feedparser compares each keyword with all before it. Renamed, they cost nothing, and are not read.
MOST_KEYWORDS = 400  # opening and closing tags in one item; no publisher means so many
KEYWORD = re.compile(r"(</?)(?:[A-Za-z_][\w.-]{0,63}:)?(?:category|keywords|tags)(?=[\s/>])", re.IGNORECASE)
AMPERSAND = re.compile(r"&(?:#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|([A-Za-z][A-Za-z0-9]{1,30});)?")
PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})  # XML 1.0, 4.6
CDATA = "<![CDATA["


def safe_for_feedparser(text: str) -> str:
    """The same XML without what stops or stalls feedparser; takes time linear in its length."""
    text = ILLEGAL.sub("", REFERENCE.sub(_legal, text))
    return LONG_TAG.sub(_bearable, AUTHOR.sub(r"\1", text))


def bearable_keywords(item: str) -> str:
    """The same item without its keywords when there are too many of them."""
    many = sum(1 for _ in islice(KEYWORD.finditer(item), MOST_KEYWORDS + 1)) > MOST_KEYWORDS
    return KEYWORD.sub(r"\1unread", item) if many else item


def mend(text: str) -> str:
    """The same XML with entities of HTML as letters and bare ampersands as "&amp;"; CDATA sections stay
    untouched.
    """
    head, *sections = text.split(CDATA)
    mended = [AMPERSAND.sub(_escaped, head)]
    for section in sections:
        inside, closer, outside = section.partition("]]>")
        mended += [CDATA, inside, closer, AMPERSAND.sub(_escaped, outside)]
    return "".join(mended)


def _escaped(ampersand: re.Match[str]) -> str:
    name = ampersand[1]
    if (name is None and ampersand.group() != "&") or name in PREDEFINED:
        return ampersand.group()
    letters = html.unescape(ampersand.group())
    return ampersand.group().replace("&", "&amp;") if "&" in letters else escape(letters)


def _bearable(tag: re.Match[str]) -> str:
    return f"{tag[1]}{tag[3]}" if tag[2].count("=") > TAG_ATTRIBUTES else tag.group()


def _legal(reference: re.Match[str]) -> str:
    """The reference, or U+FFFD where it names no character: feedparser raises on a surrogate's number."""
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    digits = digits.lstrip("0")
    code = int(digits, base) if 0 < len(digits) <= 8 else 0
    if code > 0x10FFFF or ILLEGAL.fullmatch(chr(code)):
        return "\ufffd"
    return f"&#{code};"
