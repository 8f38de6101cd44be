"""Bytes to text: what is there wins over what is declared."""

from __future__ import annotations

import codecs

import pytest

from bot.sources import parse
from bot.sources.decoding import decode


def feed(title: bytes, encoding: str = "") -> bytes:
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>' if encoding else ""
    return declaration.encode() + b"<rss><channel><item><title>" + title + b"</title></item></channel></rss>"


@pytest.mark.parametrize(
    ("charset", "letters"),
    [
        ("iso-8859-1", "Café"),
        ("windows-1251", "Путин"),
        ("koi8-r", "Путин"),
        ("gb2312", "朝鲜"),
        ("euc-kr", "북한"),
        ("shift_jis", "北朝鮮"),
        ("iso-2022-jp", "北朝鮮"),
        ("big5", "北韓"),
        ("utf-8", "Путин 朝鲜"),
    ],
)
def test_a_declared_charset_is_read(charset: str, letters: str) -> None:
    (one,) = parse(feed(letters.encode(charset), charset), url="x.xml").articles
    assert one.title == letters


def test_the_header_counts_where_the_document_declares_nothing() -> None:
    assert decode("Путин".encode("koi8-r"), 'text/xml; charset="KOI8-R"') == ("Путин", "")


def test_utf_8_is_utf_8_whatever_is_declared() -> None:
    """Servers say Latin-1 for everything they send."""
    assert decode(feed("é".encode(), "iso-8859-1"), "text/xml; charset=iso-8859-1")[0].count("é") == 1


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_obeyed_and_taken_off(charset: str) -> None:
    assert decode("Putin é".encode(charset), "text/plain; charset=ascii") == ("Putin é", "")


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_xml_without_a_mark_is_known_by_its_first_letter(charset: str) -> None:
    assert decode("<rss>é</rss>".encode(charset))[0] == "<rss>é</rss>"


def test_one_stray_byte_garbles_no_other_letter_and_is_said() -> None:
    """feedparser would read the whole feed as Windows-1252."""
    text, note = decode("Pujian “é” dan caf".encode() + b"\xe9")
    assert text == "Pujian “é” dan café"
    assert note == "Byte 24 is not valid UTF-8; it and others like it were read as Windows-1252."


def test_the_author_knows_the_charset_better_than_the_server() -> None:
    """A server's default must not turn one stray byte into a garbled feed."""
    document = feed("Пу".encode() + b"\xe9", "utf-8")
    assert "Пуé" in decode(document, "text/xml; charset=iso-8859-1")[0]
    assert "Пу" in decode(feed("Пу".encode("cp1251"), "windows-1251"), "text/xml; charset=utf-8")[0]


def test_what_had_to_be_guessed_is_among_the_problems() -> None:
    parsed = parse(feed(b"caf" + b"\xe9", "utf-8"), url="x.xml")
    assert parsed.articles[0].title == "café"
    assert "not valid UTF-8" in parsed.problems[0]


@pytest.mark.parametrize("charset", ["zip", "idna", "unicode_escape", "undefined", "utf-7", "no such", "é"])
def test_a_codec_that_is_no_charset_is_not_used(charset: str) -> None:
    assert decode(b"caf\xe9 \\u0041 +AGE-", f"text/xml; charset={charset}")[0] == "café \\u0041 +AGE-"


def test_half_a_wide_letter_at_the_end_is_replaced_and_said() -> None:
    text, note = decode(codecs.BOM_UTF16_LE + "ab".encode("utf-16-le") + b"\x00")
    assert (text, note) == ("ab\ufffd", "Some bytes are not valid UTF-16-LE and were replaced.")
