"""The compiled core of copies and stories: it answers as plain Python does, to the last bit, and what only it could do wrong."""

from __future__ import annotations

import gc
import random
import sys
from array import array
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Article
from bot.stories import Folding, Memory
from bot.stories.engine import COMPILED, PURE, Engine
from bot.stories.packed import pack
from bot.stories.wordcodes import LONGEST_REMEMBERED, chunk_codes

core = pytest.importorskip("bot.stories._core", reason="Pantau was installed without a C compiler")

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TERMS = st.lists(st.integers(0, 40) | st.integers(0, 2**32 - 1), max_size=30, unique=True)
CHUNKS = st.sampled_from(
    ["Palu", "gempa", "yang", "the", "6,1", "2024", "12.000", "a", "Donggala,", "“kata”", "俄罗斯总统", "\ud800x", "Ａ１", "…"]
    + ["x" * length for length in (LONGEST_REMEMBERED - 1, LONGEST_REMEMBERED, LONGEST_REMEMBERED + 1, 3_000)]
    + ["ไทย" * 13, "é" * LONGEST_REMEMBERED, "ÿĀ", "\U0001f600", "\x00", ""]
)  # fmt: skip
SPACES = st.sampled_from([" ", "\n\n", "\u2003", "\x1c", "\u00a0", "\t", "\u3000"])
TEXTS = (
    st.text(max_size=80)
    | st.lists(CHUNKS | SPACES, max_size=60).map(" ".join)
    | st.lists(CHUNKS).map("".join)
)


def both(ask: Callable[[Engine], object]) -> tuple[object, object]:
    assert COMPILED is not None
    return ask(COMPILED), ask(PURE)


@given(TEXTS, TEXTS)
def test_a_text_is_read_alike(title: str, text: str) -> None:
    compiled, pure = both(lambda engine: engine.read(title, text))
    assert compiled == pure


@pytest.mark.parametrize(
    "text", ["", " ", "a " * 50_000, "x" * 100_000, "Palu 6,1 " * 9_000, "\ud800" * 50, "ไ" * 70_000]
)
def test_a_text_of_any_length_is_read_alike(text: str) -> None:
    for title in ("", "Gempa di Palu", text):
        compiled, pure = both(lambda engine, title=title: engine.read(title, text))
        assert compiled == pure


@pytest.mark.parametrize("seed", range(60))
def test_what_comes_and_goes_is_found_alike(seed: int) -> None:
    """Terms that many share, so that lists grow and shrink, and tables are filled and emptied."""
    rng = random.Random(seed)
    assert COMPILED is not None
    one, other = COMPILED.postings(), PURE.postings()
    space = rng.choice([8, 60, 2**32])
    known: list[tuple[int, bytes]] = []
    for number in range(120):
        if known and rng.random() < 0.4:
            gone, terms = known.pop(rng.randrange(len(known)))
            assert one.remove(terms, gone) == other.remove(terms, gone)
        terms = pack(rng.sample(range(space), rng.randint(0, 8)))
        shown = rng.randrange(150) if rng.random() < 0.3 else number  # stories are not in order
        assert one.add(terms, shown) == other.add(terms, shown)
        known.append((shown, terms))
        asked = pack(rng.sample(range(space), rng.randint(0, 8)))
        how = rng.randint(2, 60), rng.randint(0, 80), rng.randint(1, 3), rng.randint(0, 9), rng.random() < 0.5
        assert one.most(asked, *how) == other.most(asked, *how)


@given(st.lists(TERMS, max_size=40), st.integers(0, 2**32))
@settings(deadline=None)
def test_vectors_are_summed_alike(vectors: list[list[int]], seed: int) -> None:
    assert COMPILED is not None
    one, other, rng = COMPILED.sum(), PURE.sum(), random.Random(seed)
    for terms in vectors:
        vector = pack(terms), rng.randbytes(len(terms))
        assert one.agreeing(*vector) == other.agreeing(*vector)
        assert one.add(*vector) == other.add(*vector)
        if rng.random() < 0.4:
            gone = rng.sample(terms, len(terms) // 2)
            vector = pack(gone), rng.randbytes(len(gone))
            assert one.remove(*vector) == other.remove(*vector)
        if rng.random() < 0.2:
            kept = rng.randrange(40)
            assert one.lighten(kept) == other.lighten(kept)
        assert (one.square, len(one), one.terms()) == (other.square, len(other), other.terms())


@given(TERMS, TERMS)
def test_shared_numbers_are_counted_alike(one: list[int], other: list[int]) -> None:
    compiled, pure = both(lambda engine: engine.common(pack(sorted(one)), pack(sorted(other))))
    assert compiled == pure == len({*one} & {*other})


def an_article(number: int, rng: random.Random, texts: list[str]) -> Article:
    """A text of its own, a copy, a cut, or a mixture of two, in one of two languages."""
    words = rng.choice(texts).split()
    if rng.random() < 0.5:
        words = words[: rng.randint(0, len(words))] + rng.choice(texts).split()[: rng.randint(0, 40)]
    return Article(
        f"a{number}",
        url=rng.choice(["", f"https://k.example/{rng.randrange(30)}"]),
        title=" ".join(words[:6]),
        body=" ".join(words),
        lang=rng.choice(["", "id", "en"]),
        source=f"outlet {rng.randrange(9)}",
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_stream_is_placed_alike_while_its_beginning_is_forgotten(seed: int) -> None:
    rng = random.Random(seed)
    vocabulary = [f"{rng.choice(['', 'K', 'k'])}ata{n}" for n in range(400)] + [
        "dan",
        "yang",
        "the",
        "6,1",
        "2024",
    ]
    texts = [" ".join(rng.choices(vocabulary, k=rng.choice([5, 30, 120, 400]))) for _ in range(40)]
    assert COMPILED is not None
    one, other = (Memory(timedelta(days=1), engine=engine) for engine in (COMPILED, PURE))
    now = NOON
    for number in range(700):
        now += timedelta(minutes=rng.choice([1, 5, 10, 10, 300]))
        item, folding = an_article(number, rng, texts), rng.choice(list(Folding))
        assert one.place(item, now, folding) == other.place(item, now, folding)
        assert len(one) == len(other)


def test_a_reader_that_is_full_forgets_and_reads_on() -> None:
    asked: list[str] = []

    def learn(chunk: str) -> tuple[int, ...]:
        asked.append(chunk)
        return chunk_codes(chunk)

    reader = core.Reader(learn, 3)
    limits = (4, 60, 3_000, 40), (250, 40, array("d", [0.0] * 1_000), 2.5, 1.5), 100
    once = reader.read("", "satu dua tiga satu", *limits)
    assert asked == ["satu", "dua", "tiga"]
    assert reader.read("", "satu dua tiga satu", *limits) == once
    assert len(asked) == 3
    reader.read("", "empat", *limits)
    assert reader.read("", "satu dua tiga satu", *limits) == once
    assert asked == ["satu", "dua", "tiga", "empat", "satu", "dua", "tiga", "satu"]


@pytest.mark.parametrize("answer", [None, "text", (1, -2), ("a",), (2**70,)])
def test_a_wrong_answer_about_a_chunk_is_an_error(answer: object) -> None:
    reader = core.Reader(lambda chunk: answer, 10)
    with pytest.raises((TypeError, OverflowError)):
        reader.read("", "satu", (4, 60, 3_000, 40), (250, 40, array("d", [0.0] * 1_000), 2.5, 1.5), 100)


def test_wrong_arguments_are_errors_and_no_crash() -> None:
    odd, narrow = b"abc", pack([1])
    for ask in (
        lambda: core.common(odd, narrow),
        lambda: core.common(narrow, odd),
        lambda: core.Postings().add(odd, 1),
        lambda: core.Postings().add(narrow, -1),
        lambda: core.Postings().add(narrow, 2**31),
        lambda: core.Sum().add(narrow, b""),
        lambda: core.Sum().agreeing(odd, b"\1"),
        lambda: core.Times().add(odd),
        lambda: core.Times().heaviest(narrow, b"8 bytes.", array("d", [0.0] * 9), 1.0, 60, 255),
        lambda: core.Times().heaviest(narrow, narrow, array("d", [0.0]), 1.0, 60, 255),
        lambda: core.Reader(len, 0),
    ):
        with pytest.raises((ValueError, OverflowError, KeyError)):
            ask()


def test_nothing_is_kept_of_what_was_read() -> None:
    """References that C forgets to give back."""
    memory = Memory(timedelta(hours=1))
    texts = [" ".join(f"kata{n}" for n in range(start, start + 90)) for start in range(50)]

    def round_trip(day: int) -> None:
        for number, text in enumerate(texts):
            memory.place(Article(f"{day}.{number}", title="Kata", body=text), NOON + timedelta(days=day))

    for day in range(3):
        round_trip(day)
    gc.collect()
    before = sys.getallocatedblocks()
    for day in range(3, 23):
        round_trip(day)
    gc.collect()
    assert sys.getallocatedblocks() - before < 500
