"""The judge of our blocks must itself be strict: each of these is refused by Slack."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulators.slack_blocks import problems, shown, too_long, view_problems

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}


def rich(*elements: Block) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def span(text: str, **more: Any) -> Block:
    return {"type": "rich_text_section", "elements": [{"type": "text", "text": text, **more}]}


def section(text: str) -> Block:
    return {"type": "section", "text": mrkdwn(text)}


def button(label: str = "x", **more: Any) -> Block:
    return {"type": "button", "text": plain(label), **more}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def select(options: int, label: str = "x") -> Block:
    choices = [{"text": plain(label), "value": str(number)} for number in range(options)]
    return {"type": "static_select", "options": choices}


def modal(*blocks: Block, **more: Any) -> Block:
    labels = {"title": plain("x" * 24), "submit": plain("x" * 24), "close": plain("x" * 24)}
    return {"type": "modal", **labels, "blocks": list(blocks) or [{"type": "divider"}], **more}


def ask(count: int, **more: Any) -> Block:
    element = {**select(count, "x" * 75), "action_id": "a", **more}
    return {"type": "input", "label": plain("x"), "element": element}


SOUND: dict[str, list[Block]] = {
    "rich text": [rich(span("Putin", style={"bold": True}))],
    "section": [section("x" * 3000)],
    "fields": [{"type": "section", "fields": [mrkdwn("x" * 2000)] * 10}],
    "header": [{"type": "header", "text": plain("x" * 150)}],
    "context": [{"type": "context", "elements": [mrkdwn("x")] * 10}],
    "buttons": [actions(*(button("x" * 75, value="v" * 2000, action_id=str(n)) for n in range(3)))],
    "25 actions": [actions(*(button(action_id=str(n)) for n in range(25)))],
    "select": [actions(select(100, "x" * 75))],
    "divider": [{"type": "divider"}] * 50,
    "image": [{"type": "image", "image_url": "https://news.example/i.png", "alt_text": "x" * 2000}],
    "markdown": [{"type": "markdown", "text": "x" * 12_000}],
}

UNSOUND: dict[str, Any] = {
    "no list": {},
    "no object": ["text"],
    "no type": [{}],
    "unknown block": [{"type": "bogus"}],
    "51 blocks": [{"type": "divider"}] * 51,
    "same block_id twice": [{"type": "divider", "block_id": "a"}] * 2,
    "block_id of 256": [{"type": "divider", "block_id": "a" * 256}],
    "section of 3001": [section("x" * 3001)],
    "empty section": [section("")],
    "section of nothing": [{"type": "section"}],
    "no fields": [{"type": "section", "fields": []}],
    "11 fields": [{"type": "section", "fields": [mrkdwn("x")] * 11}],
    "field of 2001": [{"type": "section", "fields": [mrkdwn("x" * 2001)]}],
    "header of 151": [{"type": "header", "text": plain("x" * 151)}],
    "mrkdwn header": [{"type": "header", "text": mrkdwn("x")}],
    "11 in context": [{"type": "context", "elements": [mrkdwn("x")] * 11}],
    "button in context": [{"type": "context", "elements": [button()]}],
    "26 actions": [actions(*(button(action_id=str(n)) for n in range(26)))],
    "no actions": [actions()],
    "same action_id twice": [actions(button(action_id="a"), button(action_id="a"))],
    "label of 76": [actions(button("x" * 76))],
    "empty label": [actions(button(""))],
    "value of 2001": [actions(button(value="x" * 2001))],
    "url of 3001": [actions(button(url="https://" + "x" * 2993))],
    "button style": [actions(button(style="blue"))],
    "unknown key": [{**section("x"), "colour": "red"}],
    "image without alt": [{"type": "image", "image_url": "https://news.example/i.png"}],
    "alt of 2001": [{"type": "image", "image_url": "https://news.example/i.png", "alt_text": "x" * 2001}],
    "markdown of 12001": [{"type": "markdown", "text": "x" * 12_001}],
    "101 options": [actions(select(101))],
    "option of 76": [actions(select(1, "x" * 76))],
    "rich text of nothing": [rich()],
    "empty span": [rich(span(""))],
    "empty quote": [rich({"type": "rich_text_quote", "elements": []})],
    "highlight": [rich(span("x", style={"highlight": True}))],
    "rich text in rich text": [rich(rich(span("x")))],
}


FIRST = {"text": plain("x" * 75), "value": "0"}
SOUND_VIEWS: dict[str, Block] = {
    "labels": modal(),
    "100 blocks": modal(*[{"type": "divider"}] * 100),
    "metadata": modal(private_metadata="x" * 3000, callback_id="x" * 255),
    "a choice": modal(ask(100, initial_option=FIRST)),
    "radio": modal(ask(10, type="radio_buttons")),
    "where": modal(
        {
            "type": "input",
            "label": plain("x"),
            "element": {"type": "conversations_select", "action_id": "a", "response_url_enabled": True},
        }
    ),
}
UNSOUND_VIEWS: dict[str, Any] = {
    "no view": None,
    "home": {**modal(), "type": "home"},
    "no title": {"type": "modal", "blocks": [{"type": "divider"}]},
    "title of 25": modal(title=plain("x" * 25)),
    "mrkdwn title": modal(title=mrkdwn("x")),
    "submit of 25": modal(submit=plain("x" * 25)),
    "no submit": {key: value for key, value in modal(ask(1)).items() if key != "submit"},
    "101 blocks": modal(*[{"type": "divider"}] * 101),
    "metadata of 3001": modal(private_metadata="x" * 3001),
    "callback_id of 256": modal(callback_id="x" * 256),
    "unknown key": modal(colour="red"),
    "101 choices": modal(ask(101)),
    "11 radio buttons": modal(ask(11, type="radio_buttons")),
    "value of 151": modal(ask(1, options=[{"text": plain("x"), "value": "x" * 151}])),
    "no choice": modal(ask(0)),
    "another first choice": modal(ask(2, initial_option={"text": plain("y"), "value": "9"})),
}


@pytest.mark.parametrize("name", SOUND_VIEWS)
def test_a_modal_at_its_limits_is_sound(name: str) -> None:
    assert view_problems(SOUND_VIEWS[name]) == []


@pytest.mark.parametrize("name", UNSOUND_VIEWS)
def test_a_modal_beyond_any_limit_is_not(name: str) -> None:
    assert view_problems(UNSOUND_VIEWS[name])


@pytest.mark.parametrize("name", SOUND)
def test_blocks_at_their_limits_are_sound(name: str) -> None:
    assert problems(SOUND[name]) == []


@pytest.mark.parametrize("name", UNSOUND)
def test_blocks_beyond_any_limit_are_not(name: str) -> None:
    assert problems(UNSOUND[name])


def test_a_problem_says_what_and_where() -> None:
    assert problems([section("x" * 3001)]) == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


def test_sound_blocks_can_be_too_long_together() -> None:
    assert not too_long([section("x" * 3000)] * 4)
    assert too_long([section("x" * 3000)] * 5)


def test_what_is_shown_is_what_a_reader_sees() -> None:
    bullets = {"type": "rich_text_list", "style": "bullet", "elements": [span("one"), span("two")]}
    blocks = [rich(span("Three:"), bullets), section("more"), actions(button("Mute"))]
    assert shown(blocks) == "Three:\none\ntwo\nmore"
