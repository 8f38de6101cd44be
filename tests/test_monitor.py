"""What machines are told on the local port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.adapters.monitor import Monitor
from bot.adapters.store import SqlStore
from bot.errors import CannotStart, StoreTrouble, TryAgain, Uncertain
from bot.facts import Facts, gather, vitals
from bot.health import Condition, Health
from bot.meters import Meters
from bot.ports import Delivery
from tests.builders import NOON, message, settings
from tests.fakes import FakeClock, FakeMessenger


class House:
    """A store with a little in it, two platforms, and a monitor on a free port."""

    def __init__(self, store: SqlStore) -> None:
        self.store, self.clock, self.meters = store, FakeClock(), Meters()
        self.platforms = {"slack": FakeMessenger("slack"), "telegram": FakeMessenger("telegram")}

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[Monitor]:
        async with Monitor(
            "127.0.0.1:0",
            lambda: gather(self.store, self.platforms, self.clock),
            lambda: vitals(self.store, self.platforms, self.clock),
            self.meters,
        ) as monitor:
            yield monitor


async def get(monitor: Monitor, path: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{monitor.port}{path}") as response,
    ):
        return response.status, await response.text()


async def get_json(monitor: Monitor, path: str) -> tuple[int, dict[str, Any]]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{monitor.port}{path}") as response,
    ):
        return response.status, await response.json()


@pytest.fixture
async def house(sqlite: SqlStore) -> House:
    house = House(sqlite)
    async with sqlite.write() as tx:
        await tx.beat(NOON)
    return house


async def test_metrics_count_each_chat_by_state_and_the_delays_as_a_histogram(house: House) -> None:
    async with house.store.write() as tx:
        await tx.sources.sync([settings("Antara"), settings("Tempo")], NOON)
        for number in range(3):
            await tx.deliveries.post("redaksi", f"alert:{number}", message(), NOON)
        claimed = await tx.deliveries.claim("redaksi", NOON, NOON)
        assert isinstance(claimed, Delivery)
        await tx.deliveries.sent(claimed, "1", NOON)
        claimed = await tx.deliveries.claim("redaksi", NOON, NOON)
        assert isinstance(claimed, Delivery)
        await tx.deliveries.unsure(claimed, NOON, "lost")
    house.clock.advance(seconds=40)
    house.meters.arrived("redaksi", NOON, house.clock())
    house.meters.troubled("redaksi", TryAgain("429"), house.clock())
    house.clock.advance(seconds=-10)
    house.meters.troubled("redaksi", Uncertain("lost"), None)
    house.meters.waited("telegram", 3.0)
    async with house.watched() as monitor:
        status, text = await get(monitor, "/metrics")
    assert status == 200
    values = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert values["pantau_deliveries", "redaksi", "sent"] == 1
    assert values["pantau_deliveries", "redaksi", "waiting"] == 1
    assert values["pantau_deliveries", "redaksi", "uncertain"] == 1
    assert values["pantau_deliveries", "dead", "redaksi"] == 0
    assert values["pantau_publish_to_chat_seconds_bucket", "30.0", "redaksi"] == 0
    assert values["pantau_publish_to_chat_seconds_bucket", "60.0", "redaksi"] == 1
    assert values["pantau_publish_to_chat_seconds_count", "redaksi"] == 1
    assert values["pantau_publish_to_chat_seconds_sum", "redaksi"] == 40
    assert values["pantau_lane_paused_seconds", "redaksi"] == 10
    assert values["pantau_send_troubles_total", "Uncertain", "redaksi"] == 1
    assert values["pantau_limiter_wait_seconds_bucket", "3.1", "telegram"] == 1
    assert values["pantau_sources", "new"] == 2 and values["pantau_sources_due",] == 2
    assert values["pantau_platform_condition", "slack", "well"] == 1


async def test_health_is_good_while_signs_of_life_can_be_stored(house: House) -> None:
    async with house.watched() as monitor:
        assert await get_json(monitor, "/healthz") == (
            200,
            {
                "status": "ok",
                "store": "",
                "last_beat": NOON.isoformat(),
                "platforms": {
                    name: {"condition": "well", "since": None, "detail": ""} for name in ("slack", "telegram")
                },
            },
        )
        assert (await get_json(monitor, "/readyz"))[0] == 200
        house.clock.advance(minutes=2)
        status, body = await get_json(monitor, "/healthz")
        assert (status, body["status"]) == (503, "failing")
        assert (await get_json(monitor, "/readyz"))[0] == 503


async def test_a_store_that_cannot_be_written_is_named_with_the_remedy(house: House) -> None:
    house.store._transactions.trouble = "The store cannot be used now: disk is full. Make room on its disk."
    async with house.watched() as monitor:
        status, body = await get_json(monitor, "/healthz")
    assert (status, body["status"]) == (200, "degraded") and "Make room" in body["store"]


async def test_a_refused_token_is_named_and_no_reason_to_restart_what_serves_the_others(house: House) -> None:
    house.platforms["slack"].health = Health(Condition.REFUSED, NOON, "token_revoked")
    async with house.watched() as monitor:
        status, body = await get_json(monitor, "/healthz")
        assert (status, body["status"]) == (200, "degraded")
        assert body["platforms"]["slack"] == {
            "condition": "refused",
            "since": NOON.isoformat(),
            "detail": "token_revoked",
        }
        assert (await get_json(monitor, "/readyz"))[0] == 503


async def test_a_store_in_trouble_is_bad_health_and_no_fault(house: House) -> None:
    async def trouble() -> Facts:
        raise StoreTrouble("The disk is full. Make room.")

    async with Monitor("127.0.0.1:0", trouble, trouble, house.meters) as monitor:
        for path in ("/metrics", "/healthz", "/readyz"):
            status, text = await get(monitor, path)
            assert status == 503 and "Make room" in text


async def test_a_port_that_is_taken_ends_the_start_with_the_key_to_change(house: House) -> None:
    async with house.watched() as monitor:
        taken = Monitor(f"127.0.0.1:{monitor.port}", gather, gather, house.meters)  # type: ignore[arg-type]
        with pytest.raises(CannotStart, match=r"name another port in \[metrics\] listen"):
            async with taken:
                pass


async def test_without_an_address_no_port_is_opened(house: House) -> None:
    async with Monitor("", gather, gather, house.meters) as monitor:  # type: ignore[arg-type]
        assert monitor._listener is None
