"""A platform that needs a person is told elsewhere, once, and so is its return."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.health import Condition, Health, Pulse
from bot.model import Chat
from bot.owners import Owners
from bot.ports import Delivery
from bot.vigil import AWAY_TOLD, Vigil, news_of
from tests.builders import NOON, chat
from tests.fakes import FakeClock, FakeEngine, FakeMessenger

SLACK = chat("redaksi", platform="slack")
TELEGRAM = chat("lapangan", platform="telegram", language="en")
REFUSED = Health(Condition.REFUSED, NOON, "token_revoked")


class Watch:
    """Two platforms, and what was queued for their chats."""

    def __init__(self, store: SqlStore) -> None:
        self.store, self.clock = store, FakeClock()
        self.slack, self.telegram = FakeMessenger("slack"), FakeMessenger("telegram")
        self.vigil = Vigil(
            store,
            FakeEngine(),
            Owners([SLACK, TELEGRAM], "redaksi"),
            {"slack": self.slack, "telegram": self.telegram},
            self.clock,
        )

    async def said(self, to: Chat) -> list[str]:
        """What was queued for a chat since the last question."""
        texts = []
        async with self.store.write() as tx:
            while isinstance(
                claimed := await tx.deliveries.claim(to.name, self.clock(), self.clock()), Delivery
            ):
                texts.append(claimed.message.text)
                await tx.deliveries.sent(claimed, "1", self.clock())
        return texts


async def test_a_refused_token_is_told_once_in_a_chat_of_the_other_platform(sqlite: SqlStore) -> None:
    watch = Watch(sqlite)
    watch.slack.health = REFUSED
    for _ in range(3):
        await watch.vigil.look()
    (text,) = await watch.said(TELEGRAM)
    assert "Slack no longer accepts Pantau's token" in text and "token_revoked" in text
    assert await watch.said(SLACK) == []
    async with sqlite.read() as tx:
        assert (await tx.marks())["refused:slack"] == NOON


async def test_its_return_is_told_in_the_owners_chat(sqlite: SqlStore) -> None:
    watch = Watch(sqlite)
    watch.slack.health = REFUSED
    await watch.vigil.look()
    watch.clock.advance(minutes=12)
    watch.slack.health = Health(since=watch.clock())
    await watch.vigil.look()
    await watch.vigil.look()
    (text,) = await watch.said(SLACK)
    assert "Slack berjalan lagi" in text and "12 min" in text
    async with sqlite.read() as tx:
        assert not [name for name in await tx.marks() if ":" in name]


async def test_with_no_chat_left_to_tell_the_log_says_it(
    sqlite: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    watch = Watch(sqlite)
    watch.slack.health = watch.telegram.health = REFUSED
    await watch.vigil.look()
    assert caplog.text.count("No other chat could be told") == 2


async def test_a_rival_takes_commands_and_no_alerts_so_its_own_chat_may_hear_of_it(sqlite: SqlStore) -> None:
    watch = Watch(sqlite)
    watch.slack.health = Health(Condition.AWAY, NOON)
    watch.telegram.health = Health(Condition.RIVAL, NOON)
    await watch.vigil.look()
    (text,) = await watch.said(TELEGRAM)
    assert "Another program" in text


LATER = NOON + AWAY_TOLD
AWAY, WELL = Health(Condition.AWAY, NOON), Health()


@pytest.mark.parametrize(
    ("health", "told", "now", "news"),
    [
        (WELL, None, NOON, None),
        (WELL, (Condition.REFUSED, NOON), NOON, WELL),
        (AWAY, None, LATER - timedelta(seconds=1), None),
        (AWAY, None, LATER, AWAY),
        (AWAY, (Condition.AWAY, NOON), LATER, None),
        (AWAY, (Condition.REFUSED, NOON), LATER, None),
        (REFUSED, None, NOON, REFUSED),
        (REFUSED, (Condition.REFUSED, NOON), LATER, None),
        (REFUSED, (Condition.AWAY, NOON), LATER, REFUSED),
    ],
)
def test_an_outage_has_to_last_before_it_is_news(
    health: Health, told: tuple[Condition, object] | None, now: object, news: Health | None
) -> None:
    assert news_of(health, told, now) == news  # type: ignore[arg-type]  # as the table has them


def test_of_several_troubles_the_worst_counts_and_keeps_the_moment_it_began() -> None:
    clock = FakeClock()
    pulse = Pulse(clock)
    pulse.ill("listening", Condition.AWAY, "no connection")
    clock.advance(minutes=1)
    pulse.ill("sending", Condition.REFUSED, "token_revoked")
    clock.advance(minutes=1)
    pulse.ill("sending", Condition.REFUSED, "again")
    assert pulse.health == Health(Condition.REFUSED, NOON + timedelta(minutes=1), "token_revoked")
    pulse.well("sending")
    assert pulse.health.condition is Condition.AWAY
    pulse.well("listening")
    assert pulse.health == Health(Condition.WELL, clock(), "")
