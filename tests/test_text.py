"""Folding and words: what is found, and exactly where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import Joint, fold, folded_words, parts, sentences, unfold, words


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("PUTIN", "putin"),
        ("Café", "cafe"),
        ("e\u0301", "e"),
        ("ＤＰＲＫ", "dprk"),
        ("Straße", "strasse"),
        ("ﬁnal", "final"),
        ("Łódź", "lodz"),
        ("İstanbul", "istanbul"),
        ("Королёв", "королев"),
        ("Пу\u0301тин", "путин"),
        ("бой", "бой"),  # й is a letter, not и with a mark
        ("بـوتـين", "بوتين"),
        ("ｶﾞ", "ガ"),
        ("\u1107\u116e\u11a8", "북"),
        ("ti\u00adba", "tiba"),
        ("Jum’at", "jum'at"),
        ("ปูติน", "ปูติน"),
    ],
)
def test_folding_leaves_the_letters_that_readers_search_by(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_marks_stay_when_they_are_asked_for() -> None:
    assert fold("Naïve Royal", marks=True) == "naïve royal"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tiba di Pyongyang.", ["tiba", "di", "Pyongyang"]),
        ("hari Jum’at", ["hari", "Jum’at"]),
        ("19/6/2024 naik 3,5 persen", ["19", "6", "2024", "naik", "3,5", "persen"]),
        ("the U.S. said", ["the", "U", "S", "said"]),
        ("KTT G20", ["KTT", "G20"]),
        ("ﬁnal Straße", ["ﬁnal", "Straße"]),
        ("朝鲜 Putin", ["朝", "鲜", "Putin"]),
        ("ปูติน", ["ปู", "ติ", "น"]),
        ("북한은 ", ["북한은"]),
        ("", []),
        ("… – !", []),
    ],
)
def test_words_stand_where_they_are_in_the_original(text: str, found: list[str]) -> None:
    assert [text[word.start : word.end] for word in words(text)] == found


@pytest.mark.parametrize(
    ("text", "joint"),
    [
        ("Korea Utara", Joint.APART),
        ("Korea-Utara", Joint.HYPHEN),
        ("Korea – Utara", Joint.APART),
        ("朝鲜", Joint.FREE),
    ],
)
def test_how_two_words_are_joined(text: str, joint: Joint) -> None:
    assert [word.joint for word in words(text)] == [Joint.APART, joint]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PyongyangKorea", ["Pyongyang", "Korea"]),
        ("YouTube", ["You", "Tube"]),
        ("McDonald", []),
        ("iPhone", []),
        ("KPKMenteri", []),
        ("pyongyang", []),
        ("2024Presiden", ["2024", "Presiden"]),
        ("24Presiden", []),
        ("F16", []),
    ],
)
def test_a_lost_space_shows_where_lower_case_meets_upper_case(text: str, found: list[str]) -> None:
    (word,) = words(text)
    assert [text[part.start : part.end] for part in parts(text, word)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Putin tiba. Kim hadir.", ["Putin tiba.", "Kim hadir."]),
        ("Prof. Dr. H. Amin hadir.", ["Prof. Dr. H. Amin hadir."]),
        ("Naik 3.500 persen! Benar?  Ya.", ["Naik 3.500 persen!", "Benar?", "Ya."]),
        ('"Selamat datang." Ia tiba', ['"Selamat datang."', "Ia tiba"]),
        ("Judul tanpa titik\n\nIsi berita.", ["Judul tanpa titik", "Isi berita."]),
        ("普京访问朝鲜。他很高兴。", ["普京访问朝鲜。", "他很高兴。"]),
    ],
)
def test_sentences_end_where_a_reader_pauses(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == found


@given(st.text())
def test_every_folded_letter_knows_where_it_came_from(text: str) -> None:
    folded = unfold(text)
    for at in range(len(folded.text)):
        start, end = folded.span(at, at + 1)
        assert 0 <= start < end <= len(text)
        assert folded.text[at] in fold(text[start:end])


@given(st.text())
def test_words_are_in_order_and_fold_to_what_they_say(text: str) -> None:
    behind = 0
    for word in words(text):
        assert behind <= word.start < word.end <= len(text)
        assert word.text in fold(text[word.start : word.end])
        behind = word.start


@given(st.text(alphabet="aBz09 '-.,_`’é\u0301朝/\n", max_size=40))
def test_words_without_their_places_are_the_same_words(text: str) -> None:
    assert folded_words(text) == [word.text for word in words(text)]
    ascii_only = text.encode("ascii", "ignore").decode()
    assert folded_words(ascii_only) == [word.text for word in words(ascii_only)]
