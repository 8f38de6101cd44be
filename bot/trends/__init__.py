"""How much a watch usually brings in each hour of the week, and when it is far more (pure).

Counts and moments in, values out. `usual.py` learns the rhythm from a watch's own hours, `spikes.py` says when a spike
begins and when it is over.
"""

from bot.trends.spikes import LOOKED_AT, Spike, Verdict, judge
from bot.trends.usual import LEAST_HOURS, MEMORY_HOURS, RELEARN_HOURS, Usual, learn

__all__ = [
    "LEAST_HOURS",
    "LOOKED_AT",
    "MEMORY_HOURS",
    "RELEARN_HOURS",
    "Spike",
    "Usual",
    "Verdict",
    "judge",
    "learn",
]
