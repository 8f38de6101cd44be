"""Addresses as they may be shown and followed: http and https, absolute, of a length that chats accept."""

from __future__ import annotations

import re
from hashlib import blake2b
from urllib.parse import urljoin, urlsplit

from bot.sources.wording import LINK_CHARS

# An absolute address in which nothing has to be resolved, mended or refused.
PLAIN = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?/[A-Za-z0-9/_.~%+-]*(?:\?[A-Za-z0-9/_.~%+=&-]+)?")


def resolve(base: str, link: str) -> str:
    """The absolute http(s) address that `link` means in a document at `base`, or "". Never raises."""
    if len(link) <= LINK_CHARS and PLAIN.fullmatch(link):
        return link
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


_TRACKERS = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|mc_[ce]id|igshid|cmpid|xtor|_ga|ref_src)=", re.IGNORECASE
)


def link_key(url: str) -> str:
    """32 hex digits that stay the same when only the scheme, "www.", a fragment or a tracker changes; "" for no address.

    A second key only: two different articles may share it, so it never decides alone.
    """
    if not url:
        return ""
    try:
        address = urlsplit(url)
    except ValueError:
        return ""
    query = "&".join(sorted(part for part in address.query.split("&") if part and not _TRACKERS.match(part)))
    bare = f"{address.netloc.lower().removeprefix('www.')}{address.path.rstrip('/')}?{query}"
    return blake2b(bare.encode("utf-8", "replace"), digest_size=16).hexdigest()
