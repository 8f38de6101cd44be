"""When two items are the same article, over polls and restarts.

Seen: feeds that give every item one guid, guids used again for another text, items that share a link and
differ in their guids, and dates that change on every poll. Chosen: the publisher's guid; where guids in one
document contradict each other, the link; where links do, the words. Dates never count. Turned down: short
hashes (32 bits hide one item near 77,000 stored) and normalised links (dropping `?id=` merges different
articles).

The limit: when a publisher begins to use a guid again, the item that had it first gets a new id and may be told
once more. The other way round a new text would pass for an old one and be lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from bot.sources.memory import Keys, key
from bot.sources.parsed import Draft

ID_BYTES = 16
NONE = key("")


def article_id(source_url: str, kind: str, key: str) -> str:
    """32 hex digits that stay the same as long as source, kind of key and key do."""
    # Keys are cleaned text, so NUL parts them without doubt.
    return blake2b(
        "\0".join((source_url, kind, key)).encode("utf-8", "replace"), digest_size=ID_BYTES
    ).hexdigest()


def keys(draft: Draft, homes: frozenset[str] = frozenset()) -> Keys:
    """What an item may be known by.

    `homes` are the document's own addresses: a guid or link that names the feed's home identifies no item.
    """
    return Keys(
        key(draft.guid if draft.guid not in homes else ""),
        key(draft.link if draft.link not in homes else ""),
        key(f"{draft.title}\0{draft.body}"),
    )


def identify(
    drafts: Sequence[Draft], found: Sequence[Keys], known: Sequence[Keys], source_url: str
) -> list[str]:
    """An id for each draft of one document; equal ids mean the same article.

    `found` are the drafts' own keys, `known` those of the document's other items, which were identified before.
    """
    every = [*found, *known]
    contested = _contested((one.guid, one.words if one.link == NONE else one.link) for one in every)
    guids = {one.guid for one in every}
    if len(guids) == 1 and len({one.words for one in every}) > 1:
        contested |= guids
    contested_links = _contested(
        (one.link, one.words) for one in every if one.guid == NONE or one.guid in contested
    )
    return [
        _id(draft, one, contested, contested_links, source_url)
        for draft, one in zip(drafts, found, strict=True)
    ]


def _id(draft: Draft, one: Keys, guids: set[bytes], links: set[bytes], source_url: str) -> str:
    if one.guid != NONE and one.guid not in guids:
        return article_id(source_url, "guid", draft.guid)
    if one.link != NONE and one.link not in links:
        return article_id(source_url, "link", draft.link)
    return article_id(source_url, "words", f"{draft.title}\0{draft.body}")


def _contested(pairs: Iterable[tuple[bytes, bytes]]) -> set[bytes]:
    """The keys that stand for more than one thing."""
    meanings: dict[bytes, set[bytes]] = defaultdict(set)
    for one, meaning in pairs:
        meanings[one].add(meaning)
    return {one for one, things in meanings.items() if len(things) > 1}
