"""What is remembered of a document, so that the next one from the same source is parsed only where it is new.

Seen: of fifty items in a feed, one or two are new at a poll, and parsing all of them is nearly all the work. Chosen: each
item's stretch of the document is known by a digest of its text; only unknown stretches are parsed. An item that could
not be read without a problem is never remembered, so it is tried, and its problem told, at every poll. What decides
about identity (`identity.py`) is remembered with each item, for it takes the whole document. Turned down: keeping the
ids, which would make a wrong one last for ever, and the dates, which decide nothing.

A memo is bytes: 32 for an item and about a hundred for the feed. 10,000 feeds of 50 items take 17 MB.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from struct import Struct
from typing import NamedTuple

from bot.model import Options

KEY_BYTES = (
    8  # of a digest; only keys within one source ever meet: a clash in 5,000 items has odds of 1 to 10^12
)
NO_OPTIONS = Options()
VERSION = "1"  # another one makes every memo worthless: raise it when a reader learns to see more in an item
HEADER = Struct("<8s16sH")  # whose it is, the whole document, the length of what follows for the feed itself
ITEM = Struct("8s8s8s8s")


class Keys(NamedTuple):
    """What an item may be known by; each a digest, empty (zeroes) where it has none."""

    guid: bytes
    link: bytes
    words: bytes


@dataclass(frozen=True, slots=True)
class Memory:
    """What one document of a source held."""

    owner: bytes
    document: bytes = b""  # a digest; empty when something in it could not be read
    head: bytes = b""  # a digest of what the feed says about itself
    feed: Mapping[str, str] = field(default_factory=dict)  # the reading of it
    items: Mapping[bytes, Keys] = field(default_factory=dict)  # by the digest of their text

    @classmethod
    def load(cls, memo: bytes, owner: bytes) -> Memory:
        """The memory in a memo; an empty one for none, or for one of another owner."""
        if memo[:KEY_BYTES] != owner:
            return cls(owner)
        _, document, size = HEADER.unpack_from(memo)
        start = HEADER.size + KEY_BYTES
        feed = json.loads(memo[start : start + size]) if size else {}
        rows = ITEM.iter_unpack(memo[start + size :])
        items = {text: Keys(guid, link, words) for text, guid, link, words in rows}
        return cls(owner, document, memo[HEADER.size : start], feed, items)

    def dump(self) -> bytes:
        """The memo of this memory."""
        feed = json.dumps(self.feed, ensure_ascii=False).encode()
        if len(feed) > 1_000:  # no title is so long; the feed is read again instead
            feed, head = b"{}", bytes(KEY_BYTES)
        else:
            head = self.head or bytes(KEY_BYTES)
        rows = (ITEM.pack(text, *keys) for text, keys in self.items.items())
        return b"".join((HEADER.pack(self.owner, self.document, len(feed)), head, feed, *rows))


def owner_of(source_url: str, kind: str, source: str, options: Options = NO_OPTIONS) -> bytes:
    """Whose memory it is: articles are made from all of these."""
    return key("\0".join((VERSION, source_url, kind, source, options.include, options.exclude)))


def unchanged(memo: bytes, owner: bytes, digest: bytes) -> int | None:
    """How many items a document holds that has the digest of the memo's; None for another document."""
    if len(memo) < HEADER.size or memo[:KEY_BYTES] != owner:
        return None
    document, size = HEADER.unpack_from(memo)[1:]
    if document != digest:
        return None
    return (len(memo) - HEADER.size - KEY_BYTES - int(size)) // ITEM.size


def whole(body: bytes) -> bytes:
    """The digest of a document."""
    return sha256(body).digest()[:16]


def digest(part: bytes) -> bytes:
    """The digest of a part of a document."""
    return sha256(part).digest()[:KEY_BYTES]  # processors have an instruction for it


def key(text: str) -> bytes:
    """The digest of a key; zeroes for an empty one."""
    return digest(text.encode("utf-8", "surrogatepass")) if text else bytes(KEY_BYTES)
