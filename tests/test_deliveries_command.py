"""`pantau deliveries`: what needs a person is shown, sent once more or given up, by the first letters of its id."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.adapters.store import SqlStore, open_store
from bot.cli import app
from bot.errors import CannotStart
from bot.model import Hold, State
from bot.ports import Delivery, Stuck
from tests.builders import NOON, message
from tests.program import tables


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(tables("chats", [{"name": "redaksi", "platform": "telegram", "id": "42"}]))
    return file


def store_of(config: Path) -> str:
    return f"sqlite:///{config.parent / 'pantau.db'}"


async def claimed(store: SqlStore, text: str) -> Delivery:
    """A message that is being sent."""
    async with store.write() as tx:
        await tx.deliveries.post("redaksi", f"notice:{text}", message(text), NOON)
        delivery = await tx.deliveries.claim("redaksi", NOON, NOON)
    assert isinstance(delivery, Delivery)
    return delivery


@pytest.fixture
def troubled(config: Path) -> dict[str, str]:
    """One message of each kind in the store; their ids by their texts."""
    return asyncio.run(trouble(config))


async def trouble(config: Path) -> dict[str, str]:
    async with open_store(store_of(config)) as store:
        given_up, unsure, held = [await settled(store, text) for text in ("gagal", "ragu", "tahan")]
        async with store.write() as tx:
            waits = await tx.deliveries.post("redaksi", "notice:tunggu", message("tunggu"), NOON)
    return {"gagal": given_up, "ragu": unsure, "tahan": held, "tunggu": waits}


async def settled(store: SqlStore, text: str) -> str:
    delivery = await claimed(store, text)
    async with store.write() as tx:
        match text:
            case "gagal":
                await tx.deliveries.dead(delivery, "message is too strange")
            case "ragu":
                await tx.deliveries.hold(delivery, Hold.UNSURE, "no answer: it may be there")
            case _:
                await tx.deliveries.hold(delivery, Hold.RESTORED, "nobody can look whether it is there")
    return delivery.id


def in_store(config: Path) -> dict[str, Stuck]:
    """What is not over, by its text."""

    async def read() -> dict[str, Stuck]:
        async with open_store(store_of(config)) as store, store.read() as tx:
            return {one.text: one for one in await tx.deliveries.stuck(everything=True)}

    return asyncio.run(read())


def deliveries(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["deliveries", *arguments, "-c", str(config)])


def test_where_nothing_needs_a_person_that_is_said(config: Path) -> None:
    done = deliveries(config, "list")
    assert (done.exit_code, done.stdout) == (0, "Nothing needs you.\n")


def test_what_needs_a_person_is_listed_with_the_reason_and_status_1(
    config: Path, troubled: dict[str, str]
) -> None:
    done = deliveries(config, "list")
    assert done.exit_code == 1 and "3 need you" in done.stderr
    for text, reason in {
        "gagal": "message is too strange",
        "ragu": "it may be there, and the chat wants nothing twice",
        "tahan": "it may have been sent after the backup was made",
    }.items():
        start = done.stdout.index(troubled[text][:8])
        assert text in done.stdout[start:] and reason in done.stdout[start:]
    assert "tunggu" not in done.stdout and "tunggu" in deliveries(config, "list", "--all").stdout


def test_retry_sends_once_more_and_drop_gives_up(config: Path, troubled: dict[str, str]) -> None:
    retried = deliveries(config, "retry", troubled["gagal"][:8], troubled["ragu"])
    assert (retried.exit_code, retried.stdout) == (0, "2 on the way again.\n")
    dropped = deliveries(config, "drop", troubled["tahan"][:6])
    assert (dropped.exit_code, dropped.stdout) == (0, "1 dropped.\n")
    found = in_store(config)
    assert {text: one.state for text, one in found.items()} == dict.fromkeys(
        ("gagal", "ragu", "tunggu"), State.PENDING
    )
    assert deliveries(config, "list").exit_code == 0


@pytest.mark.parametrize("command", ["retry", "drop"])
def test_an_id_that_fits_nothing_or_too_much_changes_nothing(
    config: Path, troubled: dict[str, str], command: str
) -> None:
    before = in_store(config)
    done = deliveries(config, command, troubled["gagal"], "zzzz")
    assert isinstance(done.exception, CannotStart)
    assert str(done.exception) == "zzzz is no message that waits. `pantau deliveries list --all` shows them."
    assert in_store(config) == before
