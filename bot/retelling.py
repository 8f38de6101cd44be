"""An alert that stands in a chat already, worded as things are now."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from bot import words
from bot.aftermath import aftermath
from bot.annotate import annotate
from bot.chat import Message
from bot.model import Aftermath, Article, Chat
from bot.ports import Reports, Told, Tx

OLD_NEWS = timedelta(
    days=3
)  # published so long before it was first seen: a feed that was filled up, or re-dated


async def retold(tx: Tx, told: Told, chat: Chat, reports: Reports | None = None) -> Message:
    """The alert with every source that `told` names by now, and with what became of its article.

    `reports`: what its story holds, asked for if it is not given.
    """
    if reports is None:
        reports = (await tx.articles.reports([told.story]))[told.story]
    article = await tx.articles.get(told.article)
    found = await tx.articles.matches(told.article)
    revisit, since = await tx.revisits.get(told.article), Aftermath()
    if revisit:
        since, newest = aftermath(revisit, await tx.revisits.versions(told.article))
        if newest and any(match.watch in told.watches for match in newest.matches):
            # What it quotes is what the article says now.
            title = since.headline or article.title
            article, found = replace(article, title=title, body=newest.text.body), list(newest.matches)
    matches = tuple(match for match in found if match.watch in told.watches)
    # A first poll is known to bring what is not new.
    old = not told.backlog and article.seen is not None and is_old(article, article.seen)
    noted = await asyncio.to_thread(annotate, article)
    return words.alert(
        told.alert,
        article,
        matches,
        chat,
        also=told.also,
        old=old,
        noted=noted,
        reason=words.because(told, chat),
        since=since,
        reports=None if told.parent else reports,
    )


def is_old(article: Article, now: datetime) -> bool:
    """Is it old news: published long before we first saw it? Told all the same, and marked, not dressed up as new."""
    return article.published is not None and (article.seen or now) - article.published > OLD_NEWS
