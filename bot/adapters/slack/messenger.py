"""Slack as a Messenger: alerts out, requests in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.adapters.slack.answers import Answers
from bot.adapters.slack.failures import classify, error_code
from bot.adapters.slack.incoming import PLATFORM
from bot.adapters.slack.intake import Intake
from bot.adapters.slack.pictures import Pictures
from bot.adapters.slack.posts import Posts
from bot.adapters.slack.render import parts
from bot.adapters.slack.sockets import Addresses, Sockets
from bot.chat import Message, Place
from bot.errors import (
    CannotStart,
    ChatGone,
    MessageRefused,
    NotReachable,
    SendError,
    TokenRefused,
    TryAgain,
    Uncertain,
    Unreachable,
)
from bot.health import Condition, Health, Pulse
from bot.model import Priority
from bot.pace import Gate, Pace
from bot.ports import Answer, Journal

log = logging.getLogger(__name__)

T = TypeVar("T")
SENDING = "sending"  # one of the two things that a messenger does; the other is in sockets.py

LIBRARY_LOG = logging.getLogger("slack_bolt")  # one logger for Bolt and the SDK, and quiet: it talks a lot
LIBRARY_LOG.setLevel(logging.WARNING)

API_URL = "https://slack.com/api/"
PACE = Pace(1.05)  # Slack: about one message a second in a channel
BUDGET = 8.0  # messages a second in a workspace; Slack: "several hundred per minute", and says 429 where that is less
CALL_SECONDS = 30.0  # long, so that few answers are given up as lost
CONNECT_SECONDS = 10.0
NOT_CONNECTED = 5.0  # seconds until the next try at a message
PROBE_SECONDS = 60.0  # between two looks at whether the token is still good, when nothing else would tell
FINISH_SECONDS = 5.0  # for requests under way when we stop

BOT_TOKEN = "PANTAU_SLACK_BOT_TOKEN"
APP_TOKEN = "PANTAU_SLACK_APP_TOKEN"
BOT_TOKEN_HINT = "it must be the Bot User OAuth Token of the installed app, which begins with xoxb-"
APP_TOKEN_HINT = "it must be an app-level token with the scope connections:write, which begins with xapp-"


class SlackMessenger:
    """One Slack workspace, over the Web API and Socket Mode. Implements bot.ports.Messenger.

    `journal` keeps what people ask until it is answered.
    """

    platform = PLATFORM

    def __init__(self, bot_token: str, app_token: str, journal: Journal, api_url: str = API_URL) -> None:
        self._bot_token, self._app_token = bot_token.strip(), app_token.strip()
        self._journal = journal
        self._api_url = api_url.rstrip("/") + "/"
        self._http: aiohttp.ClientSession | None = None
        self._posts: Posts | None = None
        self._intake: Intake | None = None
        self._sockets: Sockets | None = None
        self._probe: asyncio.Task[None] | None = None
        self._pulse = Pulse()
        self._gate = Gate(BUDGET)

    @property
    def health(self) -> Health:
        """How Slack is, as far as sending and listening have shown."""
        return self._pulse.health

    def pace(self, place: Place) -> Pace:
        """How close two messages to this place may follow each other."""
        return PACE

    async def turn(self, priority: Priority, last: float) -> None:
        """Wait until the workspace may be sent one more message."""
        await self._gate.turn(priority, last)

    def parts(self, message: Message) -> Sequence[Message]:
        """The message in as many as Slack can carry it."""
        return parts(message)

    async def start(self, answer: Answer | None) -> None:
        """Check both tokens and be ready to send; with `answer`, listen too. Raises CannotStart, NotReachable."""
        try:
            await self._connect(answer)
        except BaseException as error:
            await self.stop()
            if isinstance(error, CannotStart):
                away = isinstance(error, NotReachable)
                self._pulse.ill(SENDING, Condition.AWAY if away else Condition.REFUSED, str(error))
            raise

    async def stop(self) -> None:
        """Take no more requests, let the ones under way finish, close. Never raises; may be called twice."""
        if self._probe is not None:
            self._probe.cancel()
            await asyncio.gather(self._probe, return_exceptions=True)
        if self._sockets is not None:
            await self._sockets.close()
        if self._intake is not None:
            await self._intake.finish(FINISH_SECONDS)
            await self._journal.close()
        if self._http is not None:
            await self._http.close()
        self._sockets = self._intake = self._http = self._posts = self._probe = None

    async def check(self, place: Place) -> None:
        """Could we post there? Sends nothing. Raises SendError's children in plain words."""
        await self._noted(self._connected.check(place))

    async def send(self, place: Place, message: Message, delivery: str, under: str = "") -> str:
        """Post once; the message's ts. Raises SendError's children only."""
        return await self._noted(self._connected.send(place, message, delivery, under))

    async def edit(self, place: Place, remote_id: str, message: Message) -> None:
        """Put the message in place of one sent before. Raises SendError's children only."""
        await self._noted(self._connected.edit(place, remote_id, message))

    async def delete(self, place: Place, remote_id: str) -> None:
        """Take a message away. Raises SendError's children only."""
        await self._noted(self._connected.delete(place, remote_id))

    async def find(self, place: Place, delivery: str, since: datetime, under: str = "") -> str | None:
        """The ts of the message that carries `delivery`, None if it is certainly not there."""
        return await self._noted(self._connected.find(place, delivery, since, under))

    async def _noted(self, call: Awaitable[T]) -> T:
        """The call's result; what it tells about Slack as a whole is noted."""
        try:
            result = await call
        except SendError as error:
            self._note(error)
            raise
        self._pulse.well(SENDING)
        return result

    def _note(self, error: SendError) -> None:
        match error:
            case TokenRefused():
                self._pulse.ill(SENDING, Condition.REFUSED, str(error))
            case Unreachable() | Uncertain():
                self._pulse.ill(SENDING, Condition.AWAY, str(error))
            case _:  # whatever it says of one chat: it answers, and knows us
                self._pulse.well(SENDING)

    async def _keep_probing(self, web: AsyncWebClient) -> None:
        """A revoked token is found out also on a day without news."""
        while True:
            await asyncio.sleep(PROBE_SECONDS)
            try:
                await web.auth_test()
            except Exception as error:  # slack_sdk fails in its own ways on answers that are not JSON
                self._note(classify(error))
            else:
                self._pulse.well(SENDING)

    @property
    def _connected(self) -> Posts:
        if self._posts is None:
            raise TryAgain("Pantau is not connected to Slack.", NOT_CONNECTED)
        return self._posts

    async def _connect(self, answer: Answer | None) -> None:
        self._http = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=CALL_SECONDS, connect=CONNECT_SECONDS)
        )
        # One attempt for each call: the SDK's own retries post twice when an answer is lost (measured).
        options: dict[str, Any] = {
            "base_url": self._api_url,
            "session": self._http,
            "retry_handlers": [],
            "logger": LIBRARY_LOG,
        }
        web, addresses = AsyncWebClient(token=self._bot_token, **options), Addresses(**options)
        who = await self._admit(web.auth_test(), BOT_TOKEN, BOT_TOKEN_HINT)
        # Asked for here because connecting would try a bad app token for ever.
        opening = addresses.apps_connections_open(app_token=self._app_token)
        await self._admit(opening, APP_TOKEN, APP_TOKEN_HINT)
        self._posts = Posts(web, Pictures(web, self._http))
        self._pulse.clear()
        self._probe = asyncio.create_task(self._keep_probing(web), name="slack probe")
        if answer is not None:
            answers = Answers(answer, web, self._http)
            self._intake = Intake(str(who["user_id"]), self._journal, answers.handle)
            await self._listen(self._intake, addresses, who)
            await self._intake.resume()
        log.info("Connected to Slack as @%s in %s.", who.get("user"), who.get("team"))

    async def _listen(self, intake: Intake, addresses: Addresses, who: AsyncSlackResponse) -> None:
        app = _bolt(addresses, AuthorizeResult.from_auth_test_response(auth_test_response=who))
        intake.listen(app)
        self._sockets = Sockets(app, self._app_token, addresses, LIBRARY_LOG, self._pulse)
        try:
            await self._sockets.open()
        except TimeoutError as error:
            raise NotReachable("Slack took both tokens but opened no connection in time.") from error

    async def _admit(
        self, call: Awaitable[AsyncSlackResponse], variable: str, hint: str
    ) -> AsyncSlackResponse:
        """The answer to a call that shows whether a token is good."""
        try:
            return await call
        except Exception as error:
            problem = classify(error)
            if isinstance(error, SlackApiError) and isinstance(
                problem, ChatGone | MessageRefused | TokenRefused
            ):
                code = error_code(error.response)
                raise CannotStart(f"Slack does not accept {variable} ({code}): {hint}.") from error
            reason = str(problem).rstrip(".")
            wait = problem.wait if isinstance(problem, TryAgain) else 0.0
            raise NotReachable(
                f"Slack at {self._api_url} does not answer as it should: {reason}.", wait
            ) from error


def _bolt(client: Addresses, who: AuthorizeResult) -> AsyncApp:
    """Bolt, with the result of our own auth.test: it need not ask again when the first event comes."""

    async def authorize() -> AuthorizeResult:
        return who

    return AsyncApp(
        client=client,
        authorize=authorize,
        request_verification_enabled=False,
        process_before_response=True,  # what is acknowledged has been stored
        logger=LIBRARY_LOG,
    )
