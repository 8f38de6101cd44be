"""What every handler may use, and who may do what."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.briefing import Briefing
from bot.chat import Place, Request
from bot.config import Access
from bot.config.settings import POLL_INTERVAL
from bot.errors import RequestRefused
from bot.grouping import Grouping
from bot.health import Health
from bot.model import Article, Chat
from bot.ports import Clock, Store
from bot.scouting import Found
from bot.watchlist import Draft, Watchlist
from bot.words import phrase
from handlers.drafts import Drafts

LONGEST = timedelta(days=366)  # of any period that can be asked for
_DURATION = re.compile(r"(\d{1,4})\s*([mhdjw])", re.IGNORECASE)
_UNITS = {"m": "minutes", "h": "hours", "j": "hours", "d": "days", "w": "weeks"}  # j: jam


@dataclass(frozen=True, slots=True)
class Desk:
    """The newsroom as a handler sees it."""

    store: Store
    watchlist: Watchlist
    chats: Sequence[Chat]
    access: Access
    clock: Clock
    grouping: Grouping = field(default_factory=Grouping)
    drafts: Drafts[Draft] = field(default_factory=Drafts)
    finds: Drafts[Found] = field(default_factory=Drafts)
    questions: Drafts[str] = field(default_factory=Drafts)  # too long for a button
    scout: Callable[[str, Collection[str]], Awaitable[Found]] | None = (
        None  # an address, and the names in use
    )
    interval: float = POLL_INTERVAL  # seconds, of a source that is added
    health: Callable[[], Mapping[str, Health]] = dict  # by platform
    write: Callable[[Briefing, str], Awaitable[Briefing]] | None = (
        None  # the language model, where there is one
    )
    read: Callable[[str], Awaitable[Article]] | None = (
        None  # an address that no source has brought; raises SourceError
    )

    def chat(self, place: Place) -> Chat | None:
        """The listed chat in which something was said: that very thread's, else the one that contains it."""
        here = [chat for chat in self.chats if (chat.platform, chat.id) == (place.platform, place.id)]
        exact = [chat for chat in here if chat.thread == place.thread]
        whole = [chat for chat in here if not chat.thread]
        return next(iter([*exact, *whole]), None)

    def editors_only(self, request: Request, chat: Chat) -> None:
        """Raises RequestRefused unless the one who asks may change things."""
        local = request.user.platform == "console"  # who sits at this terminal owns the process anyway
        if self.access.editors and request.user.key not in self.access.editors and not local:
            raise RequestRefused(phrase("refused.person", chat.language, user=request.user.key))


def duration(text: str) -> timedelta | None:
    """ "24h", "30m", "7d", "2w" (Indonesian "2j" for hours) as a length of time; None when it is something else."""
    found = _DURATION.fullmatch(text.strip())
    if not found:
        return None
    length = timedelta(**{_UNITS[found[2].lower()]: int(found[1])})
    return length if timedelta(0) < length <= LONGEST else None
