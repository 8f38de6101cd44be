"""An edit is read at a glance, in both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat import COMMAND_BYTES, LineKind, Style
from bot.stories import Change, Version, compare
from bot.words import LANGUAGES, edited, phrase, withdrawn
from bot.words.edits import LINE_CHARS, PIECE_CHARS, SHOWN
from tests.builders import NOON, article, chat

OLD = "Sedikitnya 12 orang luka di Palu. Hujan turun."


def reply(old: str, new: str, language: str = "id") -> list[str]:
    edit = compare(Version("Gempa", old), Version("Gempa", new))
    return [line.text for line in edited(42, article(), edit, (1, 2), chat(language=language)).lines]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_edit_has_words(language: str) -> None:
    for change in Change:
        assert phrase(f"edit.kind.{change}", language)


def test_an_edit_says_its_kind_the_words_and_the_article() -> None:
    assert reply(OLD, OLD.replace("12", "21"), "en")[:2] == [
        "Edited: numbers changed",
        "Sedikitnya 12 21 orang luka di Palu.",
    ]
    assert reply(OLD, f"{OLD} Koreksi: bukan Donggala.")[0].startswith("Koreksi: ")


def test_a_publisher_who_only_corrects_is_said_to() -> None:
    assert reply(OLD, f"{OLD} Ralat.")[0] == "Koreksi: penerbit meralat"


def test_many_changes_in_long_sentences_stay_short() -> None:
    old = " ".join(f"Pada hari ke-{n} ada {n} orang datang {'jauh ' * 200}." for n in range(10, 20))
    new = " ".join(f"Pada hari ke-{n} ada {n}5 orang datang {'lama ' * 200}." for n in range(10, 20))
    edit = compare(Version("Gempa", old), Version("Gempa", new))
    message = edited(42, article(), edit, (1, 2), chat())
    quotes = [line for line in message.lines if line.kind is LineKind.QUOTE]
    assert len(quotes) == SHOWN
    assert all(len(quote.text) <= LINE_CHARS + 2 * PIECE_CHARS for quote in quotes)
    assert all(
        len(span.text) <= PIECE_CHARS
        for quote in quotes
        for span in quote.spans
        if span.style is not Style.PLAIN
    )
    assert message.lines[-2].text == "dan 7 perubahan lain"
    assert len(message.buttons[0].command.encode()) <= COMMAND_BYTES


def test_a_sentence_with_a_change_in_every_third_word_is_cut_at_the_length_of_a_line() -> None:
    old = " ".join(f"hari ke {n} tidak" for n in range(90))
    edit = compare(Version("Gempa", f"{old}."), Version("Gempa", old.replace("tidak", "sudah") + "."))
    quote = edited(42, article(), edit, (1, 2), chat()).lines[1]
    assert quote.text.endswith("…") and len(quote.text) <= 2 * LINE_CHARS


def test_an_edit_that_takes_back_another_says_since_when() -> None:
    edit = compare(Version("Gempa", OLD), Version("Gempa", OLD.replace("12", "21")))
    message = edited(42, article(), edit, (2, 3), chat(), NOON - timedelta(hours=1))
    assert message.lines[0].text == "Kembali seperti pada 22 Nov 18.00: angka berubah"


def test_a_notice_is_quoted_and_not_at_any_length() -> None:
    title, quote, name = withdrawn(
        article(title="Gempa"), "notice", "Artikel ini\ndihapus. " * 100, chat()
    ).lines
    assert title.text == "Ditarik: di alamatnya sekarang tertulis"
    assert quote.text.startswith("Artikel ini dihapus.") and len(quote.text) <= LINE_CHARS
    assert name.text == "Gempa"
