"""A language model behind any OpenAI-compatible address (Ollama, vLLM, hosted): one POST, one try."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import date

import httpx

from bot.config import SummarySettings
from bot.errors import WriterTrouble
from bot.ports import Clock

MOST_BYTES = 200_000  # of an answer
KEPT = 100  # answers, so that a page turned back costs nothing

log = logging.getLogger(__name__)


class HttpModel:
    """Asks the model (bot.writing.Ask). At most `requests_a_day` a day of UTC; the same question is asked once."""

    def __init__(self, settings: SummarySettings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        headers = {"Authorization": f"Bearer {settings.key}"} if settings.key else {}
        self._client = httpx.AsyncClient(headers=headers, timeout=settings.timeout, follow_redirects=False)
        self._kept: dict[str, str] = {}
        self._spent: tuple[date | None, int] = None, 0

    async def __call__(self, messages: Sequence[Mapping[str, str]]) -> str:
        question = json.dumps(list(messages), ensure_ascii=False)
        if question not in self._kept:
            self._spend()
            try:
                async with asyncio.timeout(self._settings.timeout):
                    answer = await self._post(messages)
            except (httpx.HTTPError, TimeoutError, ValueError, KeyError, IndexError, TypeError) as error:
                trouble = f"{type(error).__name__}: {error}"
                log.warning("the language model gave no answer: %s", trouble)
                raise WriterTrouble(trouble) from error
            self._kept[question] = answer
            if len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
        return self._kept[question]

    async def close(self) -> None:
        await self._client.aclose()

    def _spend(self) -> None:
        today = self._clock().date()
        spent = self._spent[1] if self._spent[0] == today else 0
        if spent >= self._settings.requests_a_day:
            raise WriterTrouble("today's budget is spent")
        self._spent = today, spent + 1

    async def _post(self, messages: Sequence[Mapping[str, str]]) -> str:
        body = {"model": self._settings.model, "messages": list(messages), "temperature": 0}
        url = f"{self._settings.base_url.rstrip('/')}/chat/completions"
        async with self._client.stream("POST", url, json=body) as response:
            response.raise_for_status()
            received = bytearray()
            async for part in response.aiter_bytes():
                received += part
                if len(received) > MOST_BYTES:
                    raise ValueError("the answer is too long")
        content = json.loads(received)["choices"][0]["message"]["content"]
        if not isinstance(content, str):
            raise ValueError("the answer holds no text")
        return content
