"""Copies as outlets make them of a wire report, made from real articles: seven kinds."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

_BEFORE = (
    "Jakarta, Kabar Nusantara -- Simak berita selengkapnya berikut ini.",
    "Halo pembaca, berikut laporan yang kami terima hari ini dari kantor berita.",
    "This report was provided by our partner agency and edited for length and style by our desk.",
)
_AFTER = (
    "Baca juga: berita lainnya. Ikuti saluran kami di aplikasi pesan untuk memperoleh kabar terkini setiap hari."
    " Hak cipta dilindungi undang-undang.",
    "Artikel ini telah tayang lebih dulu dengan judul lain. Dapatkan informasi terkini langsung di ponsel Anda."
    " Penulis: redaksi. Editor: redaksi.",
    "Sign up for our newsletter and never miss a story. All rights reserved.",
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


class Copier:
    """Makes copies; the same `seed` makes the same ones."""

    def __init__(self, bodies: Sequence[str], seed: int) -> None:
        self._random = random.Random(seed)
        self._bodies = bodies
        self._words = [word for body in bodies for word in body.split()]
        self.kinds: dict[str, Callable[[str], str]] = {
            "boilerplate": self._boilerplate,
            "cut to 60 %": lambda body: _cut(body, 0.60),
            "cut to 35 %": lambda body: _cut(body, 0.35),
            "10 % noise": lambda body: self._noise(body, 0.10),
            "20 % noise": lambda body: self._noise(body, 0.20),
            "re-ordered": self._reordered,
            "embedded": self._embedded,
        }

    def _boilerplate(self, body: str) -> str:
        return f"{self._random.choice(_BEFORE)} {body} {self._random.choice(_AFTER)}"

    def _noise(self, body: str, share: float) -> str:
        chance, pick = self._random.random, self._random.choice
        return " ".join(pick(self._words) if chance() < share else word for word in body.split())

    def _reordered(self, body: str) -> str:
        sentences = _sentences(body)
        self._random.shuffle(sentences)
        return " ".join(sentences)

    def _embedded(self, body: str) -> str:
        """Between twelve sentences, each of another article."""
        around = [self._random.choice(_sentences(self._random.choice(self._bodies))) for _ in range(12)]
        return " ".join([*around[:6], body, *around[6:]])


def _cut(body: str, share: float) -> str:
    words = body.split()
    return " ".join(words[: int(len(words) * share)])


def _sentences(body: str) -> list[str]:
    return [sentence for sentence in _SENTENCE.split(body) if sentence.strip()]
