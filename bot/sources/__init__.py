"""Bytes to articles. Start in `parsing.py`; one module per format, `finishing.py` for what they share."""

from bot.sources.links import link_key
from bot.sources.memory import owner_of, unchanged
from bot.sources.parsed import Hints, Parsed
from bot.sources.parsing import parse

__all__ = ["Hints", "Parsed", "link_key", "owner_of", "parse", "unchanged"]
