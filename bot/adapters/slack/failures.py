"""What an error of Slack, or of the way to it, means for a message: not sent, perhaps sent, or never."""

from __future__ import annotations

from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.errors import ChatGone, MessageRefused, SendError, TokenRefused, TryAgain, Uncertain, Unreachable

RATE_LIMIT_WAIT = 30.0  # seconds, when Slack does not say (its own SDK assumes the same)
PLAN_LIMIT_WAIT = 3600.0  # seconds; message_limit_exceeded is a cap of the workspace, lifted in hours
TOKEN_WAIT = 60.0  # seconds; a revoked token stays revoked, one refused in an outage of Slack does not
MIGRATION_WAIT = 600.0  # seconds; a workspace that moves to another organisation is away for minutes

WAITS = {
    "ratelimited": RATE_LIMIT_WAIT,
    "rate_limited": RATE_LIMIT_WAIT,
    "message_limit_exceeded": PLAN_LIMIT_WAIT,
    "org_login_required": MIGRATION_WAIT,
    "team_added_to_org": MIGRATION_WAIT,
}
"""Errors that pass by themselves, with the seconds to wait if there is no Retry-After."""

GONE = {
    "access_denied": "Pantau may not post in this workspace",
    "channel_not_found": "there is no such channel, or it is private and the bot was never invited",
    "ekm_access_denied": "the workspace's administrators have suspended posting",
    "is_archived": "the channel is archived",
    "messages_tab_disabled": "the app's Messages tab is switched off in its settings",
    "missing_scope": "the app lacks a permission: install it again with the manifest from the docs",
    "no_permission": "the app may not post here",
    "not_in_channel": "the bot is not in the channel: type /invite @pantau there",
    "restricted_action": "the workspace does not let the app post in this channel",
    "team_access_not_granted": "the app was not granted this workspace",
    "user_not_found": "there is no such person in the workspace",
}
"""Errors of the place, with what a person can do. `restricted_action` also stands for its longer forms."""

TOKEN = {
    "account_inactive": "the app was removed from the workspace; install it again and renew its tokens",
    "invalid_auth": "PANTAU_SLACK_BOT_TOKEN is not valid any more",
    "not_authed": "PANTAU_SLACK_BOT_TOKEN is missing",
    "token_expired": "PANTAU_SLACK_BOT_TOKEN has expired",
    "token_revoked": "PANTAU_SLACK_BOT_TOKEN was revoked; install the app again",
}
"""Errors of the token, whatever the place, with what a person can do."""

UNKNOWN_OUTCOME = frozenset(
    {
        "duplicate_channel_not_found",
        "duplicate_message_not_found",
        "fatal_error",
        "internal_error",
        "request_timeout",
        "service_unavailable",
        "team_not_available",
    }
)
"""Errors after which the message may stand in the channel all the same."""


def classify(error: Exception) -> SendError:
    """What went wrong with one call, in the words of the Messenger port."""
    match error:
        case SlackApiError():
            return _answered(error.response)
        case (
            aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError() | aiohttp.ClientHttpProxyError()
        ):
            return Unreachable(f"Slack cannot be reached: {error}")
    # The rest breaks after the first byte may have left: timeouts, resets, answers nobody can read.
    return Uncertain(f"Slack's answer was lost: {error or type(error).__name__}")


def gone(place: str, code: str = "", detail: str = "") -> ChatGone:
    """The error for a place that takes no posts, with what a person can do about it."""
    return ChatGone(f"Slack says {code or place}: {GONE[place]}{detail}.")


def error_code(response: Any) -> str:
    """The `error` of an answer that came through; empty if it is no answer of Slack's."""
    data = getattr(response, "data", None)
    code = data.get("error", "") if isinstance(data, dict) else ""
    return str(code)


def _answered(response: Any) -> SendError:
    # slack_sdk hands on its own response, or aiohttp's when the body is no JSON.
    status: int = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    code = error_code(response)
    if status == 429 or code in WAITS:
        wait = _retry_after(response) or WAITS.get(code, RATE_LIMIT_WAIT)
        return TryAgain(f"Slack asks to wait {wait:g} s ({code or status}).", wait)
    if status >= 500 or not code or code in UNKNOWN_OUTCOME:
        return Uncertain(f"Slack answered {code or f'with status {status}'}: nobody knows if it was posted.")
    if code in TOKEN:
        return TokenRefused(f"Slack says {code}: {TOKEN[code]}.", TOKEN_WAIT)
    place = "restricted_action" if code.startswith("restricted_action") else code
    if place in GONE:
        return gone(place, code, _scope(response))
    return MessageRefused(f"Slack refused the message: {code}{_reasons(response)}")


def _retry_after(response: Any) -> float:
    """Seconds that Slack asked for, 0 if it did not."""
    headers = getattr(response, "headers", None) or {}
    try:
        return max(0.0, float(headers.get("Retry-After", 0)))
    except ValueError:
        return 0.0


def _scope(response: Any) -> str:
    needed = response.data.get("needed")
    return f" (needed: {needed})" if needed else ""


def _reasons(response: Any) -> str:
    """What Slack says about the blocks it did not like, for the log."""
    messages = (response.data.get("response_metadata") or {}).get("messages") or []
    return "".join(f"; {message}" for message in messages[:3])
