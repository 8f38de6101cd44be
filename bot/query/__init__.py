"""What editors watch for: the query language, and the index that finds the queries an article answers.

Start in `parse.py` for the language, in `index.py` for the way from an article to its hits.
"""

from bot.query.index import Index
from bot.query.parse import parse
from bot.query.tree import Query

__all__ = ["Index", "Query", "parse"]
