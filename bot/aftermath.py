"""What a look at an alerted article means: values in, what is kept and what is told out.

Seen: pages answer 404 for a minute while a publisher works on them, caches give old and new in turns, walls and logins stand
where an article was, and a feed words an article differently from its page. Chosen: only versions that were read in the same
place are compared; what a page may show by mistake (nothing, its front page, another text) has to be there again five minutes
later before it is believed; a notice that says "removed" is believed at once. Turned down: comparing the alert's teaser with the
page, which finds an edit in every article.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model import Aftermath
from bot.ports import KeptVersion, Origin, Revisit
from bot.stories import LOOKS, Change, Edit, Version, Weight, compare, is_other_text, next_look, went_back

MOST_CHARS = (
    40_000  # of a version; a longer text is a book, and comparing grows with the square of what changed
)
CONFIRM = timedelta(minutes=5)  # before what a page may show by mistake is believed
AGAIN = timedelta(minutes=5)  # after a page that could not be read; twice as long after the second try
MOST_TOLD = len(LOOKS)  # edits of one article; a live blog whose feed hastens its looks has more
TRIES = 3  # then its next look is that of the schedule

_SITE = re.compile(r"(.*\S)\s+[-|–—·]\s+(\S.{0,60})")


class Absence(StrEnum):
    """How an article is not there."""

    MISSING = "missing"  # 404 or 410, or a page that says so
    HOME = "home"  # its address leads to the front page
    NOTICE = "notice"  # a notice says that it was removed


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing is there, or something else."""

    why: Absence


@dataclass(frozen=True, slots=True)
class Unread:
    """Nobody can tell what is there now."""

    why: str
    wait: float = 0.0  # seconds that the publisher wants


@dataclass(frozen=True, slots=True)
class Same:
    """The publisher says that nothing has changed."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the article says there."""

    text: Version
    origin: Origin = Origin.PAGE
    etag: str = ""
    last_modified: str = ""
    poses: bool = False  # its title is that of a page in an article's place: a login, a wall
    denies: bool = False  # its title says that nothing is there


Seen = Absent | Unread | Same | Said


class Event(StrEnum):
    """What is told."""

    EDITED = "edited"
    RETURNED = "returned"  # to what an earlier version said
    WITHDRAWN = "withdrawn"
    BACK = "back"  # after it was withdrawn


@dataclass(frozen=True, slots=True)
class News:
    """What became of an article, with what is needed to say it."""

    event: Event
    edit: Edit
    before: KeptVersion | None = None
    after: KeptVersion | None = None
    returned_to: KeptVersion | None = None
    absence: Absence | None = None
    quiet: bool = False  # the alert changes, and nothing is said under it


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from a look."""

    revisit: Revisit  # as it is from now on
    kept: tuple[KeptVersion, ...] = ()  # new versions
    news: News | None = None


NO_EDIT = Edit(Weight.NOTHING)
OTHER = "other"  # a doubt: another text stands there


def version(title: str, body: str) -> Version:
    """A version within MOST_CHARS."""
    return Version(title, body[:MOST_CHARS])


def decide(
    revisit: Revisit, alerted: KeptVersion, versions: Sequence[KeptVersion], seen: Seen, now: datetime
) -> Outcome:
    """What a look found; `alerted`: the article as its source brought it, `versions`: those that are kept, oldest first."""
    match seen:
        case Unread():
            if revisit.carried and revisit.tries + 1 >= TRIES:
                seen = Said(revisit.carried, Origin.FEED)  # the page will not say; its source has
                return _said(revisit, alerted, versions, seen, now)
            return Outcome(_later(revisit, seen, now))
        case Same():
            return Outcome(_looked(revisit, now))
        case Absent(why):
            known = revisit.gone_at is not None
            return (None if known else _doubted(revisit, why, now)) or _gone(revisit, why, now)
        case Said(denies=True) if _is_other(alerted, versions, seen):
            return decide(revisit, alerted, versions, Absent(Absence.MISSING), now)
        case Said(poses=True) if _is_other(alerted, versions, seen):
            return decide(revisit, alerted, versions, Unread("another page stands there"), now)
    return _said(revisit, alerted, versions, seen, now)


def _said(
    revisit: Revisit, alerted: KeptVersion, versions: Sequence[KeptVersion], seen: Said, now: datetime
) -> Outcome:
    line = _line(versions, seen.origin)
    first: tuple[KeptVersion, ...] = ()
    number = max((one.number for one in versions), default=0) + 1
    by_feed = seen.origin is Origin.FEED
    if not line and by_feed:
        first = (replace(alerted, number=number),)
        line, number = first, number + 1
    here = _heard(revisit, now) if by_feed else _read(revisit, seen, now)
    edit = compare((line[-1] if line else alerted).text, seen.text)
    after = KeptVersion(number, seen.origin, seen.text, now, edit.weight, edit.changes)
    if Change.WITHDRAWN in edit.changes:
        if revisit.gone_at:
            return Outcome(here)
        gone = replace(here, gone_at=now, times_gone=revisit.times_gone + 1)
        news = News(Event.WITHDRAWN, edit, line[-1] if line else None, after, absence=Absence.NOTICE)
        return Outcome(gone, (*first, after), news)
    back = News(Event.BACK, NO_EDIT) if revisit.gone_at and not here.gone_at else None
    if not line:
        return Outcome(here, (replace(after, weight=Weight.NOTHING, changes=()),), back)
    is_other = not by_feed and is_other_text(line[-1].text, seen.text)
    if is_other and (doubted := _doubted(revisit, OTHER, now)):
        return doubted
    if edit.weight is Weight.NOTHING:
        return Outcome(here, first if back else (), back)
    if edit.weight is Weight.LIGHT:
        return Outcome(here, (*first, after), back)
    place = went_back([one.text.digest for one in line], seen.text.digest)
    event = Event.BACK if back else Event.EDITED if place is None else Event.RETURNED
    returned_to = None if place is None else line[place]
    told = sum(one.weight is Weight.HEAVY for one in versions)
    quiet = told >= MOST_TOLD and not back and Change.CORRECTION not in edit.changes
    return Outcome(here, (*first, after), News(event, edit, line[-1], after, returned_to, quiet=quiet))


def _line(versions: Sequence[KeptVersion], origin: Origin) -> tuple[KeptVersion, ...]:
    """The versions that may be compared with one of this origin: no notices."""
    return tuple(one for one in versions if one.origin is origin and Change.WITHDRAWN not in one.changes)


def _is_other(alerted: KeptVersion, versions: Sequence[KeptVersion], seen: Said) -> bool:
    line = _line(versions, seen.origin)
    return is_other_text((line[-1] if line else alerted).text, seen.text)


def _doubted(revisit: Revisit, doubt: str, now: datetime) -> Outcome | None:
    """To be looked at once more before it is believed; None if that was done."""
    if revisit.doubt == doubt and revisit.doubt_since and now - revisit.doubt_since >= CONFIRM:
        return None
    since = revisit.doubt_since if revisit.doubt == doubt and revisit.doubt_since else now
    return Outcome(replace(revisit, doubt=doubt, doubt_since=since, due_at=since + CONFIRM, tries=0))


def _gone(revisit: Revisit, why: Absence, now: datetime) -> Outcome:
    here = replace(_looked(revisit, now), etag="", last_modified="")
    if revisit.gone_at:
        return Outcome(here)
    gone = replace(here, gone_at=now, times_gone=revisit.times_gone + 1)
    return Outcome(gone, (), News(Event.WITHDRAWN, NO_EDIT, absence=why))


def _looked(revisit: Revisit, now: datetime) -> Revisit:
    """A look that found out something: the next one is that of the schedule."""
    return replace(
        revisit,
        tries=0,
        doubt="",
        doubt_since=None,
        carried=None,
        due_at=_scheduled(revisit, now),
    )


def _read(revisit: Revisit, seen: Said, now: datetime) -> Revisit:
    """The page was read: what is remembered of it, and that it is there."""
    here = _looked(revisit, now)
    return replace(here, etag=seen.etag, last_modified=seen.last_modified, gone_at=None)


def _heard(revisit: Revisit, now: datetime) -> Revisit:
    """Its source said something new, which says nothing of the page."""
    due_at = revisit.doubt_since + CONFIRM if revisit.doubt_since else _scheduled(revisit, now)
    return replace(revisit, carried=None, tries=0, due_at=due_at if revisit.is_web else None)


def _scheduled(revisit: Revisit, now: datetime) -> datetime | None:
    look = next_look(now - revisit.alerted_at)
    return revisit.alerted_at + look if look else None


def _later(revisit: Revisit, seen: Unread, now: datetime) -> Revisit:
    """Another try soon; after the last of them the schedule goes on."""
    tries = revisit.tries + 1
    if tries < TRIES:
        return replace(revisit, tries=tries, due_at=now + max(AGAIN * tries, timedelta(seconds=seen.wait)))
    return replace(revisit, tries=0, due_at=_scheduled(revisit, now))


def aftermath(revisit: Revisit, versions: Sequence[KeptVersion]) -> tuple[Aftermath, KeptVersion | None]:
    """What is to be said of an article in its alert, and the newest version that was told."""
    told = next(
        (
            one
            for one in reversed(versions)
            if one.weight is Weight.HEAVY and Change.WITHDRAWN not in one.changes
        ),
        None,
    )
    if told is None:
        return Aftermath(gone_at=revisit.gone_at), None
    first = _line(versions, told.origin)[0]
    return Aftermath(headline_of(first.text, told.text), told.seen, revisit.gone_at), told


def versions_to_compare(versions: Sequence[KeptVersion]) -> tuple[KeptVersion, ...]:
    """Those of the page, or those of the feed where only they differ."""
    lines = [_line(versions, origin) for origin in (Origin.PAGE, Origin.FEED)]
    return next((line for line in lines if len(line) > 1), lines[0] or lines[1])


def headline_of(first: Version, now: Version) -> str:
    """The newer version's headline, without the name of the site that pages put behind it; empty if it is still the first."""
    if " ".join(first.title.split()) == " ".join(now.title.split()):
        return ""
    before, after = _SITE.fullmatch(first.title), _SITE.fullmatch(now.title)
    return after[1] if before and after and before[2] == after[2] else now.title
