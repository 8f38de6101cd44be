"""/mute: silence one watch in this chat for a while."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.chat import COMMAND_BYTES, Button, LineKind, Message, Request, say
from bot.errors import RequestRefused
from bot.model import Chat, Watch
from bot.ports import Told
from bot.watchlist import mute as silence
from bot.watchlist import muted, unmute
from bot.words import moment, phrase
from handlers.desk import Desk, duration

USUAL = timedelta(hours=24)
HIGHEST = 2**31 - 1  # number of an alert that a store can count to
_ALERT = re.compile(r"#?(\d+)(?:\s+(\d+))?")


async def mute(request: Request, chat: Chat, desk: Desk) -> Message:
    """NAME [2h|7d|off], or the number of an alert"""
    if not request.argument:
        return await _list(chat, desk)
    desk.editors_only(request, chat)
    numbered = _ALERT.fullmatch(request.argument)
    if numbered and request.argument not in desk.watchlist.lookout.watches:
        return await _of_alert(int(numbered[1]), int(numbered[2] or 0), chat, desk)
    name, last = request.argument, request.argument.split()[-1]
    length = duration(last)
    if length or last.lower() == "off":
        name = request.argument[: -len(last)].strip()
    if not name:
        raise RequestRefused(phrase("mute.usage", chat.language))
    watch = desk.watchlist.find(name, chat)
    return (
        await _speak(watch, chat, desk)
        if last.lower() == "off"
        else await _silence(watch, length or USUAL, chat, desk)
    )


async def _of_alert(number: int, choice: int, chat: Chat, desk: Desk) -> Message:
    """Mute the one watch behind an alert; ask which, when there are several."""
    told = await told_here(number, chat, desk)
    if len(told.watches) == 1:
        choice = 1
    if not 1 <= choice <= len(told.watches):
        buttons = [
            Button(name, f"/mute #{number} {place}") for place, name in enumerate(told.watches, start=1)
        ]
        return Message((say(phrase("mute.which", chat.language)),), tuple(buttons), private=True)
    return await _silence(desk.watchlist.find(told.watches[choice - 1], chat), USUAL, chat, desk)


async def told_here(number: int, chat: Chat, desk: Desk) -> Told:
    """An alert of this chat by its number. Raises RequestRefused."""
    async with desk.store.read() as tx:
        told = await tx.alerts.get(number) if number <= HIGHEST else None
    if told is None or told.chat != chat.name:
        raise RequestRefused(phrase("mute.no_alert", chat.language, number=number))
    return told


async def _silence(watch: Watch, length: timedelta, chat: Chat, desk: Desk) -> Message:
    until = moment(await silence(desk.store, watch, chat, desk.clock(), length), chat.timezone, chat.language)
    said = say(phrase("mute.done", chat.language, name=watch.name, until=until))
    return Message((said,), _undo(watch, chat))


def _undo(watch: Watch, chat: Chat) -> tuple[Button, ...]:
    command = f"/mute {watch.name} off"
    return (
        (Button(phrase("button.unmute", chat.language), command),)
        if len(command.encode()) <= COMMAND_BYTES
        else ()
    )


async def _speak(watch: Watch, chat: Chat, desk: Desk) -> Message:
    was_muted = await unmute(desk.store, watch, chat, desk.clock())
    return Message(
        (say(phrase("mute.undone" if was_muted else "mute.not_muted", chat.language, name=watch.name)),)
    )


async def _list(chat: Chat, desk: Desk) -> Message:
    silent = await muted(desk.store, chat, desk.clock())
    if not silent:
        return Message((say(phrase("mute.none", chat.language)),), private=True)
    lines = [say(phrase("mute.list", chat.language), kind=LineKind.HEADING)]
    for name, until in silent.items():
        said = phrase("watch.muted", chat.language, until=moment(until, chat.timezone, chat.language))
        lines.append(say(f"{name}: {said}", kind=LineKind.ITEM))
    return Message(tuple(lines), private=True)
