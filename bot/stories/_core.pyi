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
        tuple[bytes, bytes, bytes],
        tuple[bytes, bytes, frozenset[int]],
    ]: ...

class Times:
    def add(self, terms: bytes, /) -> None: ...
    def remove(self, terms: bytes, /) -> None: ...
    def heaviest(
        self,
        terms: bytes,
        weights: bytes,
        logs: array[float],
        every: float,
        kept: int,
        unit: int,
        /,
    ) -> tuple[bytes, bytes, bytes]: ...

class Postings:
    def add(self, terms: bytes, number: int, /) -> None: ...
    def remove(self, terms: bytes, number: int, /) -> None: ...
    def most(
        self, terms: bytes, crowd: int, looked_at: int, fewest: int, kept: int, newest: bool, /
    ) -> list[int]: ...

class Sum:
    square: int
    def __len__(self) -> int: ...
    def add(self, terms: bytes, weights: bytes, /) -> bytes: ...
    def remove(self, terms: bytes, weights: bytes, /) -> bytes: ...
    def agreeing(self, terms: bytes, weights: bytes, /) -> tuple[int, int, int]: ...
    def lighten(self, kept: int, /) -> bytes: ...
    def terms(self) -> bytes: ...

def common(one: bytes, other: bytes, /) -> int: ...
