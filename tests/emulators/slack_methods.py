"""The methods of the Slack Web API that a bot needs, over a workspace in memory, as strict as the real ones.

Errors and limits: docs.slack.dev, reference/methods/*.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from typing import Any

from tests.emulators.slack_blocks import VIEW_CHARS, problems, too_long, view_problems
from tests.emulators.slack_workspace import (
    APP_ID,
    BOT_ID,
    BOT_USER,
    TEAM_ID,
    Channel,
    File,
    Posted,
    Workspace,
)

Args = dict[str, Any]
Result = dict[str, Any]

TEXT_KEPT = 40_000  # characters; chat.postMessage cuts the rest and warns
UPDATE_TEXT = 4_000  # characters; chat.update refuses more
PAGE = 100  # messages a page of history has unless `limit` says otherwise
PAGE_MOST = 999
TRIGGER_SECONDS = 3.0


class ApiError(Exception):
    """An answer with `ok: false`."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.answer = {"ok": False, "error": error, **extra}


class RateLimited(Exception):
    """An answer with status 429."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds


class Methods:
    """`call(name, arguments)` answers as Slack does, or raises ApiError or RateLimited."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.post_interval = 0.0  # seconds between two posts in a channel; Slack: about 1
        self.honours_client_msg_id = False  # nobody knows for certain whether Slack does
        self.slow_files = 0  # how many blocks that name a new file are refused at first
        self.triggers: dict[str, float | None] = {}  # trigger_id -> monotonic time of birth, None once used
        self.views: list[dict[str, Any]] = []  # that were opened, the newest last
        self._table: dict[str, Callable[[Args], Result]] = {
            "api.test": self._api_test,
            "auth.test": self._auth_test,
            "chat.delete": self._delete,
            "chat.getPermalink": self._permalink,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "conversations.history": self._history,
            "conversations.info": self._info,
            "conversations.join": self._join,
            "conversations.list": self._list,
            "conversations.open": self._open,
            "conversations.replies": self._replies,
            "files.completeUploadExternal": self._complete_upload,
            "files.getUploadURLExternal": self._begin_upload,
            "reactions.add": self._react,
            "reactions.remove": self._unreact,
            "users.info": self._user_info,
            "views.open": self._open_view,
        }

    def call(self, name: str, args: Args) -> Result:
        method = self._table.get(name)
        if method is None:
            raise ApiError("unknown_method", req_method=name)
        if scope := NEEDS.get(name):
            self._need(scope)
        return {"ok": True, **method(args)}

    def check_content(self, args: Args, *, most_text: int | None = None) -> tuple[str, list[Any], Result]:
        """Text and blocks as they will be shown, and warnings. Raises what Slack says of bad ones."""
        text, blocks = str(args.get("text") or ""), args.get("blocks") or []
        if not text and not blocks:
            raise ApiError("no_text")
        if isinstance(blocks, str):
            raise ApiError("invalid_blocks_format")
        if found := problems(blocks):
            raise ApiError("invalid_blocks", errors=found, response_metadata={"messages": found})
        for block in blocks:
            if file := (block.get("slack_file") or {}).get("id"):
                self._check_file(str(file))
        if too_long(blocks):
            raise ApiError("msg_blocks_too_long")
        if most_text is not None and len(text) > most_text:
            raise ApiError("msg_too_long")
        if len(text) > TEXT_KEPT:
            return text[:TEXT_KEPT], blocks, {"warning": "message_truncated"}
        return text, blocks, {}

    def _check_file(self, name: str) -> None:
        file = self.workspace.files.get(name)
        if file is None or not file.complete or file.refusals:
            if file and file.refusals:
                file.refusals -= 1
            found = ["[ERROR] invalid slack file [json-pointer:/blocks/1/slack_file]"]
            raise ApiError("invalid_blocks", errors=found, response_metadata={"messages": found})

    def _begin_upload(self, args: Args) -> Result:
        if not args.get("filename") or int(args.get("length") or 0) <= 0:
            raise ApiError("invalid_arguments")
        file = File(
            self.workspace.unique("F"),
            int(args["length"]),
            str(args.get("alt_txt", "")),
            refusals=self.slow_files,
        )
        self.workspace.files[file.id] = file
        return {"file_id": file.id, "upload_url": f"/upload/{file.id}"}

    def _complete_upload(self, args: Args) -> Result:
        named = [self.workspace.files.get(str(one.get("id"))) for one in args.get("files") or []]
        if not named or any(file is None or len(file.content) != file.length for file in named):
            raise ApiError("file_not_found")
        for file in named:
            if file:
                file.complete = True
        return {"files": [{"id": file.id} for file in named if file]}

    def _need(self, scope: str) -> None:
        if scope not in self.workspace.scopes:
            raise ApiError("missing_scope", needed=scope, provided=",".join(sorted(self.workspace.scopes)))

    def _channel(self, args: Args) -> Channel:
        channel = self.workspace.look_up(str(args.get("channel", "")))
        if channel is None or (channel.private and not channel.joined):
            raise ApiError("channel_not_found")
        return channel

    def _writable(self, args: Args) -> Channel:
        channel = self._channel(args)
        if channel.archived:
            raise ApiError("is_archived")
        if not channel.joined and "chat:write.public" not in self.workspace.scopes:
            raise ApiError("not_in_channel")
        return channel

    def _message(self, channel: Channel, args: Args, key: str = "ts") -> Posted:
        message = channel.find(str(args.get(key, "")))
        if message is None:
            raise ApiError("message_not_found")
        return message

    def _own(self, channel: Channel, args: Args, error: str) -> Posted:
        message = self._message(channel, args)
        if message.user != BOT_USER:
            raise ApiError(error)
        return message

    def _api_test(self, args: Args) -> Result:
        if args.get("error"):
            raise ApiError(str(args["error"]), args=args)
        return {"args": args}

    def _auth_test(self, args: Args) -> Result:
        return {
            "url": "https://newsroom.slack.com/",
            "team": "Newsroom",
            "user": "pantau",
            "team_id": TEAM_ID,
            "user_id": BOT_USER,
            "bot_id": BOT_ID,
            "app_id": APP_ID,
            "is_enterprise_install": False,
        }

    def _post(self, args: Args) -> Result:
        channel = self._writable(args)
        text, blocks, warning = self.check_content(args)
        metadata = _metadata(args)
        key = str(args.get("client_msg_id", ""))
        if key and self.honours_client_msg_id:
            twin = next((one for one in channel.messages if one.client_msg_id == key), None)
            if twin:
                return {"channel": channel.id, "ts": twin.ts, "is_duplicate": True}
        thread = str(args.get("thread_ts") or "")
        if thread and channel.find(thread) is None:
            raise ApiError("cannot_reply_to_message")  # which code Slack gives here is not known for sure
        self._pace(channel)
        message = Posted(
            self.workspace.next_ts(),
            BOT_USER,
            text,
            blocks,
            thread_ts=thread,
            metadata=metadata,
            client_msg_id=key,
        )
        channel.messages.append(message)
        shape = message.to_api(with_metadata=True)
        return {"channel": channel.id, "ts": message.ts, "message": shape, **warning}

    def _pace(self, channel: Channel) -> None:
        now = time.monotonic()
        if now - channel.posted_at < self.post_interval:
            raise RateLimited(1)
        channel.posted_at = now

    def _update(self, args: Args) -> Result:
        channel = self._channel(args)
        message = self._own(channel, args, "cant_update_message")
        message.text, message.blocks, _ = self.check_content(args, most_text=UPDATE_TEXT)
        message.edited = True
        if "metadata" in args:  # left out, the old metadata stays
            message.metadata = _metadata(args)
        return {"channel": channel.id, "ts": message.ts, "text": message.text}

    def _delete(self, args: Args) -> Result:
        channel = self._channel(args)
        message = self._own(channel, args, "cant_delete_message")
        channel.messages.remove(message)
        return {"channel": channel.id, "ts": message.ts}

    def _post_ephemeral(self, args: Args) -> Result:
        channel = self._writable(args)
        user = str(args.get("user", ""))
        if user not in self.workspace.users:
            raise ApiError("user_not_in_channel")
        text, blocks, _ = self.check_content(args)
        message = Posted(self.workspace.next_ts(), BOT_USER, text, blocks, only_for=user)
        message.thread_ts = str(args.get("thread_ts") or "")
        channel.messages.append(message)
        return {"message_ts": message.ts}

    def _permalink(self, args: Args) -> Result:
        channel = self._channel(args)
        ts = self._message(channel, args, "message_ts").ts
        link = f"https://newsroom.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
        return {"channel": channel.id, "permalink": link}

    def _history(self, args: Args) -> Result:
        channel = self._readable(args)
        newest_first = reversed([*self.workspace.visible(channel)])
        return _page([one for one in newest_first if _within(one, args)], args)

    def _replies(self, args: Args) -> Result:
        channel = self._readable(args)
        thread = str(args.get("ts", ""))
        if channel.find(thread) is None:
            raise ApiError("thread_not_found")
        found = self.workspace.visible(channel, thread=thread)
        return _page([one for one in found if one.ts == thread or _within(one, args)], args)

    def _readable(self, args: Args) -> Channel:
        channel = self._channel(args)
        self._need(f"{channel.kind}:history")
        if not channel.joined:
            raise ApiError("not_in_channel")
        return channel

    def _info(self, args: Args) -> Result:
        channel = self._channel(args)
        self._need(f"{channel.kind}:read")
        return {"channel": channel.to_api()}

    def _join(self, args: Args) -> Result:
        channel = self._channel(args)
        if channel.archived:
            raise ApiError("is_archived")
        channel.joined = True
        return {"channel": channel.to_api()}

    def _list(self, args: Args) -> Result:
        seen = (one for one in self.workspace.channels.values() if not one.private or one.joined)
        return {"channels": [one.to_api() for one in seen], "response_metadata": {"next_cursor": ""}}

    def _open(self, args: Args) -> Result:
        user = str(args.get("users") or "")
        if user not in self.workspace.users:
            raise ApiError("user_not_found")
        return {"channel": {"id": self.workspace.direct(user).id}}

    def _react(self, args: Args) -> Result:
        message = self._message(self._channel(args), args, "timestamp")
        if args.get("name") in message.reactions:
            raise ApiError("already_reacted")
        message.reactions.append(str(args.get("name")))
        return {}

    def _unreact(self, args: Args) -> Result:
        message = self._message(self._channel(args), args, "timestamp")
        if args.get("name") not in message.reactions:
            raise ApiError("no_reaction")
        message.reactions.remove(str(args["name"]))
        return {}

    def _user_info(self, args: Args) -> Result:
        user = str(args.get("user", ""))
        if user not in self.workspace.users:
            raise ApiError("user_not_found")
        name = self.workspace.users[user]
        return {"user": {"id": user, "name": name, "real_name": name, "is_bot": user == BOT_USER}}

    def _open_view(self, args: Args) -> Result:
        trigger = str(args.get("trigger_id", ""))
        if trigger not in self.triggers:
            raise ApiError("invalid_trigger_id")
        born = self.triggers[trigger]
        if born is None:
            raise ApiError("exchanged_trigger_id")
        if time.monotonic() - born > TRIGGER_SECONDS:
            raise ApiError("expired_trigger_id")
        self.triggers[trigger] = None
        view = args.get("view")
        if found := view_problems(view):
            raise ApiError("invalid_arguments", response_metadata={"messages": found})
        if len(json.dumps(view)) > VIEW_CHARS:
            raise ApiError("view_too_large")
        self.views.append({"id": self.workspace.unique("V"), **view})
        return {"view": self.views[-1]}


NEEDS = {
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.join": "channels:join",
    "conversations.list": "channels:read",
    "conversations.open": "im:write",
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "reactions.add": "reactions:write",
    "reactions.remove": "reactions:write",
    "users.info": "users:read",
}
"""The scope of each method that has just one; elsewhere it depends on the kind of channel."""


def _metadata(args: Args) -> dict[str, Any]:
    metadata = args.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise ApiError("invalid_metadata_format")
    if metadata and not (
        isinstance(metadata.get("event_type"), str) and isinstance(metadata.get("event_payload"), dict)
    ):
        raise ApiError("invalid_metadata_schema")
    return metadata


def _within(message: Posted, args: Args) -> bool:
    """Whether a message lies between `oldest` and `latest`, both outside unless `inclusive`."""
    ts, oldest, latest = float(message.ts), float(args.get("oldest") or 0), float(args.get("latest") or "inf")
    return oldest < ts < latest or (truth(args.get("inclusive")) and ts in (oldest, latest))


def _page(messages: Iterable[Posted], args: Args) -> Result:
    """One page of messages; the cursor is where the next one begins."""
    found = list(messages)
    limit = min(int(args.get("limit") or PAGE), PAGE_MOST)
    start = int(args.get("cursor") or 0)
    stop = start + limit
    with_metadata = truth(args.get("include_all_metadata"))
    more = stop < len(found)
    return {
        "messages": [one.to_api(with_metadata=with_metadata) for one in found[start:stop]],
        "has_more": more,
        "response_metadata": {"next_cursor": str(stop) if more else ""},
    }


def truth(value: object) -> bool:
    """A boolean as Slack reads it: JSON's, "1" and "0", "true" and "false"."""
    return value is True or str(value).lower() in ("1", "true")
