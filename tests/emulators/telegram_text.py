"""What Telegram makes of a text, judged by Telegram's own code: TDLib, through its package `tdjson`.

Only TDLib's synchronous functions are used; nothing connects anywhere. One of them alone takes a finished
text with entities and hands it back as it will be stored: `parseMarkdown` first puts the text in order as
sending does, then looks for Markdown. So Markdown's marks are hidden from it behind private use letters.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

import pytest

try:
    import tdjson
except ImportError as missing:
    if os.environ.get("CI"):
        raise
    pytest.skip(f"Telegram's own parser does not load on this platform: {missing}", allow_module_level=True)

Json = dict[str, Any]

RAW_BYTES = 32768  # Bot API server, Client.cpp get_formatted_text: raw text above this is not even parsed
ENTITIES = 100  # TDLib, MAX_USER_ENTITY_COUNT: a server-side limit
MARKDOWN = "*_~`|["  # every mark that TDLib's parse_markdown_v3 reacts to
BLANK = " \n"  # what TDLib trims
INVISIBLE = set(  # TDLib, misc.cpp strip_empty_characters: a text of these alone is empty
    " \n\u00a0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u200c\u200d\u200e\u200f\u202e\u202f\u205f\u2800\u3000\ufeff\ufffc"
)

TD_TYPE = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "blockquote": "BlockQuote",
    "expandable_blockquote": "ExpandableBlockQuote",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
}
FOUND_TYPE = {  # TDLib finds more, but bots are told of these alone
    "Mention": "mention",
    "Hashtag": "hashtag",
    "Cashtag": "cashtag",
    "BotCommand": "bot_command",
    "Url": "url",
    "EmailAddress": "email",
    "PhoneNumber": "phone_number",
}
DETECTED = set(FOUND_TYPE.values())
BOT_TYPE = {td: bot for bot, td in TD_TYPE.items()} | FOUND_TYPE
CLOSED = {"code", "pre", "text_link"}  # nothing is detected inside these


class TextRefused(Exception):
    """Telegram does not take the text; the words are the server's own, after "Bad Request: "."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One mark on a text, as the Bot API writes it: offset and length in UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str = ""

    def to_json(self) -> Json:
        shown: Json = {"type": self.type, "offset": self.offset, "length": self.length}
        return shown | {"url": self.url} if self.url else shown


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text as it is stored and shown."""

    text: str
    entities: tuple[Entity, ...] = ()

    def marked(self, kind: str) -> list[str]:
        """The stretches that carry this kind of entity, in order."""
        return [cut(self.text, e.offset, e.length) for e in self.entities if e.type == kind]


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, offset: int, length: int) -> str:
    """The stretch of a text between two UTF-16 positions."""
    return text.encode("utf-16-le")[offset * 2 : (offset + length) * 2].decode("utf-16-le")


def execute(function: str, **arguments: Any) -> Json:
    """Run one synchronous TDLib function; TextRefused with its words when it fails."""
    answer: Json = json.loads(
        tdjson.td_execute(json.dumps({"@type": function, **arguments}).encode()) or b"{}"
    )
    if answer.get("@type") == "error":
        message: str = answer["message"]
        raise TextRefused(message[:1].lower() + message[1:])
    return answer


execute("setLogVerbosityLevel", new_verbosity_level=0)


def formatted(
    text: str, entities: list[Json] | None = None, parse_mode: str = "", limit: int = 4096
) -> Formatted:
    """The text as Telegram stores it, with the links and commands it finds by itself. Raises TextRefused."""
    if not text:
        raise TextRefused("message text is empty")
    if len(text.encode(errors="surrogatepass")) > RAW_BYTES:
        raise TextRefused("text is too long")
    if parse_mode:
        parsed = execute("parseTextEntities", text=text, parse_mode=_parse_mode(parse_mode))
        text, marks = parsed["text"], parsed["entities"]
    else:
        marks = [_to_td(entity) for entity in entities or [] if entity["type"] in TD_TYPE]
    if len(marks) > ENTITIES:
        # The server drops the rest in silence; the emulator refuses, so that a test notices.
        raise TextRefused("ENTITIES_TOO_LONG")
    stored = _trim(_put_in_order(text, marks))
    if INVISIBLE.issuperset(stored.text):
        raise TextRefused("text must be non-empty")
    if units(stored.text) > limit:
        raise TextRefused("message is too long")
    return _detect(stored)


def _parse_mode(name: str) -> Json:
    match name.lower():
        case "html":
            return {"@type": "textParseModeHTML"}
        case "markdownv2":
            return {"@type": "textParseModeMarkdown", "version": 2}
        case "markdown":
            return {"@type": "textParseModeMarkdown", "version": 1}
    raise TextRefused("unsupported parse_mode")


def _put_in_order(text: str, marks: list[Json]) -> Formatted:
    free = (letter for letter in map(chr, range(0xE000, 0xF8FF)) if letter not in text)
    hidden = dict(zip(map(ord, MARKDOWN), free, strict=False))
    masked = text.translate(hidden)
    done = execute("parseMarkdown", text={"@type": "formattedText", "text": masked, "entities": marks})
    shown = done["text"].translate({ord(letter): mark for mark, letter in hidden.items()})
    return Formatted(shown, tuple(map(_from_td, done["entities"])))


def _trim(given: Formatted) -> Formatted:
    """TDLib's fix_formatted_text: the end is always trimmed, the start only up to the first entity."""
    text = given.text.rstrip(BLANK)
    end = units(text)
    first = min((e.offset for e in given.entities), default=end)
    start = min(len(text) - len(text.lstrip(BLANK)), first)
    kept = (Entity(e.type, e.offset - start, min(e.length, end - e.offset), e.url) for e in given.entities)
    return Formatted(text[start:], tuple(e for e in kept if e.length > 0))


def _detect(given: Formatted) -> Formatted:
    closed = [e for e in given.entities if e.type in CLOSED]
    every = map(_from_td, execute("getTextEntities", text=given.text)["entities"])
    found = [entity for entity in every if entity.type in DETECTED]
    free = [
        f
        for f in found
        if not any(f.offset < c.offset + c.length and c.offset < f.offset + f.length for c in closed)
    ]
    return Formatted(given.text, tuple(sorted((*given.entities, *free), key=lambda e: (e.offset, -e.length))))


def _to_td(entity: Json) -> Json:
    kind: Json = {"@type": f"textEntityType{TD_TYPE[entity['type']]}"}
    if entity["type"] == "text_link":
        kind["url"] = entity["url"]
    return {"@type": "textEntity", "offset": entity["offset"], "length": entity["length"], "type": kind}


def _from_td(entity: Json) -> Entity:
    kind = entity["type"]
    name = kind["@type"].removeprefix("textEntityType")
    return Entity(BOT_TYPE.get(name, name), entity["offset"], entity["length"], kind.get("url", ""))
