"""The page that stands where a feed was, in the words that say what to do about it.

Seen: publishers send a page with status 200 for "not found" and for a login, and their protection sends one that asks whether we
are human. Each needs something else of a person. Told by the title first, and by what the page asks for.
"""

from __future__ import annotations

import re

from bot.errors import SourceError

TITLE = re.compile(r"<title\b[^<>]{0,200}>([^<]{0,300})", re.IGNORECASE)
HEADING = re.compile(r"<h1\b[^<>]{0,500}>([^<]{0,300})", re.IGNORECASE)
LOOKED_AT = 60_000  # characters; what such a page is shows at its beginning

WALL = re.compile(
    r"just a moment|attention required|checking your browser|are you (?:a )?human|not a robot|bukan robot|ddos[- ]guard"
    r"|access denied|request (?:blocked|unsuccessful)|security check|verify(?:ing)? you|cf-chl|captcha",
    re.IGNORECASE,
)
WALL_MARKS = re.compile(
    r"cf-chl-|challenge-platform|g-recaptcha|h-captcha|_Incapsula_|captcha-delivery", re.IGNORECASE
)
MISSING = re.compile(
    r"\b404\b|not found|no longer (?:exists|available)|tidak (?:di)?temukan"
    r"|tidak ada halaman|halaman (?:ini )?(?:tidak ada|hilang)",
    re.IGNORECASE,
)
LOGIN = re.compile(r"\b(?:log ?in|sign ?in|masuk|subscribe|berlangganan)\b", re.IGNORECASE)
PASSWORD = re.compile(r"<input\b[^<>]{0,500}\btype\s{0,9}=\s{0,9}[\"']?password", re.IGNORECASE)


def stand_in(page: str) -> SourceError | None:
    """What a page in a feed's place means, where that can be told."""
    page = page[:LOOKED_AT]
    said = heading_of(page)
    if WALL.search(said) or WALL_MARKS.search(page):
        return SourceError(
            "A wall against programs answers here, not the feed.",
            "Ask the publisher to admit Pantau, or use another address of the same news.",
        )
    if MISSING.search(said):
        return SourceError(
            "The page says that there is nothing at this address, although its status says all is well.",
            "Check the address of this source.",
        )
    if PASSWORD.search(page) or LOGIN.search(said):
        return SourceError(
            "A login page answers here, not the feed.",
            "Use an address that needs no login, or ask the publisher for one.",
        )
    return None


def says_missing(page: str) -> bool:
    """Does a page say that there is nothing at its address?"""
    return bool(MISSING.search(heading_of(page)))


def heading_of(page: str) -> str:
    """What a page says of itself in its title and its first heading."""
    page = page[:LOOKED_AT]
    return " ".join(found.group(1) for found in (TITLE.search(page), HEADING.search(page)) if found)
