"""How a platform is, in the words of whoever runs Pantau."""

from __future__ import annotations

from datetime import datetime

from bot.chat import LineKind, Message, say
from bot.health import Health
from bot.words.catalogue import phrase
from bot.words.times import moment, seconds

NAMES = {"slack": "Slack", "telegram": "Telegram"}


def platform_is(
    platform: str, health: Health, began: datetime, now: datetime, timezone: str, language: str
) -> Message:
    """One notice; `began` is when the trouble did, also where it is over."""
    values = {
        "platform": NAMES.get(platform, platform),
        "when": moment(began, timezone, language),
        "length": seconds((now - began).total_seconds()),
    }
    lines = [
        say(phrase(f"health.{health.condition}", language, **values), kind=LineKind.HEADING),
        say(phrase(f"health.{health.condition}.what", language, **values)),
    ]
    if health.detail:
        lines.append(say(health.detail, kind=LineKind.NOTE))
    return Message(tuple(lines))


def in_one_line(notice: Message) -> str:
    """The same for a log or a terminal."""
    title, *rest = (line.text.rstrip(".") for line in notice.lines)
    return f"{title}: {'. '.join(rest)}."
