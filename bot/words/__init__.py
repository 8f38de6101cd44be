"""What the program says, in Indonesian and English."""

from bot.words.alerts import alert, because, first_poll
from bot.words.catalogue import LANGUAGES, phrase
from bot.words.chats import chat_back, chat_gone, chat_moved, folded, restored, thread_gone
from bot.words.edits import back, changed, differences, edited, withdrawn
from bot.words.platforms import in_one_line, platform_is
from bot.words.sources import gap, how, listed, moved, sources_changed, usual, worst_first
from bot.words.times import about, clock, day, hour, moment, number, period, seconds, share
from bot.words.troubles import in_words

__all__ = [
    "LANGUAGES",
    "about",
    "alert",
    "back",
    "because",
    "changed",
    "chat_back",
    "chat_gone",
    "chat_moved",
    "clock",
    "day",
    "differences",
    "edited",
    "first_poll",
    "folded",
    "gap",
    "hour",
    "how",
    "in_one_line",
    "in_words",
    "listed",
    "moment",
    "moved",
    "number",
    "period",
    "phrase",
    "platform_is",
    "restored",
    "seconds",
    "share",
    "sources_changed",
    "thread_gone",
    "usual",
    "withdrawn",
    "worst_first",
]
