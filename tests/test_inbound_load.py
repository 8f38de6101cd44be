"""Slack waits three seconds for each acknowledgement; here hundreds of people ask at the same moment."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from itertools import count

from bot.adapters.slack import SlackMessenger
from bot.adapters.store import SqlStore
from bot.chat import Button, Message, Place, Request, say
from bot.inbox import Inbox
from tests.builders import NOON, message
from tests.emulators.slack import SlackEmulator
from tests.emulators.slack_socket import ACK_SECONDS

COMMANDS, EVENTS, PRESSES = 200, 150, 150
ALERT = Message((say("Putin"),), (Button("Status", "/status"),))
WORK = 0.2  # seconds that an answer takes


async def test_five_hundred_envelopes_at_once_are_each_acknowledged_in_time(sqlite: SqlStore) -> None:
    """And each is answered once, while the store is written to by others."""
    asked: list[Request] = []

    async def answer(request: Request) -> Message:
        asked.append(request)
        await asyncio.sleep(WORK)
        return Message((say("Here."),), private=True)

    async def write_alerts() -> None:
        for number in count():
            async with sqlite.write() as tx:
                await tx.deliveries.post("redaksi", f"test:{number}", message("x" * 2000), NOON)
            await asyncio.sleep(0.005)

    async with SlackEmulator() as slack:
        room = slack.channel("redaksi")
        people = [slack.user(f"P{number}") for number in range(PRESSES)]
        journal = Inbox(sqlite, lambda: datetime.now(UTC))
        bot = SlackMessenger(slack.bot_token, slack.app_token, journal, slack.api_url)
        await bot.start(answer)
        await slack.connected(2)
        await bot.send(Place("slack", room.id), ALERT, "d1")
        ts = slack.messages(room)[0].ts
        busy = asyncio.create_task(write_alerts())
        work = [people[number % PRESSES].types(room, "/pantau status") for number in range(COMMANDS)]
        work += [person.presses(room, ts, "Status") for person in people]
        events = [(await people[number].mentions(room, "status"))[1] for number in range(EVENTS)]
        await asyncio.gather(*work)
        async with asyncio.timeout(10):
            await asyncio.gather(*(event.acknowledged.wait() for event in events))
        busy.cancel()
        took = sorted(slack.sockets.acknowledged)
        await slack.until(lambda: len(asked) == COMMANDS + EVENTS + PRESSES, patience=20)
        await bot.stop()
    print(  # noqa: T201  # the figure, with pytest -s
        f"{len(took)} acknowledged: half within {took[len(took) // 2]:.3f} s, all within {took[-1]:.3f} s"
    )
    assert len(took) == COMMANDS + EVENTS + PRESSES
    assert took[-1] < ACK_SECONDS
    assert all(event.tries == 1 for event in events)
