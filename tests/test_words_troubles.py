"""What is wrong with a source is said in the language of the chat, to the last sentence."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import bot.sources
from bot.adapters.http import failures
from bot.model import Condition, Source
from bot.words import in_words, listed, worst_first
from bot.words.troubles import INDONESIAN
from tests.builders import NOON, chat

STATUSES = (204, 304, 401, 403, 404, 410, 418, 429, 500, 503, 206)


def translated(text: str) -> bool:
    """Every sentence of it: a part that stays as it is has no translation."""
    return not re.search(r"\b(the|it|this|is|are|address|source|again)\b", in_words(text, "id").lower())


@pytest.mark.parametrize("status", STATUSES)
def test_every_refusal_of_a_publisher_is_said_in_indonesian(status: int) -> None:
    said = str(failures.of_status(status, "berita.example.com", {}, datetime.now(UTC)))
    assert translated(said), in_words(said, "id")
    assert "berita.example.com" in in_words(said, "id")


@pytest.mark.parametrize(("text", "remedy"), [row[1:] for row in failures._ERRORS])
def test_every_broken_connection_is_said_in_indonesian(text: str, remedy: str) -> None:
    values = {
        "host": "a.example",
        "error": "x-y",
        "reason": "x-y",
        "certificate": "x-y",
        "limit": "10,000,000",
    }
    said = f"{text.format(timeout=20.0, **values)} {remedy}"
    assert translated(said), in_words(said, "id")


def test_several_sentences_are_said_one_after_the_other() -> None:
    said = "2 of 3 items could be read. Item 2 of 3 is not well-formed XML (mismatched tag); nothing of it could be read."
    assert in_words(said, "id") == (
        "2 dari 3 butir bisa dibaca. Butir 2 dari 3 bukan XML yang benar (mismatched tag); tidak ada yang bisa dibaca."
    )
    assert in_words(said, "en") == said


def test_what_nobody_has_translated_is_shown_as_it_is_between_what_somebody_has() -> None:
    said = "Something odd happened. Check the address of this source."
    assert in_words(said, "id") == "Something odd happened. Periksa alamat sumber ini."
    assert in_words("no full stop", "id") == "no full stop" and in_words("", "id") == ""


def test_braces_in_what_a_publisher_says_are_letters() -> None:
    said = "What a.example sends cannot be unpacked: it is packed as {host!r}."
    assert in_words(said, "id").endswith("{host!r}.")


@pytest.mark.parametrize("english", INDONESIAN)
def test_translations_keep_every_place(english: str) -> None:
    places = [sorted(re.findall(r"\{(\w+)\}", text)) for text in (english, INDONESIAN[english])]
    assert places[0] == places[1]


def _sentences() -> list[str]:
    """Every constant sentence that the readers of documents give to a SourceError."""
    found = []
    for file in sorted(Path(bot.sources.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "SourceError":
                found += [one.value for one in node.args if isinstance(one, ast.Constant)]
    return found


# The readers of pages and of pages that are watched, and the JSON Feed's, say some things that only an editor of sources meets.
KNOWN = [text for text in _sentences() if text in INDONESIAN]


def test_most_of_what_readers_say_is_translated() -> None:
    assert len(KNOWN) >= 0.7 * len(_sentences()), sorted(set(_sentences()) - set(KNOWN))


class TestList:
    def test_a_source_shows_what_it_did_last_and_what_is_wrong(self) -> None:
        source = Source(
            1, "Kawat", "https://a.example/", failures=4, condition=Condition.FAILING, ok_at=NOON,
            item_at=NOON - timedelta(hours=3), problem="The name a.example cannot be found. Check the address of this source.",
        )  # fmt: skip
        said = listed(source, NOON, chat()).text
        assert said == (
            "Kawat: gagal 4× berturut-turut · terakhir dibaca Min, 22 Nov 2026 19.00 WIB"
            " · artikel terakhir Min, 22 Nov 2026 16.00 WIB. Nama a.example tidak ditemukan. Periksa alamat sumber ini."
        )

    def test_the_worst_comes_first(self) -> None:
        names = {
            "a": Source(1, "a", ""),
            "b": Source(2, "b", "", failures=1),
            "c": Source(3, "c", "", condition=Condition.PARTLY, problem="x"),
            "d": Source(4, "d", "", condition=Condition.SILENT),
            "e": Source(5, "e", "", condition=Condition.FAILING, failures=3),
            "f": Source(6, "f", "", condition=Condition.FAILING, failures=90),
            "g": Source(7, "g", "", condition=Condition.GONE, failures=3),
        }
        assert [source.name for source in sorted(names.values(), key=worst_first)] == list("gfedcba")

    @pytest.mark.parametrize("condition", [one for one in Condition if one is not Condition.WELL])
    @pytest.mark.parametrize("language", ["id", "en"])
    def test_every_condition_is_said(self, condition: Condition, language: str) -> None:
        source = Source(1, "Kawat", "", condition=condition, ok_at=NOON)
        assert len(listed(source, NOON, chat(language=language)).text) > 40
