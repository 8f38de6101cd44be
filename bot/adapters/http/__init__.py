"""Reads sources: over HTTP, conditionally and within limits, or from files that the configuration names.

`fetcher` asks and decides what an answer means, `unpack` keeps a body within its limit, `guard` decides which
addresses may be dialled, `failures` says what went wrong in plain words, `files` reads from the disk.
"""

from bot.adapters.http.fetcher import HttpFetcher

__all__ = ["HttpFetcher"]
