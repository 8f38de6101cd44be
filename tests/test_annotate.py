"""What is noted about an article: its language, names, quotes, figures and reading time, each where it stands."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.text.malay import PARAGRAPHS
from bot.annotate import annotate, named
from bot.annotate.countries import country
from bot.annotate.figures import figures
from bot.annotate.language import LANGUAGES, language
from bot.annotate.names import names, tag
from bot.annotate.quotes import quotes
from bot.model import Article

SEED = Path(__file__).parents[2] / "shared" / "seed"

TALKS = """Presiden Rusia Vladimir Putin tiba di PyongyangKorea Utara, Rabu (19/6/2024). Ia disambut Kim Jong Un di Pyongyang.

Penyambutan itu lebih sederhana daripada untuk Presiden Tiongkok Xi Jinping pada 12 Juni 2019.

“Kami tidak akan menyerah pada tekanan siapa pun,” kata Kim. Putin membawa hadiah senilai Rp 1,2 miliar untuk 24 orang."""


def of(text: str, kind: str) -> dict[str, int]:
    return {name.text: name.count for name in annotate(Article("1", body=text)).of_kind(kind)}


def test_a_country_before_a_person_is_a_country_and_a_last_name_is_that_person() -> None:
    people, places = of(TALKS, "person"), of(TALKS, "place")
    assert people["Vladimir Putin"] == 2
    assert "Xi Jinping" in people
    assert {"Rusia", "Tiongkok", "Korea Utara"} <= places.keys()
    assert not any("Jinping" in place for place in places)


def test_a_lost_space_parts_two_names() -> None:
    assert of(TALKS, "place")["Pyongyang"] == 2


@pytest.mark.parametrize(
    ("name", "code"),
    [("Korea Utara", "KP"), ("North Korea", "KP"), ("AS", "US"), ("as", ""), ("Korut", "KP"), ("Pyongyang", ""), ("", "")],
)  # fmt: skip
def test_countries_are_known_by_any_of_their_names(name: str, code: str) -> None:
    assert country(name) == code


def test_a_country_is_called_as_the_chat_calls_it() -> None:
    assert (named("KP", "id"), named("KP", "en")) == ("Korea Utara", "North Korea")


@pytest.mark.parametrize(
    ("body", "speaker"),
    [
        (TALKS, "Kim Jong Un"),
        ("Joko Widodo hadir di Jakarta. “Kami akan bekerja lebih keras lagi,” ujarnya.", "Joko Widodo"),
        (
            "Menteri Sri Mulyani mengatakan, “Anggaran negara akan tetap aman tahun ini.” Lalu ia pergi.",
            "Sri Mulyani",
        ),
        ('"We will not give in to any pressure," Joe Biden said in Washington on Monday.', "Joe Biden"),
    ],
    ids=["kata", "ujarnya", "mengatakan", "said"],
)
def test_a_quotation_knows_who_said_it(body: str, speaker: str) -> None:
    article = Article("1", body=body)
    (quote,) = [one for one in annotate(article).quotes if one.direct]
    assert quote.speaker == speaker
    assert body[quote.start - 1] in '“"'


def test_according_to_somebody_is_told_without_quotation_marks() -> None:
    (quote,) = annotate(Article("1", body="Menurut Rachel Lee, pesan itu menarik bagi banyak pihak.")).quotes
    assert (quote.speaker, quote.direct) == ("Rachel Lee", False)


def test_words_in_quotation_marks_that_nobody_said_are_no_quote() -> None:
    assert quotes(Article("1", body='Film "Laskar Pelangi dari Belitung" diputar lagi.'), ()) == ()


def test_figures_and_dates_are_found_where_they_stand() -> None:
    found = {(one.kind, one.text) for one in figures(Article("1", body=TALKS))}
    assert found == {
        ("date", "19/6/2024"),
        ("date", "12 Juni 2019"),
        ("money", "Rp 1,2 miliar"),
        ("count", "24 orang"),
    }
    days = [one.day for one in figures(Article("1", body=TALKS)) if one.kind == "date"]
    assert days == [date(2024, 6, 19), date(2019, 6, 12)]
    assert figures(Article("1", body="31/2/2024"))[0].day is None


@pytest.mark.parametrize(
    ("text", "prior", "code"),
    [
        (TALKS, "", "id"),
        (TALKS, "en", "id"),
        ("Gempa di Palu, 12 orang tewas", "id", "id"),
        ("The president arrived in the capital on Wednesday morning and met his host.", "id", "en"),
        ("北朝鮮がミサイルを発射したと韓国軍が発表した。", "", "ja"),
        ("Президент прибыл в столицу в среду утром", "", "ru"),
        ("", "en-gb", "en"),
        ("12345", "", ""),
    ],
)
def test_the_language_is_told_from_the_text_and_from_what_its_source_prints(
    text: str, prior: str, code: str
) -> None:
    assert language(Article("1", body=text), prior) == code


def test_malay_is_not_taken_for_indonesian() -> None:
    assert [language(Article("1", body=text), "") for text in PARAGRAPHS] == ["ms"] * len(PARAGRAPHS)
    assert len(LANGUAGES) == 23


@pytest.mark.parametrize(("words", "minutes"), [(0, 0), (1, 1), (200, 1), (201, 2), (1000, 5)])
def test_reading_takes_a_minute_for_two_hundred_words(words: int, minutes: int) -> None:
    assert annotate(Article("1", title="Judul", body="kata " * words)).minutes == minutes


@settings(max_examples=60, deadline=None)
@given(
    body=st.lists(st.sampled_from([*TALKS.split(), "\n\n", "“", "”", "习近平", "\ud800", "Ĳ"]), max_size=60)
    .map(" ".join)
    | st.text(max_size=120),
    title=st.text(max_size=30),
)  # fmt: skip
def test_everything_noted_stands_where_it_is_said_to_stand(body: str, title: str) -> None:
    article = Article("1", title=title, body=body)
    noted = annotate(article)
    for name in noted.names:
        for place in name.places:
            said = " ".join(article.field(place.field)[place.start : place.end].split())
            assert said
            assert name.code or name.kind == "person" or said.lower() == name.text.lower()
    assert all(one.text == body[one.start : one.end] for one in noted.figures)
    assert all(0 <= one.start < one.end <= len(body) for one in noted.quotes)


def test_the_sample_report_is_noted_as_an_editor_would() -> None:
    if not SEED.exists():
        pytest.skip("the sample report is not on this machine")
    (file,) = SEED.glob("*.txt")
    text = file.read_text(encoding="utf-8")
    people, places = of(text, "person"), of(text, "place")
    assert next(iter(people)) == "Vladimir Putin"
    assert {"Kim Jong Un", "Xi Jinping", "Yuri Ushakov", "Rachel Minyoung Lee"} <= people.keys()
    assert {"Korea Utara", "Rusia", "Tiongkok", "Ukraina", "AS"} <= places.keys()
    assert "Rachel Minyoung Lee" in {one.speaker for one in annotate(Article("1", body=text)).quotes}


def test_names_far_apart_in_one_sentence_are_all_found() -> None:
    between = "dan kemudian pada hari yang sama tanpa banyak kata lalu makan siang di sana "
    text = f"Presiden Joko Widodo bertemu Vladimir Putin {between * 3}sebelum Sri Mulyani tiba di Jakarta."
    found = names(Article("1", body=text))
    assert {"Joko Widodo", "Vladimir Putin", "Sri Mulyani", "Jakarta"} <= {one.text for one in found}
    assert all(text[place.start : place.end] for one in found for place in one.places)


def test_words_beyond_the_reach_of_a_capital_are_no_names_and_keep_their_places() -> None:
    words = ["Hal", *["itu"] * 20, "kata", "Menteri", "Sri", "Mulyani", "lalu", *["dan"] * 20]
    tags = tag(words)
    assert len(tags) == len(words)
    assert [word for word, its in zip(words, tags, strict=True) if its != "O"] == ["Sri", "Mulyani"]
