"""What is said about a text: where its sentences are, and which of them shows a match (pure)."""

from bot.annotate.passage import passage
from bot.sentences import sentences

__all__ = ["passage", "sentences"]
