"""The nouns: sources, articles, watches, matches, chats. Values only; nothing here acts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum


class SourceKind(StrEnum):
    AUTO = "auto"  # decided by what comes back
    FEED = "feed"  # RSS, RDF, Atom, JSON Feed
    ARTICLE = "article"  # one page or text file that is one article; a file name may be a pattern
    PAGE = "page"  # a page that is watched: each new part of it is an article
    SITEMAP = "sitemap"  # a news sitemap


TIERS = ("wire", "national", "local", "blog")  # what kind of outlet a source is, the furthest reaching first


@dataclass(frozen=True, slots=True)
class Options:
    """What is particular about a source."""

    tags: tuple[str, ...] = ()  # the team's own, such as the folders of an imported list
    include: str = ""  # CSS selector: the parts of a page that are watched; empty: every paragraph
    exclude: str = ""  # CSS selector: what is left out of them
    full_text: bool = False  # where an item is only a teaser, its page is read too
    tier: str = ""  # what kind of outlet it is, one of TIERS; "": nobody has said


class Condition(StrEnum):
    """How a source is, as people should hear of it."""

    WELL = "well"
    FAILING = "failing"  # several polls in a row brought nothing
    PARTLY = "partly"  # items in it could not be read
    SILENT = "silent"  # it answers, and has had nothing new for longer than its rhythm explains
    GONE = "gone"  # the publisher says that it is gone for good: it is asked once a day only


@dataclass(frozen=True, slots=True)
class Politeness:
    """What a publisher says about being polled, and what its document is like."""

    wish: float = 0.0  # seconds: the longest of ttl and sy:updatePeriod
    skip_hours: tuple[int, ...] = ()  # of the day, UTC
    skip_days: tuple[int, ...] = ()  # 0 is Monday
    window: float | None = None  # seconds that the items of its document span
    frozen: bool = False  # it said "unchanged" although there was something new


@dataclass(frozen=True, slots=True)
class Source:
    """A feed or article that is polled, with what is remembered between polls."""

    id: int
    name: str
    url: str  # http(s) address, or a file's path (absolute)
    kind: SourceKind = SourceKind.AUTO
    interval: float = 300.0  # seconds between polls; on average, unless it is pinned
    pinned: bool = False  # polled at its interval, whatever its rhythm
    etag: str = ""
    last_modified: str = ""
    due_at: datetime | None = None
    polled_at: datetime | None = None  # last attempt
    ok_at: datetime | None = None  # last success
    item_at: datetime | None = None  # when an unseen article last came
    failures: int = 0  # in a row
    problem: str = ""  # what is wrong now, in plain words; empty when all is well
    condition: Condition = Condition.WELL
    told: Condition = Condition.WELL  # what the owners heard last
    rhythm: bytes = b""  # a bot.rhythm.Rhythm, packed
    polite: Politeness = Politeness()
    moved_to: str = ""  # where it says that it is for good; asked there once `moves` is MOVES
    moves: int = 0  # polls that were sent there and found what was known
    gone: int = 0  # polls in a row that were told it is gone for good
    gone_since: datetime | None = None
    lease: int = 0  # fencing token of the claim this value came from
    options: Options = Options()
    origin: str = "config"  # or "added": while the program ran, by a command or from a list


@dataclass(frozen=True, slots=True)
class Subscription:
    """What we want to hear of from a hub (WebSub), and how far that has come."""

    source: int
    hub: str
    topic: str
    token: str = field(repr=False)  # the end of the address where the hub answers
    secret: str = field(repr=False)  # signs what the hub sends
    ask_at: datetime  # when to ask the hub (again)
    until: datetime | None = None  # the end of the lease; None: not confirmed
    tries: int = 0  # without a confirmation


@dataclass(frozen=True, slots=True)
class Article:
    """One published text. Offsets anywhere in the program count code points of `title` or `body` as they stand here."""

    id: str
    url: str = ""
    title: str = ""
    body: str = ""
    lang: str = ""  # BCP 47, lower case; empty when unknown
    source: str = ""  # the source's name
    tier: str = ""  # the source's, one of TIERS; "" when nobody has said
    author: str = ""
    published: datetime | None = None  # aware; None when the publisher gave none that can be read
    seen: datetime | None = None  # when it was first stored
    tags: tuple[str, ...] = ()  # the publisher's own sections and keywords

    def field(self, name: str) -> str:
        """The text that a hit's `field` names."""
        return self.title if name == "title" else self.body


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a term of a query stands in an article."""

    term: str  # as the query writes it
    field: str  # "title" or "body"
    start: int  # code points of the field
    end: int  # exclusive
    text: str  # the field's own letters, text == field[start:end]
    glued: bool = False  # found at the seam of two words whose space was lost


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of an article, usually one sentence."""

    field: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Watch:
    """A named query. `routes` names the chats it alerts; empty means all of them."""

    name: str
    query: str
    priority: str = "normal"
    routes: tuple[str, ...] = ()
    origin: str = "config"  # "config" or "chat": who may remove it
    copies: str = "high"  # bot.stories.Folding: how like a told text must be to be folded into it
    figures: bool = (
        False  # its alerts tell the numbers and dates of the article; the store does not keep this
    )
    spikes: bool = True  # far more than usual is told; the store does not keep this

    @property
    def urgency(self) -> Priority:
        """The class in which its alerts leave."""
        return Priority[self.priority.upper()]


@dataclass(frozen=True, slots=True)
class Match:
    """A watch that an article answers, on which words, and the sentence that shows it best."""

    watch: str
    hits: tuple[Hit, ...]
    sentence: Passage
    figures: bool = False  # the watch asks for the numbers and dates of the article


class OnUncertain(StrEnum):
    """What happens to a message whose answer was lost where nobody can look it up."""

    RESEND_ONCE = "resend_once"  # twice in the rarest of cases, never not at all
    HOLD = "hold"  # never twice; a person decides


@dataclass(frozen=True, slots=True)
class Chat:
    """A place where alerts arrive."""

    name: str
    platform: str  # "slack", "telegram", "console"
    id: str
    thread: str = ""
    timezone: str = "Asia/Jakarta"
    language: str = "id"
    detail: str = "standard"  # of an alert: "brief", "standard", "full"
    digest: tuple[str, ...] = ()  # "07:00", "mon-fri 17:00" in its timezone
    quiet_hours: str = ""  # "22:00-06:00" in its timezone: only a flash arrives then
    on_uncertain: OnUncertain = OnUncertain.RESEND_ONCE


@dataclass(frozen=True, slots=True)
class Sighting:
    """A source that has a copy of an article."""

    source: str
    at: datetime | None = None  # when it published it, else when it was seen there; None: nobody noted it


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that an article says and nothing before it said: a number, a name, a turn of events."""

    text: str  # as it is shown: "14 orang", "Kim Yo Jong"
    before: str = ""  # the number that was told for the same thing


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What became of an article after its alert."""

    headline: str = ""  # the newest one; empty while it is the first
    edited_at: datetime | None = None  # when the last edit that matters was seen
    gone_at: datetime | None = None  # withdrawn, as far as is known now


class Reason(StrEnum):
    """Why a chat is told something now."""

    NEW = "new"  # the first report of this event in this chat
    MORE_SOURCES = "more_sources"  # a copy in another source: the message on the screen is edited
    MORE_REPORTS = "more_reports"  # another report that says nothing new: the alert's count is edited
    # Developments, each a reply in the story's thread:
    NEW_FACTS = "new_facts"  # a number, a name or a turn that nothing told here has said
    NEW_WATCH = "new_watch"  # the story answers a watch that it had not answered here
    BETTER_TIER = "better_tier"  # an outlet that reaches further than those that were told here
    WIDELY = "widely"  # so many outlets have the story by now
    AGAIN = "again"  # the story was silent here for most of a day
    UNFOLDED = "unfolded"  # a near-copy that a watch wants told
    SAME_WORDS = "same_words"  # an outlet's further article under words that it had used before: they say nothing of it

    @property
    def develops(self) -> bool:
        """Is it told as a reply to what was told before?"""
        return self not in (Reason.NEW, Reason.MORE_SOURCES, Reason.MORE_REPORTS)

    @property
    def tells(self) -> bool:
        """Does it make a message of its own?"""
        return self is Reason.NEW or self.develops


class State(StrEnum):
    """Where a delivery stands on its way to a chat."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"  # the answer was lost: it may be there or not
    HELD = "held"  # kept back on purpose, for a reason (Hold)
    DEAD = "dead"  # will never be sent; a person should look
    DROPPED = "dropped"  # a person said that it need not be sent, or its message was deleted before it left


class Hold(StrEnum):
    """Why a delivery is held, and so what releases it."""

    QUIET = "quiet"  # the chat's quiet hours: their end
    MUTED = "muted"  # every watch it tells of is muted there: the end of the mute
    PARENT = "parent"  # it belongs to a message that is not there yet: that message
    FOLDED = "folded"  # it is told in a list that is on its way: that list, by being sent
    UNSURE = "unsure"  # it may be there, nobody can look, and the chat wants nothing twice: a person
    RESTORED = (
        "restored"  # the store comes from a backup: it may have left since, and nobody can look: a person
    )


class Priority(IntEnum):
    """What leaves first from a chat's lane; within one class, what was queued first."""

    ANSWER = 0  # somebody waits for it
    FLASH = 1
    URGENT = 2
    NORMAL = 3
    LOW = 4
    DIGEST = 5


class Kind(StrEnum):
    """What a delivery does in the chat."""

    POST = "post"
    REPLY = "reply"  # a post under another message, its parent
    EDIT = "edit"
    DELETE = "delete"

    @property
    def makes_a_message(self) -> bool:
        """Twice is once too often: its loss of an answer has to be looked into. Edits and deletes are simply made again."""
        return self in (Kind.POST, Kind.REPLY)
