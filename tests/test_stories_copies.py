"""The same text in two places is known for the same, and two texts never are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model import Article
from bot.stories import fingerprint

REPORT = (
    "Presiden Rusia tiba di Pyongyang pada Rabu dini hari dan disambut hangat oleh tuan rumah. “Kami siap,”"
    " katanya, sebelum keduanya naik limusin menuju wisma negara."
)
WIRE = Article("1", url="https://a.example/1", title="Putin tiba", body=REPORT, source="Antara")


@pytest.mark.parametrize(
    "copy",
    [
        REPORT.upper(),
        REPORT.replace(" ", "\n\t"),
        REPORT.replace("“", '"').replace("”", '"').replace(",", ""),
        REPORT.replace("e", "é"),
        REPORT.replace("R", "Ｒ"),
    ],
    ids=["case", "white space", "punctuation", "accents", "width"],
)
def test_a_copy_in_other_letters_under_another_headline_is_the_same_text(copy: str) -> None:
    other = replace(
        WIRE, id="2", url="https://b.example/x", title="Kunjungan bersejarah", body=copy, source="Kompas"
    )
    assert fingerprint(other) == fingerprint(WIRE)


def test_one_changed_number_makes_another_text() -> None:
    before, after = f"{REPORT} Korban 12 orang.", f"{REPORT} Korban 13 orang."
    assert fingerprint(replace(WIRE, body=before)) != fingerprint(replace(WIRE, body=after))


def test_one_url_with_two_texts_is_two_texts() -> None:
    """A live page is rewritten under the same address."""
    assert fingerprint(replace(WIRE, body=REPORT + " Pembaruan: keduanya sudah tiba.")) != fingerprint(WIRE)


def test_two_teasers_that_say_next_to_nothing_are_two_texts() -> None:
    teaser = Article(
        "1", url="https://a.example/1", title="Gempa di Palu", body="Breaking news. Baca selengkapnya."
    )
    assert fingerprint(teaser) != fingerprint(replace(teaser, title="Banjir di Jakarta"))
    assert fingerprint(teaser) != fingerprint(replace(teaser, url="https://a.example/2"))
    assert fingerprint(teaser) == fingerprint(replace(teaser, id="2", source="Kompas", author="Budi"))


def test_a_body_of_exactly_twenty_words_speaks_for_itself() -> None:
    twenty = replace(WIRE, body="kata " * 20)
    nineteen = replace(WIRE, body="kata " * 19)
    assert fingerprint(twenty) == fingerprint(replace(twenty, title="Lain"))
    assert fingerprint(nineteen) != fingerprint(replace(nineteen, title="Lain"))


def test_a_chinese_report_counts_its_letters_as_words() -> None:
    report = Article(
        "1",
        url="https://a.example/1",
        title="访问",
        body="俄罗斯总统普京星期三凌晨抵达平壤进行国事访问，受到热烈欢迎。",
    )
    assert fingerprint(report) == fingerprint(replace(report, url="https://b.example/2"))


def test_a_fingerprint_is_128_bits_and_survives_broken_letters() -> None:
    assert len(bytes.fromhex(fingerprint(Article("1", url="\ud800", body="\ud800 x")))) == 16


@pytest.mark.parametrize(
    "other",
    [Article("2", title="a", body="b c"), Article("2", body="a bc"), Article("2", title="ab", body="c")],
    ids=["another field", "written together", "another field, written together"],
)
def test_a_short_text_differs_when_a_word_moves(other: Article) -> None:
    assert fingerprint(other) != fingerprint(Article("1", title="a b", body="c"))


def test_a_word_in_two_is_another_word() -> None:
    assert fingerprint(replace(WIRE, body=REPORT + " tak hadir")) != fingerprint(
        replace(WIRE, body=REPORT + " takhadir")
    )
