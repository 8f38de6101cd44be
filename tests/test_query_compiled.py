"""The compiled core: what only it could do wrong."""

from __future__ import annotations

import gc
import random
import sys
import weakref

import pytest

from bot.model import Article, Hit
from bot.query import Index, parse
from bot.query.features import key_of, name_of
from bot.query.patterns import Wanted
from bot.query.pure import PureIndex

compiled = pytest.importorskip("bot.query.compiled", reason="Pantau was installed without a C compiler")
core = pytest.importorskip("bot.query._core")

QUERIES = [
    "Putin", "sanksi", '"Korea Utara"', "Putin AND sanksi", "Putin NOT Kim", "(Kim OR Xi) NEAR/5 sanksi", "~serang{2}",
    "title:Putin", "lead:(sanksi OR Kim)", "site:kompas.com AND Putin", "C++ OR R&D", "case:(AS)", 'raw:"U.S."', "kor*",
    "G-20", "朝鲜", "@KoreaUtara NEAR/20 ~bom", "#G20 OR $100", '"sanksi sanksi"', "Kim ONEAR/3 Putin NEAR/9 Xi",
]  # fmt: skip
WORDS = [
    "Putin", "putin,", "sanksi-sanksi", "Korea", "Utara.", "Kim", "Xi", "menyerang", "serangan", "AS", "as", "C++", "R&D",
    "U.S.", "Korean", "G20", "G-20", "#G20", "$100", "朝鲜朝鲜", "PyongyangKorea", "bom", "\n\n", "-", "", "Ｋｉｍ", "yang",
    "the",
]  # fmt: skip


def an_article(rng: random.Random) -> Article:
    title = " ".join(rng.choices(WORDS, k=rng.randint(0, 4)))
    body = " ".join(rng.choices(WORDS, k=rng.randint(0, 60)))
    return Article(
        "1", title=title, body=body, lang=rng.choice(["", "id", "en"]), url="https://www.kompas.com/x"
    )


def test_queries_that_come_and_go_leave_both_engines_with_the_same_answers() -> None:
    rng = random.Random(1)
    one, other = compiled.CompiledIndex(), PureIndex()
    for step in range(600):
        key = str(rng.randrange(12))
        if rng.random() < 0.3 and key in one:
            one.remove(key)
            other.remove(key)
        else:
            query = parse(rng.choice(QUERIES))
            one.add(key, query)
            other.add(key, query)
        if step % 2:
            article = an_article(rng)
            assert one.match(article) == other.match(article)
    assert len(one) == len(other) > 0


def test_what_nobody_watches_for_any_more_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "UNUSED", 5)
    index = compiled.CompiledIndex()
    article = Article("1", body="kata3 kata77 Putin", url="https://a77.com/")
    index.add("stays", parse("Putin"))
    for number in range(100):
        index.add(str(number), parse(f"kata{number} AND site:a{number}.com"))
        assert index.match(article).keys() == {"stays"} | ({str(number)} if number == 77 else set())
        index.remove(str(number))
    assert len(index._features) < 30


def test_texts_are_forgotten_when_too_many_were_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "LETTERS", 100)
    index = compiled.CompiledIndex()
    for number in range(100):
        index.match(Article("1", body=f"kata{number} sanksinya {'kalimat ' * 3}"))
        assert index._core.letters < 200
    index.add("late", parse("sanksi"))
    assert "late" in index.match(Article("1", body="sanksinya"))


def test_a_paragraph_without_spaces_is_not_kept() -> None:
    index = compiled.CompiledIndex()
    index.add("a", parse("朝鲜"))
    assert len(index.match(Article("1", body="朝鲜" * 5000))["a"]) == 5000
    assert index._core.letters == 0


def test_an_index_goes_when_nobody_holds_it() -> None:
    index = compiled.CompiledIndex()
    index.add("a", parse("Putin"))
    index.match(Article("1", body="Putin"))
    gone = weakref.ref(index)
    del index
    gc.collect()
    assert gone() is None


def test_hits_are_those_that_python_would_make() -> None:
    index = Index()
    index.add("a", parse("Putin"))
    (hit,) = index.match(Article("1", title="Soal putin", body=""))["a"]
    assert hit == Hit("Putin", "title", 5, 10, "putin")
    assert hash(hit) == hash(Hit("Putin", "title", 5, 10, "putin"))
    assert repr(hit) == repr(Hit("Putin", "title", 5, 10, "putin"))


def test_asking_again_and_again_leaves_nothing_behind() -> None:
    rng = random.Random(2)
    index = Index()
    for number, query in enumerate(QUERIES):
        index.add(str(number), parse(query))
    articles = [an_article(rng) for _ in range(50)]
    for article in articles:
        index.match(article)
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(20):
        for article in articles:
            index.match(article)
    gc.collect()
    assert sys.getallocatedblocks() - before < 100


def test_a_callback_that_fails_leaves_an_index_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    index = compiled.CompiledIndex()
    index.add("a", parse("Putin AND sanksi"))
    article = Article("1", body="Putin sanksi")
    with monkeypatch.context() as patched:
        patched.setattr("bot.query.features.cells", lambda chunk, profile: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            index.match(article)
    assert "a" in index.match(article)


@pytest.mark.parametrize(
    "said", [[], [1], [1, 1], [1, 1, 0, 9, 0, 1, 0, 0], [1, 1, 0, 1, 0, 1, 0, 0, 99, 0], [1, -1], ["a", 0]]
)
def test_nonsense_about_a_chunk_is_refused(said: list[int]) -> None:
    engine = core.Core(lambda *_: said, bool, bool, Hit, [], [])
    with pytest.raises((ValueError, TypeError)):
        engine.match(" satu", 1, 0, [])


@pytest.mark.parametrize(
    "code",
    [[], [5], [5, 0, 9, 0, 1], [2, 1], [3, 3, 0], [4, 4, 1, 0], [9, 1, 5, 0, 0, 0, 1], [2, 99], [-1, 0]],
)
def test_nonsense_for_a_query_is_refused(code: list[int]) -> None:
    engine = core.Core(lambda *_: [0, 0], bool, bool, Hit, [], [])
    feature = engine.feature()
    engine.pattern("satu", (((feature, False, None),),), True, None)
    with pytest.raises(ValueError):
        engine.add("key", code, [])


def test_an_index_cannot_be_changed_from_inside_a_question() -> None:
    engine = core.Core(lambda *_: [engine.feature(), 0], bool, bool, Hit, [], [])
    with pytest.raises(RuntimeError):
        engine.match(" satu", 1, 0, [])
    engine.feature()


@pytest.mark.parametrize(
    "wanted", [Wanted("a"), Wanted("a", exact=True), Wanted("~a", exact=True), Wanted("a", letters="Á")]
)
def test_a_features_name_tells_its_key(wanted: Wanted) -> None:
    assert key_of(name_of(wanted)) == wanted.key
