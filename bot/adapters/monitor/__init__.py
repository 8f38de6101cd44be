"""Answers about the program on a local port: /metrics, /healthz, /readyz. Start in server.py."""

from bot.adapters.monitor.server import Monitor

__all__ = ["Monitor"]
