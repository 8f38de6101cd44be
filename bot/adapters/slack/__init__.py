"""Slack: start in messenger.py. Alerts go out as rich text, requests come in through Socket Mode."""

from bot.adapters.slack.messenger import SlackMessenger

__all__ = ["SlackMessenger"]
