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

from bot.errors import (
    ChatGone,
    ChatMoved,
    MessageRefused,
    SendError,
    ThreadGone,
    TokenRefused,
    TryAgain,
    Uncertain,
    Unreachable,
)

WITHOUT_TOKEN = 60.0  # seconds; a revoked token stays revoked, a proxy that answers 404 does not
NOT_CONNECTED = 5.0  # seconds; the network's next chance

# The request never left: nothing can have been delivered.
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

UNKNOWN_CHAT = "check its id, and write to the bot there first"
GROUP_IS_GONE = "remove it from the configuration"
TOPIC_IS_GONE = "name another thread in the configuration"
MAY_NOT_POST = "an administrator has to let the bot post there"

# Bot API server, Client.cpp: refusals that are about the place and not about the message, and what a person can do.
GONE = {
    "bot was blocked by the user": "only they can unblock it",
    "bot can't initiate conversation": "they have to write to the bot first",
    "user is deactivated": GROUP_IS_GONE,
    "bot was kicked": "add it again",
    "bot is not a member": "add it to the chat",
    "chat not found": UNKNOWN_CHAT,
    "chat_id is empty": UNKNOWN_CHAT,
    "user not found": UNKNOWN_CHAT,
    "peer_id_invalid": UNKNOWN_CHAT,
    "group chat was deactivated": GROUP_IS_GONE,
    "group chat was deleted": GROUP_IS_GONE,
    "topic_closed": "open the topic again",
    "chat_write_forbidden": MAY_NOT_POST,
    "chat_restricted": MAY_NOT_POST,
    "not enough rights to send": MAY_NOT_POST,
    "have no rights to send": MAY_NOT_POST,
    "need administrator rights": MAY_NOT_POST,
}
THREAD_GONE = ("message thread not found", "topic_deleted")
NOT_THERE = ("message to delete not found", "message can't be deleted")  # the second after 48 hours: it stays
NOT_MODIFIED = "message is not modified"


def meaning(error: TelegramError) -> SendError:
    """Was it sent, and what now? The caller raises it `from error`."""
    match error:
        case RetryAfter():
            wait = seconds(error)
            return TryAgain(f"Telegram asks to wait {wait:.0f} s.", wait)
        case ChatMigrated():
            return ChatMoved(
                f"The group has become a supergroup: write its new id {error.new_chat_id} into the configuration.",
                str(error.new_chat_id),
            )
        case InvalidToken():
            return TokenRefused("Telegram does not accept the token in PANTAU_TELEGRAM_TOKEN.", WITHOUT_TOKEN)
        case Forbidden() | BadRequest():
            return _refusal(error)
        case Conflict():
            return TryAgain(error.message, NOT_CONNECTED)
        case NetworkError() if never_left(error):
            return Unreachable(f"Telegram cannot be reached: {reason(error)}", NOT_CONNECTED)
    return Uncertain(f"Telegram's answer was lost: {reason(error)}")


def _refusal(error: TelegramError) -> SendError:
    """A 403 is always about the chat, a 400 about the chat or the message."""
    if any(words in error.message.lower() for words in THREAD_GONE):
        return ThreadGone(f"Telegram says: {error.message}, {TOPIC_IS_GONE}.")
    remedies = [remedy for words, remedy in GONE.items() if words in error.message.lower()]
    if remedies or isinstance(error, Forbidden):
        return ChatGone(f"Telegram says: {': '.join([error.message, *remedies[:1]])}.")
    return MessageRefused(f"Telegram refused the message: {error.message}.")


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


def is_gone(refusal: MessageRefused) -> bool:
    """Is the message that should go not there, or out of reach for good?"""
    return any(words in str(refusal).lower() for words in NOT_THERE)


def is_not_modified(refusal: MessageRefused) -> bool:
    """Does the message stand there already, exactly as we wanted it?"""
    return NOT_MODIFIED in str(refusal).lower()
