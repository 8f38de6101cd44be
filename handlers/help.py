"""/help: what can be asked, as a list to learn from."""

from __future__ import annotations

from bot.chat import Line, LineKind, Message, Request, Span, Style, say
from bot.model import Chat
from bot.words import phrase
from handlers.desk import Desk

TOPICS = ("watch", "mute", "summary", "trend", "digest", "story", "why", "diff", "sources", "status", "help")


async def help_(_request: Request, chat: Chat, _desk: Desk) -> Message:
    """this list"""
    lines = [say(phrase("help.title", chat.language), kind=LineKind.HEADING)]
    for topic in TOPICS:
        usage, what = phrase(f"help.{topic}", chat.language), phrase(f"help.{topic}.what", chat.language)
        lines.append(Line((Span(usage, Style.CODE), Span(f" {what}")), LineKind.ITEM))
    lines.append(say(phrase("help.slack", chat.language), kind=LineKind.NOTE))
    return Message(tuple(lines), private=True)


def menu(language: str = "id") -> list[tuple[str, str]]:
    """(command, description) pairs for the menu that a platform shows beside the text field."""
    return [(topic, phrase(f"help.{topic}.what", language)) for topic in TOPICS]
