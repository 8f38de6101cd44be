"""What is new in an article: numbers, names and turns that the known texts do not have, in two languages."""

from __future__ import annotations

import pytest

from bot.annotate import annotate
from bot.model import Fact
from bot.novelty import corrected_in, new_in, said, together
from tests.builders import article

KNOWN = article(
    title="Gempa M 6,2 guncang Cianjur, 9 orang tewas",
    body="Gempa bermagnitudo 6,2 mengguncang Cianjur, Jawa Barat, Rabu (19/6/2024) pukul 08.15 WIB. Sebanyak 9 orang tewas, "
    "kata BNPB. Presiden Joko Widodo menyampaikan duka cita dari Korea Utara.",
    source="Antara",
)


def new(title: str, body: str = "", source: str = "Kompas", *, copy: bool = False) -> list[str]:
    one = article(title=title, body=body, source=source)
    facts = corrected_in(one, said(KNOWN)) if copy else new_in(one, annotate(one), said(KNOWN))
    return [f"{fact.text}<{fact.before}" if fact.before else fact.text for fact in facts]


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        ("Gempa guncang Cianjur", "Gempa 6,2 mengguncang Cianjur pada Rabu.", []),
        ("Gempa Cianjur: korban jadi 14 orang", "", ["14 orang<9"]),
        ("Gempa Cianjur tewaskan 14", "", ["14"]),
        (
            "Gempa guncang Cianjur",
            "Sebanyak 9 orang tewas. Sembilan orang. Lalu 300 rumah rusak.",
            [],
        ),  # only the lead
        ("Gempa Cianjur: 1 orang hilang", "Salah satu korban adalah anak-anak.", ["1 orang<9"]),
        ("Satu korban gempa Cianjur", "One of the victims.", []),  # an article, and no number
        # dates and times of day are no news
        ("Gempa guncang Cianjur", "Gempa terjadi pada 20 Juni 2025 pukul 09.30 WIB.", []),
        ("Gempa guncang Cianjur", "The quake struck at 8:20 am on June 19, 2024.", []),
        # names, in either language
        ("Gempa guncang Cianjur", "Presiden Prabowo Subianto tiba di Cianjur.", ["Prabowo Subianto"]),
        ("Earthquake in Cianjur kills nine", "An earthquake of 6.2 hit Cianjur in West Java.", []),
        ("Earthquake in Cianjur", "North Korea sent its condolences to Cianjur.", []),
        # turns of a headline
        ("Bupati Cianjur ditangkap", "", ["ditangkap"]),
        ("Gempa Cianjur: warga tewas", "", []),
    ],
)
def test_what_is_new(title: str, body: str, expected: list[str]) -> None:
    assert new(title, body) == expected


def test_an_outlet_that_names_itself_says_nothing_new() -> None:
    assert new("Gempa guncang Cianjur", "CIANJUR, Kompas - Gempa 6,2 mengguncang Cianjur.") == []


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        ("Gempa guncang Cianjur", KNOWN.body, []),
        # what a longer text adds around a copy is not held against it
        ("Gempa guncang Cianjur", f"Ada 300 rumah rusak di Garut. {KNOWN.body}", []),
        ("Gempa Cianjur, 14 tewas", KNOWN.body, ["14 tewas"]),
        ("Gempa guncang Cianjur", KNOWN.body.replace("9 orang", "14 orang"), ["14 orang<9"]),
    ],
)
def test_a_copy_is_news_where_it_corrects_what_it_copies(title: str, body: str, expected: list[str]) -> None:
    assert new(title, body, copy=True) == expected


def test_the_newest_number_of_several_texts_is_what_was_told_last() -> None:
    later = article(title="14 orang tewas", body="", source="Tempo")
    one = article(title="Kini 21 orang", body="", source="Kompas")
    assert new_in(one, None, together([said(KNOWN), said(later)])) == (Fact("21 orang", "14"),)
