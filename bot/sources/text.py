"""A plain text file that is one article."""

from __future__ import annotations

from bot.errors import SourceError
from bot.sources.parsed import Draft, Reading
from bot.sources.wording import clean

HEADLINE_CHARS = 120  # a first line this short, without a sentence's end, above an empty line, is a headline
SENTENCE_ENDS = tuple(".!?…。！？؟")
QUOTES = "\"'”’»)]*"  # may stand behind a sentence's end


def read_text(text: str, url: str) -> Reading:
    """The text exactly as it stands, but for line ends and control characters; a headline becomes the
    title.
    """
    if "\0" in text or not clean(text).strip():
        raise SourceError(
            "This is binary data, not text.", "Use the address of a feed, a page or a text file."
        )
    title, body = split_headline(clean(text).strip("\n"))
    # The path is the file's own key: a corrected text in the same file is the same article.
    return Reading("text", [Draft("The text", guid="" if url == "-" else url, title=title, body=body)])


def split_headline(text: str) -> tuple[str, str]:
    """("headline", "the rest"), or ("", the whole text) when the first line is a sentence or all there is."""
    first, _, rest = text.partition("\n")
    headline = first.strip()
    empty_line, _, body = rest.partition("\n")
    if (
        not headline
        or len(headline) > HEADLINE_CHARS
        or headline.rstrip(QUOTES).endswith(SENTENCE_ENDS)
        or empty_line.strip()
        or not body.strip()
    ):
        return "", text
    return headline, body.lstrip("\n")
