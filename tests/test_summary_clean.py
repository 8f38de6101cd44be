"""What is not news is recognised, and what is news is not taken for it."""

from __future__ import annotations

import pytest

from bot.summary.clean import dateline, is_news, shown, trimmed


@pytest.mark.parametrize(
    "opening",
    [
        "IDNtribune.com – ",
        "JAKARTA, KOMPAS.com – ",
        "Liputan6.com, Jakarta - ",
        "Jakarta (ANTARA News) -   ",
        "LONDON, June 5 (Reuters) - ",
        "Jakarta, CNN Indonesia -- ",
        "Jakarta, CNN Indonesia - - ",
        "TEMPO.CO, Jakarta - ",
        "WASHINGTON — ",
        "\nBANDUNG, JUARA.net – ",
    ],
)
def test_a_dateline_ends_where_the_news_begins(opening: str) -> None:
    assert dateline(opening + "Presiden tiba kemarin.") == len(opening)


@pytest.mark.parametrize(
    "text",
    [
        "Presiden tiba di Jakarta - lalu pergi.",
        "Jokowi - Ma'ruf menang.",
        "Pasangan itu - dan semua orang - pulang.",
        "PT Telkom-Indosat bergabung.",
        "KPK menahan dua orang - keduanya pejabat.",
        "Suara.com - ",
        "",
    ],
)
def test_a_sentence_with_a_dash_is_no_dateline(text: str) -> None:
    assert dateline(text) == 0


@pytest.mark.parametrize(
    "line",
    [
        "Foto-foto dari media pemerintah menunjukkan gambar Putin di jalan.",
        "Presiden tiba di Pyongyang kemarin pagi. (Foto: Antara/Budi)",
        "Presiden Jokowi meninjau pasar (Dok. Kemendag) ",
        "Baca juga: Putin tiba di Pyongyang dan disambut hangat.",
        "BACA JUGA Putin tiba di Pyongyang dan disambut hangat.",
        "Penulis: Budi Santoso dan Ani Wijaya dari Jakarta.",
        "Read more: What we know about the summit so far.",
        "***",
        "(fit/pra)",
        "Kunjungan pertama dalam dua puluh empat tahun",
        "Presiden Rusia tiba di Pyongyang pada Rabu dini hari dan disambut hangat oleh tuan rumah di …",
    ],
)
def test_captions_credits_pointers_headings_and_stumps_are_not_quoted(line: str) -> None:
    assert not is_news(line, len(line.split()))


@pytest.mark.parametrize(
    "line",
    [
        "Fotografer itu ditangkap polisi di Jakarta kemarin.",
        "Sumber Reuters mengatakan perundingan itu gagal total.",
        "Editor majalah itu dipecat pada hari Senin.",
        "“Kami tidak akan menyerah pada tekanan siapa pun,” katanya.",
        "The committee (established in 2009) will meet again.",
    ],
)
def test_news_that_begins_like_a_caption_is_still_quoted(line: str) -> None:
    assert is_news(line, len(line.split()))


@pytest.mark.parametrize(
    "tail",
    [
        " ***",
        "***",
        " (Foto: Antara/Budi)",
        " (fit/pra)",
        " [Baca juga: Putin tiba di Pyongyang]",
        " (Baca Juga: Putin tiba) (ANT/fit) **",
    ],
)
def test_what_hangs_at_a_sentence_end_is_left_out_by_its_offsets(tail: str) -> None:
    text = "Presiden tiba di Pyongyang kemarin pagi."
    assert trimmed(text + tail, 0, len(text + tail)) == len(text)


@pytest.mark.parametrize("text", ["***", "(Foto: Antara)", "Ia tiba (kemarin).", "Dua bintang * ini", ""])
def test_a_sentence_that_is_nothing_else_or_has_no_furniture_keeps_its_end(text: str) -> None:
    assert trimmed(text, 0, len(text)) == len(text)


def test_a_lost_space_is_put_back_where_both_halves_stand_alone_in_the_article() -> None:
    article = "Putin tiba di PyongyangKorea Utara. Di Pyongyang, kata Korea Utara, ada YouTube."
    assert shown(article[:34], article) == "Putin tiba di Pyongyang Korea Utara"
    assert shown("Videonya di\n YouTube", article) == "Videonya di YouTube"
