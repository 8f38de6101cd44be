"""Which articles are the same text, and which tell of the same event (pure)."""

from bot.stories.copies import apart, fingerprint
from bot.stories.copies_index import Folding
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
from bot.stories.memory import Memory, Place
from bot.stories.worddiff import Fate, Piece, Stretch, glance, word_diff

__all__ = [
    "LOOKS",
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
    "apart",
    "compare",
    "fingerprint",
    "glance",
    "is_other_text",
    "is_removal",
    "next_look",
    "went_back",
    "word_diff",
]
