"""Which articles are the same text, and which tell of the same event (pure)."""

from bot.stories.addresses import address
from bot.stories.copies import apart, fingerprint
from bot.stories.copies_index import CONTAINED, Folding
from bot.stories.edits import (
    LOOKS,
    Change,
    Edit,
    Version,
    Weight,
    compare,
    is_other_text,
    is_removal,
    next_look,
    went_back,
)
from bot.stories.memory import WINDOW, Memory, Place
from bot.stories.tongues import is_common, same_in_english
from bot.stories.turning import TURNING, numbers_of
from bot.stories.worddiff import Fate, Piece, Stretch, glance, word_diff

__all__ = [
    "CONTAINED",
    "LOOKS",
    "TURNING",
    "WINDOW",
    "Change",
    "Edit",
    "Fate",
    "Folding",
    "Memory",
    "Piece",
    "Place",
    "Stretch",
    "Version",
    "Weight",
    "address",
    "apart",
    "compare",
    "fingerprint",
    "glance",
    "is_common",
    "is_other_text",
    "is_removal",
    "next_look",
    "numbers_of",
    "same_in_english",
    "went_back",
    "word_diff",
]
