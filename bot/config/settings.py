"""What a configuration says, once it is known to be right. The defaults of optional keys stand here."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bot.config.lines import Path as KeyPath
from bot.config.lines import Places
from bot.errors import Problem
from bot.model import Chat, Options, SourceKind, Watch

POLL_INTERVAL = 300.0  # seconds; what most publishers' caches allow anyway


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """A source as the file names it; `url` is an http(s) address, or a file's absolute path or pattern."""

    name: str
    url: str
    kind: SourceKind = SourceKind.AUTO
    interval: float = POLL_INTERVAL  # seconds
    pinned: bool = False  # it names its interval itself, and is polled at that
    options: Options = field(default_factory=Options)


@dataclass(frozen=True, slots=True)
class ListSettings:
    """A shared list as the file writes it: queries call it @name, and it stands for `terms`, a query itself."""

    name: str
    terms: str


@dataclass(frozen=True, slots=True)
class Polling:
    """How sources are read."""

    interval: float = (
        POLL_INTERVAL  # seconds between polls, on average over the sources that name no interval
    )
    first_alerts: int = 3  # at most so many alerts from the first poll of a source
    timeout: float = 20.0  # seconds for one answer
    max_bytes: int = 10_000_000  # of one answer, after unpacking
    concurrency: int = 40  # requests at the same time
    contact: str = ""  # told to publishers in the User-Agent
    full_text: bool = False  # the pages of items that are only teasers are read too
    allow_networks: tuple[str, ...] = ()  # that are read although they are not public: "10.1.0.0/16"


@dataclass(frozen=True, slots=True)
class Access:
    """Who may change things: keys as in `bot.chat.User.key`. Empty: everyone in a chat that is listed."""

    editors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alerts:
    """What is said beside the alerts themselves."""

    owners: str = ""  # the chat that hears what whoever runs Pantau has to know; empty: the first one
    fold_above: int = (
        20  # alerts that may wait in a chat before those behind are told in one list; 0: never fold
    )


@dataclass(frozen=True, slots=True)
class Logging:
    """What the program says on standard error."""

    format: str = "text"
    level: str = "warning"  # -v asks for "info" at least


@dataclass(frozen=True, slots=True)
class Metrics:
    """Where the program answers about itself."""

    listen: str = ""  # "127.0.0.1:9464"; empty: nowhere


@dataclass(frozen=True, slots=True)
class WebSub:
    """Where hubs reach us."""

    address: str = ""  # as hubs see it: "https://pantau.example.org/websub"; empty: nobody is subscribed to
    listen: str = ""  # where that address ends, on this machine


@dataclass(frozen=True, slots=True)
class SummarySettings:
    """A language model for /summary; without an address there is none."""

    base_url: str = ""
    model: str = ""
    mode: str = "select"
    timeout: float = 20.0  # seconds for the whole answer
    requests_a_day: int = 200
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Slack:
    api_url: str = "https://slack.com/api/"
    bot_token: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Telegram:
    api_url: str = "https://api.telegram.org"
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Config:
    """One configuration file with the secrets around it."""

    file: Path
    storage_url: str = field(repr=False)  # may carry a password
    sources: tuple[SourceSettings, ...] = ()
    lists: tuple[ListSettings, ...] = ()
    watches: tuple[Watch, ...] = ()
    chats: tuple[Chat, ...] = ()
    access: Access = Access()
    alerts: Alerts = Alerts()
    logging: Logging = Logging()
    metrics: Metrics = Metrics()
    polling: Polling = Polling()
    summary: SummarySettings = SummarySettings()
    websub: WebSub = WebSub()
    slack: Slack = Slack()
    telegram: Telegram = Telegram()
    places: Places = field(default_factory=Places, repr=False, compare=False)

    def problem(self, path: KeyPath, text: str) -> Problem:
        """A mistake that others found in this file, with its line: `problem(("watches", 2, "query"), …)`."""
        return Problem(str(self.file), self.places.line_of(path), text)

    def missing_tokens(self) -> list[str]:
        """One sentence for each platform that has a chat here but lacks a token."""
        needed = {
            "slack": {
                "PANTAU_SLACK_BOT_TOKEN": self.slack.bot_token,
                "PANTAU_SLACK_APP_TOKEN": self.slack.app_token,
            },
            "telegram": {"PANTAU_TELEGRAM_TOKEN": self.telegram.token},
        }
        sentences = []
        for platform, tokens in needed.items():
            chat = next((chat for chat in self.chats if chat.platform == platform), None)
            missing = [name for name, token in tokens.items() if not token]
            if chat and missing:
                verb = "are" if len(missing) > 1 else "is"
                sentences.append(
                    f'Chat "{chat.name}" is on {platform.title()}, but {" and ".join(missing)} {verb} not set'
                    f" (a file with the secret can be named by {missing[0]}_FILE)."
                )
        return sentences
