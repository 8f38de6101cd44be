"""Which articles are the same text, and, later, the same event (pure)."""

from bot.stories.copies import apart, fingerprint

__all__ = ["apart", "fingerprint"]
