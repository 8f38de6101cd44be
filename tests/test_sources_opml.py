"""Lists of feeds come in and go out as other readers write them."""

from __future__ import annotations

import pytest

from bot.errors import SourceError
from bot.sources import Listed, read_opml, write_opml

LIST = b"""<?xml version="1.0"?><opml version="2.0"><body>
  <outline text="Dunia"><outline text="Asia"><outline type="rss" text="A &amp; b" xmlUrl="https://a.example/x?1&amp;2"/></outline></outline>
  <outline type="rss" title="B" xmlUrl="feed://b.example/rss" category="/Dunia/Asia,penting"/>
  <outline type="rss" text="A lagi" xmlUrl="https://a.example/x?1&amp;2"/>
  <outline type="rss" text="Tanpa" xmlUrl="gopher://c.example/"/>
</body></opml>"""


def test_names_addresses_and_folders_are_read_and_what_is_wrong_is_named() -> None:
    listed, problems = read_opml(LIST)
    assert listed == [
        Listed("A & b", "https://a.example/x?1&2", ("Dunia", "Asia")),
        Listed("B", "http://b.example/rss", ("Dunia", "Asia", "penting")),
    ]
    assert problems == ["Entry 3 (Tanpa) has no web address."]


def test_a_list_with_broken_xml_is_read_as_far_as_it_goes() -> None:
    listed, _ = read_opml(LIST[: LIST.index(b'<outline type="rss" text="A lagi')])
    assert [one.name for one in listed] == ["A & b", "B"]


@pytest.mark.parametrize("document", [b"", b"Selamat pagi", b"\x89PNG\r\n"])
def test_what_is_no_list_is_said(document: bytes) -> None:
    with pytest.raises(SourceError, match="no OPML list"):
        read_opml(document)


def test_what_is_written_is_read_again_as_it_was() -> None:
    sources = [
        Listed('Tanda "kutip" & <lain>', "https://a.example/?x=1&y='2'", ("Dunia", "Asia")),
        Listed("Tanpa folder", "https://b.example/"),
        Listed("Dua", "https://c.example/", ("Dunia",)),
        Listed("Koma", "https://d.example/", ("Satu, dua",)),
    ]
    listed, problems = read_opml("\n".join(write_opml(sources, "Pantau & kawan")).encode())
    assert problems == []
    assert sorted(listed, key=lambda one: one.url) == sources
