"""What people read: complete in both languages, exact in what it marks, short enough for every chat."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import COMMAND_BYTES, LineKind, Message, Style
from bot.model import Aftermath, Hit, Match, Passage, Sighting
from bot.words import LANGUAGES, alert, moment, period, seconds, share
from bot.words.alerts import highlight
from tests.builders import article, chat, match

AT = datetime(2024, 6, 19, 7, 5, tzinfo=UTC)
TEXT = "Putin tiba di PyongyangKorea Utara, Rabu."


def told(*words: str, also: tuple[Sighting, ...] = (), language: str = "id", **values: object) -> Message:
    one = article(title="Putin di Pyongyang", body=TEXT, source="Antara", published=AT, **values)
    return alert(42, one, [match(one, word) for word in words], chat(language=language), also)


class TestCatalogue:
    def test_both_languages_say_everything(self) -> None:
        assert LANGUAGES["id"].keys() == LANGUAGES["en"].keys()

    @pytest.mark.parametrize("key", LANGUAGES["id"])
    def test_both_languages_say_the_same_values(self, key: str) -> None:
        values = [set(re.findall(r"\{(\w+)\}", LANGUAGES[language][key])) for language in ("id", "en")]
        assert values[0] == values[1]


class TestAlert:
    def test_it_says_what_who_when_why_and_what_to_do(self) -> None:
        message = told("Putin", "Korea Utara")
        heading, source, why, quote = message.lines
        assert (heading.text, heading.spans[0].url) == ("Putin di Pyongyang", message.lines[0].spans[0].url)
        assert source.text == "Antara · Rab, 19 Jun 2024 14.05 WIB"
        assert why.text == "Putin 1× · Korea Utara 1×"
        assert (quote.kind, quote.text) == (LineKind.QUOTE, TEXT)
        assert [(button.label, button.command) for button in message.buttons] == [
            ("Ringkasan", "/summary #42"),
            ("Kronologi", "/story #42"),
            ("Bisukan 24 jam", "/mute #42"),
        ]

    def test_the_matched_words_are_bold_to_the_letter(self) -> None:
        quote = told("Putin", "Korea Utara").lines[-1]
        assert [span.text for span in quote.spans if span.style is Style.BOLD] == ["Putin", "Korea Utara"]

    def test_it_speaks_the_chats_language_and_time(self) -> None:
        one = article(title="T", body=TEXT, source="Antara", published=AT)
        english = alert(1, one, [match(one, "Putin")], chat(language="en", timezone="Europe/London"), ())
        assert english.lines[1].text == "Antara · Wed, 19 Jun 2024 08:05 +0100"

    def test_an_article_without_a_date_is_not_given_one(self) -> None:
        one = article(title="T", body=TEXT, source="Antara", published=None)
        assert alert(1, one, [match(one, "Putin")], chat(), ()).lines[1].text == "Antara · tanpa tanggal"

    def test_two_watches_with_one_sentence_share_it(self) -> None:
        assert told("Putin", "Korea Utara").text.count(TEXT) == 1

    def test_many_sources_are_counted(self) -> None:
        also = tuple(Sighting(f"S{number}") for number in range(7))
        assert told("Putin", also=also).lines[-1].text == "Juga dimuat: S0, S1, S2, S3 (+3)"

    def test_copies_stand_with_their_times_and_the_first_publisher_is_named(self) -> None:
        also = (Sighting("Tempo", AT + timedelta(minutes=9)), Sighting("Kompas", AT - timedelta(minutes=3)))
        assert told("Putin", also=also).lines[-1].text == "Pertama: Kompas 14.02. Juga dimuat: Tempo 14.14"

    def test_it_says_that_its_article_was_edited_or_withdrawn(self) -> None:
        one = article(title="Putin di Pyongyang", body=TEXT, source="Antara", published=AT)
        since = Aftermath(edited_at=AT + timedelta(minutes=20), gone_at=AT + timedelta(hours=1))
        heading, flag, source, *_ = alert(42, one, [match(one, "Putin")], chat(), (), since=since).lines
        assert (heading.spans[0].style, heading.spans[0].url) == (Style.STRIKE, one.url)
        assert (flag.text, flag.spans[0].style) == ("Ditarik 19 Jun 15.05", Style.BOLD)
        assert source.text == "Antara · Rab, 19 Jun 2024 14.05 WIB · diedit 19 Jun 14.25"

    def test_a_hundred_watches_make_no_endless_alert(self) -> None:
        one = article(title="Judul" * 1000, body="Putin " * 2000, source="Antara")
        hits = tuple(Hit("Putin", "body", at * 6, at * 6 + 5, "Putin") for at in range(2000))
        many = [
            Match(
                f"Pantauan nomor {number}",
                hits,
                Passage("body", number, number + 400, one.body[number : number + 400]),
            )
            for number in range(0, 600, 6)
        ]
        message = alert(1, one, many, chat(), tuple(Sighting(f"Sumber {number}") for number in range(100)))
        assert len(message.text) < 4000  # Telegram's limit is 4096
        assert "dan 95 pantauan lain" in message.text

    def test_line_breaks_of_a_publisher_do_not_break_a_line(self) -> None:
        one = article(title="Putin\ndi\u2028Pyongyang", body="Putin\ttiba.", source="Antara")
        message = alert(1, one, [match(one, "Putin")], chat(), ())
        assert all(len(line.text.splitlines()) == 1 for line in message.lines)

    def test_its_buttons_fit_every_platform(self) -> None:
        one = article(body=TEXT)
        message = alert(2**63, one, [match(one, "Putin")], chat(), ())
        assert all(len(button.command.encode()) <= COMMAND_BYTES for button in message.buttons)


@given(
    st.text(min_size=1, max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 10)), max_size=8),
    st.integers(0, 20),
    st.integers(0, 20),
)
def test_highlighting_shows_every_letter_once_and_marks_exactly_the_hits(
    text: str, spans: list[tuple[int, int]], skipped: int, cut: int
) -> None:
    start, end = min(skipped, len(text)), max(min(skipped, len(text)), len(text) - cut)
    place = Passage("body", start, end, text[start:end])
    hits = tuple(Hit("t", "body", at, min(at + size, len(text)), "") for at, size in spans if at < len(text))
    shown = list(highlight(place, [Match("w", hits, place)]))
    flat = re.sub(r"[\r\n\t\v\f\x85\u2028\u2029]", " ", place.text)
    assert "".join(span.text for span in shown) == flat
    marked = {at for hit in hits for at in range(max(hit.start, start), min(hit.end, end))}
    at = start
    for span in shown:
        assert all(
            (place in marked) == (span.style is Style.BOLD) for place in range(at, at + len(span.text))
        )
        at += len(span.text)


def test_highlights_of_another_field_are_not_shown() -> None:
    one = article(title="Putin", body="Kim dan Putin")
    found = match(one, "Putin")
    elsewhere = replace(found, hits=(replace(found.hits[0], field="title", start=0, end=5),))
    assert all(span.style is Style.PLAIN for span in highlight(found.sentence, [elsewhere]))


def test_a_share_is_rounded_and_a_small_one_is_not_nothing() -> None:
    assert [share(value, "id") for value in (0.0, 0.004, 0.016, 0.5, 1.0)] == [
        "0 %",
        "< 1 %",
        "2 %",
        "50 %",
        "100 %",
    ]


def test_times_and_lengths_as_people_say_them() -> None:
    assert moment(AT, "Asia/Jayapura", "id") == "Rab, 19 Jun 2024 16.05 WIT"
    assert [period(timedelta(hours=hours), "id") for hours in (0.5, 1, 24, 48, 168)] == [
        "30 menit terakhir",
        "satu jam terakhir",
        "24 jam terakhir",
        "2 hari terakhir",
        "7 hari terakhir",
    ]
    assert [seconds(value) for value in (0.4, 59, 61, 3720)] == ["0 s", "59 s", "1 min 1 s", "1 h 2 min"]
