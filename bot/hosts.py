"""Addresses on the web, and whose turn it is: one request at a time to each host, and a rest between its pages for its feeds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

SPACING = 2.0  # seconds between two pages of one host


@dataclass(frozen=True, slots=True)
class Hosts:
    """Which hosts may be asked for a page now. Shared by all who read pages.

    `lend` asks those who poll for a host's turn, `take_back` returns it, with the seconds that it wants to be left alone.
    """

    lend: Callable[[str], bool] = lambda host: True
    take_back: Callable[[str, float], None] = lambda host, rest: None
    _free_at: dict[str, float] = field(default_factory=dict)  # host -> seconds of the loop's clock

    def take(self, url: str) -> bool:
        """Begin to ask the host of an address; False while it is being asked, or rests."""
        host, now = _host(url), _clock()
        if self._free_at.get(host, now) > now or not self.lend(host):
            return False
        for free in [name for name, free_at in self._free_at.items() if free_at <= now]:
            del self._free_at[free]
        self._free_at[host] = float("inf")
        return True

    def done(self, url: str, rest: float = 0.0) -> None:
        """It has answered; `rest`: seconds that it wants to be left alone for."""
        host = _host(url)
        self._free_at[host] = _clock() + max(SPACING, rest)
        self.take_back(host, rest)


def is_web(url: str) -> bool:
    """An address, and not a file's path."""
    return url.lower().startswith(("http://", "https://"))


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()


def _clock() -> float:
    return asyncio.get_running_loop().time()
