"""What is said about a text: where its sentences are, which of them shows a match, and who and what is named (pure)."""

from bot.annotate.annotation import Annotation, annotate
from bot.annotate.countries import country_of, named
from bot.annotate.figures import figures
from bot.annotate.language import language
from bot.annotate.names import Name
from bot.annotate.passage import around, passage
from bot.annotate.quotes import Quote
from bot.sentences import sentences

__all__ = [
    "Annotation",
    "Name",
    "Quote",
    "annotate",
    "around",
    "country_of",
    "figures",
    "language",
    "named",
    "passage",
    "sentences",
]
