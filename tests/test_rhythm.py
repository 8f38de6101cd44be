"""When a source is polled next: tables of what was learned and what follows from it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Politeness
from bot.rhythm import LONGEST, SHORTEST, Agenda, Budget, Rhythm, Why, next_poll, scale_of
from bot.rhythm.agenda import SPACING

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)


def taught(moments: list[datetime], until: datetime) -> Rhythm:
    """A rhythm that was shown these items at looks every five minutes."""
    rhythm, at, left = Rhythm(), MONDAY, sorted(moments)
    while at <= until:
        new = [moment for moment in left if moment <= at]
        left = left[len(new) :]
        rhythm = rhythm.seen(new, at)
        at += timedelta(minutes=5)
    return rhythm


def daily(hours: range, minute: int, days: int) -> list[datetime]:
    return [MONDAY + timedelta(days=day, hours=hour, minutes=minute) for day in range(days) for hour in hours]


OFFICE = taught(daily(range(8, 16), 30, 14), MONDAY + timedelta(days=14))
FORTNIGHT = MONDAY + timedelta(days=14)


def test_a_source_nobody_knows_is_taken_to_publish_once_an_hour() -> None:
    assert Rhythm().rate(MONDAY) == pytest.approx(1 / 3600)


def test_by_day_more_is_expected_of_an_office_than_by_night() -> None:
    noon, night = FORTNIGHT + timedelta(hours=12), FORTNIGHT + timedelta(hours=3)
    assert OFFICE.rate(noon) > 2 * OFFICE.rate(night)


def test_a_burst_is_expected_to_go_on_and_forgotten_within_hours() -> None:
    now = FORTNIGHT + timedelta(hours=3)
    after = OFFICE.seen([now] * 6, now)
    assert after.rate(now) > 3 * OFFICE.rate(now)
    assert after.rate(now + timedelta(hours=6)) < 2 * OFFICE.rate(now + timedelta(hours=6))


def test_a_sleeping_source_is_expected_to_sleep_on() -> None:
    rhythm = taught([], FORTNIGHT)
    assert rhythm.rate(FORTNIGHT) < Rhythm().rate(FORTNIGHT) / 10


def test_the_minute_of_release_is_learned() -> None:
    minutes, share = OFFICE.habit()
    assert minutes == (30,) and share > 0.9
    rng = random.Random(1)
    anywhen = [MONDAY + timedelta(minutes=rng.uniform(0, 14 * 1440)) for _ in range(300)]
    assert taught(anywhen, FORTNIGHT).habit() == ((), 0.0)


def test_silence_is_measured_by_what_should_have_come() -> None:
    friday = MONDAY + timedelta(days=11, hours=16)
    assert OFFICE.expected(FORTNIGHT - timedelta(days=1), FORTNIGHT) == pytest.approx(8, rel=0.4)
    assert OFFICE.expected(friday, friday + timedelta(hours=14)) < 1


@given(st.lists(st.integers(0, 20 * 1440), max_size=40))
def test_a_rhythm_comes_back_from_the_store_as_it_was(minutes: list[int]) -> None:
    rhythm = Rhythm()
    for at in sorted(minutes):
        now = MONDAY + timedelta(minutes=at)
        rhythm = rhythm.seen([now], now)
    back = Rhythm.unpack(rhythm.pack())
    later = MONDAY + timedelta(days=21)
    assert back.rate(later) == pytest.approx(rhythm.rate(later), rel=1e-4)
    assert back.habit()[0] == rhythm.habit()[0]


@pytest.mark.parametrize("packed", [b"", b"x", b"\x00" * 943])
def test_what_is_no_rhythm_is_one_that_knows_nothing(packed: bytes) -> None:
    assert Rhythm.unpack(packed) == Rhythm()


NEW = Rhythm()
HOURLY = scale_of([NEW.rate(MONDAY)], 1 / 300, SHORTEST, LONGEST)  # five minutes for a source nobody knows


@pytest.mark.parametrize(
    ("values", "seconds", "why"),
    [
        ({}, 300, Why.RHYTHM),
        ({"fixed": 20.0}, 20, Why.FIXED),
        ({"failures": 1}, 300, Why.RHYTHM),
        ({"failures": 2}, 600, Why.BACK_OFF),
        ({"failures": 3}, 1200, Why.BACK_OFF),
        ({"failures": 5000}, 3600, Why.BACK_OFF),
        ({"failures": 1, "retry_after": 7200.0}, 7200, Why.RETRY_AFTER),
        ({"retry_after": 10.0}, 300, Why.RHYTHM),
        ({"polite": Politeness(wish=600.0)}, 600, Why.FLOOR),
        ({"polite": Politeness(wish=86400.0)}, 900, Why.FLOOR),  # ttl of a day: nobody looked at it for years
        ({"fixed": 20.0, "polite": Politeness(wish=60.0)}, 60, Why.FLOOR),
        ({"fresh": 900.0}, 902.5, Why.FRESH),
        ({"fresh": 7200.0}, 300, Why.RHYTHM),  # too long to be believed
        ({"fresh": 30.0}, 300, Why.RHYTHM),
        ({"fixed": 20.0, "fresh": 900.0}, 20, Why.FIXED),
        ({"polite": Politeness(window=600.0)}, 200, Why.WINDOW),
        ({"polite": Politeness(window=60.0)}, 60, Why.WINDOW),
        ({"polite": Politeness(skip_hours=(0, 1))}, 7200, Why.SKIP),
        ({"polite": Politeness(skip_days=(0,))}, 43500, Why.SKIP),  # of Monday, twelve hours are believed
        ({"polite": Politeness(skip_hours=(5,))}, 300, Why.RHYTHM),
    ],
)
def test_when_it_comes_back(values: dict[str, object], seconds: float, why: Why) -> None:
    wait, reason = next_poll(NEW, MONDAY, **({"scale": HOURLY} | values))  # type: ignore[arg-type]
    assert (wait.total_seconds(), reason) == (pytest.approx(seconds, rel=0.02), why)


def test_sources_that_were_added_together_spread_out() -> None:
    early, _ = next_poll(NEW, MONDAY, scale=HOURLY, chance=0.0)
    late, _ = next_poll(NEW, MONDAY, scale=HOURLY, chance=1.0)
    assert early < late


def test_a_release_on_the_minute_is_met_just_after_it() -> None:
    at = FORTNIGHT + timedelta(hours=9, minutes=12)
    scale = 600 * OFFICE.rate(at) ** 0.5
    wait, why = next_poll(OFFICE, at, scale=scale)
    assert why is Why.HABIT and (at + wait) == at.replace(minute=30, second=20)


@given(
    st.integers(0, 20000), st.booleans(), st.integers(0, 60), st.floats(0, 1), st.floats(0, 1e5),
    st.one_of(st.none(), st.floats(0, 1e5)), st.sets(st.integers(0, 23)), st.sets(st.integers(0, 6)),
)  # fmt: skip
def test_nothing_ends_polling_for_good(
    minute: int,
    taught_: bool,
    failures: int,
    chance: float,
    wish: float,
    window: float | None,
    hours: set[int],
    days: set[int],
) -> None:
    polite = Politeness(wish, tuple(hours), tuple(days), window)
    wait, _ = next_poll(
        OFFICE if taught_ else NEW, MONDAY + timedelta(minutes=minute),
        scale=HOURLY, failures=failures, polite=polite, chance=chance,
    )  # fmt: skip
    assert SHORTEST * 0.9 <= wait.total_seconds() <= LONGEST * 1.6 + 12 * 3600


def test_the_budget_is_kept_over_all_sources() -> None:
    rates = [10 ** -(one / 10) / 60 for one in range(50)]
    scale = scale_of(rates, 0.1, SHORTEST, LONGEST)
    asked = sum(1 / min(max(scale / rate**0.5, SHORTEST), LONGEST) for rate in rates)
    assert asked == pytest.approx(0.1, rel=0.05)


def test_too_many_requests_make_the_next_ones_rarer() -> None:
    budget = Budget().step([1 / 3600] * 10, 0.1, 0, 0.0, SHORTEST, LONGEST)
    thrifty = budget.step([1 / 3600] * 10, 0.1, 400, 3600.0, SHORTEST, LONGEST)
    spendthrift = budget.step([1 / 3600] * 10, 0.1, 800, 3600.0, SHORTEST, LONGEST)
    assert spendthrift.scale > thrifty.scale


def test_a_host_gets_one_request_at_a_time_and_a_pause_between() -> None:
    agenda = Agenda()
    for source in (1, 2, 3):
        agenda.put(source, "a.example", 0.0)
    agenda.put(4, "b.example", 0.0)
    assert agenda.take(0.0, 10) == [1, 4]
    assert agenda.take(5.0, 10) == []
    agenda.done(1, 5.0)
    assert agenda.take(5.0 + SPACING / 2, 10) == []
    assert agenda.take(5.0 + SPACING, 10) == [2]
    agenda.done(2, 7.0, rest=3600.0)
    assert agenda.take(3000.0, 10) == [] and agenda.waits
    assert agenda.take(3700.0, 10) == [3] and not agenda.waits


def test_who_reads_a_page_has_the_turn_of_its_host() -> None:
    agenda = Agenda()
    agenda.put(1, "a.example", 0.0)
    assert agenda.take(0.0, 10) == [1]
    assert not agenda.lend("a.example", 0.5)
    agenda.done(1, 1.0)
    assert not agenda.lend("a.example", 1.0 + SPACING / 2)
    assert agenda.lend("a.example", 1.0 + SPACING)
    agenda.put(1, "a.example", 3.0)
    assert agenda.take(3.0, 10) == [] and not agenda.lend("a.example", 3.0)
    agenda.take_back("a.example", 4.0, rest=60.0)
    assert agenda.take(4.0 + SPACING, 10) == []
    assert agenda.take(64.0, 10) == [1]


def test_a_source_that_is_dropped_while_it_is_asked_gives_its_host_free() -> None:
    agenda = Agenda()
    agenda.put(1, "a.example", 0.0)
    agenda.put(2, "a.example", 0.0)
    assert agenda.take(0.0, 10) == [1]
    agenda.drop(1)
    assert agenda.sources() == {2} and agenda.take(30.0, 10) == []
    agenda.done(1, 30.0)
    assert agenda.take(30.0 + SPACING, 10) == [2]


def test_hosts_that_only_articles_lead_to_are_not_kept() -> None:
    agenda = Agenda()
    assert agenda.lend("far.example", 0.0) and not agenda.lend("far.example", 0.0)
    agenda.take_back("far.example", 1.0)
    assert agenda.lend("far.example", 1.0)


def test_a_slow_host_holds_nobody_up_and_files_wait_for_nobody() -> None:
    agenda = Agenda()
    for source in range(100):
        agenda.put(source, "slow.example", 0.0)
    agenda.put(100, "quick.example", 1.0)
    for source in range(101, 110):
        agenda.put(source, "", 2.0)
    assert agenda.take(3.0, 50) == [0, 100, *range(101, 110)]


def test_a_source_put_again_counts_once_and_one_dropped_not_at_all() -> None:
    agenda = Agenda()
    agenda.put(1, "", 10.0)
    agenda.put(1, "", 5.0)
    agenda.put(2, "", 0.0)
    agenda.drop(2)
    assert agenda.take(20.0, 10) == [1]
    assert agenda.take(20.0, 10) == [] and len(agenda) == 1


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20)), max_size=40), st.integers(1, 4))
def test_every_source_has_its_turn(sources: list[tuple[int, int]], most: int) -> None:
    agenda = Agenda()
    for number, (host, due) in enumerate(sources):
        agenda.put(number, f"h{host}" if host else "", float(due))
    taken: list[int] = []
    now = 0.0
    while len(taken) < len(sources) and now < 500:
        some = agenda.take(now, most)
        for one in some:
            agenda.done(one, now)
        taken += some
        now += 0.5
    assert sorted(taken) == list(range(len(sources)))
