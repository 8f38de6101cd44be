"""Headlines, stories in order of weight, and summaries made of cited sentences (pure)."""

from bot.summary.compose import Cited, Dispute, Marks, Summary, contradictions, offers, summarise
from bot.summary.extract import Mark
from bot.summary.gist import gist
from bot.summary.headline import headline
from bot.summary.ranking import Story, rank
from bot.summary.support import supported

__all__ = [
    "Cited",
    "Dispute",
    "Mark",
    "Marks",
    "Story",
    "Summary",
    "contradictions",
    "gist",
    "headline",
    "offers",
    "rank",
    "summarise",
    "supported",
]
