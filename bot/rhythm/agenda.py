"""Which source is next, for every host in turn: a heap in memory, because asking the store every second costs more than polling.

The store's `due_at` is what a restart goes by; while the program runs, this is. Its clock is one that nobody can set.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

SPACING = 1.0  # seconds between the end of a request to a host and the next one's start; one at a time


@dataclass(slots=True)
class _Host:
    busy: bool = False
    free_at: float = 0.0
    polled: bool = False  # it has sources
    waiting: list[int] = field(
        default_factory=list
    )  # sources that are due, a few: ten thousand deques are 6 MB


class Agenda:
    """Sources and when they are due, in seconds of a clock of the caller's. Sources without a host wait for nobody."""

    def __init__(self) -> None:
        self._heap: list[
            tuple[float, int, int]
        ] = []  # when, in which order, source (or -1: a host that rests)
        self._order = 0
        self._due: dict[int, float] = {}  # a source -> when; entries of the heap that differ are out of date
        self._host_of: dict[int, str] = {}
        self._asked: dict[int, str] = {}  # sources that were taken and are not done: whom they ask
        self._hosts: dict[str, _Host] = {}
        self._resting: list[tuple[float, int, str]] = []  # hosts by when they are free again

    def __len__(self) -> int:
        return len(self._host_of)

    def sources(self) -> set[int]:
        """Those that were put and not dropped, the ones that are asked now among them."""
        return set(self._host_of)

    def host_of(self, source: int) -> str:
        """The host of a source that was put; empty where it has none."""
        return self._host_of.get(source, "")

    def neighbours(self, source: int) -> list[int]:
        """The sources of the same host, this one among them; none for one without a host."""
        host = self.host_of(source)
        return [number for number, name in self._host_of.items() if name == host] if host else []

    def put(self, source: int, host: str, due: float) -> None:
        """Have a source polled from `due` on."""
        self._host_of[source] = host
        self._due[source] = due
        self._order += 1
        heapq.heappush(self._heap, (due, self._order, source))

    def drop(self, source: int) -> None:
        """Poll a source no longer."""
        self._due.pop(source, None)
        self._host_of.pop(source, None)

    def take(self, now: float, most: int) -> list[int]:
        """Up to `most` sources to poll now, the longest due first, one of each host; `done` gives their hosts free."""
        taken: list[int] = []
        while self._resting and self._resting[0][0] <= now and len(taken) < most:
            _, _, name = heapq.heappop(self._resting)
            self._give(name, now, taken)
        while self._heap and self._heap[0][0] <= now and len(taken) < most:
            due, _, source = heapq.heappop(self._heap)
            if self._due.get(source) != due:
                continue
            del self._due[source]
            name = self._host_of[source]
            if not name:
                taken.append(source)
                continue
            host = self._hosts.setdefault(name, _Host())
            host.polled = True
            host.waiting.append(source)
            if not host.busy and host.free_at <= now:
                self._give(name, now, taken)
            elif not host.busy and len(host.waiting) == 1:
                self._rest(name, host.free_at)
        return taken

    def done(self, source: int, now: float, rest: float = 0.0) -> None:
        """The request of a source has ended; its host is left alone for SPACING seconds, or for `rest` if that is longer."""
        if name := self._asked.pop(source, ""):
            self.take_back(name, now, rest)

    def lend(self, name: str, now: float) -> bool:
        """Give a host's turn to a request that is no source's; False while it is asked, or rests. `take_back` ends it."""
        host = self._hosts.setdefault(name, _Host())
        if host.busy or host.free_at > now:
            return False
        host.busy = True
        return True

    def take_back(self, name: str, now: float, rest: float = 0.0) -> None:
        """A request to a host has ended, as in `done`."""
        host = self._hosts.get(name)
        if host is None:
            return
        host.busy = False
        host.free_at = max(host.free_at, now + max(SPACING, rest))
        if host.waiting:
            self._rest(name, host.free_at)
        elif not host.polled:
            del self._hosts[name]  # articles lead to any number of hosts

    @property
    def waits(self) -> bool:
        """Does any source wait for its host, although it is due?"""
        return any(host.waiting for host in self._hosts.values())

    def next_at(self) -> float | None:
        """When there will be something to take, if nothing else happens; None for never."""
        moments = [heap[0][0] for heap in (self._heap, self._resting) if heap]
        return min(moments, default=None)

    def _rest(self, name: str, until: float) -> None:
        self._order += 1
        heapq.heappush(self._resting, (until, self._order, name))

    def _give(self, name: str, now: float, taken: list[int]) -> None:
        host = self._hosts[name]
        if host.busy or not host.waiting:
            return
        if host.free_at > now:  # it was asked to rest longer meanwhile
            self._rest(name, host.free_at)
            return
        while host.waiting:
            source = host.waiting.pop(0)
            if self._host_of.get(source) == name:
                host.busy = True
                self._asked[source] = name
                taken.append(source)
                return
