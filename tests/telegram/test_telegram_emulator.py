"""The stand-in for Telegram is as strict as Telegram, in Telegram's words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.emulators.faults import BAD_GATEWAY, CRASH, HTML, Drop, Slow
from tests.emulators.telegram import TelegramEmulator, too_many_requests
from tests.emulators.telegram_limits import Flood

Json = dict[str, Any]


class Api:
    """A bot without a library: one method, one answer."""

    def __init__(self, server: TelegramEmulator, session: aiohttp.ClientSession) -> None:
        self.server, self.session = server, session

    async def __call__(self, method: str, **arguments: Any) -> Json:
        url = f"{self.server.url}/bot{self.server.token}/{method}"
        async with self.session.post(url, json=arguments) as response:
            answer: Json = await response.json()
            assert response.status == (200 if answer["ok"] else answer["error_code"])
            return answer

    async def refusal(self, method: str, **arguments: Any) -> str:
        answer = await self(method, **arguments)
        assert not answer["ok"], answer
        return str(answer["description"])


@pytest.fixture
async def api(telegram: TelegramEmulator) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as session:
        yield Api(telegram, session)


LONG_CAPTION = "x" * 1025
REFUSED_TEXTS = [
    ({"text": ""}, "message text is empty"),
    ({"text": " \n "}, "text must be non-empty"),
    ({"text": "\u200b"}, "text must be non-empty"),
    ({"text": "x" * 4097}, "message is too long"),
    ({"text": "😀" * 2049}, "message is too long"),
    ({"text": "é" * 16385}, "text is too long"),
    (
        {"text": "<mark>a</mark>", "parse_mode": "HTML"},
        'can\'t parse entities: Unsupported start tag "mark" at byte offset 0',
    ),
    (
        {"text": "a" * 300, "entities": [{"type": "bold", "offset": n, "length": 1} for n in range(101)]},
        "ENTITIES_TOO_LONG",
    ),
    (
        {
            "text": "a",
            "entities": [{"type": "text_link", "offset": 0, "length": 1, "url": "http://intranet"}],
        },
        "entity URL 'http://intranet' is invalid: Wrong HTTP URL",
    ),
    (
        {"text": "😀", "entities": [{"type": "bold", "offset": 1, "length": 1}]},
        "entity begins in a middle of a UTF-16 symbol at byte offset 4",
    ),
]


@pytest.mark.parametrize(
    ("arguments", "words"), REFUSED_TEXTS, ids=[words[:30] for _, words in REFUSED_TEXTS]
)
async def test_a_text_that_telegram_refuses_is_refused(
    telegram: TelegramEmulator, api: Api, arguments: Json, words: str
) -> None:
    alice = telegram.user("Alice")
    assert await api.refusal("sendMessage", chat_id=alice.id, **arguments) == f"Bad Request: {words}"
    assert telegram.messages(alice.id) == []


async def test_4096_letters_after_parsing_are_taken(telegram: TelegramEmulator, api: Api) -> None:
    alice = telegram.user("Alice")
    text = "  <b>" + "x" * 4096 + "</b>\n"
    assert (await api("sendMessage", chat_id=alice.id, text=text, parse_mode="HTML"))["ok"]
    assert telegram.messages(alice.id)[0].marked("bold") == ["x" * 4096]


def keyboard(*rows: list[Json]) -> Json:
    return {"inline_keyboard": list(rows)}


REFUSED_KEYBOARDS = [
    (keyboard([{"text": "a", "callback_data": "x" * 65}]), "BUTTON_DATA_INVALID"),
    (keyboard([{"text": "a", "callback_data": "é" * 33}]), "BUTTON_DATA_INVALID"),
    (keyboard([{"text": "a", "callback_data": ""}]), "BUTTON_DATA_INVALID"),
    (keyboard([{"text": "a"}]), "text buttons are unallowed in the inline keyboard"),
    (
        keyboard([{"text": "", "callback_data": "x"}]),
        'can\'t parse inline keyboard button: Field "text" must be of type String',
    ),
    (keyboard(*[[{"text": "a", "callback_data": "x"}]] * 101), "reply markup is too long"),
    (keyboard([{"text": "a", "callback_data": "x"}] * 9), "reply markup is too long"),
]


@pytest.mark.parametrize(("markup", "words"), REFUSED_KEYBOARDS)
async def test_a_keyboard_that_telegram_refuses_is_refused(
    telegram: TelegramEmulator, api: Api, markup: Json, words: str
) -> None:
    alice = telegram.user("Alice")
    said = await api.refusal("sendMessage", chat_id=alice.id, text="a", reply_markup=markup)
    assert said == f"Bad Request: {words}"


@pytest.mark.parametrize(
    ("commands", "words"),
    [
        ([{"command": "Watch", "description": "a"}], "BOT_COMMAND_INVALID"),
        ([{"command": "w" * 33, "description": "a"}], "BOT_COMMAND_INVALID"),
        ([{"command": "watch", "description": ""}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "watch", "description": "a" * 257}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "watch", "description": "a"}] * 101, "BOT_COMMANDS_TOO_MUCH"),
    ],
)
async def test_a_menu_that_telegram_refuses_is_refused(api: Api, commands: list[Json], words: str) -> None:
    assert await api.refusal("setMyCommands", commands=commands) == f"Bad Request: {words}"


async def test_arguments_come_by_query_form_json_or_multipart(telegram: TelegramEmulator, api: Api) -> None:
    alice = telegram.user("Alice")
    url = f"{telegram.url}/bot{telegram.token}/SENDMESSAGE"
    bold = '[{"type": "bold", "offset": 0, "length": 4}]'
    fields = {"chat_id": str(alice.id), "text": "halo", "entities": bold}
    multipart = aiohttp.FormData(fields, default_to_multipart=True)
    for request in (
        api.session.get(url, params=fields),
        api.session.post(url, params=fields),
        api.session.post(url, data=fields),
        api.session.post(url, json=fields),
        api.session.post(url, data=multipart),
    ):
        async with request as response:
            assert (await response.json())["ok"]
    assert [message.marked("bold") for message in telegram.messages(alice.id)] == [["halo"]] * 5


async def test_files_have_limits(telegram: TelegramEmulator, api: Api) -> None:
    alice = telegram.user("Alice")
    url = f"{telegram.url}/bot{telegram.token}/sendPhoto"
    form = aiohttp.FormData({"chat_id": str(alice.id)})
    form.add_field("photo", b"x" * (10 * 1024 * 1024 + 1), filename="a.jpg")
    async with api.session.post(url, data=form) as response:
        assert response.status == 413
    said = await api.refusal("sendDocument", chat_id=alice.id, document="known-file", caption=LONG_CAPTION)
    assert said == "Bad Request: message caption is too long"
    assert (await api("sendDocument", chat_id=alice.id, document="known-file", caption="peta"))["ok"]
    assert telegram.messages(alice.id)[0].text == "peta"


async def test_an_unknown_method_or_token_is_refused(telegram: TelegramEmulator, api: Api) -> None:
    assert await api("sendSticker") == {"ok": False, "error_code": 404, "description": "Not Found"}
    telegram.token = "987654321:another"
    async with api.session.get(f"{telegram.url}/bot123:wrong/getMe") as response:
        assert await response.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    async with api.session.get(f"{telegram.url}/botnonsense/getMe") as response:
        assert response.status == 404


async def test_a_closed_chat_says_why(telegram: TelegramEmulator, api: Api) -> None:
    alice, bob = telegram.user("Alice"), telegram.user("Bob")
    group, forum = telegram.basic_group("Redaksi", alice), telegram.group("Liputan", alice, topics=(7,))
    telegram.block(bob.id)
    new = telegram.upgrade(group)
    telegram.delete_topic(forum, 7)

    async def said(chat: object, **more: Any) -> str:
        return await api.refusal("sendMessage", chat_id=chat, text="a", **more)

    assert await said("") == "Bad Request: chat_id is empty"
    assert await said(42) == "Bad Request: chat not found"
    assert await said(bob.id) == "Forbidden: bot was blocked by the user"
    assert await said(forum, message_thread_id=7) == "Bad Request: message thread not found"
    assert await said(forum, message_thread_id=1) == "Bad Request: message thread not found"
    assert (
        await said(alice.id, reply_parameters={"message_id": 99})
        == "Bad Request: message to be replied not found"
    )
    moved = await api("sendMessage", chat_id=group, text="a")
    assert moved["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert moved["parameters"] == {"migrate_to_chat_id": new}
    assert (await api("leaveChat", chat_id=new))["ok"]
    assert await said(new) == "Forbidden: bot was kicked from the supergroup chat"


async def test_only_the_bots_own_messages_can_be_changed(telegram: TelegramEmulator, api: Api) -> None:
    alice = telegram.user("Alice")
    hers = await alice.says(alice.id, "halo")
    mine = (await api("sendMessage", chat_id=alice.id, text="satu"))["result"]["message_id"]

    async def said(message: int, text: str = "dua") -> str:
        return await api.refusal("editMessageText", chat_id=alice.id, message_id=message, text=text)

    assert await said(hers) == "Bad Request: message can't be edited"
    assert await said(99) == "Bad Request: message to edit not found"
    assert (await said(mine, "satu")).startswith(
        "Bad Request: message is not modified: specified new message content"
    )
    rows = keyboard([{"text": "Mute", "callback_data": "/mute"}])
    assert (await api("editMessageReplyMarkup", chat_id=alice.id, message_id=mine, reply_markup=rows))["ok"]
    assert telegram.posts(alice.id)[0].buttons == ["Mute"]
    assert (await api("deleteMessage", chat_id=alice.id, message_id=mine))["ok"]
    assert (
        await api.refusal("deleteMessage", chat_id=alice.id, message_id=mine)
        == "Bad Request: message to delete not found"
    )
    assert telegram.posts(alice.id) == []


async def test_updates_are_kept_until_an_offset_confirms_them(telegram: TelegramEmulator, api: Api) -> None:
    alice = telegram.user("Alice")
    for text in ("satu", "dua", "tiga"):
        await alice.says(alice.id, text)

    async def texts(**arguments: Any) -> list[str]:
        return [update["message"]["text"] for update in (await api("getUpdates", **arguments))["result"]]

    assert await texts() == await texts(offset=0) == ["satu", "dua", "tiga"]
    assert await texts(offset=1001, limit=1) == ["dua"]
    assert await texts(offset=1003) == []
    assert telegram.inbox.pending == 0


async def test_a_long_poll_answers_as_soon_as_somebody_speaks(telegram: TelegramEmulator, api: Api) -> None:
    alice = telegram.user("Alice")
    poll = asyncio.create_task(api("getUpdates", timeout=30))
    await telegram.wait_for(lambda: telegram.inbox.polled)
    await alice.says(alice.id, "halo")
    assert len((await poll)["result"]) == 1


async def test_of_two_pollers_the_first_is_told_of_the_conflict(telegram: TelegramEmulator, api: Api) -> None:
    first = asyncio.create_task(api.refusal("getUpdates", timeout=30))
    await telegram.wait_for(lambda: telegram.inbox.polled)
    assert (await api("getUpdates", timeout=0))["ok"]
    assert await first == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )


async def test_a_webhook_forbids_polling(telegram: TelegramEmulator, api: Api) -> None:
    await api("setWebhook", url="https://a.example/hook")
    assert (await api.refusal("getUpdates")).startswith(
        "Conflict: can't use getUpdates method while webhook is active"
    )
    await api("deleteWebhook")
    assert (await api("getWebhookInfo"))["result"]["url"] == ""
    assert (await api("getUpdates"))["ok"]


async def test_kinds_that_were_not_asked_for_do_not_come(telegram: TelegramEmulator, api: Api) -> None:
    alice = telegram.user("Alice")
    await api("getUpdates", allowed_updates=["callback_query"])
    await alice.says(alice.id, "halo")
    assert (await api("getUpdates"))["result"] == []


async def test_in_a_group_the_bot_sees_only_what_concerns_it(telegram: TelegramEmulator, api: Api) -> None:
    alice = telegram.user("Alice")
    group = telegram.group("Redaksi", alice)
    for text in ("halo semua", "/help", "tanya @pantau_bot"):
        await alice.says(group, text)
    assert [u["message"]["text"] for u in (await api("getUpdates"))["result"]] == [
        "/help",
        "tanya @pantau_bot",
    ]
    assert (await api("getChat", chat_id=group))["result"]["title"] == "Redaksi"
    assert (await api("getChatMember", chat_id=group, user_id=alice.id))["result"]["status"] == "member"


async def test_a_button_press_can_be_answered_until_it_is_too_old(
    telegram: TelegramEmulator, api: Api
) -> None:
    alice = telegram.user("Alice")
    rows = keyboard([{"text": "Mute", "callback_data": "/mute 1"}])
    sent = (await api("sendMessage", chat_id=alice.id, text="a", reply_markup=rows))["result"]["message_id"]
    query = await alice.presses(alice.id, sent, "Mute")
    assert (await api("answerCallbackQuery", callback_query_id=query))["ok"]
    assert telegram.answered == [query]
    telegram.forget_queries()
    said = await api.refusal("answerCallbackQuery", callback_query_id=query)
    assert said == "Bad Request: query is too old and response timeout expired or query ID is invalid"


def test_flood_control_knows_groups_chats_and_the_whole() -> None:
    """20 a minute in a group, one a second in a chat with bursts of four, 30 a second in all."""
    flood = Flood()

    def sent(chats: list[int], now: float) -> int:
        count = 0
        for chat in chats:
            try:
                flood.check(chat, now)
            except Exception as refusal:
                assert "Too Many Requests: retry after" in str(refusal)
            else:
                count += 1
        return count

    assert sent([-5] * 25, 0.0) == 20
    assert sent([-5], 59.0) == 0
    assert sent([-5] * 25, 60.5) == 20
    assert sent([7] * 10, 100.0) == 4
    assert sent([7] * 10, 102.0) == 0
    assert sent([7] * 10, 104.5) == 4
    assert sent(list(range(100, 150)), 200.0) == 30


async def test_flood_control_says_how_long_to_wait(telegram: TelegramEmulator, api: Api) -> None:
    group = telegram.group("Redaksi", telegram.user("Alice"))
    telegram.flood = Flood()
    for _ in range(20):
        assert (await api("sendMessage", chat_id=group, text="a"))["ok"]
    answer = await api("sendMessage", chat_id=group, text="a")
    assert answer["error_code"] == 429
    assert 3 <= answer["parameters"]["retry_after"] <= 60


async def test_faults_come_where_and_as_often_as_planned(telegram: TelegramEmulator, api: Api) -> None:
    alice = telegram.user("Alice")
    arguments = {"chat_id": alice.id, "text": "a"}
    telegram.fail("sendMessage", Drop.BEFORE)
    telegram.fail("sendMessage", Drop.AFTER)
    for stored in (0, 1):
        with pytest.raises(aiohttp.ClientError):
            await api("sendMessage", **arguments)
        assert len(telegram.messages(alice.id)) == stored
    assert (await api("sendMessage", **arguments))["ok"]

    url = f"{telegram.url}/bot{telegram.token}/sendMessage"
    for fault, status in ((CRASH, 500), (BAD_GATEWAY, 502), (HTML, 200), (too_many_requests(7), 429)):
        telegram.fail("*", fault, times=1)
        async with api.session.post(url, json=arguments) as response:
            assert response.status == status
            if status == 429:
                assert response.headers["Retry-After"] == "7"
    telegram.fail("sendMessage", Slow(1.0))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await api("sendMessage", **arguments)
    assert len(telegram.messages(alice.id)) == 3
    telegram.revoke_token()
    assert await api.refusal("getMe") == "Unauthorized"
