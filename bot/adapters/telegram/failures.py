"""What python-telegram-bot raises -> what it means for a message that was being sent. Pure.

The order of the cases matters: BadRequest and TimedOut are NetworkErrors in python-telegram-bot 22.
"""

from __future__ import annotations

from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.errors import ChatGone, MessageRefused, SendError, TryAgain, Uncertain

WITHOUT_TOKEN = 60.0  # seconds; a revoked token stays revoked, a proxy that answers 404 does not
NOT_CONNECTED = 5.0  # seconds; the network's next chance

# The request never left: nothing can have been delivered.
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

# Bot API server, Client.cpp: refusals with code 400 that are about the place and not about the message.
PLACE_IS_GONE = (
    "chat not found",
    "chat_id is empty",
    "user not found",
    "peer_id_invalid",
    "group chat was deactivated",
    "the group chat was deleted",
    "message thread not found",
    "topic_closed",
    "topic_deleted",
    "chat_write_forbidden",
    "chat_restricted",
    "not enough rights to send",
    "have no rights to send",
    "need administrator rights in the channel chat",
)
NOT_MODIFIED = "message is not modified"


def meaning(error: TelegramError) -> SendError:
    """Was it sent, and what now? The caller raises it `from error`."""
    match error:
        case RetryAfter():
            wait = seconds(error)
            return TryAgain(f"Telegram asks to wait {wait:.0f} s.", wait)
        case ChatMigrated():
            return TryAgain(f"The group is now a supergroup with the id {error.new_chat_id}.")
        case InvalidToken():
            return TryAgain("Telegram does not accept the token.", WITHOUT_TOKEN)
        case Forbidden():
            return ChatGone(error.message)
        case BadRequest():
            gone = any(words in error.message.lower() for words in PLACE_IS_GONE)
            return ChatGone(error.message) if gone else MessageRefused(error.message)
        case Conflict():
            return TryAgain(error.message, NOT_CONNECTED)
        case NetworkError() if never_left(error):
            return TryAgain(f"Telegram cannot be reached: {reason(error)}", NOT_CONNECTED)
    return Uncertain(f"Telegram's answer was lost: {reason(error)}")


def never_left(error: TelegramError) -> bool:
    """Is it certain that not one byte of the request reached Telegram?"""
    return isinstance(error.__cause__, NEVER_LEFT)


def seconds(error: RetryAfter) -> float:
    """How long a 429 asks to wait: python-telegram-bot is moving from int to timedelta."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def reason(error: TelegramError) -> str:
    """What happened, in a few words and without a URL (it would carry the token)."""
    cause = error.__cause__
    if isinstance(cause, httpx.HTTPError):
        return f"{type(cause).__name__} {cause}".strip()
    return error.message.partition(". Parsing the server response")[0]


def is_not_modified(refusal: MessageRefused) -> bool:
    """Does the message stand there already, exactly as we wanted it?"""
    return NOT_MODIFIED in str(refusal).lower()
