"""What a look at an alerted article means, as a table of values."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.aftermath import (
    AGAIN,
    CONFIRM,
    MOST_CHARS,
    MOST_TOLD,
    TRIES,
    Absence,
    Absent,
    Event,
    Outcome,
    Said,
    Same,
    Seen,
    Unread,
    aftermath,
    decide,
    headline_of,
    version,
    versions_to_compare,
)
from bot.page_again import leads_home
from bot.ports import KeptVersion, Origin, Revisit
from bot.stories import LOOKS, Change, Version, Weight
from tests.builders import NOON

TEASER = KeptVersion(0, Origin.FEED, Version("Gempa di Palu", "Gempa mengguncang Palu."), NOON)
BODY = "Gempa mengguncang Palu. Sedikitnya 12 orang luka, kata Rahmat Lamakarate. Warga tidak mengungsi."
FIRST = Version("Gempa di Palu - Kawat", BODY)
EDITED = Version(FIRST.title, BODY.replace("12", "21"))
REWORDED = Version(FIRST.title, BODY.replace("mengguncang", "menggoyang"))
NOTICE = Version("Artikel dihapus", "Artikel ini telah dihapus oleh redaksi.")
LOGIN = Version("Masuk", "Silakan masuk dengan alamat surel dan kata sandi Anda untuk membaca terus.")
REVISIT = Revisit("a", "https://example.com/a", NOON, NOON + LOOKS[0])


class Looks:
    """One article, looked at again and again at the hours of its schedule."""

    def __init__(self, revisit: Revisit = REVISIT) -> None:
        self.revisit, self.versions, self.events = revisit, list[KeptVersion](), list[Event]()

    def look(self, seen: Seen | Version) -> Outcome:
        if isinstance(seen, Version):
            seen = Said(seen)
        assert self.revisit.due_at
        outcome = decide(self.revisit, TEASER, self.versions, seen, self.revisit.due_at)
        self.revisit = outcome.revisit
        self.versions += outcome.kept
        if outcome.news:
            self.events.append(outcome.news.event)
        return outcome

    def looks(self, *seen: Seen | Version) -> list[Event]:
        for one in seen:
            self.look(one)
        return self.events


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        ([FIRST], []),  # the base line: a teaser against a page is no edit
        ([FIRST, FIRST], []),
        ([FIRST, Same()], []),
        ([FIRST, REWORDED], []),
        ([FIRST, replace(FIRST, body=f"{BODY}\nBaca juga: Gempa Ambon")], []),
        ([FIRST, EDITED], [Event.EDITED]),
        ([FIRST, EDITED, EDITED, EDITED], [Event.EDITED]),
        ([FIRST, EDITED, FIRST], [Event.EDITED, Event.RETURNED]),
        ([FIRST, EDITED, FIRST, EDITED], [Event.EDITED, Event.RETURNED, Event.RETURNED]),
        ([FIRST, Absent(Absence.MISSING)], []),  # not before a second look
        ([FIRST, Absent(Absence.MISSING), FIRST], []),
        ([FIRST, Absent(Absence.MISSING), Absent(Absence.HOME)], []),  # two doubts are no certainty
        ([FIRST, *[Absent(Absence.MISSING)] * 4], [Event.WITHDRAWN]),
        ([FIRST, *[Absent(Absence.HOME)] * 2], [Event.WITHDRAWN]),
        ([*[Absent(Absence.MISSING)] * 2], [Event.WITHDRAWN]),
        ([FIRST, NOTICE, NOTICE], [Event.WITHDRAWN]),
        ([NOTICE], [Event.WITHDRAWN]),  # in the first five minutes
        ([FIRST, NOTICE, *[Absent(Absence.MISSING)] * 2], [Event.WITHDRAWN]),
        ([FIRST, *[Absent(Absence.MISSING)] * 2, FIRST], [Event.WITHDRAWN, Event.BACK]),
        ([FIRST, NOTICE, FIRST], [Event.WITHDRAWN, Event.BACK]),
        ([FIRST, NOTICE, EDITED], [Event.WITHDRAWN, Event.BACK]),
        ([FIRST, NOTICE, FIRST, NOTICE], [Event.WITHDRAWN, Event.BACK, Event.WITHDRAWN]),
        ([FIRST, *[Said(LOGIN, poses=True)] * 4, FIRST], []),
        ([FIRST, *[Said(LOGIN, denies=True)] * 2], [Event.WITHDRAWN]),
        ([FIRST, LOGIN], []),  # another text: not before a second look
        ([FIRST, LOGIN, FIRST], []),
        ([FIRST, LOGIN, LOGIN], [Event.EDITED]),
        ([FIRST, *[Unread("500")] * TRIES, EDITED], [Event.EDITED]),
        ([Said(FIRST, poses=True), EDITED], [Event.EDITED]),  # "masuk" in the title of the article itself
    ],
)  # fmt: skip
def test_what_is_told_of_what_was_seen(seen: list[Seen | Version], told: list[Event]) -> None:
    assert Looks().looks(*seen) == told


def test_an_article_is_looked_at_on_its_schedule_and_then_no_more() -> None:
    looks, due = Looks(), []
    while looks.revisit.due_at:
        due.append(looks.revisit.due_at - NOON)
        looks.look(FIRST)
    assert due == list(LOOKS)


def test_after_a_long_stop_one_look_makes_up_for_those_that_were_missed() -> None:
    late = decide(REVISIT, TEASER, [], Said(FIRST), NOON + timedelta(hours=5))
    assert late.revisit.due_at == NOON + timedelta(hours=12)


def test_a_page_that_cannot_be_read_is_tried_again_and_the_schedule_goes_on() -> None:
    looks = Looks()
    due = [looks.look(Unread("500")).revisit.due_at for _ in range(TRIES)]
    first = NOON + LOOKS[0]
    assert due == [first + AGAIN, first + AGAIN + 2 * AGAIN, NOON + timedelta(hours=1)]


def test_a_publisher_who_wants_to_be_left_alone_is() -> None:
    outcome = decide(REVISIT, TEASER, [], Unread("429", wait=3600.0), NOON)
    assert outcome.revisit.due_at == NOON + timedelta(hours=1)


def test_what_has_to_be_confirmed_is_looked_at_five_minutes_later_and_no_sooner() -> None:
    doubted = decide(REVISIT, TEASER, [], Absent(Absence.MISSING), NOON).revisit
    assert doubted.due_at == NOON + CONFIRM
    hastened = decide(doubted, TEASER, [], Absent(Absence.MISSING), NOON + timedelta(seconds=2))
    assert (hastened.news, hastened.revisit.due_at) == (None, NOON + CONFIRM)


def test_a_withdrawn_page_is_asked_for_whole() -> None:
    looks = Looks()
    looks.look(Said(FIRST, etag="e", last_modified="m"))
    assert (looks.revisit.etag, looks.revisit.last_modified) == ("e", "m")
    looks.looks(*[Absent(Absence.MISSING)] * 2)
    assert (looks.revisit.etag, looks.revisit.last_modified) == ("", "")
    assert looks.revisit.gone_at


def test_a_page_that_never_stands_still_is_not_told_for_ever_and_a_correction_is() -> None:
    looks = Looks()
    looks.look(FIRST)
    quiet = []
    for number in range(MOST_TOLD + 2):
        looks.revisit = replace(looks.revisit, due_at=NOON)  # its feed hastens every look
        news = looks.look(replace(FIRST, body=BODY.replace("12", str(20 + number)))).news
        assert news
        quiet.append(news.quiet)
    assert quiet == [False] * MOST_TOLD + [True] * 2
    looks.revisit = replace(looks.revisit, due_at=NOON)
    news = looks.look(replace(FIRST, body=f"{BODY} Ralat: sebelumnya tertulis 12.")).news
    assert news and not news.quiet


def test_light_edits_are_kept_and_no_boilerplate_is() -> None:
    looks = Looks()
    looks.looks(FIRST, replace(FIRST, body=f"{BODY}\nEditor: Ratna Dewi"), REWORDED)
    assert [(one.number, one.weight) for one in looks.versions] == [(1, Weight.NOTHING), (2, Weight.LIGHT)]


class TestWhatItsSourceSays:
    def test_a_new_teaser_is_compared_with_the_old_one(self) -> None:
        new = Version("Gempa di Palu, 12 luka", TEASER.text.body)
        looks = Looks(replace(REVISIT, carried=new))
        outcome = looks.look(Said(new, Origin.FEED))
        assert looks.events == [Event.EDITED]
        assert [(one.number, one.origin) for one in outcome.kept] == [(1, Origin.FEED), (2, Origin.FEED)]
        assert outcome.revisit.carried is None
        looks.look(FIRST)  # the page is no edit of the feed
        assert looks.events == [Event.EDITED]

    def test_a_change_of_no_weight_leaves_nothing_behind(self) -> None:
        outcome = decide(
            REVISIT, TEASER, [], Said(Version("Gempa di Palu.", TEASER.text.body), Origin.FEED), NOON
        )
        assert (outcome.kept, outcome.news) == ((), None)

    def test_it_says_nothing_of_a_page_that_is_gone(self) -> None:
        gone = replace(REVISIT, gone_at=NOON, etag="e")
        new = Version("Gempa di Palu, 12 luka", TEASER.text.body)
        outcome = decide(gone, TEASER, [], Said(new, Origin.FEED), NOON)
        assert outcome.news and outcome.news.event is Event.EDITED
        assert (outcome.revisit.gone_at, outcome.revisit.etag) == (NOON, "e")

    def test_it_counts_where_the_page_does_not_answer_any_more(self) -> None:
        looks = Looks()
        looks.look(FIRST)
        new = Version("Gempa di Palu, 12 luka", TEASER.text.body)
        looks.revisit = replace(looks.revisit, carried=new)
        for _ in range(TRIES - 1):
            looks.look(Unread("403"))
            assert looks.revisit.carried == new
        looks.look(Unread("403"))
        assert (looks.events, looks.revisit.carried) == ([Event.EDITED], None)


class TestAftermath:
    def test_an_alert_says_the_newest_headline_and_when(self) -> None:
        looks = Looks()
        newer = Version("Gempa di Palu, 21 luka - Kawat", EDITED.body)
        looks.looks(FIRST, newer, replace(newer, body=newer.body.replace("mengguncang", "menggoyang")))
        since, told = aftermath(looks.revisit, looks.versions)
        assert since.headline == "Gempa di Palu, 21 luka"
        assert told is looks.versions[1] and since.edited_at == told.seen

    def test_a_headline_that_went_back_is_the_alerts_own_again(self) -> None:
        looks = Looks()
        looks.looks(FIRST, Version("Gempa di Palu, 21 luka - Kawat", EDITED.body), FIRST)
        assert aftermath(looks.revisit, looks.versions)[0].headline == ""

    def test_a_notice_is_no_headline(self) -> None:
        looks = Looks()
        looks.looks(FIRST, NOTICE)
        since, told = aftermath(looks.revisit, looks.versions)
        assert (since.headline, since.edited_at, told) == ("", None, None)
        assert since.gone_at == looks.revisit.gone_at

    @pytest.mark.parametrize(
        ("first", "now", "headline"),
        [
            ("Gempa", "Gempa", ""),
            ("Gempa", "Gempa besar", "Gempa besar"),
            ("Gempa | Kawat", "Gempa besar | Kawat", "Gempa besar"),
            ("Gempa - Kawat", "Gempa - besar", "Gempa - besar"),
            ("Gempa", "", ""),
        ],
    )
    def test_the_name_of_the_site_is_no_part_of_a_headline(self, first: str, now: str, headline: str) -> None:
        assert headline_of(Version(first, ""), Version(now, "")) == headline


def test_versions_of_a_page_and_of_a_feed_are_not_mixed() -> None:
    feed, page = replace(TEASER, number=1), KeptVersion(3, Origin.PAGE, FIRST, NOON)
    assert versions_to_compare([feed, replace(TEASER, number=2), page]) == (feed, replace(TEASER, number=2))
    assert versions_to_compare([feed, page]) == (page,)
    assert versions_to_compare([feed]) == (feed,)
    notice = replace(page, number=4, changes=(Change.WITHDRAWN,))
    assert versions_to_compare([page, notice, replace(page, number=5)]) == (page, replace(page, number=5))
    assert versions_to_compare([]) == ()


def test_a_version_has_a_bound() -> None:
    assert len(version("", "a" * 2 * MOST_CHARS).body) == MOST_CHARS


@pytest.mark.parametrize(
    ("asked", "final", "home"),
    [
        ("https://a.example/news/1", "https://a.example/news/1", False),
        ("https://a.example/news/1", "https://a.example/", True),
        ("https://a.example/news/1", "https://www.a.example", True),
        ("https://a.example/news/1", "https://a.example/404", True),
        ("https://a.example/news/1", "https://a.example/news/1-gempa", False),
        ("https://a.example/?p=42", "https://a.example/?p=42&utm=x", False),
        ("https://a.example/?p=42", "https://a.example/", True),
        ("https://a.example/", "https://a.example/", False),
        ("https://a.example/?p=42", "https://a.example/2026/gempa", False),
    ],
)
def test_an_address_that_leads_to_the_front_page_has_lost_its_article(
    asked: str, final: str, home: bool
) -> None:
    assert leads_home(asked, final) is home
