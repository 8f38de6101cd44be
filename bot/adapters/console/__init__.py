"""The terminal as a chat: alerts come in, commands are typed, buttons have numbers."""

from bot.adapters.console.messenger import ConsoleMessenger
from bot.adapters.console.typed import typed_lines

__all__ = ["ConsoleMessenger", "typed_lines"]
