"""Fetches updates for as long as it runs, whatever the network does.

Not python-telegram-bot's Updater: with 22.8 it goes on "running" without polling after one 401 (measured),
sleeps up to 30 s that `stop()` cannot interrupt, and leaves a torn connection to a watchdog of ours (both
read in its source). This loop has one state, a limit on every wait, and nothing but being cancelled ends it.
"""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.warnings import PTBUserWarning

from bot.adapters.telegram.failures import reason, seconds
from bot.health import Condition, Pulse

POLL_SECONDS = 30  # Bot API allows 50; proxies cut silent connections after 60
PATIENCE = 30.0  # seconds beyond POLL_SECONDS after which a poll is given up as torn
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds after failures in a row, doubled each time
CONFLICT_PAUSE = 5.0  # seconds; two programs with one token would otherwise fight at full speed
CONFLICTS = 3  # within CONFLICT_PEACE: one alone is our own torn poll, which Telegram still holds
CONFLICT_PEACE = 120.0  # seconds without a conflict after which the other program has gone
TOKEN_PAUSE = 60.0  # seconds; a revoked token stays revoked, a proxy that answers 404 does not
FAULT_PAUSE = 5.0  # seconds after a fault of ours or the library's
RENEW_AFTER = 3  # failures in a row: perhaps only the connections are bad, and new ones are not
SKIP_AFTER = 3  # tries at an update that nobody can read
CONFIRM_SECONDS = 2.0  # for the last call, which makes sure that nothing is handed out twice
KINDS = ["message", "callback_query"]
POLLING = "polling"  # the part of the pulse that this is

log = logging.getLogger("bot.adapters.telegram")


class Polling:
    """One long poll after the other, each update handed to `take` once.

    `renew` replaces the connections that polls are made on.
    """

    def __init__(
        self,
        bot: Bot,
        take: Callable[[Update], Awaitable[None]],
        pulse: Pulse,
        renew: Callable[[], Awaitable[None]],
    ) -> None:
        self._bot, self._take, self._pulse, self._renew = bot, take, pulse, renew
        self._offset = 0
        self._unconfirmed = False
        self._failures = 0
        self._faults = 0  # in a row, of ours or the library's
        self._told: type[TelegramError] | None = None  # of which lasting trouble the log already speaks
        self._conflicts: list[float] = []  # of the loop's clock: the latest ones

    async def run(self) -> None:
        """Poll until cancelled."""
        while True:
            try:
                await self._once()
            except TelegramError as error:
                await asyncio.sleep(self._pause(error))
            except TimeoutError:
                log.info("Telegram fell silent in the middle of a poll; polling anew.")
                self._failures += 1
                self._pulse.ill(POLLING, Condition.AWAY, "it fell silent in the middle of a poll")
            except Exception:
                # Ours or the library's, as with an update that it cannot read. Silence in every chat would be worse.
                self._faults += 1
                log.exception("A poll of Telegram failed through a fault; it is made again.")
                await asyncio.sleep(FAULT_PAUSE)
                if self._faults % SKIP_AFTER == 0:
                    await self._skip_one()
            else:
                self._all_is_well()
            if self._failures and self._failures % RENEW_AFTER == 0:
                await self._renew()

    async def confirm(self) -> None:
        """Tell Telegram what was taken last, so that the next start does not get it again."""
        if self._unconfirmed:
            with suppress(TelegramError, TimeoutError):
                async with asyncio.timeout(CONFIRM_SECONDS):
                    await self._fetch(0)

    async def _once(self) -> None:
        async with asyncio.timeout(POLL_SECONDS + PATIENCE):
            updates = await self._fetch(POLL_SECONDS)
        if updates:
            await asyncio.gather(*map(self._take, updates))
            self._offset, self._unconfirmed = updates[-1].update_id + 1, True

    async def _fetch(self, timeout: int) -> tuple[Update, ...]:
        updates = await self._bot.get_updates(offset=self._offset, timeout=timeout, allowed_updates=KINDS)
        self._unconfirmed = False
        return updates

    async def _skip_one(self) -> None:
        """Pass over the update at the head, which made polls fail again and again."""
        with suppress(TelegramError), warnings.catch_warnings():
            warnings.simplefilter("ignore", PTBUserWarning)  # it means the method that cannot read the update
            raw: Any = await self._bot.do_api_request(
                "getUpdates", {"offset": self._offset, "limit": 1, "timeout": 0}
            )
            if raw:
                log.error("Update %s from Telegram cannot be read and is passed over.", raw[0]["update_id"])
                self._offset = int(raw[0]["update_id"]) + 1

    def _pause(self, error: TelegramError) -> float:
        """Seconds until the next poll; what has to be said is said once."""
        match error:
            case RetryAfter():
                return seconds(error)
            case InvalidToken():
                self._pulse.ill(POLLING, Condition.REFUSED, "PANTAU_TELEGRAM_TOKEN")
                self._tell_once(
                    error,
                    "Telegram no longer accepts the token in PANTAU_TELEGRAM_TOKEN (was it "
                    "revoked at @BotFather?). Nothing arrives or leaves there until it does.",
                )
                return TOKEN_PAUSE
            case Conflict():
                if self._recent_conflicts(one_more=True) >= CONFLICTS:
                    self._pulse.ill(POLLING, Condition.RIVAL, "")
                    self._tell_once(
                        error,
                        "Another program polls Telegram with the same token: only one of the two "
                        "gets each command. Stop the other one.",
                    )
                return CONFLICT_PAUSE
        self._failures += 1
        if self._failures > 1:  # one alone is everyday life
            self._pulse.ill(POLLING, Condition.AWAY, reason(error))
        log.info("Telegram cannot be polled (%d in a row): %s", self._failures, reason(error))
        return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (self._failures - 1))

    def _recent_conflicts(self, *, one_more: bool = False) -> int:
        now = asyncio.get_running_loop().time()
        self._conflicts = [at for at in self._conflicts if now - at < CONFLICT_PEACE] + [now] * one_more
        return len(self._conflicts)

    def _tell_once(self, error: TelegramError, text: str) -> None:
        if self._told is not type(error):
            self._told = type(error)
            log.error(text)

    def _all_is_well(self) -> None:
        self._failures = self._faults = 0
        if self._told is Conflict and self._recent_conflicts():
            return  # two pollers succeed in turns
        if self._told is InvalidToken:
            log.warning("Telegram accepts the token again.")
        self._told = None
        self._pulse.well(POLLING)
