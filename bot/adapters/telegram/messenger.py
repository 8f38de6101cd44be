"""Telegram as a Messenger.

python-telegram-bot's Bot makes the calls and reads the answers. Its Application and Updater are not used: see
polling.py for what was measured. What remains of them here is a set of tasks.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from telegram import Bot

from bot.adapters.telegram.connection import API_URL, READ_SECONDS, close, connect, renew_polling, show_menu
from bot.adapters.telegram.conversation import Conversation
from bot.adapters.telegram.failures import NOT_CONNECTED
from bot.adapters.telegram.inbound import PLATFORM
from bot.adapters.telegram.polling import Polling
from bot.adapters.telegram.render import clip, parts, render
from bot.adapters.telegram.secrecy import KeepSecret
from bot.adapters.telegram.writer import SENDING, Writer
from bot.chat import Message, Place
from bot.errors import CannotStart, NotReachable, TryAgain, Uncertain
from bot.health import Condition, Health, Pulse
from bot.model import Priority
from bot.pace import Gate, Pace
from bot.ports import Answer, Journal

# Bot FAQ (Bot Support, "Hitting limits"): about one message a second in a chat, 20 a minute in a group.
PRIVATE_PACE = Pace(1.05)
GROUP_PACE = Pace(
    3.1, hurry=1.9
)  # 20 x 3.1 s leave 2 s of a minute: a flash in their place is still no 21st message
BUDGET = 28.8  # messages a second in all; the same FAQ: about 30

log = logging.getLogger("bot.adapters.telegram")


@dataclass(frozen=True, slots=True)
class _Intake:
    """What exists while requests are taken."""

    polling: Polling
    conversation: Conversation
    task: asyncio.Task[None]

    async def close(self) -> None:
        """Take no more, and let what is under way finish."""
        self.task.cancel()
        await asyncio.wait([self.task])
        await self.polling.confirm()
        await self.conversation.finish()


class TelegramMessenger:
    """Posts to Telegram chats and answers the commands typed and buttons pressed there.

    `journal` keeps what people ask until it is answered; `commands` is the menu that Telegram shows: names with their
    descriptions.
    """

    platform = PLATFORM

    def __init__(
        self,
        token: str,
        journal: Journal,
        api_url: str = API_URL,
        commands: Sequence[tuple[str, str]] = (),
        *,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._token, self._api_url, self._commands = token.strip(), api_url.rstrip("/"), tuple(commands)
        self._read_seconds = read_seconds
        self._journal = journal
        self._secret = KeepSecret(self._token)
        self._bot: Bot | None = None
        self._writer: Writer | None = None
        self._intake: _Intake | None = None
        self._pulse = Pulse()
        self._gate = Gate(BUDGET)

    @property
    def health(self) -> Health:
        """How Telegram is, as far as sending and polling have shown."""
        return self._pulse.health

    def pace(self, place: Place) -> Pace:
        """How close two messages to this place may follow each other."""
        return GROUP_PACE if place.id.startswith(("-", "@")) else PRIVATE_PACE

    async def turn(self, priority: Priority, last: float) -> None:
        """Wait until the bot may send one more message."""
        await self._gate.turn(priority, last)

    def parts(self, message: Message) -> Sequence[Message]:
        """The message in as many as Telegram can carry it."""
        return [*parts(message)]

    async def start(self, answer: Answer | None) -> None:
        """Connect for sending; with `answer`, begin to pass requests to it. Raises CannotStart, NotReachable."""
        self._secret.install()
        try:
            bot = await connect(self._token, self._api_url, self._read_seconds, polling=answer is not None)
        except BaseException as error:
            self._secret.remove()
            if isinstance(error, CannotStart):
                away = isinstance(error, NotReachable)
                self._pulse.ill(SENDING, Condition.AWAY if away else Condition.REFUSED, str(error))
            raise
        self._pulse.clear()
        self._bot, self._writer = bot, Writer(bot, self._pulse, self._gate)
        if answer is not None:
            await show_menu(bot, self._commands)
            self._intake = self._listen(bot, self._writer, answer)
            await self._intake.conversation.resume()

    async def stop(self) -> None:
        """Take no more requests, let the ones under way finish, close. Never raises; may be called twice."""
        intake, self._intake = self._intake, None
        if intake:
            await intake.close()
        bot, self._bot, self._writer = self._bot, None, None
        if bot:
            await close(bot)
            self._secret.remove()

    async def check(self, place: Place) -> None:
        """Could we post there? Shows "typing …" for a moment, because Telegram judges that like a message.

        Raises SendError's children in plain words.
        """
        await self._connected.show_typing(place)

    async def send(self, place: Place, message: Message, delivery: str, under: str = "") -> str:
        """Post once, as one message, clipped if it is too long; its id. Raises SendError's children only."""
        self._connected.check_moved(place)
        reply_to = int(under) if under else None
        sent = await self._connected.post(place, render(clip(message)), reply_to, in_turn=True)
        return str(sent)

    async def edit(self, place: Place, remote_id: str, message: Message) -> None:
        """Put the message in place of one sent before. Raises SendError's children, except Uncertain."""
        await self._connected.edit(place, int(remote_id), render(clip(message)))

    async def delete(self, place: Place, remote_id: str) -> None:
        """Take a message away. Raises SendError's children, except Uncertain."""
        await self._connected.delete(place, int(remote_id))

    async def find(self, place: Place, delivery: str, since: datetime, under: str = "") -> str | None:
        """Never an id: a Telegram bot cannot read what stands in a chat.

        Raises Uncertain once Telegram answers for this chat again, and TryAgain or ChatGone until then: in an outage,
        nothing is sent a second time into the dark.
        """
        try:
            await self._connected.show_typing(place)
        except Uncertain as lost:
            raise TryAgain(str(lost)) from lost
        raise Uncertain("Telegram does not let a bot look up its own messages.")

    @property
    def _connected(self) -> Writer:
        if self._writer is None:
            raise TryAgain("Pantau is not connected to Telegram.", NOT_CONNECTED)
        return self._writer

    def _listen(self, bot: Bot, writer: Writer, answer: Answer) -> _Intake:
        conversation = Conversation(
            writer, answer, bot.username, {name for name, _ in self._commands}, self._journal, bot.id
        )
        polling = Polling(bot, conversation.take, self._pulse, lambda: renew_polling(bot))
        task = asyncio.create_task(polling.run(), name="telegram polling")
        task.add_done_callback(_tell_if_it_ended)
        return _Intake(polling, conversation, task)


def _tell_if_it_ended(task: asyncio.Task[None]) -> None:
    """Polling ends only when it is told to; anything else would be silence in every chat."""
    if not task.cancelled():
        log.critical(
            "Telegram is no longer polled, because of a mistake in Pantau.", exc_info=task.exception()
        )
