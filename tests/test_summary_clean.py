"""What is not news is recognised, and what is news is not taken for it."""

from __future__ import annotations

import pytest

from bot.summary.clean import dateline, is_news


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
