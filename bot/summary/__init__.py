"""Headlines, stories in order of weight, and summaries made of cited sentences (pure)."""

from bot.summary.compose import Cited, Summary, summarise
from bot.summary.headline import headline
from bot.summary.ranking import Story, rank

__all__ = ["Cited", "Story", "Summary", "headline", "rank", "summarise"]
