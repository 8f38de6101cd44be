"""How rare a term is: in how many articles of the window it stands, counted as they come and go."""

from __future__ import annotations

from array import array
from math import log

from bot.stories.engine import ENGINE, Engine
from bot.stories.terms import Terms, Vector

_PRIOR = 100  # articles that count as seen, so that the first ones do not make every word look frequent


class Rarity:
    """In how many articles of the window each term stands."""

    def __init__(self, engine: Engine = ENGINE) -> None:
        self._times = engine.times()
        self._articles = 0
        self._logs = array("d", [0.0])  # of every number of articles that there was

    def count(self, found: Terms) -> None:
        """An article with these terms has come."""
        self._times.add(found.terms)
        self._articles += 1
        if self._articles == len(self._logs):
            self._logs.append(log(self._articles))

    def forget(self, vector: Vector) -> None:
        """An article with these terms is forgotten."""
        self._times.remove(vector.terms)
        self._times.remove(vector.light)
        self._articles -= 1

    def vector(self, found: Terms) -> Vector:
        """What an article is about that was counted."""
        return self._times.heaviest(found, self._logs, log(self._articles + _PRIOR))
