"""Each chat chooses how much an alert says beside its headline, and the default fits one phone screen."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.annotate import annotate, passage
from bot.chat import Message
from bot.model import TIERS, Article, Hit, Match, Sighting
from bot.words import alert, phrase
from tests.builders import chat

PHONE = 900  # code points: about one screen at the usual size of letters
BODY = """Presiden Rusia Vladimir Putin tiba di Pyongyang, Korea Utara, Rabu (19/6/2024). Kim Jong Un menyambutnya.

“Kami tidak akan menyerah pada tekanan siapa pun,” kata Kim Jong Un di Pyongyang."""
ARTICLE = Article("1", url="https://a.example/1", title="Putin tiba", body=BODY, source="Antara")
HIT = Hit("Putin", "body", BODY.index("Putin"), BODY.index("Putin") + 5, "Putin")
MATCHES = [Match("Putin", (HIT,), passage(ARTICLE, [HIT]))]


def told(**values: str) -> Message:
    return alert(7, ARTICLE, MATCHES, chat(**values), (), noted=annotate(ARTICLE))


def test_a_brief_alert_is_headline_source_and_watches() -> None:
    assert [line.text for line in told(detail="brief").lines] == [
        "Putin tiba",
        "Antara · tanpa tanggal",
        "Putin 1×",
    ]


def test_the_standard_alert_adds_the_sentence_who_and_where() -> None:
    text = told().text
    assert "Presiden Rusia Vladimir Putin tiba di Pyongyang" in text
    assert "Kim Jong Un menyambutnya" not in text
    assert "Vladimir Putin, Kim Jong Un · Pyongyang, Rusia, Korea Utara" in text
    assert "1 menit baca" in text
    assert len(text) < PHONE


def test_the_full_alert_adds_context_quotes_and_figures() -> None:
    text = told(detail="full").text
    assert "Rabu (19/6/2024). Kim Jong Un menyambutnya." in text
    assert "Orang: Vladimir Putin 2×, Kim Jong Un 2×" in text
    assert "Kim Jong Un: “Kami tidak akan menyerah pada tekanan siapa pun,”" in text
    assert "Angka dan tanggal: 19/6/2024" in text


def test_numbers_and_dates_are_told_in_a_standard_alert_where_a_watch_asks() -> None:
    asks = [replace(MATCHES[0], figures=True)]
    for detail, shown in (("standard", True), ("brief", False)):
        text = alert(7, ARTICLE, asks, chat(detail=detail), (), noted=annotate(ARTICLE)).text
        assert ("Angka dan tanggal: 19/6/2024" in text) is shown
    assert "Angka" not in told().text


@pytest.mark.parametrize("tier", TIERS)
def test_the_full_alert_says_what_kind_of_outlet_it_is(tier: str) -> None:
    one = replace(ARTICLE, tier=tier)
    last = {
        detail: alert(7, one, MATCHES, chat(detail=detail), (), noted=annotate(one)).lines[-1].text
        for detail in ("full", "standard")
    }
    assert last == {"full": f"{phrase(f'tier.{tier}', 'id')} · 1 menit baca", "standard": "1 menit baca"}


def test_countries_and_languages_are_called_as_the_chat_calls_them() -> None:
    text = told(language="en", detail="full").text
    assert "Places: Pyongyang 2×, Russia, North Korea" in text
    assert "Indonesian · 1 min read" in text


def test_the_standard_alert_of_a_long_report_fits_one_phone_screen() -> None:
    long = Article("1", title="J" * 120, body=" ".join([BODY] * 20), source="Antara")
    places = [found.start() for found in re.finditer("Putin", long.body)]
    hits = [Hit("Putin", "body", at, at + 5, "Putin") for at in places]
    matches = [Match("Putin", tuple(hits), passage(long, hits))]
    also = [Sighting("Tempo"), Sighting("Kompas")]
    assert len(alert(7, long, matches, chat(), also, noted=annotate(long)).text) < PHONE
