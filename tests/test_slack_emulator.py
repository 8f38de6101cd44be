"""The emulator is as strict as Slack: what would fail there fails here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.emulators.slack import SlackEmulator
from tests.emulators.slack_socket import CONNECTIONS, DispatchFailed
from tests.emulators.slack_workspace import Channel, Posted, manifest


@pytest.fixture
async def slack() -> AsyncIterator[SlackEmulator]:
    async with SlackEmulator() as slack:
        yield slack


@pytest.fixture
def web(slack: SlackEmulator) -> AsyncWebClient:
    return AsyncWebClient(slack.bot_token, slack.api_url, retry_handlers=[])


@pytest.fixture
def channel(slack: SlackEmulator) -> Channel:
    return slack.channel("newsroom")


async def error(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


@pytest.mark.parametrize("way", ["query", "form", "json", "multipart", "get"])
async def test_arguments_come_by_every_way_that_slack_accepts(
    slack: SlackEmulator, channel: Channel, way: str
) -> None:
    args = {"channel": channel.id, "text": "Halo", "blocks": json.dumps([{"type": "divider"}])}
    ways: dict[str, dict[str, Any]] = {
        "query": {"params": args},
        "get": {"params": args},
        "form": {"data": args},
        "json": {"json": args},
        "multipart": {"data": aiohttp.FormData(args, default_to_multipart=True)},
    }
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        verb = "GET" if way == "get" else "POST"
        async with http.request(verb, f"{slack.api_url}chat.postMessage", **ways[way]) as response:
            assert (await response.json())["ok"]
    assert slack.messages(channel)[0].blocks == [{"type": "divider"}]


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("", "not_authed"),
        ("xoxb-wrong", "invalid_auth"),
        ("xapp-1-emulated-app", "not_allowed_token_type"),
        ("xoxb-revoked", "token_revoked"),
    ],
)
async def test_a_token_must_be_good(slack: SlackEmulator, token: str, expected: str) -> None:
    slack.web.tokens["xoxb-revoked"] = "token_revoked"
    assert await error(AsyncWebClient(token, slack.api_url).auth_test()) == expected


async def test_connections_are_opened_by_post_and_with_an_app_token_only(
    slack: SlackEmulator, web: AsyncWebClient
) -> None:
    assert await error(web.apps_connections_open(app_token=slack.bot_token)) == "not_allowed_token_type"
    get = web.api_call("apps.connections.open", http_verb="GET", params={"token": slack.app_token})
    assert await error(get) == "insecure_request"


async def test_a_channel_must_be_one_that_takes_the_post(slack: SlackEmulator, web: AsyncWebClient) -> None:
    foreign, hidden = (
        slack.channel("foreign", joined=False),
        slack.channel("hidden", private=True, joined=False),
    )
    closed = slack.channel("closed")
    closed.archived = True
    for place, expected in [
        ("C404", "channel_not_found"),
        (hidden.id, "channel_not_found"),
        (foreign.id, "not_in_channel"),
        (closed.id, "is_archived"),
    ]:
        assert await error(web.chat_postMessage(channel=place, text="x")) == expected
    slack.workspace.scopes.add("chat:write.public")
    await web.chat_postMessage(channel=foreign.id, text="x")


async def test_content_must_be_within_the_limits(web: AsyncWebClient, channel: Channel) -> None:
    async def post(**content: Any) -> str:
        return await error(web.api_call("chat.postMessage", json={"channel": channel.id, **content}))

    assert await post(text="") == "no_text"
    assert await post(blocks=[{"type": "bogus"}]) == "invalid_blocks"
    assert await post(blocks="[{") == "invalid_blocks_format"
    assert await post(text="x", metadata={"event_type": "x"}) == "invalid_metadata_schema"
    sections = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}] * 5
    assert await post(blocks=sections) == "msg_blocks_too_long"
    answer = await web.chat_postMessage(channel=channel.id, text="x" * 40_001)
    assert answer["warning"] == "message_truncated"
    assert len(channel.messages[0].text) == 40_000
    assert (
        await error(web.chat_update(channel=channel.id, ts=answer["ts"], text="x" * 4001)) == "msg_too_long"
    )


async def test_bad_blocks_are_explained(web: AsyncWebClient, channel: Channel) -> None:
    with pytest.raises(SlackApiError) as caught:
        await web.chat_postMessage(channel=channel.id, text="x", blocks=[{"type": "bogus"}])
    (why,) = caught.value.response["response_metadata"]["messages"]
    assert why == "[ERROR] unsupported type: bogus [json-pointer:/blocks/0]"


async def test_only_own_messages_can_be_changed(
    slack: SlackEmulator, web: AsyncWebClient, channel: Channel
) -> None:
    message, _ = await slack.user("Alice").says(channel, "mine")
    place, ts = channel.id, message.ts
    assert await error(web.chat_update(channel=place, ts=ts, text="x")) == "cant_update_message"
    assert await error(web.chat_delete(channel=place, ts=ts)) == "cant_delete_message"
    assert await error(web.chat_update(channel=place, ts="1.1", text="x")) == "message_not_found"


async def test_an_update_keeps_the_metadata_and_only_those_who_ask_see_it(
    web: AsyncWebClient, channel: Channel
) -> None:
    metadata = {"event_type": "a", "event_payload": {"b": "c"}}
    posted = await web.chat_postMessage(channel=channel.id, text="x", metadata=metadata)
    await web.chat_update(channel=channel.id, ts=posted["ts"], text="y")
    (shy,) = (await web.conversations_history(channel=channel.id))["messages"]
    (open_,) = (await web.conversations_history(channel=channel.id, include_all_metadata=True))["messages"]
    assert "metadata" not in shy
    assert open_["metadata"] == metadata


async def test_history_goes_back_from_the_newest_in_pages_without_threads(
    web: AsyncWebClient, channel: Channel
) -> None:
    stamps = [(await web.chat_postMessage(channel=channel.id, text=str(n)))["ts"] for n in range(5)]
    await web.chat_postMessage(channel=channel.id, text="reply", thread_ts=stamps[0])
    first = await web.conversations_history(channel=channel.id, limit=2, oldest=stamps[0])
    cursor = first["response_metadata"]["next_cursor"]
    second = await web.conversations_history(channel=channel.id, limit=2, oldest=stamps[0], cursor=cursor)
    texts = [message["text"] for page in (first, second) for message in page["messages"]]
    assert texts == ["4", "3", "2", "1"]
    assert (first["has_more"], second["has_more"]) == (True, False)
    replies = await web.conversations_replies(channel=channel.id, ts=stamps[0])
    assert [message["text"] for message in replies["messages"]] == ["0", "reply"]
    assert await error(web.conversations_replies(channel=channel.id, ts="1.1")) == "thread_not_found"


async def test_every_method_needs_its_permission(
    slack: SlackEmulator, web: AsyncWebClient, channel: Channel
) -> None:
    slack.workspace.scopes -= {"chat:write", "channels:history"}
    with pytest.raises(SlackApiError) as caught:
        await web.chat_postMessage(channel=channel.id, text="x")
    assert (caught.value.response["error"], caught.value.response["needed"]) == (
        "missing_scope",
        "chat:write",
    )
    assert await error(web.conversations_history(channel=channel.id)) == "missing_scope"
    await web.conversations_info(channel=channel.id)


async def test_one_post_a_second_if_the_test_wants_it(
    slack: SlackEmulator, web: AsyncWebClient, channel: Channel
) -> None:
    slack.methods.post_interval = 1.0
    other = slack.channel("sports")
    await web.chat_postMessage(channel=channel.id, text="x")
    await web.chat_postMessage(channel=other.id, text="x")
    with pytest.raises(SlackApiError) as caught:
        await web.chat_postMessage(channel=channel.id, text="x")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"


async def test_a_response_url_can_be_used_five_times(slack: SlackEmulator, channel: Channel) -> None:
    alice = slack.user("Alice")
    url = slack.response_url(channel, alice.id)
    async with aiohttp.ClientSession() as http:
        seen = []
        for _ in range(6):
            async with http.post(url, json={"text": "x"}) as response:
                seen.append((response.status, (await response.json()).get("error")))
    assert seen == [(200, None)] * 5 + [(404, "used_url")]
    assert {message.only_for for message in slack.messages(channel)} == {alice.id}


async def test_a_trigger_is_good_for_one_view_and_three_seconds(
    slack: SlackEmulator, web: AsyncWebClient
) -> None:
    trigger, old = slack.trigger(), slack.trigger()
    modal = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": [{"type": "divider"}]}
    slack.methods.triggers[old] = float("-inf")
    await web.views_open(trigger_id=trigger, view=modal)
    assert await error(web.views_open(trigger_id=trigger, view=modal)) == "exchanged_trigger_id"
    assert await error(web.views_open(trigger_id=old, view=modal)) == "expired_trigger_id"
    assert await error(web.views_open(trigger_id="x", view=modal)) == "invalid_trigger_id"


async def test_a_ticket_is_good_for_one_connection(slack: SlackEmulator, web: AsyncWebClient) -> None:
    url = (await web.apps_connections_open(app_token=slack.app_token))["url"]
    async with aiohttp.ClientSession() as http, http.ws_connect(url) as socket:
        hello = await socket.receive_json()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(url)


async def test_the_eleventh_connection_is_sent_away(slack: SlackEmulator) -> None:
    base = slack.api_url.replace("http", "ws").removesuffix("/api/")
    async with aiohttp.ClientSession() as http:
        sockets = [await http.ws_connect(base + slack.sockets.ticket()) for _ in range(CONNECTIONS + 1)]
        assert (await sockets[-1].receive_json())["reason"] == "too_many_websockets"
        for socket in sockets:
            await socket.close()


async def test_an_event_without_acknowledgement_comes_again_with_the_same_id(slack: SlackEmulator) -> None:
    slack.sockets.ack_seconds, slack.sockets.pauses = 0.05, (0.0, 0.0, 0.0)
    base = slack.api_url.replace("http", "ws").removesuffix("/api/")
    async with aiohttp.ClientSession() as http, http.ws_connect(base + slack.sockets.ticket()) as socket:
        await socket.receive_json()
        event = slack.sockets.deliver_event(slack.event({"type": "app_mention"}))
        envelopes = [await socket.receive_json() for _ in range(4)]
        await socket.send_json({"envelope_id": envelopes[-1]["envelope_id"]})
        await asyncio.wait_for(event.acknowledged.wait(), 1)
    assert len({envelope["envelope_id"] for envelope in envelopes}) == 4
    assert {envelope["payload"]["event_id"] for envelope in envelopes} == {event.id}
    assert [envelope["retry_attempt"] for envelope in envelopes] == [0, 1, 2, 3]


async def test_a_command_without_acknowledgement_fails_and_does_not_come_again(
    slack: SlackEmulator, channel: Channel
) -> None:
    slack.sockets.ack_seconds = 0.05
    base = slack.api_url.replace("http", "ws").removesuffix("/api/")
    async with aiohttp.ClientSession() as http, http.ws_connect(base + slack.sockets.ticket()) as socket:
        await socket.receive_json()
        with pytest.raises(DispatchFailed):
            await slack.user("Alice").types(channel, "/pantau status")
        assert (await socket.receive_json())["type"] == "slash_commands"
        with pytest.raises(TimeoutError):
            await socket.receive_json(timeout=0.1)


async def test_people_can_only_do_what_the_manifest_and_the_screen_offer(
    slack: SlackEmulator, channel: Channel
) -> None:
    """Slack keeps /mute and /status for itself, so the manifest has none of them."""
    alice, budi = slack.user("Alice"), slack.user("Budi")
    with pytest.raises(ValueError, match="not a valid command"):
        await alice.types(channel, "/mute 42")
    own = {"/mute", "/status", "/help", "/who", "/remind"}
    assert not own & {entry["command"] for entry in manifest()["features"]["slash_commands"]}
    channel.messages.append(Posted("1.0", "U0PANTAU", "psst", only_for=alice.id))
    with pytest.raises(ValueError, match="Budi sees no message"):
        await budi.presses(channel, "1.0", "Mute")
    with pytest.raises(ValueError, match="No button"):
        await alice.presses(channel, "1.0", "Mute")
