"""Every table and key of the file: what it may hold, and whether it must be there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bot.config import readers as read
from bot.logs import FORMATS, LEVELS
from bot.model import TIERS, OnUncertain, SourceKind

PLATFORMS = ("slack", "telegram", "console")
PRIORITIES = ("flash", "urgent", "normal", "low")  # of bot.model.Priority, those of a watch
COPIES = ("high", "medium", "off")  # bot.stories.Folding, as a watch sets it
LANGUAGES = ("id", "en")
DETAILS = ("brief", "standard", "full")


class Key(NamedTuple):
    read: read.Reader
    required: bool = False
    list_of: str = ""  # an example, where the value is a list of what the reader reads


@dataclass(frozen=True, slots=True)
class Table:
    """The keys of one table, or of each element where there are `many` of it."""

    keys: Mapping[str, Key]
    many: bool = False

    def heading(self, name: str) -> str:
        return f"[[{name}]]" if self.many else f"[{name}]"


_NAME = Key(read.line("a name in one line"), required=True)

# Polling every few seconds gets a newsroom blocked, and whoever writes `interval = 5` means minutes.
_INTERVAL = Key(read.seconds("10s", "7d"))

TABLES = {
    "storage": Table({"url": Key(read.storage_address)}),
    "polling": Table(
        {
            "interval": _INTERVAL,
            "first_alerts": Key(read.number(0, 50)),
            "timeout": Key(read.seconds("1s", "5m")),
            "max_bytes": Key(read.number(1_000, 100_000_000)),
            "concurrency": Key(read.number(1, 200)),
            "full_text": Key(read.yes_or_no),
            "allow_networks": Key(read.network, list_of='["10.1.0.0/16"]'),
            "contact": Key(read.line("an e-mail address or a web address in one line", empty=True)),
        }
    ),
    "access": Table(
        {
            "editors": Key(
                read.text(
                    'a person such as "slack:U0123ABCD" or "telegram:42"',
                    pattern=rf"({'|'.join(PLATFORMS)}):\S+",
                ),
                list_of='["slack:U0123ABCD", "telegram:42"]',
            )
        }
    ),
    "alerts": Table(
        {
            "owners": Key(read.line("the name of a chat", empty=True)),
            "fold_above": Key(read.number(0, 10_000)),
        }
    ),
    "logging": Table({"format": Key(read.choice(FORMATS)), "level": Key(read.choice(LEVELS))}),
    "metrics": Table({"listen": Key(read.listen_address)}),
    "websub": Table({"address": Key(read.own_address), "listen": Key(read.listen_address)}),
    "summary": Table(
        {
            "base_url": Key(read.optional_web_address),
            "model": Key(read.line("the model's name in one line", empty=True)),
            "mode": Key(read.choice(("select", "write"))),
            "timeout": Key(read.seconds("1s", "2m")),
            "requests_a_day": Key(read.number(0, 100_000)),
        }
    ),
    "slack": Table({"api_url": Key(read.web_address)}),
    "telegram": Table({"api_url": Key(read.web_address)}),
    "chats": Table(
        {
            "name": _NAME,
            "platform": Key(read.choice(PLATFORMS), required=True),
            "id": Key(read.identifier("the chat's id on its platform"), required=True),
            "thread": Key(read.identifier("the id of a thread or topic", empty=True)),
            "timezone": Key(read.timezone),
            "language": Key(read.choice(LANGUAGES)),
            "detail": Key(read.choice(DETAILS)),
            "digest": Key(read.digest_time, list_of='["07:00", "mon-fri 17:00"]'),
            "quiet_hours": Key(read.quiet_hours),
            "on_uncertain": Key(read.choice(OnUncertain)),
        },
        many=True,
    ),
    "sources": Table(
        {
            "name": _NAME,
            "url": Key(read.source_address, required=True),
            "kind": Key(read.choice(SourceKind)),
            "interval": _INTERVAL,
            "tags": Key(read.line("a word or name"), list_of='["Dunia", "Asia"]'),
            "include": Key(read.css),
            "exclude": Key(read.css),
            "full_text": Key(read.yes_or_no),
            "tier": Key(read.choice(TIERS)),
        },
        many=True,
    ),
    "lists": Table(
        {
            "name": Key(read.list_name, required=True),
            "terms": Key(
                read.text("what the list stands for, such as '\"Korea Utara\", Korut'"), required=True
            ),
        },
        many=True,
    ),
    "watches": Table(
        {
            "name": _NAME,
            "query": Key(
                read.text("what to look for, such as 'Putin' or '\"Korea Utara\" sanksi'"), required=True
            ),
            "priority": Key(read.choice(PRIORITIES)),
            "copies": Key(read.choice(COPIES)),
            "routes": Key(read.line("the name of a chat"), list_of='["Redaksi"]'),
            "figures": Key(read.yes_or_no),
            "spikes": Key(read.yes_or_no),
        },
        many=True,
    ),
}

LATER: frozenset[tuple[str, ...]] = frozenset()
"""Tables and keys of the design that this version does not have yet."""
