"""Text from the outside made safe to store, match and show."""

from __future__ import annotations

import re

TITLE_CHARS = 1_000  # code points; the longest headline in 74 real feeds has under 300
BODY_CHARS = 200_000  # code points; thirty times a long report
AUTHOR_CHARS = 200  # code points
TAG_CHARS = 100  # code points of one tag
MAX_TAGS = 30  # of one article; a publisher who sets more sets them all
LINK_CHARS = 2_000  # code points; messengers take no much longer link (Slack: 3,000)

LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*", re.ASCII)
MANY_BREAKS = re.compile(r"\n{3,}")
LINE_ENDS = re.compile(r"\r\n?|\x85")
ODD = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    r"""The same text with "\n" for every line end, no control characters, and U+FFFD for lone surrogates."""
    if text.isprintable():  # which nothing is that is changed here
        return text
    return ODD.sub(_instead, LINE_ENDS.sub("\n", text))


def _instead(odd: re.Match[str]) -> str:
    if odd.group() in "\x0b\x0c":  # vertical tab and form feed part words
        return " "
    return "\ufffd" if "\ud800" <= odd.group() <= "\udfff" else ""


def one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


def paragraphs(text: str) -> str:
    """The text with white space made normal in each line and at most one empty line between two."""
    return MANY_BREAKS.sub("\n\n", "\n".join([" ".join(line.split()) for line in text.split("\n")])).strip()


def language(tag: str) -> str:
    """A BCP 47 tag in lower case, empty if it is none: "en_US" gives "en-us"."""
    tag = tag.strip().lower().replace("_", "-")
    return tag if LANGUAGE.fullmatch(tag) else ""
