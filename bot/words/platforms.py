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
    text = phrase(
        f"health.{health.condition}",
        language,
        platform=NAMES.get(platform, platform),
        when=moment(began, timezone, language),
        length=seconds((now - began).total_seconds()),
        detail=f" ({health.detail.rstrip('.')})" if health.detail else "",
    )
    return Message((say(text, kind=LineKind.TEXT),))
