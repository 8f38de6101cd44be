"""The XML parser that feedparser is given."""

from __future__ import annotations

import io
from xml.sax.handler import ContentHandler

from bot.sources.expat import create_parser
from bot.sources.parser import entry_in

TEXT = "Satu &lt;p&gt;dua&lt;/p&gt; &amp;\ntiga"


class Heard(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def characters(self, content: str) -> None:
        self.pieces.append(content)


def test_a_text_comes_in_one_piece_whatever_is_escaped_in_it() -> None:
    parser, heard = create_parser(), Heard()
    parser.setContentHandler(heard)
    parser.parse(io.StringIO(f"<item>{TEXT}</item>"))
    assert heard.pieces == ["Satu <p>dua</p> &\ntiga"]


def test_feedparser_uses_it() -> None:
    import feedparser

    entry, wrong = entry_in(f"<rss><channel><item><title>{TEXT}</title></item></channel></rss>")
    assert entry and not wrong
    assert isinstance(
        feedparser.api.xml.sax.make_parser(feedparser.api.PREFERRED_XML_PARSERS), type(create_parser())
    )
