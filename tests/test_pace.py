"""A token's budget: kept to the message, the urgent first."""

from __future__ import annotations

import asyncio

from bot.model import Priority
from bot.pace import NEVER, Gate


async def test_never_more_than_the_rate_leaves_in_any_second() -> None:
    gate, left = Gate(50.0), []
    loop = asyncio.get_running_loop()

    async def one() -> None:
        await gate.turn(Priority.NORMAL)
        left.append(loop.time())

    await asyncio.gather(*(one() for _ in range(40)))
    for at in left:
        assert sum(at <= other < at + 0.2 for other in left) <= 50 * 0.2 + 2
    assert left[-1] - left[0] >= 37 / 50


async def test_who_is_in_a_hurry_is_served_first_and_then_in_order_of_arrival() -> None:
    gate, left = Gate(100.0), []

    async def one(name: str, priority: Priority) -> None:
        await gate.turn(priority)
        left.append(name)

    names = ["a", "b", "c", "d"]
    tasks = [asyncio.create_task(one(name, Priority.NORMAL)) for name in names]
    await asyncio.sleep(0)
    tasks += [
        asyncio.create_task(one("kilat", Priority.FLASH)),
        asyncio.create_task(one("jawab", Priority.ANSWER)),
    ]
    await asyncio.sleep(0)
    tasks[2].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert left == ["a", "jawab", "kilat", "b", "d"]


async def test_the_chat_whose_last_message_is_the_longest_ago_is_served_first() -> None:
    """A Telegram group waits 3.1 s for its own pace: behind every private chat it would not come to its twenty a minute."""
    gate, left = Gate(100.0), []

    async def one(name: str, last: float) -> None:
        await gate.turn(Priority.NORMAL, last)
        left.append(name)

    lasts = {"a": 0.0, "private": 99.0, "group": 96.9, "new": NEVER}
    await asyncio.gather(*(one(name, last) for name, last in lasts.items()))
    assert left == ["a", "new", "group", "private"]


async def test_a_429_for_everybody_halves_the_rate_for_a_while() -> None:
    gate = Gate(100.0)
    gate.slower()
    loop = asyncio.get_running_loop()
    began = loop.time()
    for _ in range(6):
        await gate.turn(Priority.NORMAL)
    assert loop.time() - began >= 4 / 52
