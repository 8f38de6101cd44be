"""One table for typed commands and pressed buttons, and what happens when none of its rows fits."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.chat import COMMAND_BYTES, Button, Line, Message, Request, Span, Style, say
from bot.errors import RequestRefused, StoreTrouble
from bot.model import Chat
from bot.words import LANGUAGES, phrase
from handlers.desk import Desk
from handlers.diff import diff
from handlers.digest import digest
from handlers.help import help_
from handlers.mute import mute
from handlers.options import anywhere
from handlers.sources import sources
from handlers.status import status
from handlers.story import story
from handlers.summary import summary
from handlers.trend import trend
from handlers.watch import watch
from handlers.why import why_

log = logging.getLogger(__name__)

Handler = Callable[[Request, Chat, Desk], Awaitable[Message]]

COMMANDS: dict[str, Handler] = {
    "watch": watch,
    "mute": mute,
    "summary": summary,
    "trend": trend,
    "digest": digest,
    "story": story,
    "why": why_,
    "diff": diff,
    "sources": sources,
    "status": status,
    "help": help_,
    "start": help_,  # Telegram sends it when a person opens the chat with a bot
    "": help_,  # "/pantau" alone, or the bot's name alone
}


REPEATABLE = frozenset({"summary", "trend", "story", "why", "diff", "sources", "status", "help", "start", ""})
"""Commands that change nothing: one that a restart cut off is simply answered afterwards."""


@dataclass(frozen=True, slots=True)
class Router:
    """Answers requests (bot.ports.Answer)."""

    desk: Desk

    async def __call__(self, request: Request) -> Message:
        chat = self.desk.chat(request.place)
        if chat is None and not request.place.id and request.name == "summary":
            return anywhere(request.place.platform, self.desk)
        if chat is None:
            return refuse_place(request)
        try:
            if request.cut_off and request.name not in REPEATABLE:
                return cut_off(request, chat.language)
            handler = COMMANDS.get(request.name)
            if handler is None:
                raise RequestRefused(unknown_command(request.name, chat.language))
            return await handler(request, chat, self.desk)
        except RequestRefused as refused:
            return Message((say(str(refused)),), private=True)
        except StoreTrouble as trouble:
            log.error("/%s: %s", request.name, trouble)
            return Message((say(phrase("failed", chat.language)),), private=True)
        except Exception:
            # A fault in one command is told to the one who asked, and stops no other.
            log.exception("/%s %s failed", request.name, request.argument)
            return Message((say(phrase("failed", chat.language)),), private=True)


def refuse_place(request: Request) -> Message:
    """A chat that is not listed is told so, with its id and topic, in every language: we do not know which it speaks."""
    place = " ".join(filter(None, (request.place.platform, request.place.id, request.place.thread)))
    return Message(
        tuple(say(phrase("refused.chat", language, place=place)) for language in LANGUAGES), private=True
    )


def cut_off(request: Request, language: str) -> Message:
    """Nobody knows how far a command came that changes something: the one who asked looks, and asks again."""
    command = f"/{request.name} {request.argument}".strip()
    again = (Button(phrase("button.again", language), command),)
    fits = len(command.encode()) <= COMMAND_BYTES
    said = Line((Span(command, Style.CODE), Span(f" {phrase('refused.cut_off', language)}")))
    return Message((said,), again if fits else (), private=True)


def unknown_command(name: str, language: str) -> str:
    near = difflib.get_close_matches(name, [known for known in COMMANDS if known], n=1)
    hint = phrase("refused.nearest", language, name=near[0]) if near else phrase("refused.see_help", language)
    return f"{phrase('refused.unknown', language, name=name)} {hint}"
