"""Telegram, through python-telegram-bot: start reading in messenger.py."""

from bot.adapters.telegram.messenger import TelegramMessenger

__all__ = ["TelegramMessenger"]
