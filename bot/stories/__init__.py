"""Which articles are the same text, and which tell of the same event (pure)."""

from bot.stories.copies import apart, fingerprint
from bot.stories.copies_index import Folding
from bot.stories.memory import Memory, Place

__all__ = ["Folding", "Memory", "Place", "apart", "fingerprint"]
