"""What stands in an article's text and is not news: datelines, captions, credits, pointers to other articles.

It is skipped when sentences are chosen and never cut out of the stored text, so offsets stay exact. A rule is
kept narrow when in doubt: a caption that is quoted looks clumsy, a fact that is skipped is missing.
"""

from __future__ import annotations

import re

FEWEST_WORDS = 5  # shorter ones are headings, captions, cries
HEADING_WORDS = 12  # a line of fewer words without a stop at its end is a heading or a caption

_DASH = r"(?:\s+-{1,2}|\s*[–—])(?:\s*[-–—])*\s+"
_PLACE = r"[A-Z][\w .,'/]{1,30}"
_DATELINE = re.compile(
    rf"""\s*(?:
        (?:{_PLACE}?[ ]?,\s*)? [\w-]{{2,30}}\.(?:com|net|org|tv|news|id|co|CO|COM|ID|co\.id|CO\.ID)\b
            (?:\s*,\s*{_PLACE}?)?                      # JAKARTA, KOMPAS.com – / Liputan6.com, Jakarta -
      | {_PLACE}?\s*\([A-Z][\w .&/]{{1,24}}\)          # Jakarta (ANTARA News) - / LONDON, June 5 (Reuters) -
      | {_PLACE}?,\s*(?:CNN|CNBC|BBC|VOA)(?:\s\w+)?    # Jakarta, CNN Indonesia --
      | [A-Z]{{3}}[A-Z .,'/]{{0,30}}?                  # JAKARTA –
    ){_DASH}(?=\S)""",
    re.VERBOSE,
)

_NOT_NEWS = re.compile(
    r"""\W*(?:
        foto\b | ilustrasi\b | advertisement | copyright | hak\ cipta | scroll\b
      | (?:baca|simak|lihat|tonton)\ (?:juga|selengkapnya|video) | read\ (?:also|more) | also\ read
      | (?:penulis|editor|reporter|pewarta|laporan|wartawan|sumber|source|photo|image|gambar|by|oleh)\s*[:/]
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_CREDIT = re.compile(r"\((?:foto|photo|dok|ilustrasi|ist)\b[^()]{0,80}\)\W*\Z", re.IGNORECASE)
_TAIL = re.compile(
    r"""\s*(?:
        \*{2,}                                                        # closing asterisks
      | \((?:foto|photo|dok|ilustrasi|ist)\b[^()]{0,80}\)[.\s]*         # (Foto: Antara)
      | [\[(](?:baca|simak|lihat)\ (?:juga|selengkapnya)[^()\[\]]{0,200}[\])]
      | \([a-z]{2,4}(?:/[a-z]{2,4}){1,2}\)                             # (fit/pra): initials of those who wrote it
    )\s*\Z""",
    re.VERBOSE | re.IGNORECASE,
)
_TAIL_ENDS = ("*", ")", "]")  # of whatever _TAIL finds, stops aside
TAIL_CHARS = 220  # what is looked at for furniture at a sentence's end
_STOPPED = re.compile(r"[.!?…。！？][\"'”’»)\]]*\s*\Z")
_CUT_OFF = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])\W*\Z")


def dateline(text: str) -> int:
    """How many code points at the beginning say only where and by whom it was written."""
    found = _DATELINE.match(text)
    return found.end() if found else 0


def is_furniture(sentence: str) -> bool:
    """Is it a caption, a credit, a byline, or a pointer to another article?"""
    return bool(_NOT_NEWS.match(sentence) or _CREDIT.search(sentence[-100:]))


def is_news(sentence: str, words: int) -> bool:
    """Can this sentence of so many words be quoted as news?"""
    if words < FEWEST_WORDS or is_furniture(sentence):
        return False
    return not _CUT_OFF.search(sentence[-20:]) and (
        words >= HEADING_WORDS or bool(_STOPPED.search(sentence[-20:]))
    )


def trimmed(text: str, start: int, end: int) -> int:
    """Where the sentence at `start` ends when credits, pointers, asterisks and initials at its end are left out.

    A sentence that is nothing else keeps its end, so that it can be seen to be furniture.
    """
    while text[start:end].rstrip(". \t\n\xa0")[-1:] in _TAIL_ENDS and (
        found := _TAIL.search(text[max(start, end - TAIL_CHARS) : end])
    ):
        cut = max(start, end - TAIL_CHARS) + found.start()
        if cut <= start:
            break
        end = cut
    return end


_GLUED = re.compile(r"\b[^\W\d_]*[^\W\d_A-Z][A-Z][^\W\d_]+\b")
_SEAM = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
GLUED_LETTERS = 3  # on both sides of a lost space: "iPhone" and "McDonald" are one word


def shown(sentence: str, article: str) -> str:
    """A sentence as people see it: one line, and spaces that the publisher lost put back.

    "PyongyangKorea" is parted when both halves stand alone in the same article; "YouTube" is not.
    """
    line = " ".join(sentence.split())
    return _GLUED.sub(lambda glued: _parted(glued[0], article), line)


def _parted(word: str, article: str) -> str:
    for seam in _SEAM.finditer(word):
        left, right = word[: seam.start()], word[seam.start() :]
        if min(len(left), len(right)) >= GLUED_LETTERS and all(
            re.search(rf"\b{re.escape(half)}\b", article) for half in (left, right)
        ):
            return f"{left} {right}"
    return word
