"""What is read of an article, once for copies and stories."""

from __future__ import annotations

from dataclasses import dataclass

from bot.stories.sketch import Sketch
from bot.stories.terms import Terms

LANGUAGE_WORDS = 100  # say which language it is


@dataclass(frozen=True, slots=True)
class Reading:
    """A headline and a text, read once for everything that is asked about them."""

    headline: int  # hash of its words; 0 when there are none
    whole: int  # hash of all words of the text
    about_itself: bool  # does the text say a word of its headline? A cookie wall does not
    sketch: Sketch
    terms: Terms
    lang: str  # "id", "en", or "" when its function words do not say
