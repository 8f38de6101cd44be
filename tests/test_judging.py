"""What an article is worth in a chat that knows its story: tables of values."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.annotate import annotate
from bot.judging import Entry, Library, News, Thread, judge, milestone, plan, read, strictest, told_of
from bot.model import Article, Fact, Reason
from bot.stories import Folding
from tests.builders import NOON, article, match

QUAKE = article(
    id="quake",
    title="Gempa M 6,2 guncang Cianjur",
    body="Gempa bermagnitudo 6,2 mengguncang Cianjur, Jawa Barat, Rabu (19/6/2024) pukul 08.15 WIB, kata BNPB. "
    "Sebanyak 9 orang tewas.",
    source="Antara",
)
LATER = article(
    id="later",
    title="Korban gempa Cianjur bertambah",
    body="Korban gempa Cianjur bertambah menjadi 14 orang, kata BNPB, Rabu (19/6/2024) pukul 10.30 WIB.",
    source="Kompas",
    tier="national",
)
SAME = article(
    id="same",
    title="Cianjur diguncang gempa 6,2",
    body="Gempa mengguncang Cianjur, Jawa Barat, pada Rabu, 19 Juni 2024 pukul 08.20 WIB. 9 orang tewas, kata BNPB.",
    source="Tempo",
)


def later(one: Article, hours: int = 0) -> Article:
    """As if it was seen so long after noon."""
    return replace(one, seen=NOON + timedelta(hours=hours))


def entry(of: Article, **values: object) -> Entry:
    defaults: dict[str, object] = {"text": of.id, "origin": of.id, "noted": annotate(of)}
    return Entry(of, 1, (match(of, of.body.split()[0], "Gempa"),), **(defaults | values))  # type: ignore[arg-type]  # any of its fields


def thread(*told: Entry) -> Thread:
    """As if each of these was told, for the watch "Gempa"."""
    return tuple(
        told_of(News(one, one.matches, Reason.NEW), alert=number) for number, one in enumerate(told, 1)
    )


def judged(
    one: Entry, told: Thread, folding: Folding = Folding.HIGH, *, heard: bool = True, watch: str = "Gempa"
) -> News | None:
    matches = (match(one.article, one.article.body.split()[0], watch),) if heard else ()
    return judge(one, matches, folding, told, Library({each.id: each for each in (QUAKE, LATER, SAME)}))


def reason(news: News | None) -> Reason | None:
    return news.reason if news else None


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (judged(entry(QUAKE), ()), Reason.NEW),
        (judged(entry(QUAKE), (), heard=False), None),
        # another report of a story that was told
        (judged(entry(LATER), thread(entry(QUAKE))), Reason.NEW_FACTS),
        (judged(entry(LATER), thread(entry(QUAKE)), heard=False), None),
        (judged(entry(SAME), thread(entry(QUAKE))), Reason.MORE_REPORTS),
        (judged(entry(SAME), thread(entry(QUAKE)), watch="Cianjur"), Reason.NEW_WATCH),
        (judged(entry(SAME, outlets=5), thread(entry(QUAKE))), Reason.WIDELY),
        (judged(entry(later(SAME, hours=17)), thread(entry(later(QUAKE)))), Reason.MORE_REPORTS),
        (judged(entry(later(SAME, hours=18)), thread(entry(later(QUAKE)))), Reason.AGAIN),
        (judged(entry(LATER, outlets=5), thread(entry(QUAKE))), Reason.NEW_FACTS),
        (judged(entry(replace(SAME, tier="wire")), thread(entry(QUAKE))), Reason.BETTER_TIER),
        (judged(entry(replace(SAME, tier="local")), thread(entry(QUAKE), entry(LATER))), Reason.MORE_REPORTS),
        # the very same words
        (judged(entry(SAME, text="quake"), thread(entry(QUAKE))), Reason.MORE_SOURCES),
        (judged(entry(SAME, text="quake"), thread(entry(QUAKE)), Folding.OFF), Reason.MORE_SOURCES),
        (judged(entry(SAME, text="quake"), thread(entry(QUAKE)), heard=False), Reason.MORE_SOURCES),
        (judged(entry(SAME, apart=True, contained=1.0), thread(entry(QUAKE))), Reason.SAME_WORDS),
        # near-copies
        (judged(entry(SAME, origin="quake", contained=0.5), thread(entry(QUAKE))), Reason.MORE_SOURCES),
        (judged(entry(SAME, origin="quake", contained=0.5), thread(entry(QUAKE)), heard=False), Reason.MORE_SOURCES),
        (judged(entry(SAME, origin="quake", contained=0.5), thread(entry(QUAKE)), Folding.MEDIUM), Reason.UNFOLDED),
        (judged(entry(SAME, origin="quake", contained=0.8), thread(entry(QUAKE)), Folding.MEDIUM), Reason.MORE_SOURCES),
        (judged(entry(SAME, origin="quake", contained=1.0), thread(entry(QUAKE)), Folding.OFF), Reason.UNFOLDED),
        (judged(entry(SAME, origin="quake", contained=0.5), thread(entry(QUAKE)), watch="Cianjur"), Reason.NEW_WATCH),
        (judged(entry(LATER, origin="quake", contained=0.9), thread(entry(QUAKE))), Reason.NEW_FACTS),
        # a copy of what this chat was not told is a report like any other
        (judged(entry(SAME, origin="elsewhere", contained=0.9), thread(entry(QUAKE))), Reason.MORE_REPORTS),
    ],
)  # fmt: skip
def test_what_an_article_is_worth(what: News | None, expected: Reason | None) -> None:
    assert reason(what) is expected


def test_a_new_number_stands_beside_the_one_that_was_told() -> None:
    news = judged(entry(LATER), thread(entry(QUAKE)))
    assert news and news.facts == (Fact("14 orang", "9"),)


def test_a_source_is_named_once_beside_a_text() -> None:
    """The publisher that prints its own text again says nothing."""
    first = entry(QUAKE)
    again = entry(article(id="again", title="Gempa", body=QUAKE.body, source="Antara"), text="quake")
    assert judged(again, thread(first)) is None


def test_copies_grow_the_message_that_they_copy_and_not_the_first() -> None:
    told = thread(entry(QUAKE), entry(LATER))
    news = judged(entry(SAME, origin="later", contained=0.9), told)
    assert news and (news.reason, news.into) == (Reason.MORE_SOURCES, "later")
    counted = judged(entry(SAME), told)
    assert counted and (counted.reason, counted.into) == (Reason.MORE_REPORTS, "quake")


def test_the_words_that_a_watch_wanted_told_are_folded_into_what_it_was_told() -> None:
    """An exact copy of a near-copy that was told by itself goes to that one."""
    told = thread(entry(QUAKE), entry(SAME, origin="quake"))
    news = judged(entry(LATER, text="same", origin="quake", contained=0.9), told, Folding.OFF)
    assert news and (news.reason, news.into) == (Reason.MORE_SOURCES, "same")


def test_each_article_of_a_poll_is_judged_in_the_light_of_those_before_it() -> None:
    every = [entry(QUAKE), entry(LATER), entry(SAME), entry(LATER, text="later")]
    library = Library({one.article.id: one.article for one in every})
    planned = plan(every, lambda one: (one.matches, Folding.HIGH), {}, library)
    assert [news.reason for news in planned] == [Reason.NEW, Reason.NEW_FACTS, Reason.MORE_REPORTS]


def test_a_long_thread_is_compared_by_its_beginning_and_its_newest_messages() -> None:
    """What is told for the second time after fifty developments costs less than reading thousands of articles at each poll."""
    first, *rest = thread(*[entry(QUAKE)] * 70)
    assert read((first, *rest)) == (first, *rest[-49:])
    assert read((first, *rest[:10])) == (first, *rest[:10])


def test_the_strictest_watch_decides_how_copies_are_folded() -> None:
    assert strictest(["high", "off", "medium"]) is Folding.OFF
    assert strictest(["high", "medium"]) is Folding.MEDIUM
    assert strictest([]) is Folding.HIGH


@pytest.mark.parametrize(
    ("before", "after", "reached"), [(3, 4, 0), (4, 5, 5), (5, 5, 0), (5, 6, 0), (4, 11, 10), (49, 50, 50)]
)
def test_only_the_step_to_a_round_number_of_outlets_is_said(before: int, after: int, reached: int) -> None:
    assert milestone(before, after) == reached
