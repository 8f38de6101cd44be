"""What is usual, and what is far more: rules on counts, without a store or a clock."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.trends import LEAST_HOURS, LOOKED_AT, MEMORY_HOURS, Usual, Verdict, judge, learn
from bot.trends.spikes import LEAST, tail

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)


def counted(shape: Callable[[datetime], int], hours: int = MEMORY_HOURS) -> list[int]:
    return [shape(MONDAY + timedelta(hours=at)) for at in range(hours)]


def learned(counts: list[int]) -> Usual:
    usual = learn(counts, MONDAY)
    assert usual
    return usual


def by_day(at: datetime) -> int:
    """Nothing at night, twelve articles an hour by day, three at weekends."""
    if not 6 <= at.hour < 22:
        return 0
    return 3 if at.weekday() > 4 else 12


class TestUsual:
    def test_of_less_than_three_days_nothing_is_said(self) -> None:
        assert learn([5] * (LEAST_HOURS - 1), MONDAY) is None
        assert learn([5] * LEAST_HOURS, MONDAY) is not None

    def test_nights_and_weekends_have_their_own_hours(self) -> None:
        usual = learned(counted(by_day))
        wednesday, sunday = MONDAY + timedelta(days=2), MONDAY + timedelta(days=6)
        assert 10 < usual.at(wednesday + timedelta(hours=10)) < 13
        assert usual.at(wednesday + timedelta(hours=2)) < 1
        assert 2.5 < usual.at(sunday + timedelta(hours=10)) < 6

    def test_a_watch_of_a_few_days_leans_on_its_hours_of_the_day(self) -> None:
        usual = learned(counted(by_day, LEAST_HOURS))
        friday = MONDAY + timedelta(days=4)  # never seen
        assert usual.at(friday + timedelta(hours=10)) > 3 * usual.at(friday + timedelta(hours=2))

    def test_a_burst_of_last_week_is_no_habit(self) -> None:
        counts = counted(by_day)
        for hour in (10, 11, 12):
            counts[21 * 24 + hour] = 200  # on the last Monday
        usual = learned(counts)
        assert usual.at(MONDAY + timedelta(hours=11)) < 20

    def test_a_level_that_rises_is_usual_soon_and_one_that_falls_stays(self) -> None:
        half = MEMORY_HOURS - 4 * 24
        louder = [count * (1 if at < half else 2) for at, count in enumerate(counted(by_day))]
        holidays = [count // (1 if at < half else 4) for at, count in enumerate(counted(by_day))]
        ten = MONDAY + timedelta(days=1, hours=10)
        assert learned(louder).at(ten) > 17
        assert learned(holidays).at(ten) > 8

    def test_a_watch_that_never_brought_anything_usually_brings_nothing(self) -> None:
        usual = learned([0] * MEMORY_HOURS)
        assert usual.at(MONDAY) == 0.0 and usual.band([MONDAY]) == (0.0, 0.0)

    def test_the_band_holds_two_of_three_hours_and_grows_with_the_hours(self) -> None:
        usual = Usual((4.0,) * 168, spread=0.25)
        low, high = usual.band([MONDAY])
        assert (low, high) == pytest.approx((4 - math.sqrt(8), 4 + math.sqrt(8)))
        assert sum(usual.band([MONDAY] * 6)) == pytest.approx(48)
        assert usual.band([MONDAY] * 6)[1] < 6 * high  # hours are not all high together


class TestJudging:
    @pytest.mark.parametrize(
        ("counts", "rates", "verdict"),
        [
            ([0, 0, 0, 0], [0.1, 0.1, 0.1, 0.1], Verdict.USUAL),
            ([0, 0, 0, 5], [0.1, 0.1, 0.1, 0.1], Verdict.USUAL),  # rare, and too few to matter
            ([0, 0, 0, 6], [0.1, 0.1, 0.1, 0.1], Verdict.BEGINS),
            ([9, 11, 10, 19], [10, 10, 10, 10], Verdict.USUAL),
            ([9, 11, 10, 50], [10, 10, 10, 10], Verdict.BEGINS),
            ([9, 11, 10, 50], [10, 10, 10, 25], Verdict.USUAL),  # at this hour it is not so much
            ([200, 190, 210, 400], [200, 200, 200, 200], Verdict.USUAL),  # rare, and no multiple
            ([0, 0, 0, 12], [0, 0, 0, 0], Verdict.BEGINS),
        ],
    )
    def test_far_more_is_rare_and_a_multiple_and_enough(
        self, counts: list[int], rates: list[float], verdict: Verdict
    ) -> None:
        assert judge(counts, rates, 0.2, open_=False).verdict is verdict

    def test_a_slow_burst_shows_in_hours_together(self) -> None:
        rates = [3.0] * LOOKED_AT
        alone = judge([3, 3, 3, 13], rates, 0.2, open_=False)
        together = judge([3, 12, 14, 13], rates, 0.2, open_=False)
        assert alone.verdict is Verdict.USUAL
        assert (together.verdict, together.hours, together.count, together.usual) == (
            Verdict.BEGINS,
            3,
            39,
            9.0,
        )

    def test_a_look_in_the_middle_of_an_hour_is_not_another_chance(self) -> None:
        """What begins at some look of an hour also begins at its last one."""
        rates = [4.0] * LOOKED_AT
        begun = [
            judge([4, 4, 4, running], rates, 0.2, open_=False).verdict is Verdict.BEGINS
            for running in range(60)
        ]
        assert begun == sorted(begun) and any(begun)

    @pytest.mark.parametrize(
        ("counts", "verdict"),
        [
            ([40, 4, 4, 4], Verdict.GOES_ON),  # the burst is still among the last whole hours
            ([4, 5, 3, 4], Verdict.OVER),
            ([4, 5, 3, 20], Verdict.GOES_ON),
            ([9, 9, 9, 3], Verdict.GOES_ON),
        ],
    )
    def test_it_is_over_after_hours_of_calm(self, counts: list[int], verdict: Verdict) -> None:
        assert judge(counts, [4.0] * LOOKED_AT, 0.2, open_=True).verdict is verdict

    def test_a_single_article_of_a_quiet_watch_prolongs_nothing(self) -> None:
        assert judge([0, 1, 0, 1], [0.01] * LOOKED_AT, 0.2, open_=True).verdict is Verdict.OVER

    def test_what_is_over_does_not_begin_again_by_the_same_hours(self) -> None:
        """Every window that could begin lies within the calm that ended it."""
        for quiet in range(30):
            counts, rates = [90, quiet // 3, quiet // 3, quiet // 3], [4.0] * LOOKED_AT
            if judge([*counts[1:], 0], rates, 0.2, open_=True).verdict is Verdict.OVER:
                assert judge([*counts[1:], 0], rates, 0.2, open_=False).verdict is Verdict.USUAL


class TestTail:
    def test_it_is_the_chance_of_so_many_or_more(self) -> None:
        """Of size 1 it is geometric: share ** count."""
        assert tail(7, 4.0, 1.0) == pytest.approx(0.8**7)
        assert tail(0, 4.0, 1.0) == 1.0 and tail(1, 0.0, 1.0) == 0.0

    def test_without_spread_it_comes_near_poisson(self) -> None:
        poisson = 1 - sum(math.exp(-3) * 3**count / math.factorial(count) for count in range(8))
        assert tail(8, 3.0, 1e-6) == pytest.approx(poisson, rel=1e-3)

    def test_large_counts_are_no_trouble(self) -> None:
        assert tail(5_000, 1_000.0, 0.1) < 1e-6 < tail(1_200, 1_000.0, 0.1)


def test_the_least_is_more_than_a_wire_report_adds() -> None:
    """A text counts once an hour, however many carry it: in the longest window that is LOOKED_AT - 1 times at most."""
    assert LEAST > LOOKED_AT - 1
