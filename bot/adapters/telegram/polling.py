"""Fetches updates for as long as it runs, whatever the network does.

Not python-telegram-bot's Updater: with 22.8 it goes on "running" without polling after one 401 (measured),
sleeps up to 30 s that `stop()` cannot interrupt, and leaves a torn connection to a watchdog of ours (both
read in its source). This loop has one state, and a limit on every wait.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.adapters.telegram.failures import reason, seconds

POLL_SECONDS = 30  # Bot API allows 50; proxies cut silent connections after 60
PATIENCE = 30.0  # seconds beyond POLL_SECONDS after which a poll is given up as torn
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds after failures in a row, doubled each time
CONFLICT_PAUSE = 5.0  # seconds; two programs with one token would otherwise fight at full speed
TOKEN_PAUSE = 60.0  # seconds; a revoked token stays revoked, a proxy that answers 404 does not
CONFIRM_SECONDS = 2.0  # for the last call, which makes sure that nothing is handed out twice
KINDS = ["message", "callback_query"]

log = logging.getLogger("bot.adapters.telegram")


class Polling:
    """One long poll after the other, each update handed to `take` once."""

    def __init__(self, bot: Bot, take: Callable[[Update], None]) -> None:
        self._bot, self._take = bot, take
        self._offset = 0
        self._unconfirmed = False
        self._failures = 0
        self._told: type[TelegramError] | None = None  # of which lasting trouble the log already speaks

    async def run(self) -> None:
        """Poll until cancelled."""
        while True:
            try:
                async with asyncio.timeout(POLL_SECONDS + PATIENCE):
                    updates = await self._fetch(POLL_SECONDS)
            except TelegramError as error:
                await asyncio.sleep(self._pause(error))
            except TimeoutError:
                log.info("Telegram fell silent in the middle of a poll; polling anew.")
            else:
                self._all_is_well()
                for update in updates:
                    self._offset, self._unconfirmed = update.update_id + 1, True
                    self._take(update)

    async def confirm(self) -> None:
        """Tell Telegram what was taken last, so that the next start does not get it again."""
        if self._unconfirmed:
            with suppress(TelegramError, TimeoutError):
                async with asyncio.timeout(CONFIRM_SECONDS):
                    await self._fetch(0)

    async def _fetch(self, timeout: int) -> tuple[Update, ...]:
        updates = await self._bot.get_updates(offset=self._offset, timeout=timeout, allowed_updates=KINDS)
        self._unconfirmed = False
        return updates

    def _pause(self, error: TelegramError) -> float:
        """Seconds until the next poll; what has to be said is said once."""
        match error:
            case RetryAfter():
                return seconds(error)
            case InvalidToken():
                self._tell_once(
                    error,
                    "Telegram no longer accepts the token in PANTAU_TELEGRAM_TOKEN (was it "
                    "revoked at @BotFather?). Nothing arrives or leaves there until it does.",
                )
                return TOKEN_PAUSE
            case Conflict():
                self._tell_once(
                    error,
                    "Another program polls Telegram with the same token: only one of the two "
                    "gets each command. Stop the other one.",
                )
                return CONFLICT_PAUSE
        self._failures += 1
        log.info("Telegram cannot be polled (%d in a row): %s", self._failures, reason(error))
        return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (self._failures - 1))

    def _tell_once(self, error: TelegramError, text: str) -> None:
        if self._told is not type(error):
            self._told = type(error)
            log.error(text)

    def _all_is_well(self) -> None:
        if self._told is InvalidToken:
            log.warning("Telegram accepts the token again.")
        if self._told is not Conflict:  # two pollers succeed in turns: that is no peace
            self._told = None
        self._failures = 0
