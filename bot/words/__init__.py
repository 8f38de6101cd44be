"""What the program says, in Indonesian and English."""

from bot.words.alerts import alert, first_poll
from bot.words.catalogue import LANGUAGES, phrase
from bot.words.platforms import platform_is
from bot.words.times import about, day, moment, period, seconds

__all__ = [
    "LANGUAGES",
    "about",
    "alert",
    "day",
    "first_poll",
    "moment",
    "period",
    "phrase",
    "platform_is",
    "seconds",
]
