"""Editors put the limits of stories right: one message's article becomes a story of its own, or two stories become one.

The store keeps it, so a restart recalls it; the memory follows with the commit, so the next article already belongs there.
"""

from __future__ import annotations

from datetime import datetime

from bot.grouping import Grouping
from bot.ports import Store, Told


async def split(store: Store, grouping: Grouping, told: Told, now: datetime) -> bool:
    """Take the article of a message out of its story, with its copies; False when the story would be left empty."""
    async with store.write() as tx:
        await tx.alone()
        filed = await tx.articles.of_story(told.story)
        mine = next(one for one in filed if one.article.id == told.article)
        # The copies of a copy are those with its very words; all others copy what it copies.
        moved = [
            one.article
            for one in filed
            if (one.text == mine.text if mine.copy_of else one.origin == told.article)
        ]
        if len(moved) == len(filed):
            return False
        key = told.article
        if key in await tx.articles.keys([told.story]):  # it began the story that goes on without it
            key = f"{key}/{told.story}"
        story = (await tx.articles.stories([key], now))[key]
        ids = [one.id for one in moved]
        await tx.articles.move(ids, story, origin=told.article)
        await tx.alerts.move(ids, story)
        tx.after_commit(lambda: grouping.move(moved, key))
    return True


async def merge(store: Store, grouping: Grouping, into: Told, other: Told) -> bool:
    """Put the story of one message into that of another; False when it is one already."""
    if into.story == other.story:
        return False
    async with store.write() as tx:
        await tx.alone()
        moved = [one.article for one in await tx.articles.of_story(other.story)]
        (key,) = await tx.articles.keys([into.story])
        ids = [one.id for one in moved]
        await tx.articles.move(ids, into.story)
        await tx.alerts.move(ids, into.story)
        tx.after_commit(lambda: grouping.move(moved, key))
    return True
