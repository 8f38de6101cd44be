"""The edges: what the application asks of the world. Each is implemented in bot/adapters and faked in tests/fakes.py."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from bot.chat import Message, Place, Request
from bot.config import SourceSettings
from bot.health import Health
from bot.hosts import is_web
from bot.model import (
    Article,
    Condition,
    Fact,
    Hold,
    Kind,
    Match,
    Priority,
    Reason,
    Sighting,
    Source,
    State,
    Subscription,
    Watch,
)
from bot.pace import Pace
from bot.sources import Hints
from bot.stories import Change, Version, Weight

LISTED = 5_000  # the most articles one question looks at

SPIKE = "spike:"  # how the subject of a spike's message begins: "spike:Putin:2026-11-22T12", its watch and first hour

Clock = Callable[[], datetime]
"""Says what time it is, with a zone."""

Answer = Callable[[Request], Awaitable[Message]]
"""The router, as a chat sees it. It never raises: what goes wrong is said in the message."""


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes that came from a source."""

    url: str  # where it finally came from, after redirects; a file:// URI for a file
    body: bytes
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The answer to one poll of a source. No documents and `unchanged`: the publisher said 304."""

    documents: tuple[Document, ...] = ()
    etag: str = ""
    last_modified: str = ""
    unchanged: bool = False
    fresh: float | None = None  # seconds until a cache would ask again, by Cache-Control, Age and Expires
    moved_to: str = ""  # where permanent redirects alone have led


class Fetcher(Protocol):
    async def fetch(self, source: Source) -> Fetched:
        """Read a source once, conditionally. Raises SourceError; nothing else."""


class Hub(Protocol):
    async def subscribe(self, subscription: Subscription, callback: str, lease: timedelta) -> None:
        """Ask a hub for a subscription; its yes comes later, to the callback. Raises SourceError; nothing else."""


@dataclass(frozen=True, slots=True)
class Read:
    """What one answer of a source said, beyond what was known of it already.

    `memo` is what to hand to the next `parse` of this source once everything here is stored: items whose bytes it
    knows are not parsed again. It is opaque, small, and worthless for another source; losing it costs time only.
    """

    articles: tuple[Article, ...] = ()
    problems: tuple[str, ...] = ()  # each one sentence; with any, the answer was not read whole
    items: int = 0  # that the answer holds, by its tags
    known: int = 0  # of these, the ones that the memo knew, which are not among the articles
    memo: bytes = b""
    hints: Hints = field(default_factory=Hints)  # what the feed says about itself
    title: str = ""  # of the feed


class Parser(Protocol):
    """Turns answers into articles; the work may be done in another process."""

    async def parse(self, source: Source, fetched: Fetched, memo: bytes = b"") -> Read:
        """What is new in an answer. Raises SourceError when nothing could be read; nothing else."""


class Messenger(Protocol):
    """A chat platform: carries messages out and requests in."""

    @property
    def platform(self) -> str:
        """ "slack", "telegram", "console": how chats and requests name it."""

    @property
    def health(self) -> Health:
        """How the platform is, as far as the adapter knows; asked every few seconds, so it costs nothing."""

    def pace(self, place: Place) -> Pace:
        """How close two messages to this place may follow each other."""

    async def turn(self, priority: Priority, last: float) -> None:
        """Wait until one more message may leave with this token, whatever its place: the urgent go first, then the chat
        whose last message is the longest ago. `last`: when that was, in seconds of any clock that nobody sets."""

    def parts(self, message: Message) -> Sequence[Message]:
        """The message as the platform can carry it: itself, or in parts that are each sent."""

    async def start(self, answer: Answer | None) -> None:
        """Connect and begin to pass requests to `answer`; with None, connect for sending alone (`pantau once`).

        Raises CannotStart with one clear sentence; its child NotReachable where another try may go well.
        """

    async def check(self, place: Place) -> None:
        """Could we post there? Sends nothing. Raises SendError's children in plain words."""

    async def stop(self) -> None:
        """Take no more requests, let the ones under way finish, close. Never raises; may be called twice."""

    async def send(self, place: Place, message: Message, delivery: str, under: str = "") -> str:
        """Post once, with no retries of any kind; the message's id on the platform. Raises SendError's children only.

        `delivery` is an opaque id that `find` can look for later; `under`: the id of the message that it replies to.
        """

    async def edit(self, place: Place, remote_id: str, message: Message) -> None:
        """Put the message in place of one sent before. Idempotent: "not modified" is success. Raises SendError's children."""

    async def delete(self, place: Place, remote_id: str) -> None:
        """Take a message away. Idempotent: one that is not there any more is success. Raises SendError's children."""

    async def find(self, place: Place, delivery: str, since: datetime, under: str = "") -> str | None:
        """The id of the message that carries `delivery`, None if it is certainly not there.

        Raises Uncertain where the platform answers but cannot tell, TryAgain or ChatGone while it does not answer.
        """


@dataclass(frozen=True, slots=True)
class Filed:
    """An article as the store holds it: the story it belongs to and the watches it answered."""

    article: Article
    story: int
    watches: tuple[str, ...] = ()
    text: str = ""  # key of its exact text (bot.stories.fingerprint, or apart)
    copy_of: str = ""  # id of the article that it copies; never a copy itself
    contained: float = 0.0  # how much of the shorter of two copies stands in the other

    @property
    def origin(self) -> str:
        """The id of the article that it copies, or its own."""
        return self.copy_of or self.article.id


@dataclass(frozen=True, slots=True)
class OpenText:
    """An exact text that the store has, young enough for the same words to be folded into it."""

    origin: str  # id of the first article of this text, or of what that one copies
    story: str  # the key of its story
    names: Mapping[
        str, frozenset[str]
    ]  # source -> the titles and addresses under which it has carried this text


@dataclass(frozen=True, slots=True)
class Arrived:
    """A stored article in the order in which articles came, and where it was placed."""

    number: int  # they only grow
    article: Article
    text: str
    story: str  # the key of its story
    copy_of: str
    contained: float
    wanted: bool  # it answered a watch


@dataclass(frozen=True, slots=True)
class Reports:
    """What a story holds by now."""

    reports: int  # articles, copies among them
    originals: int  # articles that copy no other
    sources: frozenset[str]


@dataclass(frozen=True, slots=True)
class Told:
    """One message about a story in a chat: the alert that began it there, or a development in its thread."""

    alert: int
    chat: str
    story: int
    article: str
    watches: tuple[str, ...]
    source: str
    also: tuple[Sighting, ...] = ()  # other sources that have copies of the article, in order of arrival
    backlog: bool = False  # from the first poll of its source
    reason: Reason = Reason.NEW
    facts: tuple[Fact, ...] = ()  # what is new in a development
    parent: int | None = None  # the alert that began the story in this chat; None: it is that one
    text: str = ""  # of the article, as in `Filed`
    origin: str = ""
    at: datetime | None = None  # when it was queued

    @property
    def sources(self) -> tuple[str, ...]:
        """First the article's own, then the others in order of arrival."""
        return self.source, *(one.source for one in self.also)


class Origin(StrEnum):
    """Where a version was read. Only versions of one origin are compared: a teaser against a page is no edit."""

    PAGE = "page"
    FEED = "feed"


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A version of an alerted article as the store holds it, with what it changed of the one before."""

    number: int
    origin: Origin
    text: Version
    seen: datetime
    weight: Weight = Weight.NOTHING  # NOTHING: nothing came before it
    changes: tuple[Change, ...] = ()
    matches: tuple[Match, ...] = ()  # what it answers, of one that was told


@dataclass(frozen=True, slots=True)
class Revisit:
    """An alerted article that is looked at again, and what was found so far."""

    article: str  # its id
    url: str
    alerted_at: datetime
    due_at: datetime | None  # None: not any more
    tries: int = 0  # in vain, since the last look
    etag: str = ""
    last_modified: str = ""
    doubt: str = ""  # what a look found that a second one has to confirm
    doubt_since: datetime | None = None
    gone_at: datetime | None = None  # withdrawn
    times_gone: int = 0
    carried: Version | None = None  # what its source says now, and nobody has looked at yet

    @property
    def is_web(self) -> bool:
        """Has it a page that can be looked at?"""
        return is_web(self.url)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message on its way to a chat, as claimed by the one who sends it now."""

    seq: int
    id: str
    chat: str
    subject: str
    kind: Kind
    message: Message
    state: State  # what it was before the claim: PENDING, or UNCERTAIN (look it up first)
    attempts: int
    unanswered: int  # sends whose answer was lost
    lookups: int  # that did not find it, since the last send
    lease: int  # fencing token
    first_sent_at: datetime | None
    target: str = ""  # for an edit or delete: the platform's id of the message; for a reply: of what its thread begins with
    priority: Priority = Priority.NORMAL
    part: int = 1  # of a message too long for one

    def with_message(self, message: Message) -> Delivery:
        """The same, in other words."""
        return replace(self, message=message)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An alert that waits in a lane which is far behind: what a list says of it."""

    id: str  # of the delivery
    title: str
    body: str
    url: str
    source: str
    published: datetime | None
    watches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stuck:
    """A delivery as the person sees it who has to decide about it."""

    id: str
    chat: str
    subject: str
    kind: Kind
    state: State
    hold: str  # a bot.model.Hold while it is held, else ""
    attempts: int
    created_at: datetime
    first_sent_at: datetime | None
    error: str
    text: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a chat stands with us, beyond what the configuration says of it."""

    chat: str
    paused_until: datetime | None = None  # the platform's own wish
    gone_since: datetime | None = None  # it does not let us in
    gone_why: str = ""
    moved_from: str = ""  # the platform gave it another id
    moved_to: str = ""
    lost_thread: str = ""  # the topic that was deleted; its messages go to the chat itself


@dataclass(frozen=True, slots=True)
class Lane:
    """The deliveries of one chat, counted."""

    chat: str
    sent: int = 0
    waiting: int = 0  # pending or being sent
    uncertain: int = 0
    dead: int = 0
    held: int = 0  # until something happens, see bot.model.Hold
    error: str = ""  # the last trouble of what is not sent yet


@dataclass(frozen=True, slots=True)
class SourceHour:
    """What all sources together brought in one hour."""

    hour: datetime  # its beginning
    polls: int
    items: int
    failures: int


@dataclass(frozen=True, slots=True)
class WatchHour:
    """What one watch brought in one hour."""

    watch: str
    hour: datetime  # its beginning, UTC
    articles: int  # a text that is carried many times within the hour counts once
    seen: datetime  # when the first of them was first seen


class Sources(Protocol):
    async def sync(self, sources: Sequence[SourceSettings], now: datetime) -> None:
        """Make the stored sources those of the configuration; what was learned about one with the same address stays."""

    async def add(self, sources: Sequence[SourceSettings], now: datetime) -> list[SourceSettings]:
        """Add sources that no configuration names; those that were added: one whose name or address is known is not."""

    async def remove(self, name: str) -> Source | None:
        """Poll a source no longer, unless its `origin` is "config"; the source, None for an unknown name."""

    async def stamp(self) -> str:
        """Another text whenever sources have come or gone."""

    async def active(self) -> set[int]:
        """Ids of the sources that are polled."""

    async def some(self, sources: Sequence[int]) -> list[Source]:
        """Those with these ids, if they are active."""

    async def asked(self) -> float:
        """Requests a second that the intervals of all active sources ask for, those with a fixed one left out."""

    async def due(self, now: datetime) -> list[int]:
        """Ids of the sources whose time has come and that nobody has claimed, the longest waiting first."""

    async def claim(self, sources: Sequence[int], now: datetime, until: datetime) -> list[Source]:
        """Take sources for one poll; those that are active and not taken. The values carry the fencing token."""

    async def lost(self, sources: Sequence[Source]) -> set[int]:
        """Ids of the claimed sources whose claim has passed to somebody else: their polls must not be stored."""

    async def settle(self, polls: Sequence[tuple[Source, Source]]) -> None:
        """End claims: each source as it was claimed, and as it is from now on. A claim that has passed on changes nothing."""

    async def changed(self) -> list[Source]:
        """The active sources whose condition is not the one that the owners heard last, by name."""

    async def tell(self, sources: Mapping[int, Condition]) -> None:
        """Note what the owners heard about each source."""

    async def count(self, hour: datetime, polls: int, items: int, failures: int) -> None:
        """Add to what an hour has brought."""

    async def hours(self, since: datetime) -> list[SourceHour]:
        """What the hours brought, the first one first; hours with nothing are left out."""

    async def forget_hours(self, before: datetime) -> None: ...

    async def put_off(self, sources: Sequence[int], until: datetime) -> None:
        """Have none of these polled before then, also after a restart."""

    async def release_all(self) -> None:
        """Forget every claim: the process that held them is gone."""

    async def all(self) -> list[Source]:
        """The active sources: failing ones first, then by name."""


class Articles(Protocol):
    async def unseen(self, ids: Sequence[str]) -> set[str]: ...

    async def carried(self, links: Sequence[str]) -> list[tuple[int, str, str, str]]:
        """(source, link, title, body) of what was carried under these links (bot.sources.link_key)."""

    async def texts(self, keys: Sequence[str], now: datetime) -> dict[str, OpenText]:
        """The exact texts with these keys whose origin came in the last days."""

    async def stories(self, keys: Sequence[str], now: datetime) -> dict[str, int]:
        """The story of each key; opened where there was none."""

    async def keys(self, stories: Sequence[int]) -> list[str]:
        """The keys of these stories."""

    async def move(self, articles: Sequence[str], story: int, origin: str = "") -> None:
        """Put articles into another story; with `origin`, one of them, all of them are it or its copies."""

    async def origins(self, ids: Sequence[str]) -> dict[str, str]:
        """Stored article -> what it copies, or itself."""

    async def reports(self, stories: Sequence[int]) -> dict[int, Reports]:
        """What these stories hold."""

    async def arrived(self, after: int, since: datetime, most: int) -> list[Arrived]:
        """Articles seen since then that came after number `after`, in the order in which they came."""

    async def add(self, articles: Sequence[tuple[int, Filed]], now: datetime) -> None:
        """Store articles that were unseen, each with its source, in the order in which they were placed.

        They count as seen once this commits.
        """

    async def ask_pages(self, articles: Sequence[str], now: datetime) -> None:
        """Note that the pages of these stored articles are to be read."""

    async def pages(self, now: datetime, most: int) -> list[tuple[Filed, int]]:
        """Articles whose pages are due, the longest waiting first, and how often each was tried in vain."""

    async def page_later(self, article: str, due_at: datetime) -> None:
        """The page could not be read: another try is due then."""

    async def page_done(self, article: str) -> None:
        """The page is read, or given up."""

    async def deepen(self, article: Article, found: Sequence[Match]) -> None:
        """Put an article's body, and what it answers, in place of what was stored."""

    async def add_matches(self, matches: Sequence[tuple[str, Match]]) -> None:
        """Store (article id, match) pairs."""

    async def since(self, moment: datetime, watches: Sequence[str] | None = None) -> list[Filed]:
        """Articles first seen since then, newest first, at most LISTED; with `watches`, only those that answered one."""

    async def volumes(self, since: datetime, watch: str | None = None) -> list[WatchHour]:
        """What was first seen since then, counted by watch and hour; hours with nothing are left out.

        An article counts in the hour in which it was published (in which it was seen, if that is unknown or later): the backlog
        of a new source, or of hours in which nothing was polled, came in at once and is no burst.
        """

    async def outlets(self, since: datetime, watch: str) -> list[tuple[str, int]]:
        """The sources of what a watch brought since then, with their articles, the most first; counted as in `volumes`."""

    async def of_story(self, story: int) -> list[Filed]:
        """Every article of a story, in order of arrival."""

    async def get(self, article: str) -> Article:
        """A stored article. Raises KeyError."""

    async def some(self, ids: Sequence[str]) -> dict[str, Article]:
        """Those of these articles that are stored, by id."""

    async def at(self, url: str) -> Filed | None:
        """The newest stored article of exactly this address."""

    async def matches(self, article: str) -> list[Match]:
        """What a stored article answered when it came, in the order of the watches then."""


class Alerts(Protocol):
    async def told(self, stories: Sequence[int]) -> dict[tuple[str, int], tuple[Told, ...]]:
        """By (chat, story): what has been told about these stories; first the alert, then the developments as they came."""

    async def add(
        self,
        chat: str,
        story: int,
        article: str,
        watches: Sequence[str],
        *,
        backlog: bool,
        now: datetime,
        reason: Reason = Reason.NEW,
        facts: Sequence[Fact] = (),
        parent: int | None = None,
    ) -> int:
        """A new alert; its number. A chat has one alert for an article, and one without a parent for a story: others raise."""

    async def move(self, articles: Sequence[str], story: int) -> None:
        """These articles are of this story now: in each chat the oldest alert of a story is its beginning."""

    async def also(self, alert: int, sightings: Sequence[Sighting]) -> None:
        """Set the sources that have copies of an alert's article."""

    async def get(self, alert: int) -> Told | None: ...

    async def of_article(self, article: str) -> list[Told]:
        """The alerts that show this article, one a chat."""


class Revisits(Protocol):
    async def alerted(self, after: int, since: datetime) -> tuple[int, dict[str, datetime]]:
        """The newest alert's number; and of those numbered above `after` and made since then the articles, with when first."""

    async def begin(self, alerted: Mapping[str, datetime], due_after: timedelta) -> None:
        """Have articles looked at again, first so long after the moment of their alert; those that are not yet."""

    async def due(self, now: datetime, most: int) -> list[Revisit]:
        """The articles whose time has come, the longest waiting first."""

    async def get(self, article: str) -> Revisit | None: ...

    async def settle(self, revisit: Revisit) -> None:
        """The article is from now on as this value says."""

    async def carried(self, seen: Sequence[Article], now: datetime, since: datetime) -> int:
        """What sources say of articles that are known: those alerted since then of which it is news are due now; how many."""

    async def versions(self, article: str) -> list[KeptVersion]:
        """The versions that are kept, oldest first."""

    async def keep(self, article: str, version: KeptVersion) -> None:
        """Store a version; the oldest and the newest twenty stay."""


class Deliveries(Protocol):
    """The outbox. A message is one row for (chat, subject, kind, version, part); in a chat, rows leave by their priority,
    and within one priority as they were queued."""

    async def post(
        self,
        chat: str,
        subject: str,
        message: Message,
        now: datetime,
        *,
        priority: Priority = Priority.NORMAL,
        parent: str = "",
        trace: str = "",
    ) -> str:
        """Queue a message; its id, "" when this subject was queued for the chat before and nothing happened.

        With `parent`, another subject of this chat, it becomes a reply to that one's message, and waits until it is there;
        under a parent that never arrives, or that is kept back for longer than this message may wait (a mute, a person's
        decision, quiet hours for a flash), it leaves by itself. `trace`: the id it should have, if that is free.
        """

    async def edit(self, chat: str, subject: str, message: Message, now: datetime) -> None:
        """Change a queued message while it waits, or queue an edit of it once it left. The newest edit wins."""

    async def delete(self, chat: str, subject: str, now: datetime) -> None:
        """Drop a message that waits, or queue its removal from the chat."""

    async def cut(self, delivery: Delivery, parts: Sequence[Message]) -> None:
        """Let a message leave in these parts, each a delivery of its own, in this order."""

    async def waiting(self, now: datetime) -> list[str]:
        """Chats with something to send, to look up or to release."""

    async def next(self, chat: str, now: datetime) -> Priority | datetime | None:
        """The class of what could be claimed now; when it may be tried if that is later; None if there is nothing."""

    async def claim(self, chat: str, now: datetime, until: datetime) -> Delivery | datetime | None:
        """The chat's next delivery, marked as being sent; when it may be tried if that is later; None if there is none."""

    async def sent(self, delivery: Delivery, remote_id: str, now: datetime) -> None: ...

    async def retry(
        self, delivery: Delivery, at: datetime, error: str, message: Message | None = None
    ) -> None:
        """Certainly not sent: back in its place, not before `at`; with `message`, in this wording from now on."""

    async def unsure(self, delivery: Delivery, at: datetime, error: str, *, looked: bool = False) -> None:
        """May be sent: to be looked up, not before `at`; `looked` counts a look-up that found nothing."""

    async def hold(self, delivery: Delivery, why: Hold, error: str) -> None:
        """Kept until a person decides."""

    async def dead(self, delivery: Delivery, error: str) -> None:
        """Will never be sent; a person should look."""

    async def published(self, delivery: Delivery) -> datetime | None:
        """When the article of this alert was published; None for other messages, and for alerts of a first poll."""

    async def orphans(self, now: datetime) -> int:
        """Mark what was being sent when the last process died as uncertain; how many there were."""

    async def clock_was_set(self, now: datetime, beyond: timedelta = timedelta(0)) -> None:
        """Nothing rests until a moment, later than `beyond` from now, that only the old clock would have reached soon."""

    async def quiet(self, chat: str, until: datetime) -> None:
        """Hold the posts and replies that wait there, all but answers and flashes."""

    async def release(self, chat: str, now: datetime, *, quiet: bool) -> int:
        """Let go of what was held for a mute that is over and, unless the chat is `quiet` now, for quiet hours.

        How many it let go of at the end of quiet hours.
        """

    async def mute(self, chat: str, muted: Mapping[str, datetime]) -> None:
        """Hold the alerts and spikes that wait there of muted watches only (name -> until when); let go of the others."""

    async def crowd(self, chat: str, above: int, keep: int, most: int) -> list[Waiting]:
        """If more than `above` untouched alerts wait there, the ones behind the first `keep`, at most `most`; else none."""

    async def fold(self, chat: str, ids: Sequence[str], message: Message, now: datetime) -> str:
        """Tell these alerts in one message, in the place of the first; they count as sent when it is. The list's id."""

    async def came_back(self, since: datetime) -> int:
        """The store is a copy made at `since`: what was open then may have been sent, and is to be looked up. How many."""

    async def doubt(self, delivery: str, since: datetime) -> None:
        """An older self may have sent this since then: to be looked up first."""

    async def lanes(self) -> list[Lane]: ...

    async def alerts_in(self, chat: str, remote_id: str) -> list[int]:
        """Numbers of the alerts that a message of this chat tells, or is a reply to; none for any other message."""

    async def delays(self, since: datetime) -> list[float]:
        """Seconds from publication to chat of the alerts sent since then, those of first polls left out; ascending."""

    async def stuck(self, *, everything: bool = False) -> list[Stuck]:
        """What needs a person: uncertain, dead, held until somebody decides. With `everything`, all that is not over."""

    async def again(self, ids: Sequence[str], now: datetime) -> int:
        """A person wants these sent; those that may be there are looked up first where that is possible. How many."""

    async def drop(self, ids: Sequence[str]) -> int:
        """A person does not want these sent. How many."""


class Standings(Protocol):
    async def all(self) -> dict[str, Standing]:
        """By chat; none for chats of which nothing is known."""

    async def pause(self, chat: str, until: datetime) -> None:
        """Nothing leaves for this chat until then."""

    async def gone(self, chat: str, since: datetime, why: str) -> bool:
        """It does not let us in; True if that is news."""

    async def back(self, chat: str) -> datetime | None:
        """It lets us in; since when it had not, None if it always had."""

    async def moved(self, chat: str, old: str, new: str) -> None: ...

    async def lost_thread(self, chat: str, thread: str) -> None: ...


class Watches(Protocol):
    async def sync(self, watches: Sequence[Watch]) -> None:
        """Make the watches of origin "config" those of the configuration; those made in a chat stay."""

    async def all(self) -> list[Watch]: ...

    async def add(self, watch: Watch) -> bool:
        """False when the name is taken."""

    async def remove(self, name: str) -> bool: ...

    async def mute(self, chat: str, watch: str, until: datetime) -> None: ...

    async def unmute(self, chat: str, watch: str) -> bool: ...

    async def mutes(self, now: datetime) -> dict[tuple[str, str], datetime]:
        """(chat, watch) -> until when, for the mutes in force."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A request on its way to its answer."""

    key: str  # the platform's id of what asked
    platform: str
    payload: dict[str, Any]  # what the adapter needs to answer it
    at: datetime
    tries: int = 1  # times that it was begun


class Requests(Protocol):
    async def add(self, requests: Sequence[Kept]) -> list[bool]:
        """Keep requests; False for each whose key was seen before."""

    async def remove(self, keys: Sequence[str]) -> None: ...

    async def begin_again(self, platform: str) -> list[Kept]:
        """What is still kept, oldest first, each with one more try."""


class Journal(Protocol):
    """What people ask, as an adapter hands it in before it tells the platform that it has it."""

    async def take(self, platform: str, key: str, payload: dict[str, Any], press: str = "") -> bool:
        """False when this was taken before: it needs no answer. Soon done, and never raises.

        `press` names a button and who pressed it: the same one twice in a row is one press.
        """

    def done(self, key: str) -> None:
        """It was answered."""

    async def left(self, platform: str) -> list[Kept]:
        """What was taken by the last run and not answered."""

    async def close(self) -> None:
        """Write down what was answered last."""


class Subscriptions(Protocol):
    async def all(self) -> list[Subscription]:
        """Those of active sources."""

    async def by_token(self, token: str) -> Subscription | None: ...

    async def keep(self, subscription: Subscription) -> None:
        """Store it, in place of an earlier one of its source."""

    async def drop(self, source: int) -> None: ...


class Tx(Protocol):
    """An open transaction: all of it happens or nothing."""

    @property
    def sources(self) -> Sources: ...
    @property
    def articles(self) -> Articles: ...
    @property
    def alerts(self) -> Alerts: ...
    @property
    def revisits(self) -> Revisits: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def standings(self) -> Standings: ...
    @property
    def watches(self) -> Watches: ...
    @property
    def subscriptions(self) -> Subscriptions: ...
    @property
    def requests(self) -> Requests: ...

    def after_commit(self, act: Callable[[], None]) -> None:
        """Call `act` once this transaction is durable; not at all if it is rolled back."""

    async def alone(self) -> None:
        """Wait until no other transaction that said the same is open: two pollers never judge one story at once."""

    async def first_time(self, event: str, now: datetime) -> bool:
        """True the first time an event id is shown, False ever after (until it is forgotten)."""

    async def forget_events(self, before: datetime) -> None: ...

    async def mark(self, name: str, at: datetime) -> None:
        """Note a moment under a name, in place of an earlier one."""

    async def unmark(self, name: str) -> None: ...

    async def marks(self) -> dict[str, datetime]:
        """Every noted moment by its name."""

    async def beat(self, now: datetime) -> None:
        """Leave a sign of life."""

    async def last_beat(self) -> datetime | None: ...


class Store(Protocol):
    """Every use of it, and of its transactions, may raise StoreTrouble."""

    def write(self) -> AbstractAsyncContextManager[Tx]: ...

    def read(self) -> AbstractAsyncContextManager[Tx]: ...

    async def still_owned(self) -> bool:
        """False once another process may have taken over a store that was opened for this one alone. Never raises."""

    @property
    def trouble(self) -> str:
        """What keeps it from being written, or did a moment ago, and what to do; "" if nothing does."""


class Engine(Protocol):
    """Runs keyed, coalescing jobs. The database holds the truth; the engine only wakes."""

    async def ensure(self, kind: str, key: str, tx: Tx) -> None:
        """At least one run after this commit, at most one at a time per key, no lost wake-up."""


Job = Callable[[str], Awaitable[datetime | None]]
"""Work for one key. Returns when it wants to run again, or None."""
