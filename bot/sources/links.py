"""Addresses as they may be shown and followed: http and https, absolute, of a length that chats accept."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from bot.sources.wording import LINK_CHARS


def resolve(base: str, link: str) -> str:
    """The absolute http(s) address that `link` means in a document at `base`, or "". Never raises."""
    # Line ends inside an address mean nothing, spaces mean themselves (URL standard, 4.4).
    link = re.sub(r"[\t\r\n]", "", link.strip()).replace(" ", "%20")
    if not link or len(link) > LINK_CHARS:
        return ""
    try:
        address = urljoin(base, link)
        parts = urlsplit(address)
    except ValueError:  # "http://[": the standard library refuses what it cannot split
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""
