"""A form as one of Slack's views, and what comes back when it is sent in.

Where the answer belongs travels with the view, in its private metadata, so nothing is remembered in between.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from bot.adapters.slack.incoming import PLATFORM, Asked, Payload, Way, to_request
from bot.adapters.slack.render import Json, clip
from bot.chat import Choice, Field, Form, Place, User

TITLE_CHARS = 24  # Slack: title, submit and close of a view
LABEL_CHARS = 75  # Slack: text of an option
VALUE_CHARS = 150  # Slack: value of an option
CHOICES = 100  # Slack: options of a select
FEW = 3  # choices up to which all are shown at once
MARK = "+"  # before an option's words, since Slack takes no empty value
TAKEN = "taken"  # action id
WHERE = "where"  # block id


def view(form: Form, asked: Asked) -> Json:
    """The modal for `views.open`; its answer belongs where it was asked."""
    place = asked.request.place
    back = [form.command, asked.way.value, place.id, place.thread, asked.ts, asked.response_url]
    return {
        "type": "modal",
        "callback_id": form.command,
        "title": _plain(clip(form.title, TITLE_CHARS)),
        "submit": _plain(clip(form.submit, TITLE_CHARS)),
        "close": _plain(clip(form.cancel, TITLE_CHARS)),
        "private_metadata": json.dumps(back),
        "blocks": [*_where(form), *map(_block, form.fields)],
    }


def from_form(payload: Payload, now: datetime) -> Asked:
    """A view that was sent in, as the command with the words of what was chosen."""
    sent, user = payload["view"], payload["user"]
    command, way, channel, thread, ts, response_url = json.loads(sent["private_metadata"])
    if chosen := payload.get("response_urls"):
        way, channel, response_url = Way.COMMAND, chosen[0]["channel_id"], chosen[0]["response_url"]
    values = sent["state"]["values"]
    taken = (values.get(block["block_id"], {}).get(TAKEN) for block in sent["blocks"])
    words = [one["selected_option"]["value"].removeprefix(MARK) for one in taken if one]
    line = " ".join(filter(None, [command, *words]))
    place, person = Place(PLATFORM, channel, thread), User(PLATFORM, user["id"], user.get("name", ""))
    return Asked(to_request(line, place, person, now), Way(way), ts, response_url)


def _where(form: Form) -> Iterator[Json]:
    if form.where:
        select = {
            "type": "conversations_select",
            "action_id": WHERE,
            "default_to_current_conversation": True,
            "response_url_enabled": True,
        }
        yield {"type": "input", "block_id": WHERE, "label": _plain(form.where), "element": select}


def _block(field: Field) -> Json:
    fitting = [one for one in field.choices if len(MARK + one.words) <= VALUE_CHARS][:CHOICES]
    options = [_option(one) for one in fitting]
    kind = "radio_buttons" if len(options) <= FEW else "static_select"
    element = {"type": kind, "action_id": TAKEN, "options": options, "initial_option": options[0]}
    return {"type": "input", "block_id": field.name, "label": _plain(field.label), "element": element}


def _option(choice: Choice) -> Json:
    return {"text": _plain(clip(choice.label, LABEL_CHARS)), "value": f"{MARK}{choice.words}"}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}
