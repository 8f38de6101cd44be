"""What is measured of a sentence, and of a choice of sentences, before a summary is chosen.

One list of names for the program and for the script that trains the weights (benchmarks/text/train_summary.py).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from bot.summary.candidates import Candidate

TOPICS = 12  # the article's most frequent words, against which a sentence's share is measured
SHORT, LONG, USUAL = 10, 30, 20  # words in a sentence: a stump; hard to read; what we mostly see
LENGTH = 60  # words of a summary: IndoSum's have 59 on average, with a deviation of 4
FAR_OVER, FAR_UNDER = 75, 45

SENTENCE = re.findall(
    r"\w+",
    """
    first second third fourth fifth nearness depth place opens topics density title_share title_held
    like_first digit dangling quotes quoted inside closes short long size once late
""",
)
PAIR = ["repeats", "neighbours", "resolved", "same"]
WHOLE = ["unbroken", "gap", "both_first", "over", "under", "square", "far_over", "far_under", "sentences"]

# Beginnings that point back to a sentence the reader may not see.
DANGLING = re.compile(
    r"\W*(?:mereka|dia|ia|beliau|namun|tetapi|tapi|hal (?:ini|itu|tersebut)|itu|ini|selain itu|karena itu|"
    r"menurutnya|he|she|they|it|this|that|but|however)\b",
    re.IGNORECASE,
)
_MARKS = '“”"'
QUOTES = re.compile(f"[{_MARKS}]")
_DIGIT = re.compile(r"\d")
_LATE = frozenset(
    re.findall(
        r"\w+",
        """
    tambah tambahnya imbuh imbuhnya tutup tutupnya pungkas pungkasnya jelas jelasnya lanjut lanjutnya
    tandas tuturnya ungkapnya katanya ujarnya terang ucap sebelumnya diketahui sekadar added
""",
    )
)


def of_sentences(
    offered: Sequence[Candidate], text: str, title: frozenset[str], most: int
) -> list[list[float]]:
    """For each of the first `most` candidates the values of SENTENCE; all of them together say what the article is about."""
    counts = Counter(word for one in offered for word in one.content)
    worth = {word: math.log(count) for word, count in counts.items() if count > 1}
    top = sum(sorted(worth.values())[-TOPICS:]) or 1.0
    lead = offered[0].content if offered else frozenset()
    open_quote = False
    rows = []
    for at, one in enumerate(offered[:most]):
        said = text[one.start : one.end]
        marks = sum(map(said.count, _MARKS))
        share = sum(worth.get(word, 0.0) for word in one.content) / top
        some = max(1, len(one.content))
        shared_title = len(one.content & title)
        rows.append(
            [
                float(at == 0),
                float(at == 1),
                float(at == 2),
                float(at == 3),
                float(at == 4),
                1 / (at + 1),
                math.log(1 + at),
                at / len(offered),
                float(one.opens),
                share,
                share / (one.words + 5) * (USUAL + 5),
                shared_title / max(1, len(title)),
                shared_title / some,
                len(one.content & lead) / some if at else 0.0,
                float(_DIGIT.search(said) is not None),
                float(DANGLING.match(said) is not None),
                float(marks > 0),
                float(said[:1] in '"“'),
                float(open_quote),
                float(said[-1:] in '"”'),
                float(one.words < SHORT),
                max(0, one.words - LONG) / USUAL,
                one.words / USUAL,
                sum(word not in worth for word in one.content) / some,
                len(one.content & _LATE) / some,
            ]
        )
        open_quote = marks % 2 == 1
    return rows


def of_pair(one: Candidate, other: Candidate, *, neighbours: bool, dangling: bool) -> list[float]:
    """The values of PAIR for two sentences in the order of the text; `dangling`: the second points back."""
    shared = len(one.content & other.content) / max(1, min(len(one.content), len(other.content)))
    return [shared, float(neighbours), float(neighbours and dangling), float(shared > 0.5)]


def of_choice(last: int, count: int, words: int, both_first: bool) -> list[float]:
    """The values of WHOLE for `count` sentences of so many words together, the last of which is number `last` (from 0)."""
    gap = last + 1 - count
    off = (words - LENGTH) / USUAL
    return [
        float(gap == 0),
        float(gap),
        float(both_first),
        max(0.0, off),
        max(0.0, -off),
        off * off,
        max(0, words - FAR_OVER) / USUAL,
        max(0, FAR_UNDER - words) / USUAL,
        float(count),
    ]
