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

from bot.sources.parsed import Draft

ID_BYTES = 16


def article_id(source_url: str, kind: str, key: str) -> str:
    """32 hex digits that stay the same as long as source, kind of key and key do."""
    # Keys are cleaned text, so NUL parts them without doubt.
    return blake2b(
        "\0".join((source_url, kind, key)).encode("utf-8", "replace"), digest_size=ID_BYTES
    ).hexdigest()


def identify(drafts: Sequence[Draft], source_url: str, homes: frozenset[str] = frozenset()) -> list[str]:
    """An id for each draft of one document; equal ids mean the same article.

    `homes` are the document's own addresses: a guid or link that names the feed's home identifies no item.
    """
    guids = [draft.guid if draft.guid not in homes else "" for draft in drafts]
    links = [draft.link if draft.link not in homes else "" for draft in drafts]
    words = [f"{draft.title}\0{draft.body}" for draft in drafts]

    contested = _contested(
        zip(guids, (link or text for link, text in zip(links, words, strict=True)), strict=True)
    )
    if len(set(guids)) == 1 and len(set(words)) > 1:
        contested.update(guids)
    guids = ["" if guid in contested else guid for guid in guids]

    contested = _contested(
        (link, text) for guid, link, text in zip(guids, links, words, strict=True) if not guid
    )
    keys = (
        ("guid", guid) if guid else ("link", link) if link and link not in contested else ("words", text)
        for guid, link, text in zip(guids, links, words, strict=True)
    )
    return [article_id(source_url, kind, key) for kind, key in keys]


def _contested(pairs: Iterable[tuple[str, str]]) -> set[str]:
    """The keys that stand for more than one thing."""
    meanings: dict[str, set[str]] = defaultdict(set)
    for key, meaning in pairs:
        meanings[key].add(meaning)
    return {key for key, things in meanings.items() if len(things) > 1}
