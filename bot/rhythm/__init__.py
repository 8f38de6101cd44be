"""When a source is polled: what was learned of its rhythm, and how the requests we allow ourselves are spread.

Pure: moments and numbers in, moments out. `learned.py` is what a source has taught us, `share.py` how all sources share
one budget, `next.py` the next poll of one source and the reason for it,
`agenda.py` whose turn it is.
"""

from bot.rhythm.agenda import Agenda
from bot.rhythm.learned import Rhythm
from bot.rhythm.next import LONGEST, SHORTEST, Why, next_poll
from bot.rhythm.share import Budget, scale_of

__all__ = ["LONGEST", "SHORTEST", "Agenda", "Budget", "Rhythm", "Why", "next_poll", "scale_of"]
