"""Python's own XML parser as feedparser's driver, told to hand over a text in one piece.

As it comes, expat calls back at every line end and every `&lt;`: an item of escaped HTML is hundreds of calls, more than half of
what reading it takes.
"""

from __future__ import annotations

from xml.sax.expatreader import ExpatParser


class _InOnePiece(ExpatParser):
    def reset(self) -> None:
        super().reset()
        self._parser.buffer_text = True  # type: ignore[attr-defined]  # typeshed leaves it out; expatreader sets it here


def create_parser() -> ExpatParser:
    """What xml.sax.make_parser asks a driver for."""
    return _InOnePiece()
