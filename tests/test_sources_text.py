"""A text file that is one article: offsets count its own letters, so they stay as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import SourceError
from bot.model import SourceKind
from bot.sources import parse
from bot.sources.text import split_headline

SEED = Path(__file__).parents[2] / "shared" / "seed"


def read(text: str, url: str = "/naskah/a.txt") -> tuple[str, str]:
    (one,) = parse(text.encode(), url=url, kind=SourceKind.ARTICLE).articles
    return one.title, one.body


@pytest.mark.skipif(not SEED.is_dir(), reason="the seed article lies outside the repository")
def test_the_seed_article_keeps_every_letter() -> None:
    (path,) = SEED.glob("*.txt")
    parsed = parse(path.read_bytes(), url=str(path), kind=SourceKind.ARTICLE, source="Seed")
    (one,) = parsed.articles
    assert (parsed.kind, parsed.problems, one.title) == ("text", (), "")
    assert one.body == path.read_text(encoding="utf-8").strip("\n")
    assert "PyongyangKorea Utara" in one.body


def test_a_short_first_line_above_an_empty_one_is_the_title() -> None:
    assert read("Putin di Pyongyang\n\nIsi pertama.\n\nIsi kedua.") == (
        "Putin di Pyongyang",
        "Isi pertama.\n\nIsi kedua.",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Kalimat utuh.\n\nIsi.",
        "Kalimat utuh (19/6/2024).”\n\nIsi.",
        "x" * 121 + "\n\nIsi.",
        "Baris satu\nbaris dua\n\nIsi.",
        "Hanya satu baris",
        "Hanya judul\n\n",
    ],
)
def test_any_other_first_line_belongs_to_the_text(text: str) -> None:
    assert split_headline(text) == ("", text)


def test_line_ends_are_made_one_and_the_byte_order_mark_goes() -> None:
    assert read("\ufeffSatu.\r\n\r\nDua.\rTiga.  ") == ("", "Satu.\n\nDua.\nTiga.  ")


def test_markup_in_a_text_file_is_text() -> None:
    assert read("Tulis <b>tebal</b> &amp; {selesai}.")[1] == "Tulis <b>tebal</b> &amp; {selesai}."


def test_a_corrected_text_in_the_same_file_is_the_same_article() -> None:
    first, second, other = (
        parse(text.encode(), url=url, kind=SourceKind.ARTICLE).articles[0].id
        for text, url in (("Lama.", "/a.txt"), ("Baru.", "/a.txt"), ("Lama.", "/b.txt"))
    )
    assert first == second != other


def test_two_texts_from_standard_input_are_two_articles() -> None:
    first, second = (parse(text, url="-").articles[0].id for text in (b"Satu.", b"Dua."))
    assert first != second


def test_a_files_path_is_no_link() -> None:
    assert parse(b"Isi.", url="/naskah/a.txt").articles[0].url == ""


@pytest.mark.parametrize("document", [b"\x00\x01\x02", b"\x07\x07", b"teks\x00biner"])
def test_binary_data_is_no_text(document: bytes) -> None:
    with pytest.raises(SourceError, match="binary data"):
        parse(document, url="/naskah/a.txt", kind=SourceKind.ARTICLE)
