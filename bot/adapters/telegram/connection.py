"""Opens and closes the connection to Telegram: what can go wrong here is for the person at the terminal."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

from telegram import Bot
from telegram.error import InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.adapters.telegram.failures import reason, seconds
from bot.errors import CannotStart, NotReachable

API_URL = "https://api.telegram.org"
TOKEN = re.compile(r"\d+:[\w-]{30,}")  # as @BotFather hands them out

# Together less than the dispatcher's lease of a delivery, a minute.
READ_SECONDS = 30.0  # long: an answer that comes after the limit makes a message uncertain
WRITE_SECONDS = CONNECT_SECONDS = 10.0
POOL_SECONDS = 5.0
POOL = 32  # connections
POLLING_POOL = 4  # connections; with the default of 1 a torn poll can block all later ones

START_PAUSES = (1.0, 3.0)  # seconds between attempts to reach Telegram at the start
LONGEST_START_WAIT = 5.0  # seconds; after a longer 429 others need not wait for Telegram
CLOSE_SECONDS = 2.0

log = logging.getLogger("bot.adapters.telegram")


async def connect(token: str, api_url: str, read_seconds: float, *, polling: bool) -> Bot:
    """A bot that Telegram knows, free to poll if `polling`.

    Raises CannotStart with one clear sentence; NotReachable, where only the way to Telegram is to blame.
    """
    if not TOKEN.fullmatch(token):
        raise CannotStart(
            "PANTAU_TELEGRAM_TOKEN does not hold a Telegram token (like 123456789:AA…): "
            "copy it from @BotFather."
        )
    bot = _new_bot(token, api_url, read_seconds)
    try:
        await _until_reached(bot.initialize, api_url)
        if polling:
            await _until_reached(bot.delete_webhook, api_url)  # with one set, every poll is a 409
    except BaseException:
        await close(bot)
        raise
    return bot


async def close(bot: Bot) -> None:
    """Let go of all connections; never raises, never takes long."""
    with suppress(TelegramError, TimeoutError, RuntimeError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await bot.shutdown()


async def show_menu(bot: Bot, commands: Sequence[tuple[str, str]]) -> None:
    """Set the menu of commands; a bot without one still works."""
    try:
        await bot.set_my_commands(commands)
    except TelegramError as error:
        log.warning("Telegram did not take the menu of commands: %s", reason(error))


async def renew_polling(bot: Bot) -> None:
    """New connections for the polls, in place of those that may have died without a word."""
    request = bot._request[0]  # its own, apart from the one for everything else; there is no public way to it
    with suppress(TelegramError, TimeoutError, RuntimeError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await request.shutdown()
    await request.initialize()


def _new_bot(token: str, api_url: str, read_seconds: float) -> Bot:
    waits: dict[str, Any] = {
        "read_timeout": read_seconds,
        "write_timeout": WRITE_SECONDS,
        "connect_timeout": CONNECT_SECONDS,
        "pool_timeout": POOL_SECONDS,
    }
    return Bot(
        token,
        base_url=f"{api_url}/bot",
        base_file_url=f"{api_url}/file/bot",
        request=HTTPXRequest(connection_pool_size=POOL, **waits),
        get_updates_request=HTTPXRequest(connection_pool_size=POLLING_POOL, **waits),
    )


async def _until_reached(call: Callable[[], Awaitable[object]], api_url: str) -> None:
    """Make a first call, again after each of START_PAUSES. Raises CannotStart, NotReachable."""
    for pause in (*START_PAUSES, None):
        try:
            await call()
            return
        except InvalidToken:
            asked = "" if api_url == API_URL else f" (asked at {api_url})"
            # Not chained: python-telegram-bot puts the token into the text of this error.
            raise CannotStart(
                "Telegram does not know the token in PANTAU_TELEGRAM_TOKEN: "
                f"copy it again from @BotFather{asked}."
            ) from None
        except RetryAfter as error:
            wait = seconds(error)
            if pause is None or wait > LONGEST_START_WAIT:
                raise NotReachable(f"Telegram asks to wait {wait:.0f} s.", wait) from error
            await asyncio.sleep(wait)
        except TelegramError as error:
            if pause is None:
                raise NotReachable(
                    f"Telegram cannot be reached at {api_url} ({reason(error)}): "
                    "check the network and the address."
                ) from error
            log.info("Telegram cannot be reached yet: %s", reason(error))
            await asyncio.sleep(pause)
