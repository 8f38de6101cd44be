from array import array
from collections.abc import Callable

class Reader:
    def __init__(self, learn: Callable[[str], tuple[int, ...]], most: int, /) -> None: ...
    def read(
        self,
        headline: str,
        text: str,
        sketched: tuple[int, int, int, int],
        weighed: tuple[int, int, array[float], float, float],
        language_words: int,
        /,
    ) -> tuple[
        bytes,
        bytes,
        bool,
        set[int],
        tuple[array[int], array[int], array[int]],
        tuple[array[int], array[float], frozenset[int]],
    ]: ...

class Times:
    def add(self, terms: array[int], /) -> None: ...
    def remove(self, terms: array[int], /) -> None: ...
    def heaviest(
        self,
        terms: array[int],
        weights: array[float],
        logs: array[float],
        every: float,
        kept: int,
        unit: int,
        /,
    ) -> tuple[array[int], bytes]: ...

class Postings:
    def add(self, terms: array[int], number: int, /) -> None: ...
    def remove(self, terms: array[int], number: int, /) -> None: ...
    def most(
        self, terms: array[int], crowd: int, looked_at: int, fewest: int, kept: int, newest: bool, /
    ) -> list[int]: ...

class Sum:
    square: int
    def __len__(self) -> int: ...
    def add(self, terms: array[int], weights: bytes, /) -> array[int]: ...
    def agreeing(self, terms: array[int], weights: bytes, /) -> tuple[int, int, int]: ...
    def lighten(self, kept: int, /) -> array[int]: ...
    def terms(self) -> array[int]: ...

def common(one: array[int], other: array[int], /) -> int: ...
