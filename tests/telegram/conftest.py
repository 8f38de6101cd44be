"""The adapter, started on a Telegram of its own, with Alice in a private chat."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.adapters.telegram import TelegramMessenger, connection, conversation, polling
from tests.emulators.telegram import Person, TelegramEmulator
from tests.telegram.newsroom import Desk, connected_to


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that are long for the sake of a real server are short here."""
    monkeypatch.setattr(connection, "START_PAUSES", (0.05, 0.05))
    monkeypatch.setattr(polling, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(polling, "CONFLICT_PAUSE", 0.05)
    monkeypatch.setattr(polling, "TOKEN_PAUSE", 0.05)
    monkeypatch.setattr(conversation, "TYPING_AFTER", 0.05)
    monkeypatch.setattr(conversation, "PAUSES", (0.05, 0.05))


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator() as server:
        yield server


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def messenger(telegram: TelegramEmulator, desk: Desk) -> AsyncIterator[TelegramMessenger]:
    started = connected_to(telegram)
    await started.start(desk)
    yield started
    await started.stop()


@pytest.fixture
def alice(telegram: TelegramEmulator) -> Person:
    return telegram.user("Alice")
