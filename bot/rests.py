"""How long what did not leave rests, and how a refused message is worded. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.chat import Line, Message, Span
from bot.errors import ChatGone, SendError, ThreadGone, TryAgain

LOOK_UP_AFTER = timedelta(seconds=5)  # a platform needs a moment before its history shows what just arrived
LONGEST_WAIT = timedelta(minutes=5)  # between tries at a platform that cannot be reached
GONE_WAIT = timedelta(minutes=10)  # between tries at a chat that does not let us in


def wait_after(trouble: SendError, attempts: int) -> timedelta:
    """How long a lane rests: as long as it is told, else 2, 4, 8 … seconds, bounded."""
    if isinstance(trouble, ChatGone | ThreadGone):
        return GONE_WAIT
    if isinstance(trouble, TryAgain) and trouble.wait:
        return timedelta(seconds=trouble.wait)
    return back_off(attempts)


def back_off(attempts: int) -> timedelta:
    """2, 4, 8 … seconds, bounded: a platform in trouble is asked ever more rarely, and for ever."""
    return min(LONGEST_WAIT, timedelta(seconds=2.0 ** min(attempts, 10)))


def plainer(message: Message) -> Message:
    """The same words with no styles, links or buttons: what a platform has the least reason to refuse."""
    lines = tuple(Line((Span(line.unstyled),)) for line in message.lines)
    return replace(message, lines=lines, buttons=())
