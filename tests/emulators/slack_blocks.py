"""What Slack thinks of a list of blocks: its shape, its limits, and the text a reader sees.

Shapes come from a JSON Schema made of Slack's own TypeScript types. Those types carry no lengths, so the
limits stand here (docs.slack.dev, reference/block-kit). Two more are not documented but were met by many: an
empty `elements` list and an empty text anywhere in rich text are refused.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match

SCHEMA = Path(__file__).with_name("block_kit.schema.json")

BLOCKS = 50  # in one message
BLOCKS_CHARS = 13_200  # the JSON of all blocks; undocumented, seen by many (bolt-js #2509)
BLOCK_ID_CHARS = 255

VIEW_BLOCKS = 100  # in one modal
VIEW_CHARS = 250_000  # the JSON of a view
TITLE_CHARS = 24  # title, submit and close of a view
METADATA_CHARS = 3_000
VIEW_KEYS = frozenset(
    (
        "type",
        "callback_id",
        "title",
        "submit",
        "close",
        "private_metadata",
        "blocks",
        "notify_on_close",
        "clear_on_close",
    )
)

MOST_CHARS: dict[str, dict[str, int]] = {
    "button": {"text.text": 75, "value": 2000, "url": 3000, "action_id": 255},
    "confirm": {"title.text": 100, "text.text": 300},
    "fields": {"text": 2000},
    "header": {"text.text": 150},
    "image": {"image_url": 3000, "alt_text": 2000, "title.text": 2000},
    "input": {"label.text": 2000},
    "markdown": {"text": 12_000},
    "options": {"text.text": 75, "value": 150},
    "section": {"text.text": 3000},
    "video": {"title.text": 200},
}
"""Characters at most: by the type of the object, or by its key if it has no type of its own."""

MOST_ITEMS: dict[str, dict[str, int]] = {
    "actions": {"elements": 25},
    "context": {"elements": 10},
    "multi_static_select": {"options": 100},
    "overflow": {"options": 5},
    "radio_buttons": {"options": 10},
    "section": {"fields": 10},
    "static_select": {"options": 100},
}
"""Items at most. Every list of blocks, elements, fields and options must have at least one."""

LISTS = ("elements", "fields", "options")


def view_problems(view: object) -> list[str]:
    """Every reason for which Slack opens no modal (docs.slack.dev, reference/views/modal-views)."""
    if not isinstance(view, dict) or view.get("type") != "modal":
        return [_error("failed to match all allowed schemas", "/view")]
    found = [_error(f"additional property: {key}", "/view") for key in view.keys() - VIEW_KEYS]
    for key in ("title", "submit", "close"):
        text = view.get(key)
        if text is None and key != "title":
            continue
        if not isinstance(text, dict) or text.get("type") != "plain_text" or not text.get("text"):
            found.append(_error("must be a plain_text object", f"/view/{key}"))
        elif len(text["text"]) > TITLE_CHARS:
            found.append(_error(f"must be less than {TITLE_CHARS + 1} characters", f"/view/{key}/text"))
    if len(str(view.get("private_metadata", ""))) > METADATA_CHARS:
        found.append(_error(f"must be less than {METADATA_CHARS + 1} characters", "/view/private_metadata"))
    if len(str(view.get("callback_id", ""))) > BLOCK_ID_CHARS:
        found.append(_error(f"must be less than {BLOCK_ID_CHARS + 1} characters", "/view/callback_id"))
    blocks = view.get("blocks")
    found += problems(blocks, most=VIEW_BLOCKS)
    asks = isinstance(blocks, list) and any(block.get("type") == "input" for block in blocks)
    if asks and "submit" not in view:
        found.append(_error("missing required field: submit", "/view"))
    return found


def problems(blocks: object, most: int = BLOCKS) -> list[str]:
    """Every reason for which Slack refuses these blocks, in the words of `response_metadata.messages`."""
    if not isinstance(blocks, list):
        return ["[ERROR] must be an array [json-pointer:/blocks]"]
    found = [*_misshapen(blocks)]
    if found:
        return found
    if len(blocks) > most:
        found.append(_error(f"no more than {most} items allowed", "/blocks"))
    found += _repeated((block.get("block_id") for block in blocks), "block_id", "/blocks")
    for number, block in enumerate(blocks):
        found += _beyond(block, "", f"/blocks/{number}")
    return found


def too_long(blocks: list[Any]) -> bool:
    """Whether the blocks together are more than one message carries (`msg_blocks_too_long`)."""
    return len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) > BLOCKS_CHARS


def shown(blocks: list[Any]) -> str:
    """What a reader sees, one line for each line on the screen, without buttons."""
    return "\n".join(line for block in blocks if (line := _shown(block)))


def buttons(blocks: list[Any]) -> list[dict[str, Any]]:
    """All buttons, each with the block it stands in as `block_id`."""
    return [
        {**element, "block_id": block.get("block_id", f"b{number}")}
        for number, block in enumerate(blocks)
        for element in (*block.get("elements", ()), block.get("accessory", {}))
        if element.get("type") == "button"
    ]


def _shown(node: dict[str, Any]) -> str:
    match node["type"]:
        case "rich_text" | "rich_text_list":
            return "\n".join(_shown(element) for element in node["elements"])
        case "rich_text_section" | "rich_text_quote" | "rich_text_preformatted":
            return "".join(element.get("text", element.get("url", "")) for element in node["elements"])
        case "section" | "header":
            return "\n".join(part["text"] for part in (node.get("text"), *node.get("fields", ())) if part)
        case "context":
            return " ".join(element.get("text", element.get("alt_text", "")) for element in node["elements"])
        case "markdown":
            return str(node["text"])
    return ""


@cache
def _validators() -> dict[str, Draft7Validator]:
    """One validator for each type of block: better messages than one for all, and quicker."""
    schema = json.loads(SCHEMA.read_text())
    names = [option["$ref"].rpartition("/")[2] for option in schema["definitions"]["KnownBlock"]["anyOf"]]
    definitions = schema["definitions"]
    return {
        _type(definitions[name]): Draft7Validator(
            {"$ref": f"#/definitions/{name}", "definitions": definitions}
        )
        for name in names
    }


def _type(definition: dict[str, Any]) -> str:
    """The `type` of the blocks that a definition, or the first of its alternatives, describes."""
    one = definition.get("anyOf", [definition])[0]
    return str(one["properties"]["type"]["const"])


def _misshapen(blocks: list[Any]) -> Iterator[str]:
    for number, block in enumerate(blocks):
        kind = block.get("type") if isinstance(block, dict) else None
        validator = _validators().get(str(kind))
        if validator is None:
            yield _error(f"unsupported type: {kind}", f"/blocks/{number}")
        elif error := best_match(validator.iter_errors(block)):
            yield _error(error.message, "/".join(map(str, ("/blocks", number, *error.absolute_path))))


def _beyond(node: dict[str, Any], key: str, pointer: str) -> Iterator[str]:
    """The limits that a node of the right shape, standing under `key`, goes beyond."""
    name = key if key in ("fields", "options", "confirm") else str(node.get("type"))
    if key == "element" and "initial_option" in node and node["initial_option"] not in node["options"]:
        yield _error("must match one of the options", f"{pointer}/initial_option")
    for path, most in MOST_CHARS.get(name, {}).items():
        if len(_at(node, path)) > most:
            yield _error(f"must be less than {most + 1} characters", f"{pointer}/{path.replace('.', '/')}")
    if name == "section" and not (node.get("text") or node.get("fields")):
        yield _error("missing required field: text", pointer)
    if isinstance(node.get("text"), str) and not node["text"]:
        yield _error("must be more than 0 characters", f"{pointer}/text")
    if len(str(node.get("block_id", ""))) > BLOCK_ID_CHARS:
        yield _error(f"must be less than {BLOCK_ID_CHARS + 1} characters", f"{pointer}/block_id")
    for items in LISTS:
        if isinstance(node.get(items), list):
            yield from _items(node[items], items, MOST_ITEMS.get(name, {}).get(items), f"{pointer}/{items}")
    for child in ("text", "title", "accessory", "confirm", "element"):
        if isinstance(node.get(child), dict):
            yield from _beyond(node[child], child, f"{pointer}/{child}")


def _items(items: list[Any], key: str, most: int | None, pointer: str) -> Iterator[str]:
    if not items:
        yield _error("missing element", pointer)
    if most is not None and len(items) > most:
        yield _error(f"no more than {most} items allowed", pointer)
    yield from _repeated((item.get("action_id") for item in items), "action_id", pointer)
    for number, item in enumerate(items):
        yield from _beyond(item, key, f"{pointer}/{number}")


def _repeated(names: Iterator[str | None], what: str, pointer: str) -> Iterator[str]:
    for name, times in Counter(name for name in names if name is not None).items():
        if times > 1:
            yield _error(f"`{what}` {name} already exists", pointer)


def _at(node: Any, path: str) -> str:
    for step in path.split("."):
        node = node.get(step, {}) if isinstance(node, dict) else {}
    return node if isinstance(node, str) else ""


def _error(text: str, pointer: str) -> str:
    return f"[ERROR] {text} [json-pointer:{pointer}]"
