"""Sentences end where a reader of Indonesian or English says they do."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.annotate import sentences


@pytest.mark.parametrize(
    "parts",
    [
        ["Putin tiba di Pyongyang.", "Kim menyambutnya."],
        ["Prof. Dr. H. Budi datang.", "Ia bicara."],
        ["Rapat pukul 19.30 di Jl. Sudirman No. 5 menelan Rp 1.000.000.", "Selesai."],
        ["Naik 5.5 percent to Rp. 20.", "Pasar tenang."],
        ["Buah, sayur, dll. dijual murah.", "Pembeli datang."],
        ["Kapal itu membawa beras, a.l. dari Jawa.", "Lalu pergi."],
        ["The U.S. Senate voted.", "J. K. Rowling watched."],
        ["Mr. Smith met Gov. Brown vs. the press.", "It rained!"],
        ["“Benar?” tanya dia.", "“Ya!” jawab Kim."],
        ["“Kami siap.”", "“Kami juga.”"],
        ['"Kami siap."', "Ia pergi."],
        ["Kami tunggu... sampai kapan?", "Entah…", "Pulang."],
        ["Selesai sudah.", "(fit/pra)"],
        ["1. Pertama, tenang.", "2. Kedua, lari."],
        ["习近平访问平壤。", "金正恩说：“欢迎！”", "他笑了。"],
        ["Benarkah?!", "Ya."],
        ["Situs Tribunnews.Com dan KOMPAS.com memuatnya.", "***"],
    ],
    ids=lambda parts: parts[0][:30],
)
def test_a_text_comes_apart_into_its_sentences(parts: list[str]) -> None:
    for glue in (" ", "\n", "\r\n\r\n  "):
        text = glue.join(parts)
        assert [text[start:end] for start, end in sentences(text)] == parts


def test_a_line_break_ends_a_sentence_without_a_stop() -> None:
    text = "Sub judul tanpa titik\nKalimat pertama.\u2029lanjut"
    assert [text[start:end] for start, end in sentences(text)] == text.splitlines()


def test_a_space_lost_after_a_quotation_does_not_glue_two_sentences() -> None:
    text = "Pesannya “Selamat Datang.”Kim tersenyum."
    assert [text[start:end] for start, end in sentences(text)] == [
        "Pesannya “Selamat Datang.”",
        "Kim tersenyum.",
    ]


@given(st.text(st.sampled_from('aB1 .!?…。"”’()\n\t '), max_size=200) | st.text(max_size=200))
def test_the_spans_are_in_order_trimmed_and_leave_out_white_space_only(text: str) -> None:
    at = 0
    for start, end in sentences(text):
        assert not text[at:start].strip()
        assert start < end
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()


@pytest.mark.parametrize("piece", [".", ". ", ' "', "1. ", "A. ", "\n", ". “", "x", "。"])
def test_time_grows_with_length_only(piece: str) -> None:
    """A quadratic step would take minutes on these."""
    begun = time.perf_counter()
    for _ in sentences(piece * 200_000):
        pass
    assert time.perf_counter() - begun < 5
