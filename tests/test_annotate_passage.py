"""The passage of an alert shows why it came, in the article's own letters."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.annotate import passage
from bot.annotate.passage import PASSAGE_CHARS
from bot.model import Article, Hit, Passage


def hits(article: Article, *terms: str) -> list[Hit]:
    """Every place where one of the terms stands, whatever stands around it."""
    return [
        Hit(term, field, found.start(), found.end(), found[0])
        for field in ("title", "body")
        for term in terms
        for found in re.finditer(re.escape(term), article.field(field))
    ]


def shown(article: Article, *terms: str) -> Passage:
    chosen = passage(article, hits(article, *terms))
    assert chosen.text == article.field(chosen.field)[chosen.start : chosen.end]
    return chosen


def test_the_sentence_with_the_most_distinct_terms_is_shown() -> None:
    """Not the one that repeats a term most often."""
    article = Article(
        "1", body="Putin, Putin, Putin. Sidang ditunda. Putin bicara soal sanksi. Sanksi berlaku."
    )
    assert shown(article, "Putin", "sanksi").text == "Putin bicara soal sanksi."


def test_between_equals_the_body_is_shown_because_the_title_stands_in_the_alert_anyway() -> None:
    article = Article("1", title="Putin tiba", body="Kemarin sepi. Putin tiba di Pyongyang. Putin pulang.")
    assert shown(article, "Putin").text == "Putin tiba di Pyongyang."


def test_a_title_that_says_more_than_any_sentence_is_shown() -> None:
    article = Article("1", title="Putin kena sanksi", body="Putin diam. Soal sanksi tak dijawab.")
    assert shown(article, "Putin", "sanksi").field == "title"


def test_a_phrase_broken_over_two_lines_is_shown_whole() -> None:
    article = Article("1", body="Satu kalimat. Ia tiba di Korea\nUtara kemarin. Lalu pulang.")
    assert shown(article, "Korea\nUtara").text == "Ia tiba di Korea\nUtara kemarin."


@pytest.mark.parametrize("shift", range(6))
def test_a_monster_sentence_is_clipped_around_its_hits_at_word_ends(shift: int) -> None:
    filler = "kata-kata panjang tanpa henti " * 40
    title = f"{filler}{'x' * shift} Putin dan sanksi muncul {'y' * shift} {filler}"
    chosen = shown(Article("1", title=title), "Putin", "sanksi")
    assert "Putin dan sanksi" in chosen.text
    assert PASSAGE_CHARS - 40 < len(chosen.text) <= PASSAGE_CHARS
    assert set(chosen.text.split()) <= set(title.split()), "a word was cut"


def test_far_hits_in_a_monster_sentence_show_the_place_where_most_terms_meet() -> None:
    filler = "kata " * 200
    article = Article("1", body=f"Putin {filler} sanksi dan Putin bertemu {filler} sanksi")
    assert "sanksi dan Putin" in shown(article, "Putin", "sanksi").text


def test_a_title_of_five_megabytes_is_clipped_in_a_moment() -> None:
    article = Article("1", title="x" * 2_500_000 + " Putin " + "y" * 2_500_000)
    begun = time.perf_counter()
    chosen = shown(article, "Putin")
    assert time.perf_counter() - begun < 2
    assert "Putin" in chosen.text
    assert len(chosen.text) <= PASSAGE_CHARS


def test_a_hit_longer_than_the_limit_is_still_shown_whole() -> None:
    phrase = "kata " * 100 + "akhir"
    article = Article("1", body=f"Awal {phrase} penutup.")
    assert shown(article, phrase).text == phrase


def test_without_hits_the_beginning_of_the_text_is_shown() -> None:
    assert passage(Article("1", title="Judul", body="Satu. Dua."), []).text == "Satu."
    assert passage(Article("1", title="Judul"), []) == Passage("title", 0, 5, "Judul")
    assert passage(Article("1"), []).text == ""


LETTERS = st.text(st.sampled_from('abAB .!?\n"”() 1'), max_size=900)


@given(
    title=LETTERS, body=LETTERS, places=st.lists(st.tuples(st.booleans(), st.integers(0), st.integers(1, 30)))
)
def test_some_hit_is_always_shown_whole_and_the_offsets_are_exact(
    title: str, body: str, places: list[tuple[bool, int, int]]
) -> None:
    article = Article("1", title=title, body=body)
    found = []
    for in_title, at, length in places:
        field = "title" if in_title else "body"
        words = [word.span() for word in re.finditer(r"\w+", article.field(field))]
        if words:
            start = words[at % len(words)][0]
            end = max(end for _, end in words if end <= start + length or end == words[at % len(words)][1])
            found.append(Hit(str(at % 3), field, start, end, article.field(field)[start:end]))
    chosen = passage(article, found)
    assert chosen.text == article.field(chosen.field)[chosen.start : chosen.end]
    longest = max((hit.end - hit.start for hit in found), default=0)
    assert len(chosen.text) <= max(PASSAGE_CHARS, longest)
    if found:
        assert any(
            hit.field == chosen.field and chosen.start <= hit.start and hit.end <= chosen.end for hit in found
        )
