"""Edits made by machine to real articles, each with the weight that an editor would give it."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Sequence

from bot.model import Article
from bot.sentences import sentences
from bot.stories import Version, Weight, compare

EDITED = 600  # articles, each once in every kind
NAMES = ("Suharjo", "Wulandari", "Mantikulore", "Bintuni")
FURNITURE = (
    "Baca juga: Putin tiba di Pyongyang bersama 12 menteri",
    "Editor: Ratna Dewi",
    "1.204 views",
    "12 Komentar",
    "Senin, 22 Nov 2026 14:05 WIB",
    "Ikuti berita terkini di WhatsApp Channel kami",
    "(fit/pra)",
    "Foto: Antara/Basri",
    "Tags: gempa, palu, 2026",
    "5 menit lalu",
)


class Editor:
    """Changes one place of a text, chosen by chance; the text as it was where there is no such place."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def number(self, text: str) -> str:
        return self._put(
            r"(?<![\w.,])\d{1,3}(?![\w]|[.,]\d)",
            text,
            lambda found: str(int(found) + self._chance.randint(1, 40)),
        )

    def negation(self, text: str) -> str:
        return self._put(r"\b(?:tidak|bukan|belum) ", text, lambda _: "")

    def name(self, text: str) -> str:
        return self._put(r"(?<=[a-z] )[A-Z][a-z]{3,}(?= [a-z])", text, lambda _: self._chance.choice(NAMES))

    def cut(self, text: str) -> str:
        """A sentence with a number is gone."""
        told = [(a, b) for a, b in list(sentences(text))[1:] if re.search(r"\d", text[a:b])]
        if not told:
            return text
        start, end = self._chance.choice(told)
        return text[:start] + text[end:]

    def correction(self, text: str) -> str:
        return f"{text} Ralat: pada versi sebelumnya tertulis angka yang salah."

    def typing(self, text: str) -> str:
        """Two letters change places."""
        return self._put(r"\b[a-z]{6,}\b", text, lambda word: f"{word[:2]}{word[3]}{word[2]}{word[4:]}")

    def furniture(self, text: str) -> str:
        """A line that is no part of the article."""
        at = self._chance.choice(list(sentences(text)))[1]
        return f"{text[:at].rstrip()}\n\n{self._chance.choice(FURNITURE)}\n\n{text[at:].lstrip()}"

    def white_space(self, text: str) -> str:
        return re.sub(" ", lambda _: self._chance.choice((" ", "  ", "\n")), text)

    def _put(self, pattern: str, text: str, change: Callable[[str], str]) -> str:
        places = list(re.finditer(pattern, text))
        if not places:
            return text
        found = self._chance.choice(places)
        return text[: found.start()] + change(found[0]) + text[found.end() :]


def weights(articles: Sequence[Article], seed: int = 1) -> dict[str, tuple[Weight, Counter[Weight]]]:
    """By kind of edit: the weight it should have, and how often it was given which."""
    editor = Editor(seed)
    kinds: dict[str, tuple[Callable[[str], str], Weight]] = {
        "number": (editor.number, Weight.HEAVY),
        "negation": (editor.negation, Weight.HEAVY),
        "name": (editor.name, Weight.HEAVY),
        "cut": (editor.cut, Weight.HEAVY),
        "correction": (editor.correction, Weight.HEAVY),
        "typing": (editor.typing, Weight.LIGHT),
        "furniture": (editor.furniture, Weight.NOTHING),
        "white space": (editor.white_space, Weight.NOTHING),
    }
    some = random.Random(seed).sample(list(articles), min(EDITED, len(articles)))
    given = {}
    for kind, (change, weight) in kinds.items():
        pairs = [(article.body, change(article.body)) for article in some]
        given[kind] = (
            weight,
            Counter(compare(Version("", old), Version("", new)).weight for old, new in pairs if old != new),
        )
    return given
