"""The terminal as a chat: alerts come in, commands are typed, buttons have numbers."""

from bot.adapters.console.messenger import ConsoleMessenger

__all__ = ["ConsoleMessenger"]
