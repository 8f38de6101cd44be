"""The Bot API's methods, as the emulator carries them out on its chats."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from tests.emulators.telegram_chats import Room, Shown
from tests.emulators.telegram_limits import (
    PHOTO_BYTES,
    UPLOAD_BYTES,
    ApiError,
    bad_request,
    check_commands,
    check_keyboard,
)
from tests.emulators.telegram_text import Formatted, TextRefused, formatted

if TYPE_CHECKING:
    from tests.emulators.telegram import TelegramEmulator

Json = dict[str, Any]

TEXT_UNITS = 4096  # Bot API, sendMessage.text after parsing
CAPTION_UNITS = 1024  # Bot API, sendPhoto.caption
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")  # how files begin that Telegram takes for a photo
TOAST_CHARS = 200  # Bot API, answerCallbackQuery.text
UPDATES = 100  # Bot API, getUpdates.limit
POLL_SECONDS = 50  # Bot API server, LONG_POLL_MAX_TIMEOUT


class Arguments:
    """One call's arguments, from query, form or JSON: numbers and objects may come as strings."""

    def __init__(self, given: Json) -> None:
        self._given = given

    def text(self, name: str) -> str:
        return str(self._given.get(name, ""))

    def integer(self, name: str, default: int = 0) -> int:
        try:
            return int(self._given.get(name, default))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        return str(self._given.get(name, "")).lower() in ("1", "true", "yes")

    def value(self, name: str) -> Any:
        """A nested object, or None."""
        given = self._given.get(name)
        if not isinstance(given, str):
            return given
        try:
            return json.loads(given) if given else None
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def upload(self, name: str) -> bytes | str:
        """A file's bytes, or the id or address of one that is known already."""
        given = self._given.get(name, "")
        return given if isinstance(given, bytes) else str(given)


Method = Callable[["TelegramEmulator", Arguments], Awaitable[Any]]
METHODS: dict[str, Method] = {}


def method(call: Method) -> Method:
    """Enter a function as a method: its name without the underscores."""
    METHODS[call.__name__.replace("_", "")] = call
    return call


@method
async def get_me(server: TelegramEmulator, given: Arguments) -> Json:
    return server.bot.to_json() | {"can_join_groups": True, "can_read_all_group_messages": not server.privacy}


@method
async def get_updates(server: TelegramEmulator, given: Arguments) -> list[Json]:
    timeout = min(POLL_SECONDS, max(0, given.integer("timeout")))
    limit = min(UPDATES, max(1, given.integer("limit", UPDATES)))
    return await server.inbox.poll(given.integer("offset"), limit, timeout, given.value("allowed_updates"))


@method
async def set_webhook(server: TelegramEmulator, given: Arguments) -> bool:
    server.inbox.set_webhook(given.text("url"), drop=given.flag("drop_pending_updates"))
    return True


@method
async def delete_webhook(server: TelegramEmulator, given: Arguments) -> bool:
    server.inbox.set_webhook("", drop=given.flag("drop_pending_updates"))
    return True


@method
async def get_webhook_info(server: TelegramEmulator, given: Arguments) -> Json:
    return {
        "url": server.inbox.webhook,
        "has_custom_certificate": False,
        "pending_update_count": server.inbox.pending,
    }


@method
async def send_message(server: TelegramEmulator, given: Arguments) -> Json:
    room = server.room(given.text("chat_id"))
    content = _content(given, "text", "entities", TEXT_UNITS)
    return room.message_json(_post(server, room, given, content))


@method
async def send_photo(server: TelegramEmulator, given: Arguments) -> Json:
    return _send_file(server, given, "photo", PHOTO_BYTES)


@method
async def send_document(server: TelegramEmulator, given: Arguments) -> Json:
    return _send_file(server, given, "document", UPLOAD_BYTES)


@method
async def edit_message_text(server: TelegramEmulator, given: Arguments) -> Json:
    room, message = _own_message(server, given, "edit")
    if message.file:
        raise bad_request("there is no text in the message to edit")
    content = _content(given, "text", "entities", TEXT_UNITS)
    return _edit(room, message, content, check_keyboard(given.value("reply_markup")))


@method
async def edit_message_caption(server: TelegramEmulator, given: Arguments) -> Json:
    room, message = _own_message(server, given, "edit")
    if not message.file:
        raise bad_request("there is no caption in the message to edit")
    content = _content(given, "caption", "caption_entities", CAPTION_UNITS)
    return _edit(room, message, content, check_keyboard(given.value("reply_markup")))


@method
async def edit_message_reply_markup(server: TelegramEmulator, given: Arguments) -> Json:
    room, message = _own_message(server, given, "edit")
    return _edit(room, message, message.content, check_keyboard(given.value("reply_markup")))


@method
async def delete_message(server: TelegramEmulator, given: Arguments) -> bool:
    _, message = _own_message(server, given, "delete")
    message.deleted = True
    return True


@method
async def answer_callback_query(server: TelegramEmulator, given: Arguments) -> bool:
    if len(given.text("text")) > TOAST_CHARS:
        raise bad_request("MESSAGE_TOO_LONG")
    query = given.text("callback_query_id")
    if query not in server.queries:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    server.answered.append(query)
    return True


@method
async def set_my_commands(server: TelegramEmulator, given: Arguments) -> bool:
    commands = given.value("commands") or []
    check_commands(commands)
    language = given.text("language_code")
    if language and not (len(language) == 2 and language.isalpha() and language.islower()):
        raise bad_request("invalid language code specified")
    server.commands[language] = {command["command"]: command["description"] for command in commands}
    return True


@method
async def send_chat_action(server: TelegramEmulator, given: Arguments) -> bool:
    server.room(given.text("chat_id")).check_thread(given.integer("message_thread_id"))
    if given.text("action") != "typing":
        raise bad_request("wrong parameter action in request")
    return True


@method
async def get_chat(server: TelegramEmulator, given: Arguments) -> Json:
    return server.room(given.text("chat_id")).to_json() | {"accent_color_id": 0, "max_reaction_count": 11}


@method
async def get_chat_member(server: TelegramEmulator, given: Arguments) -> Json:
    member = server.room(given.text("chat_id")).members.get(given.integer("user_id"))
    if member is None:
        raise bad_request("member not found")
    return {"status": "member", "user": member.to_json()}


@method
async def leave_chat(server: TelegramEmulator, given: Arguments) -> bool:
    room = server.room(given.text("chat_id"))
    if room.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    server.kick(room.id)
    return True


def _content(given: Arguments, words: str, entities: str, limit: int) -> Formatted:
    marks = None if given.text("parse_mode") else given.value(entities)
    try:
        return formatted(given.text(words), marks, given.text("parse_mode"), limit)
    except TextRefused as refusal:
        text = str(refusal)
        raise bad_request(
            text.replace("message", "message caption") if limit == CAPTION_UNITS else text
        ) from None


def _post(
    server: TelegramEmulator, room: Room, given: Arguments, content: Formatted, file: str = ""
) -> Shown:
    thread = given.integer("message_thread_id")
    room.check_thread(thread)
    reply = given.value("reply_parameters") or {}
    target = int(reply.get("message_id", 0))
    if target and target not in room.shown:
        if not reply.get("allow_sending_without_reply"):
            raise bad_request("message to be replied not found")
        target = 0
    rows = check_keyboard(given.value("reply_markup"))
    server.count_against_flood(room.id)
    return room.post(server.bot, content, server.now(), rows=rows, thread=thread, reply_to=target, file=file)


def _send_file(server: TelegramEmulator, given: Arguments, kind: str, most: int) -> Json:
    room = server.room(given.text("chat_id"))
    upload = given.upload(kind)
    if not upload:
        raise bad_request(f"there is no {kind} in the request")
    if isinstance(upload, bytes) and len(upload) > most:
        raise ApiError(413, "Request Entity Too Large")
    if kind == "photo" and isinstance(upload, bytes) and not upload.startswith(PICTURES):
        raise bad_request("IMAGE_PROCESS_FAILED")
    caption = Formatted("")
    if given.text("caption"):
        caption = _content(given, "caption", "caption_entities", CAPTION_UNITS)
    return room.message_json(_post(server, room, given, caption, file=kind))


def _own_message(server: TelegramEmulator, given: Arguments, verb: str) -> tuple[Room, Shown]:
    room = server.room(given.text("chat_id"))
    message = room.shown.get(given.integer("message_id"))
    if message is None or message.deleted:
        raise bad_request(f"message to {verb} not found")
    if message.sender is not server.bot:
        raise bad_request(f"message can't be {'deleted' if verb == 'delete' else 'edited'}")
    return room, message


def _edit(room: Room, message: Shown, content: Formatted, rows: list[list[Json]]) -> Json:
    if (content, rows) == (message.content, message.rows):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same"
            " as a current content and reply markup of the message"
        )
    message.content, message.rows, message.edited = content, rows, True
    return room.message_json(message)
