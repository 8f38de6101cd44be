"""Bytes to articles. Start in `parsing.py`; one module per format, `finishing.py` for what they share."""

from bot.sources.decoding import decode
from bot.sources.discovery import candidates
from bot.sources.links import link_key
from bot.sources.memory import owner_of, unchanged, whole
from bot.sources.opml import Listed, read_opml, write_opml
from bot.sources.parsed import Hints, Parsed
from bot.sources.parsing import parse
from bot.sources.standins import heading_of, says_missing, stand_in
from bot.sources.teaser import is_teaser, joined

__all__ = [
    "Hints",
    "Listed",
    "Parsed",
    "candidates",
    "decode",
    "heading_of",
    "is_teaser",
    "joined",
    "link_key",
    "owner_of",
    "parse",
    "read_opml",
    "says_missing",
    "stand_in",
    "unchanged",
    "whole",
    "write_opml",
]
