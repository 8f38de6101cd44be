"""Pictures in Slack: uploaded without being shown anywhere, then named by a block of the message.

So a message with a picture is one chat.postMessage like any other: it has a ts, carries its delivery, and can be looked up.
Sharing the file itself (completeUploadExternal with a channel) was turned down: it answers without a ts, and later.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.failures import classify
from bot.adapters.slack.render import Json, render
from bot.chat import LineKind, Message, Picture, say
from bot.errors import ChatGone, MessageRefused, TryAgain, Uncertain

log = logging.getLogger(__name__)

T = TypeVar("T")
ALT_CHARS = 2_000  # Slack: alt_text of an image block
READING = (
    0.5,
    1.0,
    2.0,
    4.0,
)  # seconds to wait while Slack reads a new file; a block that names it is refused until then
FILE_NAME = "pantau.png"


class Pictures:
    """Uploads pictures and posts what they belong to."""

    def __init__(self, web: AsyncWebClient, http: aiohttp.ClientSession) -> None:
        self._web, self._http = web, http

    async def post(self, message: Message, send: Callable[[Json], Awaitable[T]]) -> T:
        """Hand `text` and `blocks` of a message to `send`, its picture uploaded. Raises what `send` raises, and TryAgain.

        While Slack has not read a new file, a block that names it is refused: a refused message is certainly not there, so
        it is sent again. What stays refused goes out with the picture in words.
        """
        content = await self._content(message)
        for wait in READING if _has_image(content) else ():
            try:
                return await send(content)
            except MessageRefused as refused:
                if "slack_file" not in str(refused) and "slack file" not in str(refused):
                    raise
                await asyncio.sleep(wait)
        try:
            return await send(content)
        except MessageRefused as refused:
            if not _has_image(content) or "file" not in str(refused):
                raise
            log.warning("A picture goes out in words: %s", refused)
            return await send(_content(message, None))

    async def _content(self, message: Message) -> Json:
        """An app that was installed before it asked for files:write says the picture in words."""
        if message.picture is None:
            return _content(message, None)
        try:
            return _content(message, _image(await self._upload(message.picture), message.picture))
        except (ChatGone, MessageRefused) as refused:
            log.warning("A picture goes out in words: %s", refused)
            return _content(message, None)
        except Uncertain as lost:
            raise TryAgain(str(lost)) from lost

    async def _upload(self, picture: Picture) -> str:
        """The file's id."""
        about = {"filename": FILE_NAME, "length": len(picture.png), "alt_txt": picture.alt[:ALT_CHARS]}
        try:
            place = await self._web.api_call("files.getUploadURLExternal", http_verb="GET", params=about)
            async with self._http.post(str(place["upload_url"]), data=picture.png) as taken:
                taken.raise_for_status()
            file = str(place["file_id"])
            await self._web.api_call("files.completeUploadExternal", json={"files": [{"id": file}]})
        except Exception as error:  # slack_sdk fails in its own ways on answers that are not JSON
            raise classify(error) from error
        return file


def _content(message: Message, image: Json | None) -> Json:
    if message.picture is not None and image is None:
        words = say(message.picture.alt, kind=LineKind.NOTE)
        message = Message((*message.lines, words), message.buttons, message.private)
    shown = render(message)
    blocks = [*shown.blocks]
    if image is not None:  # above the buttons, under the words
        blocks.insert(1 if blocks and blocks[0]["type"] == "rich_text" else 0, image)
    text = shown.text or (message.picture.alt if message.picture else "")
    return {"text": text, "blocks": blocks}


def _has_image(content: Json) -> bool:
    return any(block["type"] == "image" for block in content["blocks"])


def _image(file: str, picture: Picture) -> Json:
    return {"type": "image", "slack_file": {"id": file}, "alt_text": picture.alt[:ALT_CHARS]}
