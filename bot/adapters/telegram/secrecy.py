"""Keeps the bot's token out of the log: it is part of every URL, and libraries log those."""

from __future__ import annotations

import logging

LOGGERS = (
    "httpx",  # at INFO every request with its URL
    "telegram.Bot",  # at DEBUG the base URL
)
NOISE = "telegram.request.BaseRequest"  # a traceback and the whole page for every answer that is not JSON


class KeepSecret(logging.Filter):
    """Drops records that would show the token; what they report, the adapter says in its own words."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def filter(self, record: logging.LogRecord) -> bool:
        """Is the record fit to be seen?"""
        return record.name != NOISE and self._token not in record.getMessage()

    def install(self) -> None:
        """Begin, before the first request."""
        for name in (*LOGGERS, NOISE):
            logging.getLogger(name).addFilter(self)

    def remove(self) -> None:
        """End; harmless if it never began."""
        for name in (*LOGGERS, NOISE):
            logging.getLogger(name).removeFilter(self)
