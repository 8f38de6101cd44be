"""The index against an evaluator that is too simple to be wrong: any difference is a bug in one of them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Article
from bot.query import Index, Query, parse
from bot.query.affixes import affixed
from bot.query.checks import asks
from bot.query.forms import Profile, forms, profile_of
from bot.query.tree import And, In, Meta, Named, Near, Node, Not, Or, Style, Term, Times, all_of, any_of
from bot.text import Joint, Word, ends_sentence, fold, keep_case, parts, words
from tests.engines import each_engine  # noqa: F401  # both engines of the index are asked


class Place(NamedTuple):
    """A hit, with the numbers of its first word and of the word behind its last."""

    field: str
    start: int
    end: int
    first: int
    behind: int
    term: str


class Stand(NamedTuple):
    """A word of the text from word number `first` to before `behind`."""

    word: Word
    first: int
    behind: int


def stands(text: str) -> list[Stand]:
    """Every reading of every word: whole, in its seam's parts, letters and digits joined over a hyphen."""
    found: list[Stand] = []
    number = 0
    wholes: list[Stand] = []
    for word in words(text):
        pieces = parts(text, word)
        whole = Stand(word, number, number + max(1, len(pieces)))
        wholes.append(whole)
        found += [Stand(piece, number + at, number + at + 1) for at, piece in enumerate(pieces)]
        number = whole.behind
    for before, after in pairwise(wholes):
        if (
            after.word.joint is Joint.HYPHEN
            and before.word.text[-1].isdigit() != after.word.text[0].isdigit()
        ):
            word = Word(
                before.word.text + after.word.text, before.word.start, after.word.end, before.word.joint
            )
            found.append(Stand(word, before.first, after.behind))
    return found + wholes


def is_word(
    wanted: str, written: str, stand: Stand, original: str, term: Term, profile: Profile, last: bool
) -> bool:
    known = forms(stand.word.text, profile)
    if "*" in wanted or "?" in wanted:
        pattern = re.escape(wanted).replace(r"\*", ".*").replace(r"\?", ".")
        if not re.fullmatch(pattern, stand.word.text, re.DOTALL):
            return False
    elif last and term.style is Style.AFFIXED:
        if not set(known) & affixed(wanted):
            return False
    elif last and "가" <= wanted[-1] <= "힣" and term.style is not Style.RAW:
        if not stand.word.text.startswith(wanted):
            return False
    elif stand.word.text != wanted and (not last or term.style is Style.RAW or wanted not in known):
        return False
    if term.style is Style.RAW:
        return True
    marks = fold(written, marks=True) != fold(written)
    if term.style is Style.CASE:
        return (
            keep_case(original, marks=marks)
            .replace("-", "")
            .startswith(keep_case(written, marks=marks).replace("-", ""))
        )
    return not marks or fold(original, marks=True).replace("-", "").startswith(
        fold(written, marks=True).replace("-", "")
    )


def places(term: Term, field: str, text: str, profile: Profile) -> list[Place]:
    """Where a term stands in a text, in order and not overlapping."""
    asked = list(words(term.text))
    if re.search(r"[*?]", term.text):
        asked = [Word(fold(word[0]), *word.span()) for word in re.finditer(r"\S+", term.text)]
    ways = [asked]
    if any(word.joint is Joint.HYPHEN for word in asked) and term.style is not Style.RAW:
        joined: list[Word] = []
        for word in asked:
            if joined and word.joint is Joint.HYPHEN:
                joined[-1] = Word(joined[-1].text + word.text, joined[-1].start, word.end, joined[-1].joint)
            else:
                joined.append(word)
        ways.append(joined)
    every = stands(text)
    found: list[Place] = []
    for way in ways:
        here = [(stand, stand) for stand in every]
        for number, word in enumerate(way):
            written, last = term.text[word.start : word.end], number == len(way) - 1
            if number:
                here = [
                    (begin, after)
                    for begin, before in here
                    for after in every
                    if after.first == before.behind and may_follow(text, before, after, word.joint)
                ]
            here = [
                (begin, stand)
                for begin, stand in here
                if is_word(
                    word.text, written, stand, text[stand.word.start : stand.word.end], term, profile, last
                )
            ]
        for begin, end in here:
            start, stop = begin.word.start, end.word.end
            if term.style is not Style.RAW or text[start:stop] == term.text:
                found.append(Place(field, start, stop, begin.first, end.behind, term.text))
    found.sort(key=lambda place: (place.start, -place.end))
    apart: list[Place] = []
    for place in found:
        if apart and place.start < apart[-1].end:
            continue
        # A name with a hyphen is one word where it is written as one: F16-F16.
        doubled = len(asked) == 1 or len(ways) > 1
        if apart and doubled and text[apart[-1].end : place.start] == "-":
            apart[-1] = apart[-1]._replace(end=place.end, behind=place.behind)
        else:
            apart.append(place)
    return apart


def may_follow(text: str, before: Stand, after: Stand, joint: Joint) -> bool:
    if joint is Joint.FREE:
        return after.word.joint is Joint.FREE
    gap = text[before.word.end : after.word.start]
    return not (gap and ends_sentence(before.word.text, gap, text[after.word.start]))


def ask(node: Node, article: Article, profile: Profile, scope: str = "") -> set[Place] | None:
    """The hits that make a query hold, None when it does not."""
    match node:
        case Term() | Times():
            term, least = (node.term, node.count) if isinstance(node, Times) else (node, 1)
            found = {
                place
                for field in ("title", "body")
                for place in places(term, field, article.field(field), profile)
                if inside(place, article, scope)
            }
            return found if len(found) >= least else None
        case And():
            answers = [ask(part, article, profile, scope) for part in node.parts]
            return None if None in answers else {place for answer in answers if answer for place in answer}
        case Or():
            answers = [ask(part, article, profile, scope) for part in node.parts]
            return {p for a in answers if a for p in a} if any(a is not None for a in answers) else None
        case Not():
            return set() if ask(node.part, article, profile, scope) is None else None
        case Near():
            left, right = (
                ask(node.left, article, profile, scope) or set(),
                ask(node.right, article, profile, scope) or set(),
            )
            met = {
                place
                for one in left
                for other in right
                if one.field == other.field
                and (0 < other.first - one.behind + 1 <= node.distance
                     or (not node.ordered and 0 < one.first - other.behind + 1 <= node.distance))
                for place in (one, other)
            }  # fmt: skip
            return met or None
        case In():
            return ask(node.part, article, profile, node.field)
        case Named():
            return ask(node.part, article, profile, scope)
        case Meta():
            return set() if node.text in getattr(article, node.field) else None


def inside(place: Place, article: Article, scope: str) -> bool:
    if scope == "lead":
        return place.field == "body" and place.end <= len(article.body.split("\n")[0])
    return not scope or place.field == scope


def naive(query: Query, article: Article) -> list[tuple[str, str, int, int]] | None:
    cut = [*article.title.split(" "), *article.body.split(" ")]
    found = ask(query.root, article, profile_of(article.lang, cut))
    if found is None:
        return None
    return sorted(
        {(place.term, place.field, place.start, place.end) for place in found}, key=in_reading_order
    )


def in_reading_order(hit: tuple[str, str, int, int]) -> tuple[bool, int, int, str]:
    return hit[1] != "title", hit[2], hit[3], hit[0]


WORDS = [
    "Putin",
    "sanksi",
    "Korea",
    "Utara",
    "bom",
    "serang",
    "minister",
    "café",
    "朝鲜",
    "북한",
    "Путин",
    "G20",
    "F-16",
    "ปูติน",
    "AS",
]
STYLED = [Term(word) for word in WORDS] + [
    Term("Korea Utara"), Term("sanksi sanksi"), Term("al-Qaeda"), Term("朝鲜 Putin"),
    Term("san*"), Term("K?rea"), Term("Korea Ut*a"),
    Term("serang", Style.AFFIXED), Term("bom", Style.AFFIXED),
    Term("AS", Style.CASE), Term("Putin", Style.CASE),
    Term("sanksi", Style.RAW), Term("Korea Utara", Style.RAW),
]  # fmt: skip
terms = st.sampled_from(STYLED)
nears = st.recursive(
    st.one_of(terms, st.lists(terms, min_size=2, max_size=3, unique=True).map(any_of)),
    lambda inner: st.builds(Near, inner, inner, st.integers(1, 4), st.booleans()),
    max_leaves=3,
)
leaf_nodes = st.one_of(terms, nears, st.builds(Times, terms, st.integers(1, 3)))
trees = st.recursive(
    st.one_of(leaf_nodes, st.builds(In, st.sampled_from(["title", "body", "lead"]), leaf_nodes)),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(all_of),
        st.lists(inner, min_size=2, max_size=3).map(any_of),
        st.tuples(inner, inner).map(lambda two: all_of([two[0], Not(two[1])])),
    ),
    max_leaves=5,
).filter(asks)
pieces = st.sampled_from(
    [*WORDS, "putin", "sanksinya", "Sanksi-sanksi", "PyongyangKorea", "2024Presiden", "KOREA", "menyerang",
     "Pengeboman", "Ministers", "minister's", "cafe", "cafe\u0301", "朝鲜。", "북한은", "Пу\u0301тин", "G-20",
     "F16", "al Qaeda", "alQaeda", "ปูตินเดิน",
    "as", "ASnya", "yang", "the", "–", "dan", "Korea-Utara", "Dr", "U.S.",
     "ﬁn", "ß", "ＤＰＲＫ", "-", "7"]
)  # fmt: skip
gaps = st.sampled_from([" ", " ", " ", " ", "  ", ", ", ". ", "\n", "\n\n", "-", "", "! ", "? ", "\u00a0"])
texts = st.lists(st.tuples(pieces, gaps), max_size=14).map(lambda parts: "".join(a + b for a, b in parts))


@settings(max_examples=300, deadline=None)
@given(st.lists(trees, min_size=1, max_size=4), texts, texts, st.sampled_from(["", "id", "en", "ru"]))
def test_the_index_answers_as_a_plain_reading_does(
    roots: list[Node], title: str, body: str, lang: str
) -> None:
    index = Index()
    for number, root in enumerate(roots):
        index.add(str(number), Query(root))
    article = Article("1", title=title, body=body, lang=lang)
    matches = index.match(article)
    for number, root in enumerate(roots):
        expected = naive(Query(root), article)
        got = matches.get(str(number))
        hits = None if got is None else [(hit.term, hit.field, hit.start, hit.end) for hit in got]
        assert hits == expected, str(root)


@settings(max_examples=300, deadline=None)
@given(trees)
def test_a_query_printed_and_read_again_is_the_same(root: Node) -> None:
    assert parse(str(Query(root))) == Query(root)
