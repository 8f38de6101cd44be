"""What editors watch for: the query language, and the index that finds the queries an article answers.

Start in `parse.py` for the language, in `index.py` for the way from an article to its hits.
"""

from bot.query.explain import Clause, explain
from bot.query.index import Index
from bot.query.lists import Lists, starter, with_own
from bot.query.parse import parse
from bot.query.tree import Query
from bot.query.vendors import VENDORS, Carried, import_queries

__all__ = [
    "VENDORS",
    "Carried",
    "Clause",
    "Index",
    "Lists",
    "Query",
    "explain",
    "import_queries",
    "parse",
    "starter",
    "with_own",
]
